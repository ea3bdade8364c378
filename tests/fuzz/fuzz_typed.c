/*
 * What strangers show at the door, of any bytes: a code comes out as sixteen
 * letters that are read back as themselves, or not at all; a browser's word
 * for itself as one of ours.  The seeds in corpus/typed were written for it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/browser.h"
#include "desk/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char  letters[TYPED_LETTERS + 1], again[TYPED_LETTERS + 1];
	char  text[TYPED_TEXT], words[BROWSER_WORDS];
	char *s = malloc(n + 1);

	if (s == NULL)
		return (0);
	if (n != 0)
		memcpy(s, p, n);
	s[n] = '\0';
	if (typed_read(letters, s)) {
		assert(strlen(letters) == TYPED_LETTERS);
		assert(typed_read(again, letters));
		assert(strcmp(letters, again) == 0);
	}
	if (n >= TYPED_BYTES) {
		typed_put(text, p);
		assert(strlen(text) == TYPED_TEXT - 1);
		assert(typed_read(letters, text));
	}
	browser_words(words, s);
	assert(utf8_valid(words, strlen(words)));
	free(s);
	return (0);
}
