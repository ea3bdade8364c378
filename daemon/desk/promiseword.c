/*
 * Promises in an agent's own words; see promiseword.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "base/mem.h"
#include "deed.h"
#include "promiseword.h"

/* Of one sentence; what comes after them is passed over. */
#define SENTENCE_DEEDS 16
#define SENTENCE_TIMES 16
/* Words between a deed and its moment. */
#define REACH 9

struct sentence {
	const struct talk *t;
	size_t		   from; /* words, the last not counted */
	size_t		   to;
	struct deed	   deed[SENTENCE_DEEDS];
	size_t		   ndeeds;
	struct daytime	   time[SENTENCE_TIMES];
	size_t		   ntimes;
};

static void
sentence_read(struct sentence *s, bool familiar, const struct daytime_now *now)
{
	size_t i;

	s->ndeeds = s->ntimes = 0;
	for (i = s->from; i < s->to;) {
		if (s->ntimes < SENTENCE_TIMES &&
		    daytime_read(s->t, i, s->to, now, &s->time[s->ntimes]))
			i = s->time[s->ntimes++].to;
		else if (s->ndeeds < SENTENCE_DEEDS &&
		    deed_read(
			s->t, i, s->from, s->to, familiar, &s->deed[s->ndeeds]))
			i = s->deed[s->ndeeds++].to;
		else
			i++;
	}
}

/* Whether a clause says nothing but the moment. */
static bool
only_time(
    const struct sentence *s, const struct daytime *d, size_t from, size_t to)
{
	static const char *const fillers =
	    "dạ|vâng|ok|oke|okie|thì|là|nhé|nha|ạ|a|and|then|so|well|và|vậy|yes";
	size_t i, took;

	for (i = from; i < to; i += took) {
		if (i == d->from)
			took = d->to - d->from;
		else if ((took = talk_says_before(s->t, i, to, fillers)) == 0)
			return (false);
	}
	return (true);
}

/* "em giao lúc 15h rồi": it has been done. */
static bool
is_over(const struct sentence *s, size_t at)
{
	return (talk_says_before(s->t, at, s->to, "rồi|roi|rùi|r") > 0 &&
	    (at + 1 == s->to || s->t->word[at + 1].gap >= TALK_COMMA ||
		talk_says_before(
		    s->t, at + 1, s->to, "ạ|a|nhé|nha|đó|chị|anh|mà") > 0));
}

/* Words between the two; REACH and more when they have nothing in common. */
static size_t
distance(
    const struct sentence *s, const struct deed *d, const struct daytime *m)
{
	size_t gap, begin, end;

	gap = m->from >= d->to ? m->from - d->to
	    : d->from >= m->to ? d->from - m->to
			       : REACH;
	/* "đặt lúc 9h15": the moment of something else. */
	if (talk_said(s->t, m->from, "đặt|mua|tạo|đặt hàng|ordered|placed") > 0)
		return (REACH);
	/* How long something lasts is said behind it. */
	if (m->lasts && (!d->long_run || m->from < d->to || gap > 4))
		return (REACH);
	if (m->from >= d->clause && m->from < d->clause_end)
		return (gap);
	deed_clause(s->t, m->from, s->from, s->to, &begin, &end);
	if (!only_time(s, m, begin, end))
		return (REACH);
	/* "Sáng mai, em gọi": the next best. */
	return (gap < REACH ? gap + 1 : REACH);
}

/* The deed that a moment is said of, NULL for none. */
static const struct deed *
deed_of(const struct sentence *s, const struct daytime *m)
{
	const struct deed *best = NULL;
	size_t		   i, far, least = REACH;

	for (i = 0; i < s->ndeeds; i++) {
		far = distance(s, &s->deed[i], m);
		if (far < least) {
			least = far;
			best = &s->deed[i];
		}
	}
	return (best);
}

static void
promise_make(struct promiseword *p, const struct sentence *s,
    const struct deed *d, const struct daytime *m)
{
	size_t from = d->from < m->from ? d->from : m->from;
	size_t to = d->to > m->to ? d->to : m->to;

	*p = (struct promiseword){ .kind = d->kind,
		.from = s->t->word[from].from,
		.to = s->t->word[to - 1].to,
		.due = m->due,
		.grain = m->grain,
		.business = m->business };
}

/* Adds what the sentence promises; returns how many there are then. */
static size_t
sentence_promises(const struct sentence *s, struct promiseword *out, size_t n)
{
	const struct daytime *m, *best;
	const struct deed    *d;
	size_t		      i, k;

	for (i = 0; i < s->ndeeds && n < PROMISEWORD_MAX; i++) {
		d = &s->deed[i];
		for (best = NULL, k = 0; k < s->ntimes; k++) {
			m = &s->time[k];
			if (deed_of(s, m) == d && m->due != 0 &&
			    (best == NULL ||
				distance(s, d, m) < distance(s, d, best)))
				best = m;
		}
		if (!d->sure || best == NULL ||
		    is_over(s, d->to > best->to ? d->to : best->to))
			continue;
		promise_make(&out[n++], s, d, best);
	}
	return (n);
}

size_t
promiseword_find(struct promiseword out[PROMISEWORD_MAX], const char *text,
    size_t n, const struct daytime_now *now)
{
	struct talk    *t = xcalloc(1, sizeof *t);
	struct sentence s = { .t = t };
	enum talk_gap	after;
	size_t		found = 0;
	bool		familiar;

	talk_read(t, text, n);
	familiar = deed_familiar(t);
	for (; s.from < t->n && found < PROMISEWORD_MAX; s.from = s.to) {
		for (s.to = s.from + 1;
		     s.to < t->n && t->word[s.to].gap < TALK_STOP; s.to++)
			continue;
		after = s.to < t->n ? t->word[s.to].gap : t->end;
		if (!deed_sentence(t, s.from, s.to, after))
			continue;
		sentence_read(&s, familiar, now);
		found = sentence_promises(&s, out, found);
	}
	free(t);
	return (found);
}
