/*
 * Lexicons and texts of any bytes: what is shown of a feeling lies in the
 * text, in its order, and cuts no character; and the same text is read the
 * same again.  The input is a tongue's file, a form feed, and the text; its
 * seeds were written for this.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/lexicon.h"
#include "desk/mood.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct mood *m, const char *s, size_t n)
{
	size_t i, at = 0;

	assert(m->value >= -1 && m->value <= 1);
	assert((m->value == 0) == (m->strength == 0));
	assert(m->strength <= 3 && m->nwords <= MOOD_WORDS);
	assert(m->value == 0 || m->nwords > 0);
	for (i = 0; i < m->nwords; i++) {
		assert(m->word[i].n > 0 && m->word[i].at >= at);
		assert(m->word[i].at + m->word[i].n <= n);
		assert(utf8_valid(s + m->word[i].at, m->word[i].n));
		/* Two may stand for what one abbreviation means. */
		at = m->word[i].at;
	}
}

static void
look(const struct lexicon *l, const char *lang, const char *s, size_t n)
{
	struct mood m, again;

	mood_read(&m, l, lang, s, n);
	check(&m, s, n);
	mood_read(&again, l, lang, s, n);
	assert(m.value == again.value && m.nwords == again.nwords);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char signs[] = "[feel]\n-2 :(\n+2 \xe2\x9d\xa4\n+1 ^^\n";
	const uint8_t	 *ff = memchr(data, '\f', size);
	size_t		  n = ff != NULL ? (size_t)(ff - data) : size;
	struct lexicon	 *l = lexicon_new();
	struct lexicon_fault fault;
	char		    *text;
	bool		     good;

	good = lexicon_read(l, TONGUES, signs, sizeof signs - 1, &fault);
	assert(good);
	good = lexicon_read(l, TONGUE_VI, (const char *)data, n, &fault) &&
	    lexicon_read(l, TONGUE_EN, (const char *)data, n, &fault);
	assert(good || (fault.words != NULL && fault.line > 0));
	if (good && ff != NULL) {
		lexicon_ready(l);
		n = size - n - 1;
		/* Texts are clean when they come here. */
		text = xstrndup((const char *)ff + 1, n);
		n = strlen(text);
		utf8_clean(text, n);
		look(l, "vi", text, n);
		look(l, "en", text, n);
		look(l, NULL, text, n);
		free(text);
	}
	lexicon_free(l);
	return (0);
}
