/*
 * JSON with holes; see jsontemplate.h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/shallow.h"
#include "filling.h"
#include "jsontemplate.h"

#define NUMBER	   ":number"
#define STRING_MAX 1048576 /* bytes of one string, filled */

struct writing {
	jsontemplate_value *value;
	void		   *arg;
	const char *const  *names; /* when it is only checked */
	const char	   *wrong;
};

static json_t *write_value(struct writing *, const json_t *);

/* The name in "{NAME:number}"; false when the string is something else. */
static bool
number_name(const char *s, char *name, size_t size)
{
	size_t n = strlen(s), tail = strlen(NUMBER "}");

	if (n <= tail + 1 || n - tail > size || *s != '{' ||
	    strcmp(s + n - tail, NUMBER "}") != 0 || strchr(s + 1, '{') != NULL)
		return (false);
	memcpy(name, s + 1, n - tail - 1);
	name[n - tail - 1] = '\0';
	return (true);
}

static json_t *
write_number(struct writing *w, const char *name)
{
	const char *s = w->value(w->arg, name);
	char	   *end;
	long long   v;
	size_t	    n = s != NULL ? strlen(s) : 0;

	if (n == 0)
		return (NULL);
	v = strtoll(s, &end, 10);
	/* What no int64 holds, or is no number, stays the text it is. */
	if (*end != '\0' || n > 18 || strspn(s, "-0123456789") != n)
		return (json_string(s));
	return (json_integer(v));
}

static bool
put_value(void *arg, struct buf *b, const struct filling_part *part)
{
	struct writing *w = arg;
	const char     *s = w->value(w->arg, part->text);

	if (s != NULL)
		buf_str(b, s);
	return (s != NULL);
}

static json_t *
write_string(struct writing *w, const char *s)
{
	char	       name[64];
	struct arena   a;
	struct filling f;
	struct buf     b;
	json_t	      *made = NULL;
	bool	       number = number_name(s, name, sizeof name);
	const char    *wrong;
	char	       hole[sizeof name + 2];

	if (*s == '\0' || (!number && strchr(s, '{') == NULL))
		return (json_string(s));
	arena_init(&a, 65536);
	buf_init(&b, STRING_MAX);
	if (number) {
		snprintf(hole, sizeof hole, "{%s}", name);
		s = hole;
	}
	wrong = filling_make(&f, &a, s, w->names, false);
	if (w->wrong == NULL)
		w->wrong = wrong;
	if (w->names != NULL || wrong != NULL)
		made = json_null();
	else if (number)
		made = write_number(w, name);
	else if (filling_write(&b, &f, put_value, w))
		made = json_stringn(b.p != NULL ? b.p : "", b.n);
	buf_free(&b);
	arena_free(&a);
	return (made);
}

static json_t *
write_object(struct writing *w, const json_t *from)
{
	json_t	   *made = json_object(), *part, *value;
	const char *key;

	json_object_foreach ((json_t *)from, key, part)
		if ((value = write_value(w, part)) != NULL)
			json_object_set_new(made, key, value);
	return (made);
}

static json_t *
write_array(struct writing *w, const json_t *from)
{
	json_t *made = json_array(), *part, *value;
	size_t	i;

	json_array_foreach (from, i, part)
		if ((value = write_value(w, part)) != NULL)
			json_array_append_new(made, value);
	return (made);
}

/* No deeper than JSONTEMPLATE_DEPTH: looked at before it was parsed. */
static json_t *
write_value(struct writing *w, const json_t *from)
{
	if (json_is_object(from))
		return (write_object(w, from));
	if (json_is_array(from))
		return (write_array(w, from));
	if (json_is_string(from))
		return (write_string(w, json_string_value(from)));
	return (json_incref((json_t *)from));
}

static json_t *
template_read(const char *s)
{
	if (!json_shallow(s, strlen(s), JSONTEMPLATE_DEPTH))
		return (NULL);
	return (json_loads(s, JSON_REJECT_DUPLICATES, NULL));
}

const char *
jsontemplate_wrong(const char *s, const char *const *names)
{
	struct writing w = { .names = names };
	json_t	      *from = template_read(s);

	if (from == NULL)
		return ("This is no JSON.");
	json_decref(write_value(&w, from));
	json_decref(from);
	return (w.wrong);
}

bool
jsontemplate_write(
    struct buf *b, const char *template, jsontemplate_value *value, void *arg)
{
	struct writing w = { .value = value, .arg = arg };
	json_t	      *from = template_read(template), *made;
	char	      *text;

	if (from == NULL)
		return (false);
	made = write_value(&w, from);
	text = json_dumps(made, JSON_COMPACT);
	if (text != NULL)
		buf_str(b, text);
	free(text);
	json_decref(made);
	json_decref(from);
	return (made != NULL && text != NULL && !buf_full(b));
}
