/*
 * The word that was meant; see spelling.h.
 *
 * Each known word is filed under itself and under itself less any one letter
 * (as SymSpell does): two words one slip apart share one of these, so that a
 * look-up is a hash of the typed word and of each of its shortenings.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "spelling.h"
#include "syllable.h"

#define SPELLING_MOST 24 /* letters; longer words are left alone */

struct known {
	char	letters[SPELLING_MOST];
	uint8_t n;
};

struct slot {
	uint32_t hash;
	uint32_t word; /* its place plus one; 0: empty */
};

struct spelling {
	struct known *words;
	size_t	      n, size;
	struct slot  *slots;
	size_t	      mask;
};

struct spelling *
spelling_new(void)
{
	return (xcalloc(1, sizeof(struct spelling)));
}

void
spelling_free(struct spelling *s)
{
	if (s == NULL)
		return;
	free(s->words);
	free(s->slots);
	free(s);
}

/* The hash of the word less letter `less' (n: less none); never mind which. */
static uint32_t
spelling_hash(const char *s, size_t n, size_t less)
{
	uint32_t h = 2166136261u;
	size_t	 i;

	for (i = 0; i < n; i++)
		if (i != less)
			h = (h ^ (unsigned char)s[i]) * 16777619u;
	return (h ^ h >> 15);
}

void
spelling_learn(struct spelling *s, const char *letters, size_t n)
{
	struct known *k;

	if (n < SPELLING_LEAST || n > SPELLING_MOST)
		return;
	if (s->n == s->size) {
		s->size = s->size != 0 ? 2 * s->size : 64;
		s->words = xreallocarray(s->words, s->size, sizeof *s->words);
	}
	k = &s->words[s->n++];
	memcpy(k->letters, letters, n);
	k->n = (uint8_t)n;
}

static void
spelling_file(struct spelling *s, uint32_t hash, size_t word)
{
	size_t i;

	for (i = hash & s->mask; s->slots[i].word != 0; i = (i + 1) & s->mask)
		if (s->slots[i].hash == hash && s->slots[i].word == word + 1)
			return;
	s->slots[i] = (struct slot){ hash, (uint32_t)word + 1 };
}

static int
known_order(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	if (x->n != y->n)
		return (x->n < y->n ? -1 : 1);
	return (memcmp(x->letters, y->letters, x->n));
}

void
spelling_ready(struct spelling *s)
{
	size_t i, j, n = 0, entries = 0, size = 64;

	if (s->n > 0)
		qsort(s->words, s->n, sizeof *s->words, known_order);
	for (i = 0; i < s->n; i++) {
		if (n > 0 && known_order(&s->words[n - 1], &s->words[i]) == 0)
			continue;
		s->words[n++] = s->words[i];
		entries += s->words[i].n + 1u;
	}
	s->n = n;
	while (size < 3 * entries)
		size *= 2;
	free(s->slots);
	s->slots = xcalloc(size, sizeof *s->slots);
	s->mask = size - 1;
	for (i = 0; i < s->n; i++)
		for (j = 0; j <= s->words[i].n; j++)
			spelling_file(s,
			    spelling_hash(
				s->words[i].letters, s->words[i].n, j),
			    i);
}

/* Whether one slip at most lies between them. */
static bool
is_near(const char *a, size_t n, const char *b, size_t m)
{
	size_t i = 0, x = n, y = m;

	while (i < n && i < m && a[i] == b[i])
		i++;
	while (x > i && y > i && a[x - 1] == b[y - 1]) {
		x--;
		y--;
	}
	/* What differs: nothing, one letter of either or both, or a swap. */
	if (x - i <= 1 && y - i <= 1)
		return (true);
	return (
	    x - i == 2 && y - i == 2 && a[i] == b[i + 1] && a[i + 1] == b[i]);
}

/* The known word filed under the hash that is near; NULL for none. */
static const struct known *
spelling_find(
    const struct spelling *s, uint32_t hash, const char *letters, size_t n)
{
	const struct known *k;
	size_t		    i;

	for (i = hash & s->mask; s->slots[i].word != 0; i = (i + 1) & s->mask) {
		if (s->slots[i].hash != hash)
			continue;
		k = &s->words[s->slots[i].word - 1];
		if (k->letters[0] == letters[0] &&
		    is_near(letters, n, k->letters, k->n))
			return (k);
	}
	return (NULL);
}

static bool
is_known(const struct spelling *s, uint32_t hash, const char *p, size_t n)
{
	const struct known *k;
	size_t		    i;

	for (i = hash & s->mask; s->slots[i].word != 0; i = (i + 1) & s->mask) {
		k = &s->words[s->slots[i].word - 1];
		if (s->slots[i].hash == hash && k->n == n &&
		    memcmp(k->letters, p, n) == 0)
			return (true);
	}
	return (false);
}

const char *
spelling_mend(const struct spelling *s, const char *letters, size_t *n)
{
	const struct known *k;
	size_t		    i;
	uint32_t	    hash;

	if (s->slots == NULL || *n < SPELLING_LEAST || *n > SPELLING_MOST)
		return (letters);
	hash = spelling_hash(letters, *n, *n);
	if (is_known(s, hash, letters, *n) || syllable_is(letters, *n))
		return (letters);
	k = spelling_find(s, hash, letters, *n);
	for (i = 1; k == NULL && i < *n; i++)
		k = spelling_find(
		    s, spelling_hash(letters, *n, i), letters, *n);
	if (k == NULL)
		return (letters);
	*n = k->n;
	return (k->letters);
}
