/*
 * Comma-separated values; see csv.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "csv.h"

void
csv_init(struct csv *c)
{
	*c = (struct csv){ .line = 1, .next = 1, .comma = ',' };
}

char
csv_guess(const char *s, size_t n)
{
	static const char commas[] = { ',', ';', '\t' };
	size_t		  i, k, count, most = 0;
	char		  best = ',';
	bool		  quoted;

	for (k = 0; k < sizeof commas; k++) {
		count = 0;
		quoted = false;
		for (i = 0; i < n && (quoted || s[i] != '\n'); i++) {
			if (s[i] == '"')
				quoted = !quoted;
			count += !quoted && s[i] == commas[k];
		}
		if (count > most) {
			most = count;
			best = commas[k];
		}
	}
	return (best);
}

static enum csv_got
csv_fault(struct csv *c, const char *wrong)
{
	snprintf(c->wrong, sizeof c->wrong, "%s", wrong);
	return (CSV_FAULT);
}

/*
 * Bytes up to and with the line end that closes the record (one within
 * quotes does not); 0 when it is not there yet.
 */
static size_t
csv_extent(const char *s, size_t n)
{
	bool   quoted = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '\n' && !quoted)
			return (i + 1);
	}
	return (0);
}

static size_t
csv_lines(const char *s, size_t n)
{
	size_t i, lines = 0;

	for (i = 0; i < n; i++)
		lines += s[i] == '\n';
	return (lines);
}

/*
 * Cuts one record, without its line end, into fields (RFC 4180 section 2,
 * rules 4 to 7).  NULL, or what is wrong with it.
 */
static const char *
csv_cut(struct csv_record *r, const char *s, size_t n, char comma)
{
	const char *end = s + n;
	char	   *out = r->text;

	r->n = 0;
	for (;;) {
		if (r->n == CSV_FIELDS)
			return ("There are too many fields.");
		r->field[r->n++] = out;
		if (s < end && *s == '"') {
			for (s++;; *out++ = *s++) {
				if (s == end)
					return ("A quoted field has no end.");
				if (*s == '"' && (s + 1 == end || s[1] != '"'))
					break;
				if (*s == '"')
					s++;
			}
			s++;
		} else {
			while (s < end && *s != comma && *s != '"')
				*out++ = *s++;
		}
		*out++ = '\0';
		if (s == end)
			return (NULL);
		if (*s++ != comma)
			return ("A quote stands where none can.");
	}
}

/*
 * Bytes of the next record with its line end; 0 when more are needed.  A
 * quote that never closes must not swallow the file: past the cap, and at the
 * end, such a record ends with its first line.
 */
static size_t
csv_take(const char *s, size_t n, bool last)
{
	const char *end;
	size_t	    take, most = n < CSV_LINE_MAX ? n : CSV_LINE_MAX;

	if ((take = csv_extent(s, most)) > 0)
		return (take);
	if (n < CSV_LINE_MAX && !last)
		return (0);
	if ((end = memchr(s, '\n', most)) != NULL)
		return ((size_t)(end - s) + 1);
	return (most);
}

/* What is left of a line that was too long; how many bytes of it are here. */
static size_t
csv_skip(struct csv *c, const char *s, size_t n)
{
	const char *end;

	if ((end = memchr(s, '\n', n)) == NULL)
		return (n);
	c->skipping = false;
	c->next++;
	return ((size_t)(end - s) + 1);
}

/* One record with its line end, and a byte order mark at the file's head. */
static enum csv_got
csv_line(struct csv *c, const char *s, size_t n, struct csv_record *r)
{
	const char *wrong;

	if (n == CSV_LINE_MAX && s[n - 1] != '\n') {
		c->skipping = true;
		return (csv_fault(c, "The line is longer than 16 KiB."));
	}
	if (c->line == 1 && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
		s += 3;
		n -= 3;
	}
	if (n > 0 && s[n - 1] == '\n')
		n--;
	if (n > 0 && s[n - 1] == '\r')
		n--;
	if (n == 0)
		return (CSV_MORE);
	if (!utf8_valid(s, n))
		return (csv_fault(c, "The line is not UTF-8."));
	r->bytes = s;
	r->nbytes = n;
	if ((wrong = csv_cut(r, s, n, c->comma)) != NULL)
		return (csv_fault(c, wrong));
	return (CSV_RECORD);
}

enum csv_got
csv_next(struct csv *c, const char *s, size_t n, bool last, size_t *used,
    struct csv_record *r)
{
	enum csv_got got;
	size_t	     taken;

	for (*used = 0; *used < n;) {
		if (c->skipping) {
			*used += csv_skip(c, s + *used, n - *used);
			continue;
		}
		if ((taken = csv_take(s + *used, n - *used, last)) == 0)
			return (CSV_MORE);
		c->line = c->next;
		c->next += csv_lines(s + *used, taken);
		*used += taken;
		got = csv_line(c, s + *used - taken, taken, r);
		/* Blank lines give nothing: on to the next. */
		if (got != CSV_MORE)
			return (got);
	}
	return (last ? CSV_END : CSV_MORE);
}
