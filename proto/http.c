/*
 * HTTP/1.1 read strictly; see http.h.
 */
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "http.h"

const struct http_limits http_limits = { HTTP_LINE_MAX, HTTP_HEAD_MAX,
	HTTP_FIELDS_MAX };

#define METHOD_MAX 32

enum { MORE = 0, REFUSED = -1 };

/* ---- which bytes may stand where */

bool
http_is_token(unsigned char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL));
}

bool
http_is_value(unsigned char c)
{
	return ((c >= 0x20 && c != 0x7f) || c == '\t');
}

/*
 * Of a path or query.  Browsers leave some characters raw that RFC 3986
 * would have encoded; those that another reader may take for an end, a
 * fragment or a separator are refused.
 */
static bool
is_target(unsigned char c)
{
	return (c > 0x20 && c < 0x7f && strchr("#\"<>\\", c) == NULL);
}

/* RFC 3986 section 3.2.2, without userinfo: a name, IPv4 or [IPv6]. */
static bool
is_host(unsigned char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') ||
	    (c != '\0' && strchr("-._~!$&'()*+,;=", c) != NULL));
}

bool
http_all(const char *p, size_t n, bool (*is)(unsigned char))
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is((unsigned char)p[i]))
			return (false);
	return (true);
}

static bool
same_word(const char *p, size_t n, const char *word)
{
	return (n == strlen(word) && strncasecmp(p, word, n) == 0);
}

/* ---- lines */

struct reader {
	struct http_head *head;
	const char	 *bytes;
	size_t		  n;
	size_t		  at;
	int		 *status;
	bool		  lengths; /* a Content-Length was seen */
	bool		  codings; /* a Transfer-Encoding was seen */
	bool		  absolute;
	struct http_span  authority; /* of an absolute target */
	unsigned	  hosts;
};

static ssize_t
refuse(struct reader *r, int status)
{
	*r->status = status;
	return (REFUSED);
}

static struct http_span
span(const struct reader *r, const char *p, size_t n)
{
	return ((struct http_span){ (uint32_t)(p - r->bytes), (uint32_t)n });
}

static const char *
bytes_of(const struct reader *r, struct http_span s)
{
	return (r->bytes + s.at);
}

/*
 * The next line without its CRLF: 1, MORE or REFUSED.  A CR or LF alone is
 * refused as soon as it is seen: other readers end a line there.
 */
static ssize_t
read_line(struct reader *r, const struct http_limits *max, int too_long,
    const char **line, size_t *n)
{
	const char *p = r->bytes + r->at, *end;
	size_t	    left = r->n - r->at;
	size_t	    look = left < max->line + 2 ? left : max->line + 2;
	const char *lf = memchr(p, '\n', look);

	end = lf != NULL ? lf : p + look;
	if (lf != NULL && (lf == p || lf[-1] != '\r'))
		return (refuse(r, 400));
	*n = (size_t)(end - p) - (lf != NULL ? 1 : 0);
	/* A CR at the very end may still get its LF. */
	if (memchr(p, '\r', lf != NULL || *n == 0 ? *n : *n - 1) != NULL)
		return (refuse(r, 400));
	if (lf == NULL && look == max->line + 2)
		return (refuse(r, too_long));
	if (lf == NULL)
		return (left > max->head - r->at ? refuse(r, 431) : MORE);
	r->at += *n + 2;
	if (r->at > max->head)
		return (refuse(r, 431));
	*line = p;
	return (1);
}

/* ---- the request line */

/* Digits, dots and letters before a port, or an address in brackets. */
static bool
good_host(const char *p, size_t n)
{
	const char *colon, *end = p + n;

	if (n > 2 && *p == '[') {
		if ((colon = memchr(p, ']', n)) == NULL || colon - p < 3)
			return (false);
		for (p++; p < colon; p++)
			if (hex_digit(*p) < 0 && *p != ':' && *p != '.')
				return (false);
		p++;
	} else {
		if ((colon = memchr(p, ':', n)) == NULL)
			colon = end;
		if (colon == p || !http_all(p, (size_t)(colon - p), is_host))
			return (false);
		p = colon;
	}
	if (p == end)
		return (true);
	if (*p++ != ':' || end - p > 5)
		return (false);
	for (; p < end; p++)
		if (*p < '0' || *p > '9')
			return (false);
	return (true);
}

