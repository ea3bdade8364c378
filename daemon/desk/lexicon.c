/*
 * What words say of a feeling; see lexicon.h.
 *
 * Words are numbered as they are first seen (struct names); a phrase is a run
 * of numbers, and stands in the list of its first word, the longest first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lexicon.h"
#include "lexicon_parts.h"
#include "signs.h"

#define NAMES_LEAST 1024

/* The words of a tongue ---------------------------------------------------- */

static uint32_t
name_hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;
	size_t	 i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return (h ^ h >> 15);
}

/* Its place in the table: where it stands, or where it would. */
static size_t
name_place(const struct names *names, const char *p, size_t n)
{
	const struct name *name;
	size_t		   i;

	for (i = name_hash(p, n) & (names->room - 1); names->at[i] != 0;
	     i = (i + 1) & (names->room - 1)) {
		name = &names->list[names->at[i]];
		if (name->n == n && memcmp(name->letters, p, n) == 0)
			break;
	}
	return (i);
}

static uint16_t
name_find(const struct names *names, const char *p, size_t n)
{
	if (names->room == 0 || n == 0)
		return (0);
	return (names->at[name_place(names, p, n)]);
}

static void
names_grow(struct names *names)
{
	uint16_t *at = names->at;
	size_t	  i, room = names->room;

	names->room = room != 0 ? 2 * room : NAMES_LEAST;
	names->at = xcalloc(names->room, sizeof *names->at);
	names->list =
	    xreallocarray(names->list, names->room, sizeof *names->list);
	for (i = 0; i < room; i++)
		if (at[i] != 0)
			names->at[name_place(names, names->list[at[i]].letters,
			    names->list[at[i]].n)] = at[i];
	free(at);
}

/* The word's number, from 1; 0 when there are too many. */
uint16_t
lexicon_name(struct tongue_words *w, const char *p, size_t n)
{
	struct names *names = &w->names;
	size_t	      i;

	/* Half full at most; number 0 is nobody's. */
	if (2 * (names->n + 2) > names->room)
		names_grow(names);
	i = name_place(names, p, n);
	if (names->at[i] != 0)
		return (names->at[i]);
	if (names->n + 1 >= LEXICON_N)
		return (0);
	names->at[i] = (uint16_t)++names->n;
	names->list[names->n].n = (uint8_t)n;
	memcpy(names->list[names->n].letters, p, n);
	return (names->at[i]);
}

/* The lexicon -------------------------------------------------------------- */

struct lexicon *
lexicon_new(void)
{
	struct lexicon *l = xcalloc(1, sizeof *l);

	l->signs = signs_new();
	return (l);
}

void
lexicon_free(struct lexicon *l)
{
	int i;

	if (l == NULL)
		return;
	for (i = 0; i < TONGUES; i++) {
		free(l->tongue[i].names.list);
		free(l->tongue[i].names.at);
		free(l->tongue[i].phrases);
		free(l->tongue[i].first);
		free(l->tongue[i].number);
	}
	signs_free(l->signs);
	free(l->weights);
	free(l);
}

size_t
lexicon_count(const struct lexicon *l)
{
	size_t n = l->nweights;
	int    i;

	for (i = 0; i < TONGUES; i++)
		n += l->tongue[i].n;
	return (n);
}

const struct signs *
lexicon_signs(const struct lexicon *l)
{
	return (l->signs);
}

int
lexicon_sign(const struct lexicon *l, int i)
{
	return (l->weights[i]);
}

/* By their first word, the longest first, then as they were read. */
static int
phrase_order(const void *a, const void *b)
{
	const struct phrase *p = a, *q = b;

	if (p->item[0] != q->item[0])
		return (p->item[0] < q->item[0] ? -1 : 1);
	if (p->n != q->n)
		return (p->n > q->n ? -1 : 1);
	return (p->line < q->line ? -1 : p->line > q->line);
}

static void
tongue_ready(struct tongue_words *w)
{
	uint32_t i;

	w->first = xcalloc((size_t)LEXICON_N + 2, sizeof *w->first);
	w->number = xcalloc((size_t)LEXICON_N + 2, sizeof *w->number);
	if (w->n == 0)
		return;
	qsort(w->phrases, w->n, sizeof *w->phrases, phrase_order);
	/* Where the phrases of each first word begin. */
	for (i = (uint32_t)w->n; i-- > 0;)
		w->first[w->phrases[i].item[0]] = i + 1;
	for (i = 0; i < w->n; i++)
		if (w->phrases[i].part == LEXICON_NUMBER &&
		    w->phrases[i].n == 1)
			w->number[w->phrases[i].item[0]] = true;
}

