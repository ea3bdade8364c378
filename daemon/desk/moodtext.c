/*
 * A text as its words, signs and stops; see moodtext.h.
 */
#include <string.h>

#include "moodtext.h"
#include "signs.h"
#include "teencode.h"

/* Where the reading of a text stands. */
struct reading {
	struct moodtext	   *t;
	const struct signs *signs;
	const char	   *s;
	size_t		    n, at;
	bool		    teencode;
	bool		    after_word; /* what stands before is a letter */
};

static struct moodtext_piece *
piece_put(struct reading *r, enum moodtext_kind kind, size_t at, size_t n)
{
	struct moodtext_piece *p;

	if (r->t->n == MOODTEXT_MAX)
		return (NULL);
	p = &r->t->piece[r->t->n++];
	*p = (struct moodtext_piece){
		.kind = kind, .at = (uint32_t)at, .n = (uint32_t)n
	};
	return (p);
}

/* Each word of what an abbreviation means, where it is more than one. */
static void
put_meant(
    struct reading *r, const struct moodtext_piece *typed, const char *meant)
{
	struct moodtext_piece *p;
	size_t		       n;

	for (; *meant != '\0'; meant += n + strspn(meant + n, " ")) {
		n = strcspn(meant, " ");
		if ((p = piece_put(r, MOODTEXT_WORD, typed->at, typed->n)) ==
		    NULL)
			return;
		p->p = meant;
		p->np = n;
		p->spelt = true;
		p->drawn = typed->drawn;
	}
}

/* A word typed for others: it is kept, too, where it means but one. */
static void
put_word(struct reading *r, const struct moodtext_piece *word,
    const char *plain, size_t nplain)
{
	struct moodtext_piece *p;
	const char	      *meant = NULL;

	if (r->teencode && word->marks == 0) {
		meant = teencode_find(plain, nplain);
		if (meant == NULL && word->drawn)
			meant = teencode_find(word->p, word->np);
	}
	if (meant != NULL && strchr(meant, ' ') != NULL) {
		put_meant(r, word, meant);
		return;
	}
	if ((p = piece_put(r, MOODTEXT_WORD, word->at, word->n)) == NULL)
		return;
	p->p = word->p;
	p->np = word->np;
	p->marks = word->marks;
	p->drawn = word->drawn;
	p->meant = meant;
	p->nmeant = meant != NULL ? strlen(meant) : 0;
}

/* "don't" is one word, as "dont" is. */
static size_t
apostrophe(const struct reading *r)
{
	const char   *s = r->s + r->at;
	size_t	      left = r->n - r->at, len = 0;
	unsigned char next;

	if (*s == '\'')
		len = 1;
	else if (left >= 3 && memcmp(s, "\xe2\x80\x99", 3) == 0)
		len = 3;
	if (len == 0 || len == left)
		return (0);
	next = (unsigned char)s[len] | 0x20;
	return (next >= 'a' && next <= 'z' ? len : 0);
}

/* Adds folded letters, each run of one made one. */
static void
squeeze(struct moodtext *t, struct moodtext_piece *word, const char *s,
    size_t n, unsigned *run)
{
	size_t i;
	char   last;

	for (i = 0; i < n; i++) {
		last = word->np > 0 ? t->bytes[t->used - 1] : '\0';
		if (s[i] == last && (s[i] & 0x80) == 0 &&
		    !(s[i] >= '0' && s[i] <= '9')) {
			if (++*run >= 3)
				word->drawn = true;
			continue;
		}
		*run = 1;
		if (word->np < FOLD_WORD_MAX && t->used < MOODTEXT_BYTES) {
			t->bytes[t->used++] = s[i];
			word->np++;
		}
	}
}

/* The word that begins here; its first character is read already. */
static void
read_word(struct reading *r, struct fold_char *f, size_t took)
{
	struct moodtext_piece word = { .at = (uint32_t)r->at };
	char		      plain[FOLD_WORD_MAX];
	size_t		      nplain = 0, skip;
	unsigned	      run = 0, marked = 0;

	word.p = r->t->bytes + r->t->used;
	for (;;) {
		if (nplain + f->n <= sizeof plain) {
			memcpy(plain + nplain, f->bytes, f->n);
			nplain += f->n;
		}
		squeeze(r->t, &word, f->bytes, f->n, &run);
		if (f->marks != 0 && marked++ < 8)
			word.marks += f->marks;
		r->at += took;
		word.n = (uint32_t)(r->at - word.at);
		if (r->at == r->n)
			break;
		if ((skip = apostrophe(r)) > 0)
			r->at += skip;
		took = fold_one(f, r->s + r->at, r->n - r->at);
		if (!f->word)
			break;
	}
	r->after_word = true;
	if (word.np == 0)
		return;
	r->t->words++;
	r->t->marked += word.marks != 0;
	put_word(r, &word, plain, nplain);
}

static bool
ascii_letter(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9'));
}

/*
 * A sign, if one begins here.  What is made of letters ("T_T") stands by
 * itself; what ends in a mark may be drawn out (":((((").
 */
static bool
read_sign(struct reading *r)
{
	struct moodtext_piece *p;
	const char	      *s = r->s + r->at, *end = r->s + r->n;
	size_t		       len;
	int		       sign;

	if (r->signs == NULL)
		return (false);
	if ((sign = signs_find(r->signs, s, r->n - r->at, &len)) < 0)
		return (false);
	if ((ascii_letter(s[0]) && r->after_word) ||
	    (ascii_letter(s[len - 1]) && s + len < end && ascii_letter(s[len])))
		return (false);
	p = piece_put(r, MOODTEXT_SIGN, r->at, len);
	s += len;
	for (;
	     s < end && (s[-1] & 0x80) == 0 && *s == s[-1] && !ascii_letter(*s);
	     s++)
		if (p != NULL) {
			p->drawn = true;
			p->n++;
		}
	if (p != NULL)
		p->sign = sign;
	r->at = (size_t)(s - r->s);
	r->after_word = false;
	return (true);
}

/* A stop counts how often it was typed: "!!!". */
static void
read_mark(struct reading *r, size_t took)
{
	struct moodtext_piece *p =
	    r->t->n > 0 ? &r->t->piece[r->t->n - 1] : NULL;
	char		   c = r->s[r->at];
	enum moodtext_kind kind;

	kind = strchr(".!?\n", c) != NULL && c != '\0' ? MOODTEXT_STOP
	    : strchr(",;:()/", c) != NULL && c != '\0' ? MOODTEXT_PAUSE
						       : MOODTEXT_WORD;
	if (kind == MOODTEXT_STOP && p != NULL && p->kind == kind) {
		p->times += c == p->mark;
		/* "?!" asks, whatever else it does. */
		if (c == '?')
			p->mark = c;
	} else if (kind != MOODTEXT_WORD &&
	    (p = piece_put(r, kind, r->at, took)) != NULL) {
		p->mark = c;
		p->times = 1;
	}
	r->at += took;
	r->after_word = false;
}

void
moodtext_read(struct moodtext *t, const struct signs *signs, const char *s,
    size_t n, bool teencode)
{
	struct reading r = {
		.t = t, .signs = signs, .s = s, .n = n, .teencode = teencode
	};
	struct fold_char f;
	size_t		 took;

	t->n = t->used = t->marked = t->words = 0;
	while (r.at < n && t->n < MOODTEXT_MAX) {
		if (read_sign(&r))
			continue;
		took = fold_one(&f, s + r.at, n - r.at);
		if (f.word && f.n > 0)
			read_word(&r, &f, took);
		else
			read_mark(&r, took);
	}
}
