/*
 * RESP: requests in and answers out; see resp.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "resp.h"

#define RESP_SENTENCE_MAX 500

const struct resp_limits resp_stranger = { 1024, 1024 };
/* The largest argument (EVENT.ADD's), and room for framing and the rest. */
const struct resp_limits resp_known = { 1048576, 1048576 + 65536 };

static ssize_t
request_bad(struct resp_request *r, const char *wrong)
{
	r->argc = 0;
	r->wrong = wrong;
	return (-1);
}

/* More bytes are needed: fine as long as the peer may send more. */
static ssize_t
request_more(struct resp_request *r, size_t n, const struct resp_limits *limits)
{
	r->argc = 0;
	if (n >= limits->total)
		return (request_bad(r, "the request is too large"));
	return (0);
}

/*
 * A length and its CRLF: digits only, no sign, no leading zero.  Returns the
 * bytes it takes, 0 for more, -1 for bad or above max.
 */
static ssize_t
count_read(const char *s, size_t n, size_t max, size_t *v)
{
	size_t i, x = 0;

	for (i = 0; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
		if (i > 0 && x == 0)
			return (-1);
		x = x * 10 + (size_t)(s[i] - '0');
		if (x > max)
			return (-1);
	}
	if (i == n)
		return (0);
	if (i == 0 || s[i] != '\r')
		return (-1);
	if (i + 1 == n)
		return (0);
	if (s[i + 1] != '\n')
		return (-1);
	*v = x;
	return ((ssize_t)i + 2);
}

/* "*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n", the '*' already seen. */
static ssize_t
request_array(struct resp_request *r, const char *s, size_t n,
    const struct resp_limits *limits)
{
	size_t	at = 1, argc, len, i;
	ssize_t took;

	if ((took = count_read(s + at, n - at, RESP_ARGC_MAX, &argc)) == -1)
		return (request_bad(
		    r, "the number of arguments is wrong or above 64"));
	if (took == 0)
		return (request_more(r, n, limits));
	at += (size_t)took;

	for (i = 0; i < argc; i++) {
		if (at == n)
			return (request_more(r, n, limits));
		if (s[at] != '$')
			return (request_bad(
			    r, "an argument must be a bulk string, $"));
		at++;
		took = count_read(s + at, n - at, limits->arg, &len);
		if (took == -1)
			return (request_bad(r,
			    "the length of an argument is wrong or too large"));
		if (took == 0)
			return (request_more(r, n, limits));
		at += (size_t)took;
		if (at + len + 2 > limits->total)
			return (request_bad(r, "the request is too large"));
		if (n - at < len + 2)
			return (request_more(r, n, limits));
		if (s[at + len] != '\r' || s[at + len + 1] != '\n')
			return (request_bad(
			    r, "an argument must end where its length says"));
		r->argv[i] = (struct resp_arg){ s + at, len };
		at += len + 2;
	}
	r->argc = argc;
	return ((ssize_t)at);
}

static bool
is_control(char c)
{
	return (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f);
}

/*
 * The next word of a line.  Returns where it ends, or NULL when its quotes do
 * not come in order.
 */
static const char *
word_read(struct resp_arg *word, const char *s, const char *end)
{
	const char *close;
	char	    quote = *s;

	if (quote != '"' && quote != '\'') {
		for (close = s; close < end && *close != ' ' && *close != '\t';
		     close++)
			continue;
		*word = (struct resp_arg){ s, (size_t)(close - s) };
		return (close);
	}
	s++;
	if ((close = memchr(s, quote, (size_t)(end - s))) == NULL)
		return (NULL);
	if (close + 1 < end && close[1] != ' ' && close[1] != '\t')
		return (NULL);
	/* Elsewhere "\n" is an escape: do not take it for something else. */
	if (quote == '"' && memchr(s, '\\', (size_t)(close - s)) != NULL)
		return (NULL);
	*word = (struct resp_arg){ s, (size_t)(close - s) };
	return (close + 1);
}

static ssize_t
line_split(struct resp_request *r, const char *s, const char *end, size_t arg)
{
	r->argc = 0;
	for (;;) {
		while (s < end && (*s == ' ' || *s == '\t'))
			s++;
		if (s == end)
			return (0);
		if (r->argc == RESP_ARGC_MAX)
			return (request_bad(r, "more than 64 arguments"));
		if ((s = word_read(&r->argv[r->argc], s, end)) == NULL)
			return (request_bad(r,
			    "quotes must enclose a whole argument, without "
			    "escapes"));
		if (r->argv[r->argc++].n > arg)
			return (request_bad(r, "an argument is too large"));
	}
}

/* A browser led to our port speaks HTTP: it must not be taken at its word. */
static bool
is_http(const struct resp_request *r)
{
	return (r->argc >= 3 && r->argv[2].n > 5 &&
	    memcmp(r->argv[2].p, "HTTP/", 5) == 0);
}

