/*
 * Vietnamese syllables without marks: an onset and a rime; see syllable.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "fold.h"
#include "syllable.h"

/* Longest first, so that "ngh" is not taken for "ng". */
static const char *const onsets[] = { "ngh", "ch", "gh", "gi", "kh", "ng", "nh",
	"ph", "qu", "th", "tr", "b", "c", "d", "g", "h", "k", "l", "m", "n",
	"p", "r", "s", "t", "v", "x" };

/* Sorted: bsearch() looks there. */
/* clang-format off */
static const char *const rimes[] = {
	"a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at",
	"au", "ay", "e", "ec", "ech", "em", "en", "eng", "enh", "eo", "ep",
	"et", "eu", "i", "ia", "ich", "iec", "iem", "ien", "ieng", "iep",
	"iet", "ieu", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac",
	"oach", "oai", "oam", "oan", "oang", "oanh", "oat", "oay", "oc", "oe",
	"oen", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "u",
	"ua", "uan", "uang", "uat", "uay", "uc", "ue", "uech", "uenh", "ui",
	"um", "un", "ung", "uo", "uoc", "uoi", "uom", "uon", "uong", "uop",
	"uot", "uou", "up", "ut", "uu", "uy", "uya", "uych", "uyen", "uyet",
	"uyn", "uynh", "uyt", "uyu", "y", "ych", "yem", "yen", "yet",
	"yeu", "yn", "ynh", "yp", "yt",
};
/* clang-format on */

struct run {
	const char *p;
	size_t	    n;
};

static int
rime_order(const void *a, const void *b)
{
	const struct run  *key = a;
	const char *const *rime = b;

	return (fold_order(key->p, key->n, *rime));
}

static bool
is_rime(const char *s, size_t n)
{
	const struct run key = { s, n };

	return (n > 0 &&
	    bsearch(&key, rimes, nitems(rimes), sizeof *rimes, rime_order) !=
		NULL);
}

bool
syllable_is(const char *s, size_t n)
{
	size_t i, len;

	if (is_rime(s, n))
		return (true);
	for (i = 0; i < nitems(onsets); i++) {
		len = strlen(onsets[i]);
		if (n > len && memcmp(s, onsets[i], len) == 0 &&
		    is_rime(s + len, n - len))
			return (true);
	}
	return (false);
}
