/*
 * Posted forms; see formdata.h.
 */
#include <string.h>
#include <strings.h>

#include "formdata.h"

static bool
blank(char c)
{
	return (c == ' ' || c == '\t');
}

/* RFC 2046 section 5.1.1: bchars; a blank may not end it, so none is taken. */
static bool
boundary_char(char c)
{
	static const char other[] = "'()+_,-./:=?";

	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c != '\0' && strchr(other, c) != NULL));
}

/*
 * A parameter of a field's value: `; name="value"` or `; name=value`.  Within
 * quotes only \" is an escape: browsers write a file's backslash bare.
 */
static bool
parameter(const char *s, const char *end, const char *name, const char **value,
    size_t *n)
{
	size_t	    len = strlen(name);
	const char *key;
	bool	    quoted;

	while ((s = memchr(s, ';', (size_t)(end - s))) != NULL) {
		for (s++; s < end && blank(*s); s++)
			;
		key = s;
		while (s < end && *s != '=' && *s != ';')
			s++;
		if (s == end || *s == ';')
			continue;
		*value = ++s;
		quoted = s < end && *s == '"';
		if (quoted) {
			*value = ++s;
			while (s < end && *s != '"')
				s += *s == '\\' && s + 1 < end && s[1] == '"'
				    ? 2
				    : 1;
			if (s >= end)
				return (false);
		} else
			while (s < end && *s != ';' && !blank(*s))
				s++;
		*n = (size_t)(s - *value);
		if ((size_t)(*value - key - 1 - quoted) == len &&
		    strncasecmp(key, name, len) == 0)
			return (true);
	}
	return (false);
}

bool
form_begin(struct form *f, const char *type, const char *body, size_t n)
{
	const char *value, *end;
	size_t	    len, i;

	if (type == NULL || strncasecmp(type, "multipart/form-data", 19) != 0)
		return (false);
	end = type + strlen(type);
	if (!parameter(type + 19, end, "boundary", &value, &len) || len == 0 ||
	    len > FORM_BOUNDARY_MAX)
		return (false);
	for (i = 0; i < len; i++)
		if (!boundary_char(value[i]))
			return (false);
	*f = (struct form){ .at = body, .end = body + n };
	memcpy(f->mark, "\r\n--", 4);
	memcpy(f->mark + 4, value, len);
	f->nmark = len + 4;
	return (true);
}

/* Past the next mark; its first CRLF may be the body's very beginning. */
static const char *
mark_find(const struct form *f, const char *from, const char **before)
{
	if (from == f->at && f->parts == 0 &&
	    (size_t)(f->end - from) >= f->nmark - 2 &&
	    memcmp(from, f->mark + 2, f->nmark - 2) == 0) {
		*before = from;
		return (from + f->nmark - 2);
	}
	*before = memmem(from, (size_t)(f->end - from), f->mark, f->nmark);
	return (*before != NULL ? *before + f->nmark : NULL);
}

/* One field of a part's head; false when it is none. */
static bool
head_line(struct form_part *p, const char *s, const char *end)
{
	const char *colon = memchr(s, ':', (size_t)(end - s)), *v;

	if (colon == NULL || colon == s)
		return (false);
	for (v = colon + 1; v < end && blank(*v); v++)
		;
	if (colon - s == 19 && strncasecmp(s, "Content-Disposition", 19) == 0) {
		if (end - v < 9 || strncasecmp(v, "form-data", 9) != 0 ||
		    !parameter(v + 9, end, "name", &p->name, &p->nname))
			return (false);
		if (!parameter(v + 9, end, "filename", &p->file, &p->nfile))
			p->file = NULL;
	} else if (colon - s == 12 && strncasecmp(s, "Content-Type", 12) == 0) {
		p->type = v;
		p->ntype = (size_t)(end - v);
	}
	return (true);
}

/* The body of the part, or NULL. */
static const char *
head(struct form_part *p, const char *s, const char *end)
{
	const char *stop;

	if (end - s > FORM_HEAD_MAX)
		end = s + FORM_HEAD_MAX;
	while ((stop = memmem(s, (size_t)(end - s), "\r\n", 2)) != NULL) {
		if (stop == s)
			return (p->name != NULL ? s + 2 : NULL);
		if (!head_line(p, s, stop))
			return (NULL);
		s = stop + 2;
	}
	return (NULL);
}

int
form_next(struct form *f, struct form_part *p)
{
	const char *s = f->at, *before;

	*p = (struct form_part){ 0 };
	/* What stands before the first mark is nobody's. */
	if (f->parts == 0 && (s = mark_find(f, s, &before)) == NULL)
		return (-1);
	if (f->end - s >= 2 && memcmp(s, "--", 2) == 0)
		return (0);
	while (s < f->end && blank(*s))
		s++;
	if (f->end - s < 2 || memcmp(s, "\r\n", 2) != 0 ||
	    f->parts++ == FORM_PARTS_MAX ||
	    (p->bytes = head(p, s + 2, f->end)) == NULL)
		return (-1);
	/* An empty part's mark begins with the CRLF that ends its head. */
	if ((s = mark_find(f, p->bytes - 2, &before)) == NULL)
		return (-1);
	if (before < p->bytes)
		before = p->bytes;
	p->n = (size_t)(before - p->bytes);
	f->at = s;
	return (1);
}