static ssize_t
request_line(struct resp_request *r, const char *s, size_t n,
    const struct resp_limits *limits)
{
	size_t	    max, len, i;
	const char *newline;

	max = limits->total < RESP_INLINE_MAX ? limits->total : RESP_INLINE_MAX;
	newline = memchr(s, '\n', n < max ? n : max);
	len = newline != NULL ? (size_t)(newline - s) : n;
	if (newline != NULL && len > 0 && s[len - 1] == '\r')
		len--;
	for (i = 0; i < len && i < max; i++)
		if (is_control(s[i]) &&
		    !(newline == NULL && i == n - 1 && s[i] == '\r'))
			return (request_bad(
			    r, "the line has a control character in it"));
	if (newline == NULL) {
		r->argc = 0;
		return (n < max ? 0 : request_bad(r, "the line is too long"));
	}
	if (line_split(r, s, s + len, limits->arg) == -1)
		return (-1);
	if (is_http(r))
		return (request_bad(r, "this is not an HTTP server"));
	return (newline - s + 1);
}

ssize_t
resp_request(struct resp_request *r, const char *s, size_t n,
    const struct resp_limits *limits)
{
	r->argc = 0;
	r->wrong = NULL;
	if (n == 0)
		return (0);
	if (s[0] == '*')
		return (request_array(r, s, n, limits));
	return (request_line(r, s, n, limits));
}

bool
resp_is(const struct resp_request *r, size_t i, const char *word)
{
	return (i < r->argc && r->argv[i].n == strlen(word) &&
	    strncasecmp(r->argv[i].p, word, r->argv[i].n) == 0);
}

static void
put_head(struct buf *b, char type, size_t n)
{
	char s[32];

	buf_add(b, s, (size_t)snprintf(s, sizeof s, "%c%zu\r\n", type, n));
}

/* Only for words of our own, which hold no CR or LF. */
void
resp_simple(struct buf *b, const char *s)
{
	buf_char(b, '+');
	buf_str(b, s);
	buf_add(b, "\r\n", 2);
}

void
resp_error(struct buf *b, const char *code, const char *sentence)
{
	buf_char(b, '-');
	buf_str(b, code);
	buf_char(b, ' ');
	buf_shown(b, sentence, strlen(sentence), RESP_SENTENCE_MAX);
	buf_add(b, "\r\n", 2);
}

void
resp_int(struct buf *b, int64_t i)
{
	char s[32];

	buf_add(b, s, (size_t)snprintf(s, sizeof s, ":%lld\r\n", (long long)i));
}

void
resp_bulk(struct buf *b, const void *p, size_t n)
{
	put_head(b, '$', n);
	buf_add(b, p, n);
	buf_add(b, "\r\n", 2);
}

void
resp_str(struct buf *b, const char *s)
{
	resp_bulk(b, s, strlen(s));
}

void
resp_null(struct buf *b, int version)
{
	buf_str(b, version >= 3 ? "_\r\n" : "$-1\r\n");
}

void
resp_bool(struct buf *b, int version, bool yes)
{
	if (version >= 3)
		buf_str(b, yes ? "#t\r\n" : "#f\r\n");
	else
		resp_int(b, yes);
}

void
resp_map(struct buf *b, int version, size_t n)
{
	if (version >= 3)
		put_head(b, '%', n);
	else
		put_head(b, '*', 2 * n);
}

void
resp_set(struct buf *b, int version, size_t n)
{
	put_head(b, version >= 3 ? '~' : '*', n);
}

void
resp_array(struct buf *b, size_t n)
{
	put_head(b, '*', n);
}

void
resp_pushed(struct buf *b, int version, size_t n)
{
	put_head(b, version >= 3 ? '>' : '*', n);
}

static void
put_real(struct buf *b, int version, double v)
{
	char   s[40];
	size_t n;

	n = (size_t)snprintf(s, sizeof s, "%.17g", v);
	if (version < 3) {
		resp_bulk(b, s, n);
		return;
	}
	buf_char(b, ',');
	buf_add(b, s, n);
	buf_add(b, "\r\n", 2);
}

static void
put_object(struct buf *b, int version, const json_t *json)
{
	json_t *o = (json_t *)json; /* iterators want it so; nothing changes */
	void   *i;

	resp_map(b, version, json_object_size(o));
	for (i = json_object_iter(o); i != NULL;
	     i = json_object_iter_next(o, i)) {
		resp_bulk(
		    b, json_object_iter_key(i), json_object_iter_key_len(i));
		resp_json(b, version, json_object_iter_value(i));
	}
}

void
resp_json(struct buf *b, int version, const json_t *json)
{
	size_t i, n;

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		put_object(b, version, json);
		break;
	case JSON_ARRAY:
		n = json_array_size(json);
		resp_array(b, n);
		for (i = 0; i < n; i++)
			resp_json(b, version, json_array_get(json, i));
		break;
	case JSON_STRING:
		resp_bulk(b, json_string_value(json), json_string_length(json));
		break;
	case JSON_INTEGER:
		resp_int(b, json_integer_value(json));
		break;
	case JSON_REAL:
		put_real(b, version, json_real_value(json));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		resp_bool(b, version, json_is_true(json));
		break;
	case JSON_NULL:
		resp_null(b, version);
		break;
	}
}

void
resp_ask(struct buf *b, const struct resp_arg *argv, size_t argc)
{
	size_t i;

	resp_array(b, argc);
	for (i = 0; i < argc; i++)
		resp_bulk(b, argv[i].p, argv[i].n);
}
