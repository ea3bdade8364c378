/*
 * The customer's page with any bytes in every place that a stranger's words
 * may reach: it has as many tags and quotes as with none.  The seeds in
 * corpus/casepage were written for it.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/casepage.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
marks(const char *word)
{
	struct casepage p = {
		.token = "A", .id = word, .said = CASEWORDS, .typed = word
	};
	struct buf b;
	size_t	   i, n = 0;
	json_t	  *seen;

	seen = json_pack("{s:s,s:s,s:s,s:s,s:b,s:[{s:i,s:s,s:s,s:s,s:s,s:s,"
			 "s:[{s:i,s:s}]}]}",
	    "subject", word, "state", "open", "company", word, "for", word,
	    "his", 1, "items", "event", 1, "what", "out", "agent", word, "at",
	    word, "stamp", word, "text", word, "files", "place", 0, "name",
	    word);
	assert(seen != NULL);
	p.seen = seen;
	buf_init(&b, 0);
	casepage_write(&b, &p);
	for (i = 0; i < b.n; i++)
		n += b.p[i] == '<' || b.p[i] == '>' || b.p[i] == '"' ||
		    b.p[i] == '\'';
	assert(utf8_valid(b.p, b.n));
	buf_free(&b);
	json_decref(seen);
	return (n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *word = calloc(1, n + 1);

	if (word == NULL)
		return (0);
	if (n != 0)
		memcpy(word, p, n);
	utf8_clean(word, n);
	if (word[0] != '\0')
		assert(marks(word) == marks("x"));
	free(word);
	return (0);
}
