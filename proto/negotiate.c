/*
 * The form of an answer; see negotiate.h.
 */
#include <string.h>
#include <strings.h>

#include "http.h"
#include "negotiate.h"

static const struct {
	const char *name;
	enum coding coding;
} names[] = {
	{ "br", CODING_BR },
	{ "gzip", CODING_GZIP },
	{ "x-gzip", CODING_GZIP }, /* RFC 9110 section 8.4.1.3 */
	{ "identity", CODING_PLAIN },
};

void
codings_none(struct codings *c)
{
	size_t i;

	for (i = 0; i < CODINGS; i++)
		c->of[i] = -1;
	c->others = -1;
}

static const char *
blanks(const char *p)
{
	return (p + strspn(p, " \t"));
}

/*
 * A qvalue (RFC 9110 section 12.4.2): 0 to 1 with at most three digits
 * behind the point.  Returns what stands behind it, NULL: it is none.
 */
static const char *
weight_read(int *weight, const char *p)
{
	int unit = 100;

	if (*p != '0' && *p != '1')
		return (NULL);
	*weight = (*p++ - '0') * 1000;
	if (*p != '.')
		return (p);
	for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10) {
		if (unit == 0)
			return (NULL);
		*weight += (*p - '0') * unit;
	}
	return (*weight <= 1000 ? p : NULL);
}

/* `;q=0.5', or nothing, up to the end of the member.  NULL: neither. */
static const char *
member_weight(int *weight, const char *p)
{
	*weight = 1000;
	p = blanks(p);
	if (*p == ';') {
		p = blanks(p + 1);
		if (strncasecmp(p, "q=", 2) != 0)
			return (NULL);
		if ((p = weight_read(weight, p + 2)) == NULL)
			return (NULL);
		p = blanks(p);
	}
	return (*p == ',' || *p == '\0' ? p : NULL);
}

static void
coding_note(struct codings *c, const char *name, size_t n, int weight)
{
	size_t i;

	if (n == 1 && *name == '*' && c->others == -1)
		c->others = weight;
	for (i = 0; i < nitems(names); i++)
		if (strlen(names[i].name) == n &&
		    strncasecmp(names[i].name, name, n) == 0 &&
		    c->of[names[i].coding] == -1)
			c->of[names[i].coding] = weight;
}

void
codings_read(struct codings *c, const char *field)
{
	const char *p = field, *end;
	size_t	    n;
	int	    weight;

	/* A field that names nothing takes no coding but the plain one. */
	if (*blanks(p) == '\0' && c->others == -1)
		c->others = 0;
	while (*p != '\0') {
		p += strspn(p, " \t,");
		for (n = 0; http_is_token((unsigned char)p[n]);)
			n++;
		if (n != 0 && (end = member_weight(&weight, p + n)) != NULL) {
			coding_note(c, p, n, weight);
			p = end;
		} else
			p += strcspn(p, ",");
	}
}

enum coding
codings_best(const struct codings *c, unsigned there)
{
	enum coding best = CODING_PLAIN, i;
	int	    most = c->of[CODING_PLAIN], weight;

	/* Plain, unless somebody asks for it, only if nothing else can be. */
	if (most == -1)
		most = 0;
	for (i = CODING_PLAIN; i-- > 0;) {
		weight = c->of[i] != -1 ? c->of[i] : c->others;
		if ((there & BIT(i)) && weight > 0 && weight >= most) {
			best = i;
			most = weight;
		}
	}
	return (best);
}

bool
etag_listed(const char *field, const char *tag)
{
	const char *p = field, *end;
	size_t	    n = strlen(tag);

	if (strcmp(p, "*") == 0)
		return (true);
	for (;;) {
		p += strspn(p, " \t,");
		if (strncmp(p, "W/", 2) == 0)
			p += 2;
		if (*p != '"' || (end = strchr(p + 1, '"')) == NULL)
			return (false);
		if ((size_t)(end + 1 - p) == n && strncmp(p, tag, n) == 0)
			return (true);
		p = blanks(end + 1);
		if (*p != ',')
			return (false);
	}
}
