/*
 * deskctl's words for a shell that completes them; see completion.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "base/mem.h"
#include "proto/operation.h"
#include "completion.h"

#define TYPED_MAX 64 /* words of a line that are looked at */

/* A word of a command's name or a choice: no ARGUMENT, no [--option]. */
static bool
is_plain(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!islower((unsigned char)s[i]) && s[i] != '|')
			return (false);
	return (n > 0);
}

static bool
is_option(const char *s, size_t n)
{
	return (n > 2 && strncmp(s, "--", 2) == 0);
}

/* "import cdr|orders FILE [--offset +07:00]": name, options, arguments. */
void
completion_command(struct buf *b, const char *usage)
{
	struct buf  options = { 0 }, plain = { 0 };
	const char *s = usage;
	size_t	    n;
	bool	    named = false, first = true;

	for (; *s != '\0'; s += n + strspn(s + n, " ]")) {
		s += *s == '[';
		n = strcspn(s, " ]");
		if (is_option(s, n)) {
			named = true;
			buf_printf(&options, "%.*s ", (int)n, s);
		} else if (is_plain(s, n) && memchr(s, '|', n) != NULL) {
			named = true;
			buf_printf(&plain, "%.*s ", (int)n, s);
		} else if (is_plain(s, n) && !named) {
			buf_printf(b, "%s%.*s", first ? "" : " ", (int)n, s);
			first = false;
		} else if (options.n == 0) {
			named = true;
			buf_str(&plain, "- ");
		}
	}
	buf_printf(b, "\t%s\t%s\n", options.n > 0 ? options.p : "-",
	    plain.n > 0 ? plain.p : "-");
	buf_free(&options);
	buf_free(&plain);
}

static void
operation_row(struct buf *b, const struct op *op)
{
	const struct op_arg *a;
	const char	    *p;
	size_t		     n;

	for (p = op->name; *p != '\0'; p++)
		buf_char(b, *p == '.' ? ' ' : (char)tolower((unsigned char)*p));
	buf_char(b, '\t');
	for (n = b->n, a = op->args; a->type != ARG_END; a++) {
		if (!a->optional)
			continue;
		buf_printf(b, "--%s%s%s ", a->name,
		    a->type == ARG_ENUM || a->type == ARG_BOOL ? "=" : "",
		    a->type == ARG_ENUM	      ? a->words
			: a->type == ARG_BOOL ? "yes|no"
					      : "");
	}
	buf_str(b, b->n == n ? "-\t" : "\t");
	for (n = b->n, a = op->args; a->type != ARG_END; a++)
		if (!a->optional && a->type != ARG_SECRET)
			buf_printf(
			    b, "%s ", a->type == ARG_ENUM ? a->words : "-");
	buf_str(b, b->n == n ? "-\n" : "\n");
}

void
completion_operations(struct buf *b)
{
	size_t i;

	for (i = 0; i < OP_COUNT; i++)
		operation_row(b, &ops[i]);
}

/* ---- what the last word may be */

/* What begins with so much; strings of its own. */
struct offers {
	const char *begins;
	char	  **at;
	size_t	    n;
};

static void
offer_add(struct offers *o, const char *s, size_t n)
{
	if (n < strlen(o->begins) || memcmp(s, o->begins, strlen(o->begins)))
		return;
	o->at = xreallocarray(o->at, o->n + 1, sizeof *o->at);
	o->at[o->n++] = xstrndup(s, n);
}

/* Each word of a list; of an option without what it takes. */
static void
offer_each(struct offers *o, const char *s, size_t n, const char *between)
{
	size_t len, i;

	for (i = 0; i < n; i += len + 1) {
		len = strcspn(s + i, between);
		if (i + len > n)
			len = n - i;
		if (len > 0)
			offer_add(o, s + i,
			    s[i] == '-' ? strcspn(s + i, "= \t\n") : len);
	}
}

/* An option before the command that takes a value, always a file's name. */
static bool
takes_file(const char *word)
{
	static const char *const names[] = { "-f", "-S", "-H", "-k", "--ca" };
	size_t			 i;

	for (i = 0; i < nitems(names); i++)
		if (strcmp(names[i], word) == 0)
			return (true);
	return (false);
}

