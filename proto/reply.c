/*
 * The reader of answers, for our own client; see resp.h.  It reads what
 * deskd writes: every type of versions 2 and 3 but attributes, big numbers,
 * verbatim strings and streamed ones.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "resp.h"

#define MORE 0
#define BAD  (-1)

/* Walks one value; out is NULL to measure only. */
static ssize_t value_read(const char *, size_t n, unsigned depth, json_t **out);

/* A text of the peer's as JSON: what is no UTF-8 becomes '?'. */
static json_t *
text_make(const char *s, size_t n)
{
	char   *copy;
	json_t *json;

	if (utf8_valid(s, n))
		return (json_stringn_nocheck(s, n));
	copy = xmalloc(n);
	memcpy(copy, s, n);
	utf8_clean(copy, n);
	json = json_stringn_nocheck(copy, n);
	free(copy);
	return (json);
}

/* Bytes up to and with CRLF; MORE when it is not there yet. */
static ssize_t
line_read(const char *s, size_t n, size_t *len)
{
	const char *cr;

	if ((cr = memchr(s, '\r', n)) == NULL || cr + 1 == s + n)
		return (MORE);
	if (cr[1] != '\n')
		return (BAD);
	*len = (size_t)(cr - s);
	return (cr - s + 2);
}

/* A whole number of at most 18 digits, perhaps negative. */
static bool
number_read(const char *s, size_t n, int64_t *v)
{
	bool	minus = n > 0 && s[0] == '-';
	int64_t x = 0;
	size_t	i = minus;

	if (n == i || n - i > 19)
		return (false);
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' ||
		    x > (INT64_MAX - (s[i] - '0')) / 10)
			return (false);
		x = x * 10 + (s[i] - '0');
	}
	*v = minus ? -x : x;
	return (true);
}

static bool
real_read(const char *s, size_t n, double *v)
{
	char  text[64];
	char *end;

	if (n == 0 || n >= sizeof text)
		return (false);
	memcpy(text, s, n);
	text[n] = '\0';
	*v = strtod(text, &end);
	return (*end == '\0');
}

static ssize_t
bulk_read(const char *s, size_t n, size_t at, int64_t len, json_t **out)
{
	if (len == -1) {
		if (out != NULL)
			*out = json_null();
		return ((ssize_t)at);
	}
	if (len < 0 || len > INT32_MAX)
		return (BAD);
	if (n - at < (size_t)len + 2)
		return (MORE);
	if (memcmp(s + at + len, "\r\n", 2) != 0)
		return (BAD);
	if (out != NULL)
		*out = text_make(s + at, (size_t)len);
	return ((ssize_t)at + (ssize_t)len + 2);
}

static ssize_t
array_read(const char *s, size_t n, size_t at, int64_t len, unsigned depth,
    json_t **out)
{
	json_t *array = out != NULL ? json_array() : NULL, *value = NULL;
	ssize_t took = (ssize_t)at;
	int64_t i;

	for (i = 0; i < len; i++) {
		took = value_read(
		    s + at, n - at, depth + 1, out != NULL ? &value : NULL);
		if (took <= 0)
			break;
		at += (size_t)took;
		if (array != NULL)
			json_array_append_new(array, value);
	}
	if (i < len) {
		json_decref(array);
		return (took);
	}
	if (out != NULL)
		*out = array;
	return ((ssize_t)at);
}

/* One name and its value. */
static ssize_t
pair_read(const char *s, size_t n, unsigned depth, json_t *object)
{
	json_t *name = NULL, *value = NULL;
	ssize_t took, more;

	took = value_read(s, n, depth, object != NULL ? &name : NULL);
	if (took <= 0)
		return (took);
	more = value_read(
	    s + took, n - (size_t)took, depth, object != NULL ? &value : NULL);
	if (more > 0 && object != NULL) {
		if (json_is_string(name))
			json_object_set_nocheck(
			    object, json_string_value(name), value);
		else
			more = BAD;
	}
	json_decref(name);
	json_decref(value);
	return (more <= 0 ? more : took + more);
}

