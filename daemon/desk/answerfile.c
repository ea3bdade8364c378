/*
 * Files of answers; see answerfile.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "answerfile.h"

#define BOM	  "\xef\xbb\xbf"
#define TOKEN_CUT 8 /* bytes of a word or letter that may be cut */

void
answerfile_init(struct answerfile *f)
{
	f->kind = ANSWERFILE_NONE;
	f->begun = f->array = f->over = false;
	f->header.n = 0;
	f->wrong[0] = '\0';
	csv_init(&f->csv);
}

static enum csv_got PRINTFLIKE(2, 3)
    file_fault(struct answerfile *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->wrong, sizeof f->wrong, fmt, ap);
	va_end(ap);
	return (CSV_FAULT);
}

/* ---- CSV */

static enum csv_got
header_take(struct answerfile *f, const struct csv_record *r)
{
	size_t i, k;

	for (i = 0; i < r->n; i++)
		for (k = 0; k < i; k++)
			if (*r->field[i] != '\0' &&
			    strcmp(r->field[i], r->field[k]) == 0) {
				f->over = true;
				return (file_fault(f,
				    "Two columns are \"%.60s\".", r->field[i]));
			}
	f->header = *r;
	/* The fields lie in the record's own text. */
	for (i = 0; i < r->n; i++)
		f->header.field[i] = f->header.text + (r->field[i] - r->text);
	return (CSV_MORE);
}

static enum csv_got
record_put(struct answerfile *f, const struct csv_record *r, struct buf *json)
{
	bool   some = false;
	size_t i;

	if (r->n != f->header.n)
		return (file_fault(
		    f, "It has not as many fields as the first line."));
	buf_char(json, '{');
	for (i = 0; i < r->n; i++) {
		if (*r->field[i] == '\0')
			continue;
		if (some)
			buf_char(json, ',');
		some = true;
		buf_json_str(json, f->header.field[i]);
		buf_char(json, ':');
		buf_json_str(json, r->field[i]);
	}
	buf_char(json, '}');
	return (CSV_RECORD);
}

static enum csv_got
csv_row(struct answerfile *f, const char *s, size_t n, bool last, size_t *used,
    struct buf *json)
{
	struct csv_record r;
	enum csv_got	  got;
	size_t		  one;

	if (f->header.n == 0 && n > 0)
		f->csv.comma = csv_guess(s, n);
	for (*used = 0;;) {
		got = csv_next(&f->csv, s + *used, n - *used, last, &one, &r);
		*used += one;
		if (got == CSV_FAULT)
			return (file_fault(f, "%s", f->csv.wrong));
		if (got != CSV_RECORD)
			return (got);
		if (f->header.n != 0)
			return (record_put(f, &r, json));
		if (header_take(f, &r) == CSV_FAULT)
			return (CSV_FAULT);
	}
}

/* ---- JSON */

/* Bytes before the next row; the array's own signs are taken with them. */
static size_t
blanks_pass(struct answerfile *f, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\n')
			f->csv.next++;
		else if (s[i] == '[' && !f->begun)
			f->array = f->begun = true;
		else if (s[i] == ']' && f->array)
			f->over = true;
		else if (strchr(" \t\r,", s[i]) == NULL || s[i] == '\0')
			break;
	}
	f->begun = f->begun || i < n;
	return (i);
}

/* A row that cannot be read: the line is passed over, an array ends. */
static enum csv_got
row_broken(struct answerfile *f, const char *s, size_t n, size_t *used,
    const char *wrong)
{
	const char *end = memchr(s, '\n', n);

	f->over = f->array || end == NULL;
	*used += f->over ? n : (size_t)(end - s);
	return (file_fault(f,
	    f->array ? "%.100s; what follows is not read" : "%.100s", wrong));
}

static void
lines_count(struct answerfile *f, const char *s, size_t n)
{
	const char *p;

	for (; n > 0 && (p = memchr(s, '\n', n)) != NULL; s = p + 1) {
		f->csv.next++;
		n -= (size_t)(p + 1 - s);
	}
}

static enum csv_got
json_row(struct answerfile *f, const char *s, size_t n, bool last, size_t *used,
    struct buf *json)
{
	json_error_t error;
	json_t	    *row;
	char	    *text;

	*used = blanks_pass(f, s, n);
	s += *used;
	n -= *used;
	f->csv.line = f->csv.next;
	if (f->over || n == 0) {
		*used += n;
		return (last ? CSV_END : CSV_MORE);
	}
	row = json_loadb(s, n < ANSWERFILE_ROW_MAX ? n : ANSWERFILE_ROW_MAX,
	    JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
	/* Wrong at the very end may be right when there is more of it, and
	 * what is passed over goes to the end of its line. */
	if (row == NULL && !last && n < ANSWERFILE_ROW_MAX &&
	    ((size_t)error.position + TOKEN_CUT > n ||
		memchr(s, '\n', n) == NULL))
		return (CSV_MORE);
	if (row == NULL &&
	    json_error_code(&error) == json_error_premature_end_of_input)
		f->array = true; /* there is no next line to go on with */
	if (row == NULL)
		return (row_broken(f, s, n, used, error.text));
	*used += (size_t)error.position;
	lines_count(f, s, (size_t)error.position);
	/* Written anew: of bytes as they came a NUL may be among them. */
	if (json_is_object(row) &&
	    (text = json_dumps(row, JSON_COMPACT)) != NULL) {
		buf_str(json, text);
		free(text);
	}
	json_decref(row);
	return (json->n > 0 ? CSV_RECORD
			    : file_fault(f, "This is no object of columns."));
}

/* Tells by its first byte what the file is; false: it is not here yet. */
static bool
kind_tell(struct answerfile *f, const char *s, size_t n, size_t *mark)
{
	size_t i;

	*mark = n >= 3 && memcmp(s, BOM, 3) == 0 ? 3 : 0;
	for (i = *mark; i < n && memchr(" \t\r\n", s[i], 4) != NULL;)
		i++;
	if (i == n || (*mark == 0 && n < 3 && memcmp(s, BOM, n) == 0))
		return (false);
	f->kind = s[i] == '[' || s[i] == '{' ? ANSWERFILE_JSON : ANSWERFILE_CSV;
	return (true);
}

enum csv_got
answerfile_next(struct answerfile *f, const char *s, size_t n, bool last,
    size_t *used, struct buf *json)
{
	enum csv_got got;
	size_t	     mark = 0;

	*used = 0;
	if (f->over) {
		*used = n;
		return (last ? CSV_END : CSV_MORE);
	}
	if (f->kind == ANSWERFILE_NONE && !kind_tell(f, s, n, &mark)) {
		mark = 0;
		if (!last)
			return (CSV_MORE);
	}
	if (f->kind != ANSWERFILE_JSON)
		return (csv_row(f, s, n, last, used, json));
	got = json_row(f, s + mark, n - mark, last, used, json);
	*used += mark;
	return (got);
}
