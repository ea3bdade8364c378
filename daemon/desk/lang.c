/*
 * Vietnamese or English; see lang.h.  Marks that only Vietnamese has decide
 * at once; without them the small words that every sentence needs are
 * counted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "fold.h"
#include "lang.h"
#include "teencode.h"

#define LANG_WORDS 40
#define LANG_BYTES 1000

/* Sorted: bsearch() looks there.  A word of both is in neither. */
/* clang-format off */
static const char *const english[] = {
	"a", "about", "after", "all", "and", "any", "are", "be", "been", "but",
	"can", "could", "did", "do", "does", "for", "from", "get", "got",
	"had", "has", "have", "hello", "hi", "how", "i", "if", "in", "is",
	"it", "its", "just", "like", "me", "my", "need", "not", "now", "of",
	"on", "or", "our", "please", "still", "thank", "thanks", "that", "the",
	"there", "they", "this", "to", "want", "was", "we", "were", "what",
	"when", "where", "which", "will", "with", "would", "you", "your",
};
static const char *const vietnamese[] = {
	"ah", "ai", "alo", "anh", "ban", "bao", "bi", "biet", "cac", "cai",
	"chao", "chi", "cho", "chua", "co", "con", "cua", "cung", "da", "dang",
	"day", "de", "den", "di", "do", "dung", "duoc", "e", "em", "ghe", "gi",
	"gia", "giup", "hang", "hay", "hoi", "khi", "khong", "la", "lai",
	"lam", "mai", "may", "minh", "mot", "muon", "nao", "nay", "neu",
	"ngay", "nha", "nhan", "nhe", "nhieu", "nhu", "nhung", "oi", "qua",
	"roi", "sao", "se", "thi", "toi", "tra", "tren", "tu", "vay", "ve",
	"voi", "xin",
};
/* clang-format on */

static int
word_order(const void *a, const void *b)
{
	const struct fold_word *key = a;
	const char *const      *word = b;

	return (fold_order(key->p, key->n, *word));
}

static bool
is_among(const struct fold_word *w, const char *const *list, size_t n)
{
	return (bsearch(w, list, n, sizeof *list, word_order) != NULL);
}

/* Counts for (more than 0) Vietnamese or (less) English. */
static int
lang_weigh(const char *s)
{
	struct fold_word word[LANG_WORDS];
	char		 buf[LANG_BYTES];
	size_t		 i, n;
	int		 sum = 0;

	if (s == NULL)
		return (0);
	n = fold_split(
	    word, LANG_WORDS, buf, sizeof buf, s, strnlen(s, LANG_BYTES));
	for (i = 0; i < n; i++) {
		/* Any of hook, tilde, dot, breve, horn, stroke. */
		if ((word[i].marks & 0xffffff00ffff0000) != 0)
			sum += 3;
		else if (word[i].marks != 0)
			sum++;
		if (is_among(&word[i], english, nitems(english)))
			sum -= 2;
		if (is_among(&word[i], vietnamese, nitems(vietnamese)) ||
		    teencode_find(word[i].p, word[i].n) != NULL)
			sum += 2;
	}
	return (sum);
}

const char *
lang_guess(const char *subject, const char *text)
{
	int sum = lang_weigh(subject) + lang_weigh(text);

	return (sum > 0 ? "vi" : sum < 0 ? "en" : NULL);
}
