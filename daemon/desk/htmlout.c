/*
 * HTML by construction; see htmlout.h.
 */
#include <string.h>

#include "base/utf8.h"
#include "htmlout.h"

/* What would not show, or would change how the rest shows. */
static bool
left_out(uint32_t c)
{
	return ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ||
	    utf8_is_unshown(c));
}

static void
put_char(struct buf *b, const char *s, size_t n)
{
	switch (*s) {
	case '&':
		buf_str(b, "&amp;");
		break;
	case '<':
		buf_str(b, "&lt;");
		break;
	case '>':
		buf_str(b, "&gt;");
		break;
	case '"':
		buf_str(b, "&quot;");
		break;
	case '\'':
		buf_str(b, "&#39;");
		break;
	default:
		buf_add(b, s, n);
	}
}

void
htmlout_text(struct buf *b, const char *s)
{
	size_t	 left = s != NULL ? strlen(s) : 0, n;
	uint32_t c = 0;

	while (left > 0) {
		n = utf8_get(s, left, &c);
		if (n != 0 && !left_out(c))
			put_char(b, s, n);
		n = n != 0 ? n : 1;
		s += n;
		left -= n;
	}
}

void
htmlout_attr(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_char(b, ' ');
	buf_str(b, name);
	buf_str(b, "=\"");
	htmlout_text(b, value);
	buf_char(b, '"');
}

void
htmlout_head(struct buf *b, bool english, const char *dir, bool script,
    const char *title, const char *company)
{
	htmlout_raw(b, "<!doctype html>\n<html lang=\"");
	buf_str(b, english ? "en" : "vi");
	htmlout_raw(b,
	    "\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1, viewport-fit=cover\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"robots\" content=\"noindex, nofollow\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<link rel=\"icon\" href=\"data:,\">\n"
	    "<link rel=\"stylesheet\" href=\"");
	buf_str(b, dir);
	htmlout_raw(b, "/page.css\">\n");
	if (script) {
		htmlout_raw(b, "<script src=\"");
		buf_str(b, dir);
		htmlout_raw(b, "/page.js\" defer></script>\n");
	}
	htmlout_raw(b, "<title>");
	htmlout_text(b, title);
	if (company != NULL && title != NULL && title[0] != '\0')
		htmlout_raw(b, " · ");
	htmlout_text(b, company);
	htmlout_raw(b, "</title>\n</head>\n<body>\n");
}

void
htmlout_brand(struct buf *b, bool english, const char *company,
    const char *href, const char *words)
{
	htmlout_raw(b,
	    "<span class=\"brand\">"
	    "<span class=\"logo\" aria-hidden=\"true\"></span>");
	htmlout_text(b, company);
	htmlout_raw(b, "</span><a");
	htmlout_attr(b, "href", href);
	htmlout_attr(b, "lang", english ? "vi" : "en");
	htmlout_attr(b, "hreflang", english ? "vi" : "en");
	htmlout_raw(b, ">");
	htmlout_text(b, words);
	htmlout_raw(b, "</a></header>\n");
}
