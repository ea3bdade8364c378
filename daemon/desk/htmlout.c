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
