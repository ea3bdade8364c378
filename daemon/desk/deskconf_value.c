/*
 * desk.conf's values; see deskconf_value.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "deskconf_value.h"
#include "fold.h"
#include "keywords.h"

#define TEXT_MAX 400
#define SPAN_MAX (365 * 86400) /* seconds */

const char *
conf_str(const char *name)
{
	return (name != NULL ? name : "");
}

/* Text without controls; a value may hold escapes that libconfuse read. */
bool
conf_text_good(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > TEXT_MAX || !utf8_valid(s, n))
		return (false);
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (false);
	return (true);
}

bool
conf_name_good(const char *s)
{
	size_t n = strlen(s);

	return (n > 0 && n <= CONF_NAME_MAX && *s != '-' && *s != '.' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n);
}

bool
conf_keyword_good(const char *s)
{
	struct fold_word word;
	char		 buf[FOLD_WORD_MAX];

	return (conf_text_good(s) && strlen(s) <= KEYWORD_MAX &&
	    fold_split(&word, 1, buf, sizeof buf, s, strlen(s)) == 1);
}

/* The option's text; NULL when it is not set, or faulty and so noted. */
static bool
channel_of(const char *s, size_t but)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web", "desk", "consult" };
	size_t			 i;

	for (i = 0; i < nitems(channels) - but; i++)
		if (strcmp(channels[i], s) == 0)
			return (true);
	return (false);
}

bool
conf_channel_good(const char *s)
{
	return (channel_of(s, 2));
}

bool
conf_opened_good(const char *s)
{
	return (channel_of(s, 1));
}

bool
conf_origin_good(const char *s)
{
	return (channel_of(s, 0));
}

const char *
conf_text(struct deskconf *d, cfg_t *sec, const char *option)
{
	const char *s;

	if (cfg_size(sec, option) == 0 || (s = cfg_getstr(sec, option)) == NULL)
		return (NULL);
	if (conf_text_good(s))
		return (s);
	deskconf_fault(d, sec, option,
	    "%s must be a text of 1 to %d bytes on one line.", option,
	    TEXT_MAX);
	return (NULL);
}

void
conf_put_text(json_t *to, const char *name, const char *s)
{
	if (s != NULL)
		json_object_set_new(to, name, json_string(s));
}

/* One of the words, or the first of them where the option is faulty. */
const char *
conf_word(struct deskconf *d, cfg_t *sec, const char *option,
    const char *const *words, size_t n)
{
	const char *s = conf_text(d, sec, option);
	size_t	    i;

	if (s == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		if (strcmp(words[i], s) == 0)
			return (words[i]);
	deskconf_fault(d, sec, option, "%s cannot be \"%s\".", option, s);
	return (NULL);
}

void
conf_put_number(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    long least, long most)
{
	long v;

	if (cfg_size(sec, option) == 0)
		return;
	v = cfg_getint(sec, option);
	if (v < least || v > most)
		deskconf_fault(d, sec, option, "%s must be from %ld to %ld.",
		    option, least, most);
	json_object_set_new(to, option, json_integer(v));
}

/* "90", "90s", "30m", "2h", "1d" in seconds. */
void
conf_put_span(struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	static const char letters[] = "smhd";
	static const long worth[] = { 1, 60, 3600, 86400 };
	const char	 *s = cfg_getstr(sec, option), *letter;
	size_t		  n = strspn(s, "0123456789");
	long		  v = 0;

	if (n > 0 && n <= 7)
		v = strtol(s, NULL, 10);
	if (s[n] != '\0') {
		letter = strchr(letters, s[n]);
		v = letter == NULL || s[n + 1] != '\0'
		    ? 0
		    : v * worth[letter - letters];
	}
	if (v < 1 || v > SPAN_MAX)
		deskconf_fault(d, sec, option,
		    "%s must be a time such as 30s, 15m, 2h or 1d, at most "
		    "365d.",
		    option);
	json_object_set_new(to, option, json_integer(v));
}

int
conf_text_order(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return (strcmp(*x, *y));
}

/*
 * The option's texts, which good() must hold of, without repeats; sorted
 * unless they are to stay as written.
 */
json_t *
conf_list(struct deskconf *d, cfg_t *sec, const char *option, bool sorted,
    bool (*good)(const char *), const char *want)
{
	json_t	    *list = json_array();
	const char **s;
	size_t	     i, n = cfg_size(sec, option), used = 0;

	s = xcalloc(n, sizeof *s);
	for (i = 0; i < n; i++) {
		s[used] = conf_str(cfg_getnstr(sec, option, (unsigned)i));
		if (good(s[used]))
			used++;
		else
			deskconf_fault(d, sec, option,
			    "%s cannot have \"%s\": %s.", option, s[used],
			    want);
	}
	if (sorted)
		qsort(s, used, sizeof *s, conf_text_order);
	for (i = 0; i < used; i++)
		if (!sorted || i == 0 || strcmp(s[i - 1], s[i]) != 0)
			json_array_append_new(list, json_string(s[i]));
	free(s);
	return (list);
}

bool
conf_is_queue(struct deskconf *d, const char *name)
{
	return (cfg_gettsec(d->top, "queue", name) != NULL);
}

/* A queue that exists; NULL, and noted, when it does not. */
const char *
conf_queue(struct deskconf *d, cfg_t *sec, const char *option)
{
	const char *s = conf_text(d, sec, option);

	if (s == NULL || conf_is_queue(d, s))
		return (s);
	deskconf_fault(d, sec, option, "There is no queue \"%s\".", s);
	return (NULL);
}

static int
section_order(const void *a, const void *b)
{
	cfg_t *const *x = a, *const *y = b;

	return (strcmp(cfg_title(*x), cfg_title(*y)));
}

/*
 * The sections of one kind, each made by its function; sorted by name unless
 * they are to stay as written.
 */
json_t *
conf_sections(struct deskconf *d, const char *kind, bool sorted,
    json_t *(*make)(struct deskconf *, cfg_t *))
{
	json_t *list = json_array(), *made;
	size_t	i, n = cfg_size(d->top, kind);
	cfg_t **sec = xcalloc(n, sizeof *sec);

	for (i = 0; i < n; i++)
		sec[i] = cfg_getnsec(d->top, kind, (unsigned)i);
	if (sorted)
		qsort(sec, n, sizeof *sec, section_order);
	for (i = 0; i < n; i++) {
		if (!conf_name_good(cfg_title(sec[i])))
			deskconf_fault(d, sec[i], NULL,
			    "The %s's name must be of small letters, digits, "
			    "dots, - and _, at most %d.",
			    kind, CONF_NAME_MAX);
		made = make(d, sec[i]);
		conf_put_text(made, "name", cfg_title(sec[i]));
		json_array_append_new(list, made);
	}
	free(sec);
	return (list);
}
