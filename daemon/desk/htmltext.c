/*
 * HTML to readable text; see htmltext.h.
 *
 * A tokenizer after WHATWG's (HTML 13.2.5) and a writer that knows which
 * elements begin a line.  There is no tree on purpose: gumbo, for one, needs
 * quadratic time for many attributes, memory without bound for unclosed
 * formatting elements and a recursion to free what is nested deeply, and
 * nothing of a tree is wanted here.
 */
#include <string.h>
#include <strings.h>

#include "base/def.h"
#include "base/utf8.h"
#include "entity.h"
#include "htmltext.h"

#define NAME_MAX_ HTMLMARK_NAME /* of an element that means anything to us */
#define HREF_MAX  2000		/* of an address worth writing out */
#define BULLET	  "\xe2\x80\xa2 "

enum what {
	W_BLOCK = 1, /* begins and ends a line */
	W_PARA,	     /* … with an empty line between */
	W_BREAK,     /* <br> */
	W_RULE,	     /* <hr> */
	W_ITEM,	     /* <li> */
	W_CELL,	     /* <td>, <th> */
	W_LINK,	     /* <a> */
	W_IMAGE,     /* <img alt> */
	W_PRE,
	W_RAW,	/* not shown, and no tags within: to its end tag */
	W_HIDE, /* not shown, tags within: counted */
};

static const struct {
	const char *name;
	enum what   what;
} elements[] = {
	{ "a", W_LINK },
	{ "address", W_BLOCK },
	{ "article", W_BLOCK },
	{ "aside", W_BLOCK },
	{ "blockquote", W_PARA },
	{ "body", W_BLOCK },
	{ "br", W_BREAK },
	{ "caption", W_BLOCK },
	{ "center", W_BLOCK },
	{ "dd", W_BLOCK },
	{ "div", W_BLOCK },
	{ "dl", W_PARA },
	{ "dt", W_BLOCK },
	{ "fieldset", W_BLOCK },
	{ "figure", W_BLOCK },
	{ "footer", W_BLOCK },
	{ "form", W_BLOCK },
	{ "h1", W_PARA },
	{ "h2", W_PARA },
	{ "h3", W_PARA },
	{ "h4", W_PARA },
	{ "h5", W_PARA },
	{ "h6", W_PARA },
	{ "header", W_BLOCK },
	{ "hr", W_RULE },
	{ "iframe", W_RAW },
	{ "img", W_IMAGE },
	{ "li", W_ITEM },
	{ "main", W_BLOCK },
	{ "nav", W_BLOCK },
	{ "noembed", W_RAW },
	{ "noframes", W_RAW },
	{ "object", W_HIDE },
	{ "ol", W_PARA },
	{ "option", W_BLOCK },
	{ "p", W_PARA },
	{ "pre", W_PRE },
	{ "script", W_RAW },
	{ "section", W_BLOCK },
	{ "style", W_RAW },
	{ "svg", W_HIDE },
	{ "table", W_BLOCK },
	{ "td", W_CELL },
	{ "template", W_HIDE },
	{ "th", W_CELL },
	{ "title", W_RAW },
	{ "tr", W_BLOCK },
	{ "ul", W_PARA },
	{ "xmp", W_PRE },
};

struct tag {
	char	    name[NAME_MAX_]; /* lower case; "" when longer */
	bool	    end;
	bool	    selfclosed;
	const char *value; /* of href in <a>, of alt in <img> */
	size_t	    value_n;

	bool	      noting; /* marks are asked for */
	enum htmlmark mark;   /* the strongest that its attributes give it */
};

struct writer {
	struct buf *out;
	size_t	    start;  /* of what we wrote in out */
	unsigned    lines;  /* line ends owed before the next character */
	bool	    blank;  /* a blank owed */
	bool	    cell;   /* a cell's end owed */
	unsigned    pre;    /* within <pre> */
	unsigned    hidden; /* within what is not shown */
	char	    href[HREF_MAX + 1]; /* of the link we are in, or "" */
	size_t	    href_at;		/* where its text begins */

	struct htmlmarks *marks; /* or NULL: nobody asks for them */
};

