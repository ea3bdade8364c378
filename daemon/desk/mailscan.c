/*
 * Bounds on a mail before it is parsed; see mailscan.h.
 *
 * GMime 3.2 nests MIME parts at most 1,024 deep, but parses groups within
 * groups by recursion without an end (jstedfast/gmime#15 came back), and
 * makes a kilobyte of every "--b" line.  The scan follows headers and
 * boundaries as GMime does; where it cannot be sure it counts too much.
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/def.h"
#include "mailscan.h"

enum field_is { FIELD_OTHER, FIELD_ADDRESSES, FIELD_TYPE, FIELD_MIME };

struct scan {
	GHashTable   *boundaries;
	bool	      any_boundary; /* one could not be read: all "--" count */
	bool	      in_header;
	bool	      nested;  /* the header at hand is of a message/… */
	bool	      multi;   /* … of a multipart/… */
	bool	      outside; /* of all parts: preamble or epilogue */
	size_t	      aside;   /* bytes there: GMime copies them */
	enum field_is field;
	size_t	      bytes; /* of headers */
	size_t	      fields;
	size_t	      parts;
	size_t	      colons; /* in the field at hand */
	size_t	      parameters;
};

static enum field_is
field_get(const char *p, size_t n)
{
	static const struct {
		const char   *name;
		enum field_is is;
	} names[] = {
		{ "from:", FIELD_ADDRESSES },
		{ "sender:", FIELD_ADDRESSES },
		{ "reply-to:", FIELD_ADDRESSES },
		{ "to:", FIELD_ADDRESSES },
		{ "cc:", FIELD_ADDRESSES },
		{ "bcc:", FIELD_ADDRESSES },
		{ "content-type:", FIELD_TYPE },
		{ "content-disposition:", FIELD_MIME },
	};
	const char *colon = memchr(p, ':', n);
	size_t	    i, len;

	if (colon == NULL)
		return (FIELD_OTHER);
	/* "To :" is obsolete syntax (RFC 5322 4.5) that is still read. */
	for (len = (size_t)(colon - p);
	     len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t');)
		len--;
	for (i = 0; i < nitems(names); i++)
		if (strlen(names[i].name) == len + 1 &&
		    strncasecmp(p, names[i].name, len) == 0)
			return (names[i].is);
	return (FIELD_OTHER);
}

static const char *
find_nocase(const char *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (; n >= len; p++, n--)
		if (strncasecmp(p, word, len) == 0)
			return (p);
	return (NULL);
}

/* What follows "boundary" in a Content-Type. */
static void
boundary_keep(struct scan *s, const char *p, const char *end)
{
	const char *from;
	char	   *name;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p < end && *p == '=')
		p++;
	else {
		s->any_boundary = true; /* "boundary*0=" */
		return;
	}
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	from = p;
	if (p < end && *p == '"') {
		for (from = ++p; p < end && *p != '"' && *p != '\\'; p++)
			continue;
		if (p == end || *p == '\\')
			s->any_boundary = true;
	} else
		while (p < end && strchr(" \t\r\n;", *p) == NULL)
			p++;
	while (p > from && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	if (p == from || memchr(from, '(', (size_t)(p - from)) != NULL ||
	    memchr(from, '\0', (size_t)(p - from)) != NULL) {
		s->any_boundary = true;
		return;
	}
	name = g_strndup(from, (gsize)(p - from));
	g_hash_table_add(s->boundaries, name);
}

static const char *
scan_type(struct scan *s, const char *p, size_t n)
{
	const char *end = p + n, *b = p;

	if (find_nocase(p, n, "message/") != NULL)
		s->nested = true;
	if (find_nocase(p, n, "multipart/") != NULL)
		s->multi = true;
	while ((b = find_nocase(b, (size_t)(end - b), "boundary")) != NULL) {
		b += 8;
		boundary_keep(s, b, end);
	}
	if (g_hash_table_size(s->boundaries) > SCAN_PARAMETERS)
		return ("it has too many boundaries");
	return (NULL);
}

static size_t
count_char(const char *p, size_t n, char c)
{
	const char *end = p + n;
	size_t	    count = 0;

	for (; (p = memchr(p, c, (size_t)(end - p))) != NULL; p++)
		count++;
	return (count);
}

/* A line of a header, its end included. */
static const char *
scan_header(struct scan *s, const char *p, size_t n)
{
	if ((s->bytes += n) > SCAN_HEADERS)
		return ("its headers are too large");
	if (p[0] == '\n' || (n > 1 && p[0] == '\r' && p[1] == '\n')) {
		/* A message's own header follows that of its part. */
		s->in_header = s->nested;
		s->outside = s->multi;
		s->nested = s->multi = false;
		return (NULL);
	}
	if (p[0] != ' ' && p[0] != '\t') {
		if (++s->fields > SCAN_FIELDS)
			return ("it has too many headers");
		s->field = field_get(p, n);
		s->colons = s->parameters = 0;
	}
	switch (s->field) {
	case FIELD_ADDRESSES:
		if ((s->colons += count_char(p, n, ':')) > SCAN_COLONS)
			return ("its addresses are nested too deeply");
		break;
	case FIELD_TYPE:
	case FIELD_MIME:
		if ((s->parameters += count_char(p, n, ';')) > SCAN_PARAMETERS)
			return ("a part has too many parameters");
		return (s->field == FIELD_TYPE ? scan_type(s, p, n) : NULL);
	case FIELD_OTHER:
		break;
	}
	return (NULL);
}

/* A boundary with "--" behind it ends a multipart. */
static bool
is_last(struct scan *s, char *name, size_t n)
{
	if (n < 3 || name[n - 1] != '-' || name[n - 2] != '-')
		return (false);
	name[n - 2] = '\0';
	return (g_hash_table_contains(s->boundaries, name));
}

/* A line of a body that begins with "--". */
static void
scan_boundary(struct scan *s, const char *p, size_t n)
{
	char name[SCAN_BOUNDARY + 1];

	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	if (!s->any_boundary) {
		if (n - 2 > SCAN_BOUNDARY)
			return;
		memcpy(name, p + 2, n - 2);
		name[n - 2] = '\0';
		if (!g_hash_table_contains(s->boundaries, name)) {
			s->outside |= is_last(s, name, n - 2);
			return;
		}
	}
	s->parts++;
	s->outside = s->multi = false;
	s->in_header = true;
	s->nested = false;
	s->field = FIELD_OTHER;
}

const char *
mail_scan(const uint8_t *bytes, size_t n, size_t max_parts)
{
	struct scan s = { .in_header = true };
	const char *p = (const char *)bytes, *end = p + n, *lf;
	const char *wrong = NULL;
	size_t	    len;

	s.boundaries =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (; p < end && wrong == NULL; p += len) {
		lf = memchr(p, '\n', (size_t)(end - p));
		len = (size_t)((lf != NULL ? lf + 1 : end) - p);
		if (len > 2 && p[0] == '-' && p[1] == '-' &&
		    (s.any_boundary || g_hash_table_size(s.boundaries) != 0))
			scan_boundary(&s, p, len);
		if (s.in_header)
			wrong = scan_header(&s, p, len);
		else if (s.outside && (s.aside += len) > SCAN_ASIDE)
			wrong = "it has too much outside its parts";
		if (s.parts > max_parts)
			wrong = "it has too many parts";
	}
	g_hash_table_destroy(s.boundaries);
	return (wrong);
}
