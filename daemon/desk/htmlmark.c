/*
 * Quotes and signatures as HTML tells them; see htmlmark.h.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/def.h"
#include "htmlmark.h"

#define VALUE_MAX 400 /* bytes of an attribute that are looked at */

/*
 * What programs write, as whole words of the attribute or (part) within it:
 * Yahoo puts a prefix of its own before each.
 */
static const struct {
	const char   *name;
	const char   *value;
	bool	      part;
	enum htmlmark what;
} known[] = {
	/* Gmail's div.gmail_quote holds answers between the quotes, too. */
	{ "class", "yahoo_quoted", true, HTMLMARK_QUOTE },
	{ "id", "yahoo_quoted", true, HTMLMARK_QUOTE },
	{ "class", "protonmail_quote", false, HTMLMARK_QUOTE },
	{ "class", "tutanota_quote", false, HTMLMARK_QUOTE },
	{ "class", "zmail_extra", false, HTMLMARK_QUOTE },
	{ "data-marker", "__quoted_text__", false, HTMLMARK_QUOTE },
	{ "data-marker", "__headers__", false, HTMLMARK_QUOTE },
	{ "id", "divrplyfwdmsg", true, HTMLMARK_REST },
	{ "id", "appendonsend", true, HTMLMARK_REST },
	{ "id", "olk_src_body_section", false, HTMLMARK_REST },
	{ "id", "mail-editor-reference-message-container", false,
	    HTMLMARK_REST },
	{ "class", "ms-outlook-mobile-reference-message", false,
	    HTMLMARK_REST },
	{ "id", "zwchr", false, HTMLMARK_REST },
	{ "class", "gmail_signature", false, HTMLMARK_SIGN },
	{ "class", "gmail_signature_prefix", false, HTMLMARK_SIGN },
	{ "data-smartmail", "gmail_signature", false, HTMLMARK_SIGN },
	{ "id", "ms-outlook-mobile-signature", false, HTMLMARK_SIGN },
	{ "class", "ms-outlook-mobile-signature", false, HTMLMARK_SIGN },
	{ "id", "signature", false, HTMLMARK_SIGN },
	{ "id", "x_signature", false, HTMLMARK_SIGN },
	{ "class", "moz-signature", false, HTMLMARK_SIGN },
	{ "id", "composer_signature", false, HTMLMARK_SIGN },
	{ "class", "protonmail_signature_block", false, HTMLMARK_SIGN },
	{ "id", "zmail_signature", false, HTMLMARK_SIGN },
};

/* Outlook's line above the header of what it quotes, blanks left out. */
static const char *const borders[] = { "border-top:solid#e1e1e11.0pt",
	"border-top:solid#b5c4df1.0pt" };

static bool
name_is(const char *name, size_t n, const char *want)
{
	return (strlen(want) == n && strncasecmp(name, want, n) == 0);
}

/* Lower case, one blank between words; without = blanks left out. */
static void
value_get(char *out, const char *s, size_t n, bool blanks)
{
	size_t i, to = 0;

	for (i = 0; i < n && i < VALUE_MAX; i++) {
		if (s[i] >= 'A' && s[i] <= 'Z')
			out[to++] = s[i] | 32;
		else if ((unsigned char)s[i] > ' ')
			out[to++] = s[i];
		else if (blanks)
			out[to++] = ' ';
	}
	out[to] = '\0';
}

static bool
has_word(const char *s, const char *word)
{
	size_t n = strlen(word), len;

	for (; *s != '\0'; s += len + strspn(s + len, " ")) {
		len = strcspn(s, " ");
		if (len == n && memcmp(s, word, n) == 0)
			return (true);
	}
	return (false);
}

static enum htmlmark
style_get(const char *value)
{
	size_t i;

	for (i = 0; i < nitems(borders); i++)
		if (strstr(value, borders[i]) != NULL)
			return (HTMLMARK_REST);
	return (HTMLMARK_NONE);
}

enum htmlmark
htmlmark_attribute(const char *element, const char *name, size_t name_n,
    const char *value, size_t value_n)
{
	char   s[VALUE_MAX + 1];
	size_t i;

	if (name_is(name, name_n, "style")) {
		if (strcmp(element, "div") != 0)
			return (HTMLMARK_NONE);
		value_get(s, value, value_n, false);
		return (style_get(s));
	}
	if (!name_is(name, name_n, "class") && !name_is(name, name_n, "id") &&
	    !name_is(name, name_n, "type") && name_n < 10)
		return (HTMLMARK_NONE);
	value_get(s, value, value_n, true);
	if (strcmp(element, "blockquote") == 0 &&
	    (has_word(s, "cite") || has_word(s, "gmail_quote")))
		return (HTMLMARK_QUOTE);
	for (i = 0; i < nitems(known); i++)
		if (name_is(name, name_n, known[i].name) &&
		    (known[i].part ? strstr(s, known[i].value) != NULL
				   : has_word(s, known[i].value)))
			return (known[i].what);
	return (HTMLMARK_NONE);
}

void
htmlmark_open(
    struct htmlmarks *m, const char *element, enum htmlmark what, size_t at)
{
	if (m->depth != 0) {
		if (strcmp(m->name, element) == 0)
			m->depth++;
		return;
	}
	if (what == HTMLMARK_NONE && strcmp(element, "blockquote") == 0)
		what = HTMLMARK_MAYBE;
	if (what == HTMLMARK_NONE)
		return;
	if (m->n == HTMLMARK_MAX) {
		m->full = true;
		return;
	}
	m->list[m->n].from = at;
	m->list[m->n].to = SIZE_MAX;
	m->list[m->n++].what = what;
	if (what == HTMLMARK_REST)
		return; /* a sign on the way: it holds nothing */
	strcpy(m->name, element);
	m->depth = 1;
}

void
htmlmark_close(struct htmlmarks *m, const char *element, size_t at)
{
	if (m->depth == 0 || strcmp(m->name, element) != 0)
		return;
	if (--m->depth == 0)
		m->list[m->n - 1].to = at;
}