static bool
good_escapes(const char *p, size_t n)
{
	const char *end = p + n;

	while ((p = memchr(p, '%', (size_t)(end - p))) != NULL) {
		if (end - p < 3 || hex_digit(p[1]) < 0 || hex_digit(p[2]) < 0 ||
		    (p[1] == '0' && p[2] == '0'))
			return (false);
		p += 3;
	}
	return (true);
}

/* "http://host/path?query": the host must be Host's (checked at the end). */
static bool
take_authority(struct reader *r, const char **p, size_t *n)
{
	const char *from, *end = *p + *n;
	size_t	    scheme;

	if (*n > 7 && strncasecmp(*p, "http://", 7) == 0)
		scheme = 7;
	else if (*n > 8 && strncasecmp(*p, "https://", 8) == 0)
		scheme = 8;
	else
		return (false);
	from = *p + scheme;
	for (*p = from; *p < end && **p != '/' && **p != '?';)
		++*p;
	if (!good_host(from, (size_t)(*p - from)))
		return (false);
	r->absolute = true;
	r->authority = span(r, from, (size_t)(*p - from));
	*n = (size_t)(end - *p);
	return (true);
}

static ssize_t
read_target(struct reader *r, const char *p, size_t n)
{
	struct http_head *h = r->head;
	const char	 *query;

	if (n == 0 || !http_all(p, n, is_target) || !good_escapes(p, n))
		return (refuse(r, 400));
	if (n == 1 && *p == '*') {
		if (!same_word(bytes_of(r, h->method), h->method.n, "OPTIONS"))
			return (refuse(r, 400));
		h->path = span(r, p, 1);
		return (1);
	}
	if (*p != '/' && !take_authority(r, &p, &n))
		return (refuse(r, 400));
	if ((query = memchr(p, '?', n)) == NULL)
		query = p + n;
	h->path = span(r, p, (size_t)(query - p));
	if (query < p + n)
		h->query = span(r, query + 1, (size_t)(p + n - query - 1));
	return (1);
}

static ssize_t
read_version(struct reader *r, const char *p, size_t n)
{
	if (n != 8 || memcmp(p, "HTTP/", 5) != 0 || p[5] < '0' || p[5] > '9' ||
	    p[6] != '.' || p[7] < '0' || p[7] > '9')
		return (refuse(r, 400));
	if (p[5] != '1' || p[7] > '1')
		return (refuse(r, 505));
	r->head->minor = (unsigned)(p[7] - '0');
	return (1);
}

static ssize_t
read_request_line(struct reader *r, const char *line, size_t n)
{
	const char *end = line + n, *first, *second;
	ssize_t	    rc;

	first = memchr(line, ' ', n);
	if (first == NULL || first == line)
		return (refuse(r, 400));
	second = memchr(first + 1, ' ', (size_t)(end - first - 1));
	if (second == NULL ||
	    !http_all(line, (size_t)(first - line), http_is_token))
		return (refuse(r, 400));
	/* The version first: another one's target is not ours to judge. */
	rc = read_version(r, second + 1, (size_t)(end - second - 1));
	if (rc != 1)
		return (rc);
	r->head->method = span(r, line, (size_t)(first - line));
	if (r->head->method.n > METHOD_MAX ||
	    same_word(line, r->head->method.n, "CONNECT"))
		return (refuse(r, 501));
	return (read_target(r, first + 1, (size_t)(second - first - 1)));
}

/* ---- the fields that say where the request ends, and to whom it goes */

