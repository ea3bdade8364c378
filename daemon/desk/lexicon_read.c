/*
 * A lexicon's file, line by line: lexicon_read() of lexicon.h.
 */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "lexicon_parts.h"
#include "signs.h"

#define PHRASES_MAX 20000
#define LINE_BYTES  200

static const char *const parts[LEXICON_PARTS] = {
	[LEXICON_FEEL] = "[feel]",
	[LEXICON_NOT] = "[not]",
	[LEXICON_MORE] = "[more]",
	[LEXICON_LESS] = "[less]",
	[LEXICON_BUT] = "[but]",
	[LEXICON_ASK] = "[ask]",
	[LEXICON_END] = "[end]",
	[LEXICON_NUMBER] = "[number]",
};

/* A file under way. */
struct file {
	struct lexicon	 *l;
	enum tongue	  tongue;
	enum lexicon_part part;
	unsigned	  line;
	const char	 *wrong;
	struct moodtext	  t; /* room for a phrase */
};

static bool
file_refuse(struct file *f, const char *words)
{
	f->wrong = words;
	return (false);
}

static bool
read_part(struct file *f, const char *s, size_t n)
{
	int i;

	for (i = LEXICON_FEEL; i < LEXICON_PARTS; i++)
		if (strlen(parts[i]) == n && memcmp(parts[i], s, n) == 0) {
			f->part = (enum lexicon_part)i;
			return (true);
		}
	return (file_refuse(f,
	    "There is no such section; there are [feel], [not], [more], "
	    "[less], [but], [ask], [end] and [number]."));
}

/* "-3 " at the line's beginning; moves past it. */
static bool
read_weight(struct file *f, const char **s, size_t *n, int8_t *weight)
{
	const char *p = *s;
	size_t	    left = *n;
	bool	    minus = *p == '-';

	if (*p == '-' || *p == '+') {
		p++;
		left--;
	}
	if (left < 3 || *p < '0' || *p > '4' || p[1] != ' ')
		return (file_refuse(f,
		    "A weight from -4 to +4, a blank and a phrase are wanted "
		    "here."));
	*weight = (int8_t)(minus ? -(*p - '0') : *p - '0');
	*s = p + 2;
	*n = left - 2;
	return (true);
}

static bool
sign_add(struct file *f, const char *s, size_t n, int8_t weight)
{
	struct lexicon *l = f->l;

	if (l->nweights == PHRASES_MAX || !signs_add(l->signs, s, n))
		return (file_refuse(f, "This is too long for a sign."));
	if (l->nweights == l->weights_size) {
		l->weights_size =
		    l->weights_size != 0 ? 2 * l->weights_size : 64;
		l->weights = xreallocarray(
		    l->weights, l->weights_size, sizeof *l->weights);
	}
	l->weights[l->nweights++] = weight;
	return (true);
}

/* One item of a phrase: "N", "..", or a word. */
static bool
item_add(struct file *f, struct phrase *ph, const char *s, size_t n)
{
	const struct moodtext_piece *p = f->t.piece;

	if (ph->n == LEXICON_ITEMS)
		return (file_refuse(f, "A phrase has eight words at most."));
	if (n == 1 && *s == 'N')
		ph->item[ph->n] = LEXICON_N;
	else if (n == 2 && s[0] == '.' && s[1] == '.')
		ph->item[ph->n] = LEXICON_ANY;
	else {
		moodtext_read(&f->t, NULL, s, n, false);
		if (f->t.n != 1 || p->kind != MOODTEXT_WORD)
			return (file_refuse(f,
			    "A phrase is of words with one blank between, N "
			    "and two points."));
		ph->item[ph->n] =
		    lexicon_name(&f->l->tongue[f->tongue], p->p, p->np);
		ph->marks[ph->n] = p->marks;
		if (ph->item[ph->n] == 0)
			return (file_refuse(f, "These are too many words."));
	}
	ph->n++;
	return (true);
}

static bool
phrase_add(struct file *f, const char *s, size_t n, int8_t weight)
{
	struct tongue_words *w = &f->l->tongue[f->tongue];
	struct phrase	     ph = {
		       .part = f->part, .weight = weight, .line = f->line
	};
	size_t len;

	if (n > 2 && s[n - 1] == '=' && s[n - 2] == ' ') {
		ph.exact = true;
		n -= 2;
	}
	for (; n > 0; s += len, n -= len) {
		if (ph.n > 0) {
			s++;
			n--;
		}
		for (len = 0; len < n && s[len] != ' '; len++)
			continue;
		if (!item_add(f, &ph, s, len))
			return (false);
	}
	if (ph.n == 0 || ph.item[0] == LEXICON_ANY ||
	    ph.item[ph.n - 1] == LEXICON_ANY)
		return (file_refuse(f, "A phrase begins and ends in a word."));
	if (w->n == PHRASES_MAX)
		return (file_refuse(f, "These are too many phrases."));
	if (w->n == w->size) {
		w->size = w->size != 0 ? 2 * w->size : 256;
		w->phrases =
		    xreallocarray(w->phrases, w->size, sizeof *w->phrases);
	}
	w->phrases[w->n++] = ph;
	return (true);
}

static bool
read_entry(struct file *f, const char *s, size_t n)
{
	int8_t weight = 0;

	if (f->part == LEXICON_NONE)
		return (file_refuse(
		    f, "A section, as [feel], is wanted before this."));
	if (f->part == LEXICON_FEEL && !read_weight(f, &s, &n, &weight))
		return (false);
	if (f->tongue != TONGUES)
		return (phrase_add(f, s, n, weight));
	if (f->part != LEXICON_FEEL)
		return (file_refuse(f, "Signs have [feel] only."));
	return (sign_add(f, s, n, weight));
}

static bool
read_line(struct file *f, const char *s, size_t n)
{
	if (n > 0 && s[n - 1] == '\r')
		n--;
	while (n > 0 && s[n - 1] == ' ')
		n--;
	if (n == 0 || (*s == '#' && (n == 1 || s[1] == ' ')))
		return (true);
	if (n > LINE_BYTES)
		return (file_refuse(f, "This line is too long."));
	if (!utf8_valid(s, n))
		return (file_refuse(f, "This is no UTF-8."));
	return (*s == '[' ? read_part(f, s, n) : read_entry(f, s, n));
}

bool
lexicon_read(struct lexicon *l, enum tongue tongue, const char *s, size_t n,
    struct lexicon_fault *fault)
{
	struct file f = { .l = l, .tongue = tongue };
	const char *end;
	size_t	    len;
	bool	    good = true;

	if (n > LEXICON_FILE_MAX)
		good = file_refuse(&f, "This file is too large.");
	for (; good && n > 0; s += len, n -= len) {
		end = memchr(s, '\n', n);
		len = end != NULL ? (size_t)(end - s) + 1 : n;
		f.line++;
		good = read_line(&f, s, end != NULL ? len - 1 : len);
	}
	*fault = (struct lexicon_fault){ f.line, f.wrong };
	return (good);
}