void
lexicon_ready(struct lexicon *l)
{
	int i;

	for (i = 0; i < TONGUES; i++)
		tongue_ready(&l->tongue[i]);
}

/* Looking ------------------------------------------------------------------ */

static bool
all_digits(const struct moodtext_piece *p)
{
	size_t i;

	for (i = 0; i < p->np; i++)
		if (p->p[i] < '0' || p->p[i] > '9')
			return (false);
	return (true);
}

void
lexicon_look(const struct lexicon *l, struct lexicon_text *x,
    const struct moodtext *t, enum tongue tongue)
{
	const struct tongue_words   *w = &l->tongue[tongue];
	const struct moodtext_piece *p;
	size_t			     i;

	x->t = t;
	x->tongue = tongue;
	for (i = 0; i < t->n; i++) {
		p = &t->piece[i];
		x->word[i] = x->meant[i] = 0;
		if (p->kind != MOODTEXT_WORD)
			continue;
		x->word[i] = name_find(&w->names, p->p, p->np);
		if (x->word[i] == 0 && all_digits(p))
			x->word[i] = LEXICON_N;
		if (p->meant != NULL)
			x->meant[i] = name_find(&w->names, p->meant, p->nmeant);
	}
}

/* Whether piece i is the word that stands in the phrase there. */
static bool
word_is(const struct tongue_words *w, const struct lexicon_text *x,
    const struct phrase *ph, size_t item, size_t i)
{
	const struct moodtext_piece *p = &x->t->piece[i];
	uint16_t		     want = ph->item[item];

	if (p->kind != MOODTEXT_WORD)
		return (false);
	if (want == LEXICON_N)
		return (x->word[i] == LEXICON_N || w->number[x->word[i]]);
	/* Nobody puts marks on an abbreviation. */
	if (x->meant[i] == want || (p->spelt && x->word[i] == want))
		return (true);
	if (x->word[i] != want)
		return (false);
	if (ph->marks[item] == 0)
		return (p->marks == 0);
	if (p->marks != 0)
		return (p->marks == ph->marks[item]);
	/*
	 * Without its marks it may be another word: its neighbours tell, or
	 * that nothing in the text has any.
	 */
	return (!ph->exact && (ph->n > 1 || 3 * x->t->marked < x->t->words));
}

/* Whether the phrase's items from `item' on stand at i; *end after them. */
static bool
phrase_is(const struct tongue_words *w, const struct lexicon_text *x,
    const struct phrase *ph, size_t item, size_t i, size_t *end)
{
	size_t gap;

	for (; item < ph->n; item++, i++) {
		if (ph->item[item] == LEXICON_ANY) {
			for (gap = 0; gap <= LEXICON_GAP; gap++) {
				if (phrase_is(w, x, ph, item + 1, i + gap, end))
					return (true);
				if (i + gap >= x->t->n ||
				    x->t->piece[i + gap].kind != MOODTEXT_WORD)
					break;
			}
			return (false);
		}
		if (i >= x->t->n || !word_is(w, x, ph, item, i))
			return (false);
	}
	*end = i;
	return (true);
}

/* The longest of those that begin with this word. */
static const struct phrase *
first_of(const struct tongue_words *w, const struct lexicon_text *x,
    uint16_t word, size_t i, size_t *end)
{
	uint32_t at;

	if (word == 0 || w->first[word] == 0)
		return (NULL);
	for (at = w->first[word] - 1;
	     at < w->n && w->phrases[at].item[0] == word; at++)
		if (phrase_is(w, x, &w->phrases[at], 0, i, end))
			return (&w->phrases[at]);
	return (NULL);
}

struct lexicon_hit
lexicon_match(const struct lexicon *l, const struct lexicon_text *x, size_t i)
{
	const struct tongue_words *w = &l->tongue[x->tongue];
	const struct phrase	  *best = NULL, *ph;
	struct lexicon_hit	   hit = { .part = LEXICON_NONE, .end = i + 1 };
	uint16_t		   way[3] = { x->word[i], x->meant[i] };
	size_t			   k, end;

	if (way[0] != LEXICON_N && w->number[way[0]])
		way[2] = LEXICON_N;
	for (k = 0; k < 3; k++) {
		ph = first_of(w, x, way[k], i, &end);
		if (ph == NULL || (best != NULL && ph->n <= best->n))
			continue;
		best = ph;
		hit = (struct lexicon_hit){ ph->part, ph->weight, end };
	}
	return (hit);
}
