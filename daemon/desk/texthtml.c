/*
 * Text to HTML; see texthtml.h.
 */
#include <stdbool.h>
#include <string.h>

#include "texthtml.h"

void
texthtml_escape(struct buf *out, const char *s, size_t n)
{
	for (; n > 0; s++, n--) {
		switch (*s) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		default:
			if ((unsigned char)*s >= ' ' || *s == '\t')
				buf_char(out, *s);
		}
	}
}

/* How many bytes of it are a web address's scheme, with more behind it. */
static size_t
scheme_length(const char *s, size_t n)
{
	static const char *const schemes[] = { "https://", "http://" };
	size_t			 i, len;

	for (i = 0; i < 2; i++) {
		len = strlen(schemes[i]);
		if (n > len && memcmp(s, schemes[i], len) == 0)
			return (len);
	}
	return (0);
}

bool
texthtml_is_web(const char *s, size_t n)
{
	return (scheme_length(s, n) != 0);
}

size_t
texthtml_link(const char *s, size_t n)
{
	size_t len, head = scheme_length(s, n);

	if (head == 0)
		return (0);
	for (len = head; len < n; len++)
		if ((unsigned char)s[len] <= ' ' ||
		    strchr("<>\"'`{}|\\^", s[len]) != NULL)
			break;
	/* What ends a sentence is not the address's. */
	while (len > head && strchr(".,;:!?)]", s[len - 1]) != NULL)
		len--;
	return (len > head ? len : 0);
}

static void
html_line(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, from = 0, len;

	while (i < n) {
		len = s[i] == 'h' ? texthtml_link(s + i, n - i) : 0;
		if (len == 0) {
			i++;
			continue;
		}
		texthtml_escape(out, s + from, i - from);
		buf_str(out, "<a href=\"");
		texthtml_escape(out, s + i, len);
		buf_str(out, "\">");
		texthtml_escape(out, s + i, len);
		buf_str(out, "</a>");
		i += len;
		from = i;
	}
	texthtml_escape(out, s + from, n - from);
}

void
texthtml(struct buf *out, const char *s, size_t n)
{
	const char *end;
	size_t	    line, shown;
	bool	    open = false;

	while (n > 0) {
		end = memchr(s, '\n', n);
		line = end != NULL ? (size_t)(end - s) : n;
		shown = line > 0 && s[line - 1] == '\r' ? line - 1 : line;
		if (shown == 0 && open) {
			buf_str(out, "</p>\n");
			open = false;
		} else if (shown != 0) {
			buf_str(out, open ? "<br>\n" : "<p>");
			html_line(out, s, shown);
			open = true;
		}
		line += end != NULL;
		s += line;
		n -= line;
	}
	if (open)
		buf_str(out, "</p>\n");
}