static ssize_t
map_read(const char *s, size_t n, size_t at, int64_t len, unsigned depth,
    json_t **out)
{
	json_t *object = out != NULL ? json_object() : NULL;
	ssize_t took;
	int64_t i;

	for (i = 0; i < len; i++) {
		took = pair_read(s + at, n - at, depth + 1, object);
		if (took <= 0) {
			json_decref(object);
			return (took);
		}
		at += (size_t)took;
	}
	if (out != NULL)
		*out = object;
	return ((ssize_t)at);
}

/* What stands whole on its line. */
static bool
scalar_read(char type, const char *s, size_t n, json_t **out)
{
	json_t *json;
	int64_t i = 0;
	double	d = 0;

	switch (type) {
	case '+':
	case '-':
		json = out != NULL ? text_make(s, n) : NULL;
		break;
	case ':':
		if (!number_read(s, n, &i))
			return (false);
		json = out != NULL ? json_integer(i) : NULL;
		break;
	case '_':
		if (n != 0)
			return (false);
		json = json_null();
		break;
	case '#':
		if (n != 1 || (s[0] != 't' && s[0] != 'f'))
			return (false);
		json = json_boolean(s[0] == 't');
		break;
	case ',':
		if (!real_read(s, n, &d))
			return (false);
		/* "inf" and "nan" are no JSON: a null. */
		json = out != NULL ? json_real(d) : NULL;
		if (out != NULL && json == NULL)
			json = json_null();
		break;
	default:
		return (false);
	}
	if (out != NULL)
		*out = json;
	return (true);
}

static ssize_t
value_read(const char *s, size_t n, unsigned depth, json_t **out)
{
	size_t	len, at;
	ssize_t took;
	int64_t count;

	if (depth > RESP_DEPTH_MAX)
		return (BAD);
	if (n == 0)
		return (MORE);
	if ((took = line_read(s + 1, n - 1, &len)) <= 0)
		return (took);
	at = 1 + (size_t)took;
	if (strchr("$*~>%", s[0]) == NULL || s[0] == '\0')
		return (scalar_read(s[0], s + 1, len, out) ? (ssize_t)at : BAD);
	if (!number_read(s + 1, len, &count))
		return (BAD);
	if (s[0] == '$')
		return (bulk_read(s, n, at, count, out));
	if (count == -1)
		return (bulk_read(s, n, at, count, out)); /* *-1: also null */
	if (count < 0 || count > INT32_MAX)
		return (BAD);
	if (s[0] == '%')
		return (map_read(s, n, at, count, depth, out));
	return (array_read(s, n, at, count, depth, out));
}

/* "NOTFOUND there is no such ticket": the code off the sentence. */
static void
refusal_split(struct resp_reply *r, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 'A' && s[i] <= 'Z')
		i++;
	if (i == 0 || i >= sizeof r->code || (i < n && s[i] != ' ')) {
		strcpy(r->code, "ERR");
		i = 0;
	} else {
		memcpy(r->code, s, i);
		r->code[i] = '\0';
		i += i < n;
	}
	r->value = text_make(s + i, n - i);
}

ssize_t
resp_read(struct resp_reply *r, const char *s, size_t n, size_t max)
{
	ssize_t took;

	*r = (struct resp_reply){ .kind = RESP_VALUE };
	/* Measured first: nothing is built of what is not whole. */
	took = value_read(s, n, 0, NULL);
	if (took == MORE)
		return (n >= max ? BAD : MORE);
	if (took == BAD || (size_t)took > max)
		return (BAD);
	if (s[0] == '-') {
		r->kind = RESP_REFUSED;
		refusal_split(r, s + 1, (size_t)took - 3);
		return (took);
	}
	if (s[0] == '>')
		r->kind = RESP_PUSH;
	return (value_read(s, n, 0, &r->value));
}
