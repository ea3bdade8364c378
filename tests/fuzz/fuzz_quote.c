/*
 * What quote_own() makes of any text and HTML: lines of the text, in their
 * order, none twice, and never without one that says something; and the same
 * each time.  The input is the text, and after a form feed the HTML; its seeds
 * are of tests/unit/data/replies/tune.txt.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/htmltext.h"
#include "desk/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
line_bytes(const char *s)
{
	size_t n = strcspn(s, "\n");

	/* Blanks at a line's end are all that may go. */
	while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
		n--;
	return (n);
}

/* Each line of own is found in the text, after the one before it. */
static void
check_lines(const char *own, const char *text)
{
	bool said = false;

	for (; *own != '\0'; own += strcspn(own, "\n"), own += *own == '\n') {
		if (line_bytes(own) == 0)
			continue;
		said = true;
		while (*text != '\0' &&
		    (line_bytes(text) != line_bytes(own) ||
			memcmp(text, own, line_bytes(own)) != 0)) {
			text += strcspn(text, "\n");
			text += *text == '\n';
		}
		assert(*text != '\0');
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	assert(said);
}

static void
check(const char *text, const char *html)
{
	struct arena arena;
	const char  *own, *again;

	arena_init(&arena, 4 * strlen(text) + 4096);
	own = quote_own(&arena, NULL, text, html);
	if (own != NULL) {
		assert(strlen(own) < strlen(text));
		assert(utf8_valid(own, strlen(own)));
		check_lines(own, text);
		again = quote_own(&arena, NULL, text, html);
		assert(again != NULL && strcmp(own, again) == 0);
	}
	/* What is handed on is never trimmed. */
	assert(quote_own(&arena, "Fwd: a", text, html) == NULL);
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char	  *s = xstrndup((const char *)data, n), *html;
	struct buf b;

	utf8_clean(s, n);
	if ((html = strchr(s, '\f')) != NULL)
		*html++ = '\0';
	check(s, html);
	if (html != NULL) {
		/* As a mail without plain text has it. */
		buf_init(&b, 0);
		buf_str(&b, "");
		html_text(&b, html, strlen(html));
		check(b.p, html);
		buf_free(&b);
	}
	free(s);
	return (0);
}
