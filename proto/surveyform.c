/*
 * The forms of the survey's page; see surveyform.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "http.h"
#include "operation.h"
#include "surveyform.h"

/* A text with its lines as ours, without blanks at its ends. */
static void
text_clean(char *s, size_t n)
{
	size_t i, at = 0, blank;

	for (i = 0; i < n; i++)
		if (s[i] != '\r' || i + 1 == n || s[i + 1] != '\n')
			s[at++] = s[i];
	while (at > 0 && strchr(" \t\r\n", s[at - 1]) != NULL)
		at--;
	s[at] = '\0';
	blank = strspn(s, " \t\r\n");
	memmove(s, s + blank, at - blank + 1);
	utf8_clean(s, at - blank);
}

/*
 * The one answer to a question.  Two that differ are none: which of them he means
 * only he can say.
 */
static bool
answer_put(json_t *to, const char *name, json_t *value)
{
	json_t *had = json_object_get(to, name);

	if (had == NULL || json_equal(had, value)) {
		json_object_set_new(to, name, value);
		return (true);
	}
	json_decref(value);
	json_object_set_new(to, name, json_null());
	return (false);
}

/* "7"; what is no number of at most nine digits is wrong. */
static bool
number_put(json_t *to, const char *name, const char *value)
{
	char *end;
	long  n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || n > 999999999 ||
	    n < -999999999)
		return (false);
	return (answer_put(to, name, json_integer(n)));
}

/* One choice after the other. */
static bool
choice_put(json_t *to, const char *name, const char *value)
{
	json_t *had = json_object_get(to, name);

	if (!json_is_array(had)) {
		had = json_array();
		if (!answer_put(to, name, had))
			return (false);
	}
	json_array_append_new(had, json_string(value));
	return (true);
}

static bool
answer_take(struct surveyform *f, char kind, const char *name, char *value)
{
	if (name[0] == '\0' || !utf8_valid(name, strlen(name)))
		return (false);
	/* A field left empty is no answer. */
	if (value[0] == '\0')
		return (true);
	switch (kind) {
	case 'n':
		return (number_put(f->answers, name, value));
	case 'c':
		return (choice_put(f->answers, name, value));
	case 't':
		return (answer_put(f->answers, name, json_string(value)));
	default:
		return (false);
	}
}

static const char *const buttons[] = {
	[SURVEYFORM_ANSWER] = "answer",
	[SURVEYFORM_MORE] = "more",
	[SURVEYFORM_HELP] = "help",
	[SURVEYFORM_DONE] = "done",
};

const char *
surveyform_button(enum surveyform_what what)
{
	return (buttons[what]);
}

static void
what_take(struct surveyform *f, const char *value)
{
	size_t i;

	for (i = 0; i < nitems(buttons); i++)
		if (strcmp(value, buttons[i]) == 0)
			f->what = (enum surveyform_what)i;
}

/* False when the field has a value that no form of ours sends. */
static bool
field_take(struct surveyform *f, const char *name, char *value, size_t n)
{
	static const struct op_arg uuid = { .name = "once", .type = ARG_UUID };
	static const char *const texts[] = { "text", "name", "email", "phone" };
	const char		*wrong;
	size_t			 i;

	if (strcmp(name, "once") == 0) {
		if (!arg_check(&uuid, value, n, &wrong))
			return (false);
		memcpy(f->once, value, 36);
		return (true);
	}
	text_clean(value, n);
	if (name[0] != '\0' && name[1] == '.')
		return (answer_take(f, name[0], name + 2, value));
	if (strcmp(name, "what") == 0)
		what_take(f, value);
	else if (strcmp(name, "website") == 0)
		f->trapped = value[0] != '\0';
	else if (strcmp(name, "call") == 0)
		json_object_set_new(
		    f->besides, "call", json_boolean(value[0] != '\0'));
	for (i = 0; i < nitems(texts); i++)
		if (strcmp(name, texts[i]) == 0 && value[0] != '\0')
			json_object_set_new(
			    f->besides, name, json_string(value));
	return (true);
}

static bool
pair_take(struct surveyform *f, const struct http_pair *pair)
{
	char   *name = xcalloc(1, pair->nname + 1);
	char   *value = xcalloc(1, pair->nvalue + 1);
	ssize_t nname = http_decode(name, pair->name, pair->nname, true);
	ssize_t n = http_decode(value, pair->value, pair->nvalue, true);
	bool	good = nname >= 0 && nname <= 80 && n >= 0 &&
	    n <= SURVEYFORM_TEXT && field_take(f, name, value, (size_t)n);

	free(name);
	free(value);
	return (good);
}

bool
surveyform_read(struct surveyform *f, const char *type, const char *s, size_t n)
{
	const char	*end = s + n;
	struct http_pair pair;
	size_t		 fields = 0;
	bool		 good = true;

	*f = (struct surveyform){ .answers = json_object(),
		.besides = json_object() };
	if (type == NULL ||
	    strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		return (false);
	while (n != 0 && http_pair(&s, end, &pair)) {
		if (++fields > SURVEYFORM_FIELDS)
			return (false);
		good &= pair_take(f, &pair);
	}
	return (good && f->once[0] != '\0');
}

void
surveyform_free(struct surveyform *f)
{
	json_decref(f->answers);
	json_decref(f->besides);
	*f = (struct surveyform){ 0 };
}
