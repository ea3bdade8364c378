/*
 * What somebody feels who wrote a text; see mood.h.
 *
 * Weights are in tenths: a plain word of the lexicon (2) is 20, and 15 are
 * enough for a feeling, so that a hint (1) is one only beside another or with
 * "very".
 */
#include <string.h>

#include "base/utf8.h"
#include "lexicon.h"
#include "mood.h"
#include "moodtext.h"

#define HITS_MAX  128
#define ENOUGH	  15
#define PLAIN	  20 /* one plain word */
#define NOT_REACH 3  /* words between a negation and what it turns round */
#define BESIDE	  2  /* words between a degree and its feeling */

/* A feeling found. */
struct hit {
	size_t from, end; /* pieces */
	int    weight;
	bool   before_but;
};

struct weighing {
	const struct lexicon *l;
	struct moodtext	      t;
	struct lexicon_text   x;
	uint8_t	   part[MOODTEXT_MAX]; /* enum lexicon_part of each piece */
	struct hit hit[HITS_MAX];
	size_t	   nhits;
	size_t	   sentence; /* the first hit of the sentence */
	size_t	   began;    /* its first piece */
	int	   degree;   /* of the next feeling, in percent; 0: none */
	size_t	   degree_at;
};

static bool
is_word(const struct weighing *w, size_t i)
{
	return (w->t.piece[i].kind == MOODTEXT_WORD);
}

/* Whether something a few words back turns round what begins at i. */
static bool
turned_round(const struct weighing *w, size_t i)
{
	size_t back;

	for (back = 0; back <= NOT_REACH && i > w->began; back++) {
		i--;
		if (!is_word(w, i) || w->part[i] == LEXICON_FEEL ||
		    w->part[i] == LEXICON_BUT)
			return (false);
		if (w->part[i] == LEXICON_NOT)
			return (true);
	}
	return (false);
}

static bool
drawn_out(const struct weighing *w, size_t i, size_t end)
{
	for (; i < end; i++)
		if (w->t.piece[i].drawn)
			return (true);
	return (false);
}

static void
feel(struct weighing *w, size_t i, size_t end, int weight)
{
	struct hit *h;

	if (w->nhits == HITS_MAX)
		return;
	weight *= 10;
	if (weight != 0 && is_word(w, i) && turned_round(w, i))
		/* What is not bad is not yet good. */
		weight = weight > 0 ? -weight : 10;
	if (drawn_out(w, i, end))
		weight = weight * 13 / 10;
	if (w->degree != 0 && i - w->degree_at <= BESIDE)
		weight = weight * w->degree / 100;
	w->degree = 0;
	h = &w->hit[w->nhits++];
	*h = (struct hit){ .from = i, .end = end, .weight = weight };
}

/* A word of degree is of the feeling before it, else of the next. */
static void
degree(struct weighing *w, size_t i, int percent)
{
	struct hit *h;

	h = w->nhits > w->sentence ? &w->hit[w->nhits - 1] : NULL;
	if (h != NULL && h->weight != 0 && i - h->end < BESIDE) {
		h->weight = h->weight * percent / 100;
		return;
	}
	w->degree = percent;
	w->degree_at = i;
}

static void
but(struct weighing *w)
{
	size_t i;

	for (i = 0; i < w->nhits; i++)
		w->hit[i].before_but = true;
}

/*
 * Whether the sentence that ends before piece `end' asks: its last word, but
 * for particles, is one of those ("có tốt không ạ").  A word that is part of
 * a feeling asks nothing.
 */
static bool
asks(const struct weighing *w, size_t end)
{
	size_t i, n = 0;

	for (i = end; i > w->began; n++) {
		i--;
		if (w->part[i] == LEXICON_END && n < 4)
			continue;
		/* "không" stands among the negations. */
		return (n < 5 && i > w->began &&
		    (w->part[i] == LEXICON_ASK || w->part[i] == LEXICON_NOT));
	}
	return (false);
}

/* What is asked about is not felt; a mark makes more of it. */
static void
sentence_end(struct weighing *w, size_t end)
{
	const struct moodtext_piece *p = end < w->t.n ? &w->t.piece[end] : NULL;
	size_t			     i;

	if (asks(w, end))
		for (i = w->sentence; i < w->nhits; i++)
			w->hit[i].weight = 0;
	else if (p != NULL && p->mark == '!' && w->nhits > w->sentence)
		w->hit[w->nhits - 1].weight =
		    w->hit[w->nhits - 1].weight * 12 / 10;
	w->sentence = w->nhits;
	w->began = end + 1;
	w->degree = 0;
}