static ssize_t
meet_host(struct reader *r, const char *p, size_t n)
{
	if (r->hosts++ != 0 || !good_host(p, n))
		return (refuse(r, 400));
	r->head->host = span(r, p, n);
	return (1);
}

static ssize_t
meet_length(struct reader *r, const char *p, size_t n)
{
	size_t i;

	/* Twice, even alike, or as a list: two readers may differ. */
	if (r->lengths || n == 0)
		return (refuse(r, 400));
	r->lengths = true;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return (refuse(r, 400));
		if (r->head->length > (UINT64_MAX >> 5) / 10)
			return (refuse(r, 400));
		r->head->length = r->head->length * 10 + (uint64_t)(p[i] - '0');
	}
	return (1);
}

static ssize_t
meet_codings(struct reader *r, const char *p, size_t n)
{
	if (r->codings || n == 0 || r->head->minor == 0)
		return (refuse(r, 400));
	r->codings = true;
	if (!same_word(p, n, "chunked"))
		return (refuse(r, 501));
	r->head->chunked = true;
	return (1);
}

/* A list of options; only these two concern us (RFC 9112 section 9.3). */
static ssize_t
meet_connection(struct reader *r, const char *p, size_t n)
{
	const char *end = p + n, *word;
	size_t	    len;

	while (p < end) {
		while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
			p++;
		word = p;
		while (p < end && *p != ',')
			p++;
		for (len = (size_t)(p - word); len > 0 &&
		     (word[len - 1] == ' ' || word[len - 1] == '\t');)
			len--;
		if (same_word(word, len, "close"))
			r->head->close = true;
	}
	return (1);
}

static ssize_t
meet_expect(struct reader *r, const char *p, size_t n)
{
	if (!same_word(p, n, "100-continue"))
		return (refuse(r, 417));
	/* RFC 9110 section 10.1.1: of HTTP/1.0 it must be ignored. */
	r->head->expect = r->head->minor == 1;
	return (1);
}

static const struct {
	const char *name;
	ssize_t (*meet)(struct reader *, const char *, size_t);
} known[] = {
	{ "host", meet_host },
	{ "content-length", meet_length },
	{ "transfer-encoding", meet_codings },
	{ "connection", meet_connection },
	{ "expect", meet_expect },
};

