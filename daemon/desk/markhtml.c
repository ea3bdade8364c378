/*
 * Light marks to HTML; see markhtml.h.
 */
#include <stdbool.h>
#include <string.h>

#include "markhtml.h"
#include "texthtml.h"

#define QUOTE_OPEN                               \
	"<blockquote style=\"margin:0 0 0 .8ex;" \
	"border-left:1px solid #ccc;padding-left:1ex\">\n"

/* Within which marks a run of words stands: each at most once, so that they
   nest three deep at most. */
struct style {
	bool bold, italic, link;
};

/* ---- within a line */

static bool
is_blank(char c)
{
	return (c == ' ' || c == '\t');
}

/* Letters, and all that is not ASCII. */
static bool
is_wordy(char c)
{
	return ((unsigned char)c >= 0x80 || c == '_' ||
	    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'));
}

/* Where the mark of k stars that opens at `at' closes; 0: it is no mark.
   *none is set when there is no end of its kind further on: then nobody need
   look again, however many stars follow. */
static size_t
mark_closes(const char *s, size_t n, size_t at, size_t k, bool *none)
{
	size_t from = at + k, i;

	if (*none || from >= n || is_blank(s[from]) ||
	    (at > 0 && is_wordy(s[at - 1])))
		return (0);
	if (s[from] == '*' && (k == 1 || (from + 1 < n && s[from + 1] == '*')))
		return (0);
	for (i = from + 1; i + k <= n; i++) {
		if (s[i] != '*' || (k == 2 && s[i + 1] != '*'))
			continue;
		/* Of three stars the last two are bold's, the first italic's. */
		if (k == 2 ? i + 2 < n && s[i + 2] == '*'
			   : (i + 1 < n && s[i + 1] == '*') || s[i - 1] == '*')
			continue;
		if (!is_blank(s[i - 1]) && (i + k == n || !is_wordy(s[i + k])))
			return (i);
	}
	*none = true;
	return (0);
}

/* How many bytes "[words](address)" has here; 0: it is none.  *words and *link
   are the lengths of the two. */
static size_t
named_link(const char *s, size_t n, size_t *words, size_t *link)
{
	size_t i, from;

	if (n == 0 || s[0] != '[')
		return (0);
	for (i = 1; i < n && s[i] != ']' && s[i] != '['; i++)
		;
	if (i == 1 || i + 1 >= n || s[i] != ']' || s[i + 1] != '(')
		return (0);
	*words = i - 1;
	from = i += 2;
	while (i < n && (unsigned char)s[i] > ' ' && s[i] != '\x7f' &&
	    strchr("()<>\"", s[i]) == NULL)
		i++;
	if (i >= n || s[i] != ')' || !texthtml_is_web(s + from, i - from))
		return (0);
	*link = i - from;
	return (i + 1);
}

static void html_run(struct buf *, const char *, size_t, struct style);

static void
html_link(struct buf *out, const char *to, size_t n, const char *words,
    size_t words_n, struct style in)
{
	buf_str(out, "<a href=\"");
	texthtml_escape(out, to, n);
	buf_str(out, "\">");
	in.link = true;
	html_run(out, words, words_n, in);
	buf_str(out, "</a>");
}

/* What stands between two marks of k stars, and the marks themselves. */
static void
html_marked(struct buf *out, const char *s, size_t n, size_t k, struct style in)
{
	if (k == 2)
		in.bold = true;
	else
		in.italic = true;
	buf_str(out, k == 2 ? "<strong>" : "<em>");
	html_run(out, s, n, in);
	buf_str(out, k == 2 ? "</strong>" : "</em>");
}

static void
html_run(struct buf *out, const char *s, size_t n, struct style in)
{
	size_t i = 0, from = 0, k, end, words, link;
	bool   none[3] = { false, in.italic, in.bold };

	while (i < n) {
		k = s[i] != '*' ? 0 : i + 1 < n && s[i + 1] == '*' ? 2 : 1;
		end = k == 0 ? 0 : mark_closes(s, n, i, k, &none[k]);
		if (end != 0) {
			texthtml_escape(out, s + from, i - from);
			html_marked(out, s + i + k, end - i - k, k, in);
			from = i = end + k;
			continue;
		}
		end = in.link ? 0 : named_link(s + i, n - i, &words, &link);
		if (end != 0) {
			texthtml_escape(out, s + from, i - from);
			html_link(
			    out, s + i + words + 3, link, s + i + 1, words, in);
			from = i += end;
			continue;
		}
		end = in.link || s[i] != 'h' ? 0 : texthtml_link(s + i, n - i);
		if (end != 0) {
			texthtml_escape(out, s + from, i - from);
			html_link(out, s + i, end, s + i, end, in);
			from = i += end;
			continue;
		}
		i += k == 0 ? 1 : k;
	}
	texthtml_escape(out, s + from, n - from);
}

/* ---- lines and what they are of */

enum block { NOTHING, PARAGRAPH, BULLETS, NUMBERS, QUOTE };

static const struct {
	const char *open, *close;   /* of the block */
	const char *before, *after; /* of its lines */
	const char *between;
} tags[] = {
	[NOTHING] = { "", "", "", "", "" },
	[PARAGRAPH] = { "<p>", "</p>\n", "", "", "<br>\n" },
	[BULLETS] = { "<ul>\n", "</ul>\n", "<li>", "</li>\n", "" },
	[NUMBERS] = { "<ol>\n", "</ol>\n", "<li>", "</li>\n", "" },
	[QUOTE] = { QUOTE_OPEN, "</blockquote>\n", "", "", "<br>\n" },
};

/* The blanks after a list's mark of n bytes, with the mark; 0: nothing stands
   behind them, or none is there. */
static size_t
list_mark(const char *s, size_t n, size_t mark)
{
	size_t i = mark;

	while (i < n && s[i] == ' ')
		i++;
	return (i > mark && i < n && s[i] != '\t' ? i : 0);
}

/* What a line is of, and how many bytes of it say so. */
static enum block
line_kind(const char *s, size_t n, size_t *mark)
{
	static const char dot[] = "\xe2\x80\xa2"; /* U+2022 */
	size_t		  i;

	*mark = 0;
	for (i = 0; i < n && is_blank(s[i]); i++)
		;
	if (i == n)
		return (NOTHING);
	if (s[0] == '-' || s[0] == '*')
		*mark = list_mark(s, n, 1);
	else if (n > 3 && memcmp(s, dot, 3) == 0)
		*mark = list_mark(s, n, 3);
	if (*mark != 0)
		return (BULLETS);
	for (i = 0; i < n && i < 3 && s[i] >= '0' && s[i] <= '9'; i++)
		;
	if (i > 0 && i < n && (s[i] == '.' || s[i] == ')'))
		*mark = list_mark(s, n, i + 1);
	if (*mark != 0)
		return (NUMBERS);
	if (s[0] == '>') {
		*mark = n > 1 && s[1] == ' ' ? 2 : 1;
		return (QUOTE);
	}
	return (PARAGRAPH);
}

void
markhtml(struct buf *out, const char *s, size_t n)
{
	enum block  open = NOTHING, kind;
	const char *end;
	size_t	    line, shown, mark;

	while (n > 0) {
		end = memchr(s, '\n', n);
		line = end != NULL ? (size_t)(end - s) : n;
		shown = line > 0 && s[line - 1] == '\r' ? line - 1 : line;
		kind = line_kind(s, shown, &mark);
		if (kind != open) {
			buf_str(out, tags[open].close);
			buf_str(out, tags[kind].open);
		} else
			buf_str(out, tags[kind].between);
		open = kind;
		if (kind != NOTHING) {
			buf_str(out, tags[kind].before);
			html_run(
			    out, s + mark, shown - mark, (struct style){ 0 });
			buf_str(out, tags[kind].after);
		}
		line += end != NULL;
		s += line;
		n -= line;
	}
	buf_str(out, tags[open].close);
}