/* Pays what is owed before something is shown. */
static void
write_owed(struct writer *w)
{
	if (w->out->n == w->start)
		w->lines = w->blank = w->cell = false;
	if (w->lines != 0) {
		buf_add(w->out, "\n\n", w->lines < 2 ? w->lines : 2);
		w->cell = w->blank = false;
	} else if (w->cell)
		buf_str(w->out, " | ");
	else if (w->blank)
		buf_char(w->out, ' ');
	w->lines = 0;
	w->cell = w->blank = false;
}

static void
write_char(struct writer *w, const char *s, size_t n)
{
	write_owed(w);
	buf_add(w->out, s, n);
}

static void
write_lines(struct writer *w, unsigned n)
{
	if (w->lines < n)
		w->lines = n;
}

static bool
is_space(char c)
{
	return (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f');
}

/* Characters that are not seen: soft hyphen, zero width, BOM. */
static bool
is_nothing(uint32_t c)
{
	return (c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x034f ||
	    c == 0x2060 || utf8_is_unshown(c));
}

/* "&#NN;", with windows-1252 where a C1 control was meant (13.2.5.80). */
static uint32_t
number_get(const char *s, size_t n, size_t *len)
{
	static const uint16_t c1[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e,
		0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152,
		0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
		0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
		0x0178 };
	size_t		      i = 2, from;
	uint32_t	      base = 10, c = 0, digit;

	if (i < n && (s[i] == 'x' || s[i] == 'X')) {
		base = 16;
		i++;
	}
	for (from = i; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			digit = (uint32_t)(s[i] - '0');
		else if (base == 16 && (s[i] | 32) >= 'a' && (s[i] | 32) <= 'f')
			digit = (uint32_t)((s[i] | 32) - 'a' + 10);
		else
			break;
		if (c <= 0x10ffff)
			c = c * base + digit;
	}
	if (i == from)
		return (0);
	*len = i < n && s[i] == ';' ? i + 1 : i;
	if (c >= 0x80 && c < 0xa0 && c1[c - 0x80] != 0)
		c = c1[c - 0x80];
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	return (c);
}

/* The character that a reference at s ("&…") means, or 0. */
static uint32_t
reference_get(const char *s, size_t n, size_t *len)
{
	size_t i = 1;

	if (n > 1 && s[1] == '#')
		return (number_get(s, n, len));
	while (i < n && i < 32 &&
	    ((s[i] >= '0' && s[i] <= '9') ||
		((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z')))
		i++;
	*len = i < n && s[i] == ';' ? i + 1 : i;
	return (entity_find(s + 1, i - 1));
}

/* One character of a text, its references resolved; what it takes. */
static size_t
char_get(const char *s, size_t n, uint32_t *c)
{
	size_t len;

	if (*s == '&' && (*c = reference_get(s, n, &len)) != 0)
		return (len);
	if ((len = utf8_get(s, n, c)) != 0)
		return (len);
	*c = 0xfffd;
	return (1);
}

/* Text between tags. */
static void
write_text(struct writer *w, const char *s, size_t n)
{
	uint32_t c;
	size_t	 len;
	char	 u[4];

	for (; n > 0 && !buf_full(w->out); s += len, n -= len) {
		len = char_get(s, n, &c);
		if (w->hidden != 0 || is_nothing(c))
			continue;
		if (w->pre != 0 && c == '\n')
			w->lines++;
		else if (c < 0x80 && is_space((char)c) &&
		    (w->pre == 0 || c == '\r'))
			w->blank = c != '\r' || w->pre == 0;
		else if (c >= 0x20 || c == '\t') {
			if (c == 0xa0)
				c = ' ';
			write_char(w, u, utf8_put(u, c));
		}
	}
}

/* A link's address or a picture's text: references resolved, one line. */
static size_t
value_get(char *out, size_t size, const char *s, size_t n)
{
	uint32_t c;
	size_t	 len, to = 0;
	char	 u[4];

	for (; n > 0; s += len, n -= len) {
		len = char_get(s, n, &c);
		if (c < 0x20 || c == 0x7f || is_nothing(c))
			continue;
		if (to + 4 >= size)
			return (0);
		memcpy(out + to, u, utf8_put(u, c));
		to += utf8_put(u, c);
	}
	out[to] = '\0';
	return (to);
}

static void
link_begin(struct writer *w, const struct tag *t)
{
	static const char *const shown[] = { "http://", "https://",
		"mailto:", "tel:" };
	size_t			 i;

	w->href[0] = '\0';
	w->href_at = w->out->n;
	if (t->value == NULL ||
	    value_get(w->href, sizeof w->href, t->value, t->value_n) == 0)
		w->href[0] = '\0';
	for (i = 0; i < nitems(shown); i++)
		if (strncasecmp(w->href, shown[i], strlen(shown[i])) == 0)
			return;
	w->href[0] = '\0';
}

/* "text (address)", but not where the text is the address. */
static void
link_end(struct writer *w)
{
	const char *href = w->href;
	size_t	    n;

	if (href[0] == '\0' || w->hidden != 0)
		return;
	if (strncasecmp(href, "mailto:", 7) == 0)
		href += 7;
	else if (strncasecmp(href, "tel:", 4) == 0)
		href += 4;
	n = w->out->n - w->href_at;
	if (n != 0 &&
	    memmem(w->out->p + w->href_at, n, href, strlen(href)) == NULL) {
		buf_str(w->out, " (");
		buf_str(w->out, href);
		buf_char(w->out, ')');
	}
	w->href[0] = '\0';
}

static void
write_image(struct writer *w, const struct tag *t)
{
	char   alt[400];
	size_t n;

	if (t->value == NULL || w->hidden != 0)
		return;
	if ((n = value_get(alt, sizeof alt, t->value, t->value_n)) != 0)
		write_text(w, alt, n);
}

static enum what
what_is(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(elements); i++)
		if (strcmp(elements[i].name, name) == 0)
			return (elements[i].what);
	return (0);
}

static void
write_tag(struct writer *w, const struct tag *t, enum what what)
{
	switch (what) {
	case W_PARA:
		write_lines(w, 2);
		break;
	case W_BLOCK:
		write_lines(w, 1);
		break;
	case W_BREAK:
		w->lines++;
		break;
	case W_RULE:
		write_lines(w, 1);
		if (w->hidden == 0)
			write_char(w, "---", 3);
		write_lines(w, 1);
		break;
	case W_ITEM:
		write_lines(w, 1);
		if (!t->end && w->hidden == 0)
			write_char(w, BULLET, strlen(BULLET));
		break;
	case W_CELL:
		if (t->end)
			w->cell = true;
		break;
	case W_LINK:
		link_end(w); /* links do not nest */
		if (!t->end)
			link_begin(w, t);
		break;
	case W_IMAGE:
		if (!t->end)
			write_image(w, t);
		break;
	case W_PRE:
		write_lines(w, 2);
		if (!t->end)
			w->pre++;
		else if (w->pre > 0)
			w->pre--;
		break;
	case W_HIDE:
		if (!t->end && !t->selfclosed)
			w->hidden++;
		else if (t->end && w->hidden > 0)
			w->hidden--;
		break;
	case W_RAW:
		break;
	}
}

/* One attribute: its value kept when it is the one that we want. */
static const char *
attribute_get(struct tag *t, const char *p, const char *end)
{
	const char *name = p, *value;
	size_t	    name_n;
	bool	    wanted;
	char	    quote;

	enum htmlmark mark;

	if (*p == '=')
		p++; /* part of the name (13.2.5.32) */
	while (p < end && !is_space(*p) && *p != '/' && *p != '>' && *p != '=')
		p++;
	name_n = (size_t)(p - name);
	while (p < end && is_space(*p))
		p++;
	if (p == end || *p != '=')
		return (p);
	p++;
	while (p < end && is_space(*p))
		p++;
	wanted = t->value == NULL &&
	    ((strcmp(t->name, "a") == 0 && name_n == 4 &&
		 strncasecmp(name, "href", 4) == 0) ||
		(strcmp(t->name, "img") == 0 && name_n == 3 &&
		    strncasecmp(name, "alt", 3) == 0));
	value = p;
	if (p < end && (*p == '"' || *p == '\'')) {
		quote = *p;
		value = ++p;
		if ((p = memchr(p, quote, (size_t)(end - p))) == NULL)
			return (end);
	} else
		while (p < end && !is_space(*p) && *p != '>')
			p++;
	if (t->noting &&
	    (mark = htmlmark_attribute(
		 t->name, name, name_n, value, (size_t)(p - value))) > t->mark)
		t->mark = mark;
	if (wanted) {
		t->value = value;
		t->value_n = (size_t)(p - value);
	}
	return (p < end && (*p == '"' || *p == '\'') ? p + 1 : p);
}

/* A tag at p ("<x" or "</x"); where it ends, or end when it never does. */
static const char *
tag_get(struct tag *t, const char *p, const char *end, bool noting)
{
	size_t n = 0;

	*t = (struct tag){ .end = p[1] == '/', .noting = noting };
	for (p += t->end ? 2 : 1;
	     p < end && !is_space(*p) && *p != '/' && *p != '>'; p++) {
		if (n < sizeof t->name - 1)
			t->name[n] = *p >= 'A' && *p <= 'Z' ? *p | 32 : *p;
		n++;
	}
	if (n >= sizeof t->name)
		t->name[0] = '\0';
	while (p < end && *p != '>') {
		t->selfclosed = *p == '/';
		if (is_space(*p) || *p == '/')
			p++;
		else
			p = attribute_get(t, p, end);
	}
	return (p < end ? p + 1 : end);
}

/* A comment, doctype or the like at p ("<!", "<?", "</" and no letter). */
static const char *
comment_skip(const char *p, const char *end)
{
	const char *q;

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
		if (p + 4 < end && p[4] == '>')
			return (p + 5);
		if (p + 5 < end && p[4] == '-' && p[5] == '>')
			return (p + 6);
		for (q = p + 4; (q = memmem(q, (size_t)(end - q), "--", 2));
		     q++) {
			if (q + 2 < end && q[2] == '>')
				return (q + 3);
			if (q + 3 < end && q[2] == '!' && q[3] == '>')
				return (q + 4);
		}
		return (end);
	}
	q = memchr(p, '>', (size_t)(end - p));
	return (q != NULL ? q + 1 : end);
}

/* Past a raw element's text: to its end tag, or to the end. */
static const char *
raw_skip(const char *name, const char *p, const char *end)
{
	size_t n = strlen(name);

	while ((p = memmem(p, (size_t)(end - p), "</", 2)) != NULL) {
		if ((size_t)(end - p) > n + 2 &&
		    strncasecmp(p + 2, name, n) == 0 &&
		    (is_space(p[n + 2]) || p[n + 2] == '>' || p[n + 2] == '/'))
			return (p);
		p += 2;
	}
	return (end);
}

static bool
is_letter(char c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Notes where what is quoted or signed begins and ends. */
static void
note_tag(struct writer *w, const struct tag *t)
{
	if (w->marks == NULL || w->hidden != 0 || t->name[0] == '\0')
		return;
	if (t->end)
		htmlmark_close(w->marks, t->name, w->out->n);
	else
		htmlmark_open(w->marks, t->name, t->mark, w->out->n);
}

void
html_text(struct buf *out, const char *html, size_t n)
{
	html_text_marked(out, html, n, NULL);
}

void
html_text_marked(
    struct buf *out, const char *html, size_t n, struct htmlmarks *marks)
{
	struct writer w = { .out = out, .start = out->n, .marks = marks };
	const char   *p = html, *end = html + n, *lt;
	struct tag    t;
	enum what     what;

	while (p < end && !buf_full(out)) {
		if ((lt = memchr(p, '<', (size_t)(end - p))) == NULL)
			lt = end;
		write_text(&w, p, (size_t)(lt - p));
		if ((p = lt) == end)
			break;
		if (p + 1 < end &&
		    (is_letter(p[1]) ||
			(p[1] == '/' && p + 2 < end && is_letter(p[2])))) {
			p = tag_get(&t, p, end, marks != NULL);
			what = what_is(t.name);
			note_tag(&w, &t);
			write_tag(&w, &t, what);
			if (what == W_RAW && !t.end)
				p = raw_skip(t.name, p, end);
		} else if (p + 1 < end &&
		    (p[1] == '!' || p[1] == '?' || p[1] == '/'))
			p = comment_skip(p, end);
		else
			write_text(&w, p++, 1);
	}
	link_end(&w);
}