/* The command's words that are typed whole; how many. */
static int
typed_words(int nwords, char **words, const char **typed)
{
	int i, n = 0;

	for (i = 0; i < nwords - 1 && n < TYPED_MAX; i++) {
		if (n == 0 && takes_file(words[i]))
			i++;
		else if (n > 0 || words[i][0] != '-')
			typed[n++] = words[i];
	}
	return (n);
}

/* A row: name, options, plain arguments, each with its length. */
struct row {
	const char *at[3];
	size_t	    n[3];
};

static const char *
row_read(const char *s, struct row *r)
{
	int i;

	for (i = 0; i < 3; i++) {
		r->at[i] = s;
		r->n[i] = strcspn(s, "\t\n");
		s += r->n[i];
		s += *s != '\0';
	}
	return (s);
}

/*
 * How many words the row's name has when the typed ones fit it, with the next
 * of them where they do not end it; -1: they do not fit.
 */
static int
row_fits(struct offers *o, const struct row *r, const char **typed, int n)
{
	const char *s = r->at[0], *end = s + r->n[0];
	size_t	    len;
	int	    i;

	for (i = 0; s < end; i++, s += len + (s + len < end)) {
		len = strcspn(s, " \t\n");
		if (i == n) {
			offer_add(o, s, len);
			return (-1);
		}
		if (strlen(typed[i]) != len || memcmp(typed[i], s, len) != 0)
			return (-1);
	}
	return (i);
}

/* The n-th of a list, blanks between; its length in *len, 0: there is none. */
static const char *
nth(const char *s, size_t n, int i, size_t *len)
{
	const char *end = s + n;

	for (; s < end; s += *len + 1) {
		*len = strcspn(s, " \t\n");
		if (i-- == 0)
			return (s);
	}
	*len = 0;
	return (s);
}

/* What stands behind a command's name. */
static void
offer_rest(struct offers *o, const struct row *r, const char *before, int place)
{
	const char *s;
	size_t	    len, n = strlen(before);
	int	    i;

	for (i = 0; (s = nth(r->at[1], r->n[1], i, &len), len) > 0; i++)
		if (len > n && s[n] == '=' && memcmp(s, before, n) == 0) {
			offer_each(o, s + n + 1, len - n - 1, "| \t\n");
			return;
		}
	if (o->begins[0] == '-') {
		offer_each(o, r->at[1], r->n[1], " \t\n");
		return;
	}
	s = nth(r->at[2], r->n[2], place, &len);
	if (len > 0 && *s != '-')
		offer_each(o, s, len, "| \t\n");
}

static int
by_letters(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

void
completion_offers(struct buf *b, const char *rows, int nwords, char **words)
{
	static const char before[] = "-f -S -H -k -j -V --tls --ca --yes";
	const char	 *typed[TYPED_MAX];
	struct offers	  o = { .begins = nwords > 0 ? words[nwords - 1] : "" };
	struct row	  row, best = { { "", "", "" }, { 0 } };
	int	    n = typed_words(nwords, words, typed), fits, most = -1;
	const char *prev = nwords > 1 ? words[nwords - 2] : "";
	size_t	    i;

	if (n == 0 && takes_file(prev))
		return;
	if (n == 0 && o.begins[0] == '-')
		offer_each(&o, before, sizeof before - 1, " ");
	while (*rows != '\0') {
		rows = row_read(rows, &row);
		if ((fits = row_fits(&o, &row, typed, n)) > most) {
			most = fits;
			best = row;
		}
	}
	if (most >= 0)
		offer_rest(&o, &best, prev, n - most);
	if (o.n > 0)
		qsort(o.at, o.n, sizeof *o.at, by_letters);
	for (i = 0; i < o.n; i++)
		if (i == 0 || strcmp(o.at[i], o.at[i - 1]) != 0)
			buf_printf(b, "%s\n", o.at[i]);
	for (i = 0; i < o.n; i++)
		free(o.at[i]);
	free(o.at);
}