static size_t
weigh_words(struct weighing *w, size_t i)
{
	struct lexicon_hit m = lexicon_match(w->l, &w->x, i);

	if (m.part != LEXICON_NONE)
		memset(w->part + i, (int)m.part, m.end - i);
	switch (m.part) {
	case LEXICON_FEEL:
		feel(w, i, m.end, m.weight);
		break;
	case LEXICON_MORE:
		degree(w, i, 150);
		break;
	case LEXICON_LESS:
		degree(w, i, 60);
		break;
	case LEXICON_BUT:
		but(w);
		break;
	case LEXICON_NOT:
	case LEXICON_ASK:
	case LEXICON_END:
	case LEXICON_NUMBER:
	case LEXICON_NONE:
	case LEXICON_PARTS:
		break;
	}
	return (m.end);
}

static void
weigh(struct weighing *w)
{
	const struct moodtext_piece *p;
	size_t			     i = 0;

	w->nhits = w->sentence = w->began = 0;
	w->degree = 0;
	memset(w->part, LEXICON_NONE, w->t.n);
	while (i < w->t.n) {
		p = &w->t.piece[i];
		switch (p->kind) {
		case MOODTEXT_WORD:
			i = weigh_words(w, i);
			continue;
		case MOODTEXT_SIGN:
			feel(w, i, i + 1, lexicon_sign(w->l, p->sign));
			break;
		case MOODTEXT_STOP:
		case MOODTEXT_PAUSE:
			sentence_end(w, i);
			break;
		}
		i++;
	}
	sentence_end(w, w->t.n);
}

/* The sum of one sign's, before or after a "but", in tenths. */
static int
sum_of(const struct weighing *w, int sign, bool before)
{
	size_t i;
	int    sum = 0;

	for (i = 0; i < w->nhits; i++)
		if (w->hit[i].before_but == before &&
		    (w->hit[i].weight > 0) == (sign > 0))
			sum += w->hit[i].weight;
	return (sum);
}

/*
 * Whether all praise stands before all that is bad, with no "but" between:
 * "tuyệt vời ghê, ba tuần chưa thấy hàng".  Who weighs one against the other
 * says so; who does not is ironical, or was courteous first.
 */
static bool
praised_first(const struct weighing *w)
{
	bool   bad = false;
	size_t i;

	for (i = 0; i < w->nhits; i++) {
		if (w->hit[i].before_but || (bad && w->hit[i].weight > 0))
			return (false);
		bad = bad || w->hit[i].weight < 0;
	}
	return (bad);
}

/* One text in one tongue: below 0 is bad, above good. */
static int
total(const struct weighing *w)
{
	int good = sum_of(w, 1, false), bad = sum_of(w, -1, false);
	int good_before = sum_of(w, 1, true), bad_before = sum_of(w, -1, true);
	int after = good + bad;

	/* What is said first is said out of courtesy. */
	if (after < 0)
		good_before = good_before * 3 / 10;
	else if (after > 0)
		bad_before = bad_before * 3 / 10;
	good += good_before;
	bad += bad_before;
	/* More than a hint: "đẹp, hơi chật" is both. */
	if (bad <= -PLAIN && praised_first(w))
		good = good * 3 / 10;
	/* Who praises one thing and blames another has something to mend. */
	return (good > 0 && bad < 0 ? good + bad * 5 / 4 : good + bad);
}

static void
show(const struct weighing *w, struct mood *m)
{
	const struct moodtext_piece *first, *last;
	const struct hit	    *h;
	size_t			     i;

	for (i = 0; i < w->nhits && m->nwords < MOOD_WORDS; i++) {
		h = &w->hit[i];
		if (h->weight == 0 || (h->weight > 0) != (m->value > 0))
			continue;
		first = &w->t.piece[h->from];
		last = &w->t.piece[h->end - 1];
		m->word[m->nwords].at = first->at;
		m->word[m->nwords++].n = last->at + last->n - first->at;
	}
}

void
mood_read(struct mood *m, const struct lexicon *l, const char *lang,
    const char *s, size_t n)
{
	struct weighing w;
	enum tongue	tongue;
	int		sum = 0;

	*m = (struct mood){ 0 };
	w.l = l;
	n = utf8_cut(s, n, MOOD_READ_MAX);
	tongue =
	    lang != NULL && strcmp(lang, "en") == 0 ? TONGUE_EN : TONGUE_VI;
	for (; tongue < TONGUES; tongue++) {
		/* Where nobody knows, "h" and "k" are what they are. */
		moodtext_read(&w.t, lexicon_signs(l), s, n,
		    tongue == TONGUE_VI && lang != NULL);
		lexicon_look(l, &w.x, &w.t, tongue);
		weigh(&w);
		sum = total(&w);
		if (lang != NULL || sum != 0)
			break;
	}
	m->value = sum >= ENOUGH ? 1 : sum <= -ENOUGH ? -1 : 0;
	if (m->value == 0)
		return;
	if (sum < 0)
		sum = -sum;
	m->strength = sum < 35 ? 1 : sum < 70 ? 2 : 3;
	show(&w, m);
}