static ssize_t
read_field(struct reader *r, const char *line, size_t n)
{
	const char	  *colon = memchr(line, ':', n), *end = line + n;
	struct http_field *f;
	size_t		   i, nname;

	/* A blank first is obs-fold; before the colon, somebody's trick. */
	if (colon == NULL || colon == line ||
	    !http_all(line, (size_t)(colon - line), http_is_token) ||
	    !http_all(colon + 1, (size_t)(end - colon - 1), http_is_value))
		return (refuse(r, 400));
	nname = (size_t)(colon - line);
	for (colon++; colon < end && (*colon == ' ' || *colon == '\t');)
		colon++;
	while (end > colon && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	f = &r->head->fields[r->head->nfields++];
	f->name = span(r, line, nname);
	f->value = span(r, colon, (size_t)(end - colon));
	for (i = 0; i < nitems(known); i++)
		if (same_word(line, nname, known[i].name))
			return (known[i].meet(r, colon, (size_t)(end - colon)));
	return (1);
}

/* What only the whole head can tell. */
static ssize_t
judge(struct reader *r)
{
	struct http_head *h = r->head;

	if (r->hosts == 0 && h->minor == 1)
		return (refuse(r, 400));
	if (r->lengths && r->codings)
		return (refuse(r, 400));
	if (r->absolute && r->hosts != 0 &&
	    (r->authority.n != h->host.n ||
		strncasecmp(bytes_of(r, r->authority), bytes_of(r, h->host),
		    h->host.n) != 0))
		return (refuse(r, 400));
	/* We keep no HTTP/1.0 connection, whatever is asked. */
	if (h->minor == 0)
		h->close = true;
	return ((ssize_t)r->at);
}

ssize_t
http_head(struct http_head *head, const char *bytes, size_t n,
    const struct http_limits *max, int *status)
{
	struct reader r = {
		.head = head, .bytes = bytes, .n = n, .status = status
	};
	const char *line;
	size_t	    len;
	ssize_t	    rc;

	/* Not the fields: 1.6 KB that their count says enough about. */
	memset(head, 0, offsetof(struct http_head, fields));
	/* One empty line first is an old client's mistake (2.2). */
	if (n >= 2 && bytes[0] == '\r' && bytes[1] == '\n')
		r.at = 2;
	if ((rc = read_line(&r, max, 414, &line, &len)) != 1 ||
	    (rc = read_request_line(&r, line, len)) != 1)
		return (rc);
	for (;;) {
		if ((rc = read_line(&r, max, 431, &line, &len)) != 1)
			return (rc);
		if (len == 0)
			return (judge(&r));
		if (head->nfields >= max->fields ||
		    head->nfields >= HTTP_FIELDS_MAX)
			return (refuse(&r, 431));
		if ((rc = read_field(&r, line, len)) != 1)
			return (rc);
	}
}

const struct http_field *
http_field(const struct http_head *h, const char *bytes, const char *name)
{
	size_t i;

	for (i = 0; i < h->nfields; i++)
		if (same_word(bytes + h->fields[i].name.at, h->fields[i].name.n,
			name))
			return (&h->fields[i]);
	return (NULL);
}

/* ---- what stands in targets and cookies */

ssize_t
http_decode(char *out, const char *p, size_t n, bool form)
{
	const char *end = p + n;
	size_t	    at = 0;
	uint8_t	    byte;

	for (; p < end; p++) {
		if (*p == '%') {
			if (end - p < 3 || hex_get(&byte, 1, p + 1, 2) != 1)
				return (-1);
			p += 2;
		} else
			byte = form && *p == '+' ? ' ' : (uint8_t)*p;
		if (byte == '\0')
			return (-1);
		out[at++] = (char)byte;
	}
	return ((ssize_t)at);
}

bool
http_pair(const char **at, const char *end, struct http_pair *pair)
{
	const char *p = *at, *amp, *equals;

	while (p < end && *p == '&')
		p++;
	if (p >= end)
		return (false);
	if ((amp = memchr(p, '&', (size_t)(end - p))) == NULL)
		amp = end;
	if ((equals = memchr(p, '=', (size_t)(amp - p))) == NULL)
		equals = amp;
	pair->name = p;
	pair->nname = (size_t)(equals - p);
	pair->value = equals < amp ? equals + 1 : amp;
	pair->nvalue = (size_t)(amp - pair->value);
	*at = amp;
	return (true);
}

int
http_cookie(const char *field, const char *name, const char **value, size_t *n)
{
	const char *p = field, *end, *equals;
	size_t	    nname = strlen(name);
	int	    found = 0;

	while (*p != '\0') {
		p += strspn(p, "; \t");
		end = p + strcspn(p, ";");
		equals = memchr(p, '=', (size_t)(end - p));
		if (equals != NULL && (size_t)(equals - p) == nname &&
		    memcmp(p, name, nname) == 0) {
			if (found++ != 0)
				return (-1);
			*value = equals + 1;
			*n = (size_t)(end - *value);
		}
		p = end;
	}
	while (found != 0 && *n > 0 &&
	    ((*value)[*n - 1] == ' ' || (*value)[*n - 1] == '\t'))
		--*n;
	return (found);
}

const char *
http_reason(int status)
{
	static const struct {
		int	    status;
		const char *reason;
	} reasons[] = {
		{ 100, "Continue" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};
	size_t i;

	for (i = 0; i < nitems(reasons); i++)
		if (reasons[i].status == status)
			return (reasons[i].reason);
	return (status < 200   ? "Continue"
		: status < 300 ? "OK"
		: status < 400 ? "Found"
		: status < 500 ? "Bad Request"
			       : "Internal Server Error");
}
