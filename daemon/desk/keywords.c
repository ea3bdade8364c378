/*
 * Many keywords looked for at once; see keywords.h.
 *
 * The keywords stand in a trie of folded letters without blanks; a text is
 * folded into words, each brought to the form in which the keywords are
 * (words_read()), and from each word's beginning the trie is walked as far as
 * it goes: what ends where a word ends was found.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fold.h"
#include "keywords.h"
#include "spelling.h"
#include "teencode.h"

#define WORDS_MAX   2048 /* words of one text */
#define WORDS_BYTES (KEYWORDS_READ_MAX * 2)
#define NONE	    UINT32_MAX

struct node {
	uint32_t child;
	uint32_t sibling;
	uint32_t keyword; /* first that ends here, or NONE */
	char	 letter;
};

struct keyword {
	fold_marks marks;
	uint32_t   next; /* that ends at the same node, or NONE */
	uint8_t	   words;
};

struct keywords {
	struct node	*nodes;
	size_t		 nnodes, nodes_size;
	uint32_t	 root[256];
	struct keyword	*list;
	size_t		 n, size;
	struct spelling *spelling;
};

/* A text as words whose letters lie in bytes one after the other. */
struct words {
	struct fold_word word[WORDS_MAX];
	size_t		 n;
	char		 bytes[WORDS_BYTES];
	size_t		 used;
	bool		 teencode; /* abbreviations are read */
};

struct keywords *
keywords_new(void)
{
	struct keywords *k = xcalloc(1, sizeof *k);

	memset(k->root, 0xff, sizeof k->root);
	k->spelling = spelling_new();
	return (k);
}

void
keywords_free(struct keywords *k)
{
	if (k == NULL)
		return;
	spelling_free(k->spelling);
	free(k->nodes);
	free(k->list);
	free(k);
}

size_t
keywords_count(const struct keywords *k)
{
	return (k->n);
}

unsigned
keywords_words(const struct keywords *k, size_t i)
{
	return (k->list[i].words);
}

/* The letters with each run of one letter made one; returns how many. */
static size_t
squeeze(char *out, const char *s, size_t n)
{
	size_t i, at = 0;

	for (i = 0; i < n; i++)
		/* Digits are meant as they stand. */
		if (at == 0 || out[at - 1] != s[i] ||
		    (s[i] >= '0' && s[i] <= '9') || (s[i] & 0x80) != 0)
			out[at++] = s[i];
	return (at);
}

/* The trie ----------------------------------------------------------------- */

static uint32_t
node_add(struct keywords *k, char letter)
{
	if (k->nnodes == k->nodes_size) {
		k->nodes_size = k->nodes_size != 0 ? 2 * k->nodes_size : 256;
		k->nodes =
		    xreallocarray(k->nodes, k->nodes_size, sizeof *k->nodes);
	}
	k->nodes[k->nnodes] = (struct node){ NONE, NONE, NONE, letter };
	return ((uint32_t)k->nnodes++);
}

static uint32_t
node_find(const struct keywords *k, uint32_t from, char letter)
{
	uint32_t at;

	if (from == NONE)
		return (k->root[(unsigned char)letter]);
	for (at = k->nodes[from].child; at != NONE; at = k->nodes[at].sibling)
		if (k->nodes[at].letter == letter)
			return (at);
	return (NONE);
}

/* As node_find(), making the node where there is none. */
static uint32_t
node_make(struct keywords *k, uint32_t from, char letter)
{
	uint32_t at;

	if ((at = node_find(k, from, letter)) != NONE)
		return (at);
	at = node_add(k, letter);
	if (from == NONE) {
		k->root[(unsigned char)letter] = at;
	} else {
		k->nodes[at].sibling = k->nodes[from].child;
		k->nodes[from].child = at;
	}
	return (at);
}

bool
keywords_add(struct keywords *k, const char *s)
{
	struct fold_word word[KEYWORD_MAX];
	struct keyword new = { .next = NONE };
	char	 buf[FOLD_ROOM(KEYWORD_MAX) + FOLD_WORD_MAX];
	char	 letters[FOLD_WORD_MAX];
	uint32_t at = NONE;
	size_t	 i, j, n, len;

	if (k->n == KEYWORDS_MAX || strlen(s) > KEYWORD_MAX)
		return (false);
	n = fold_split(word, KEYWORD_MAX, buf, sizeof buf, s, strlen(s));
	if (n == 0)
		return (false);
	for (i = 0; i < n; i++) {
		len = squeeze(letters, word[i].p, word[i].n);
		spelling_learn(k->spelling, letters, len);
		for (j = 0; j < len; j++)
			at = node_make(k, at, letters[j]);
		new.marks += word[i].marks;
		new.words++;
	}
	if (k->n == k->size) {
		k->size = k->size != 0 ? 2 * k->size : 64;
		k->list = xreallocarray(k->list, k->size, sizeof *k->list);
	}
	new.next = k->nodes[at].keyword;
	k->nodes[at].keyword = (uint32_t)k->n;
	k->list[k->n++] = new;
	return (true);
}

void
keywords_ready(struct keywords *k)
{
	spelling_ready(k->spelling);
}

/* A text as words ---------------------------------------------------------- */

static void
words_put(struct words *w, const char *s, size_t n, fold_marks marks)
{
	if (w->n == WORDS_MAX || w->used + n > sizeof w->bytes || n == 0)
		return;
	memcpy(w->bytes + w->used, s, n);
	w->word[w->n++] = (struct fold_word){ w->bytes + w->used, n, marks };
	w->used += n;
}

/* The words meant by an abbreviation; nobody puts marks on those. */
static void
words_put_meant(struct words *w, const char *meant)
{
	char   letters[FOLD_WORD_MAX];
	size_t n;

	for (; *meant != '\0'; meant += n + strspn(meant + n, " ")) {
		n = strcspn(meant, " ");
		words_put(w, letters, squeeze(letters, meant, n), 0);
	}
}

/* Puts what an abbreviation means; false when it is none. */
static bool
words_put_teencode(struct words *w, const char *s, size_t n)
{
	const char *meant;

	if (!w->teencode || (meant = teencode_find(s, n)) == NULL)
		return (false);
	words_put_meant(w, meant);
	return (true);
}

/* One word of the text in the form in which keywords are. */
static void
words_put_typed(
    struct words *w, const struct keywords *k, const struct fold_word *typed)
{
	char	    letters[FOLD_WORD_MAX];
	const char *meant;
	size_t	    n;

	n = squeeze(letters, typed->p, typed->n);
	/* As typed ("gg"), or less its drawn-out letters ("kooo"). */
	if (words_put_teencode(w, typed->p, typed->n) ||
	    (n < typed->n && words_put_teencode(w, letters, n)))
		return;
	meant = spelling_mend(k->spelling, letters, &n);
	words_put(w, meant, n, typed->marks);
}

static void
words_read(struct words *w, const struct keywords *k, const char *s)
{
	struct fold_word typed[WORDS_MAX];
	char		 buf[WORDS_BYTES];
	size_t		 i, n;

	w->n = w->used = 0;
	n = fold_split(typed, WORDS_MAX, buf, sizeof buf, s,
	    strnlen(s, KEYWORDS_READ_MAX));
	for (i = 0; i < n; i++)
		words_put_typed(w, k, &typed[i]);
}

/* Looking ------------------------------------------------------------------ */

/*
 * The longest keyword that begins with word i: its end, and the node where
 * it ends; i when there is none.
 */
static size_t
keywords_longest(
    const struct keywords *k, const struct words *w, size_t i, uint32_t *node)
{
	fold_marks marks = 0;
	uint32_t   at = NONE, list;
	size_t	   j, b, end = i;

	for (j = i; j < w->n; j++) {
		for (b = 0; b < w->word[j].n; b++) {
			at = node_find(k, at, w->word[j].p[b]);
			if (at == NONE)
				return (end);
		}
		marks += w->word[j].marks;
		for (list = k->nodes[at].keyword; list != NONE;
		     list = k->list[list].next) {
			if (k->list[list].marks != 0 &&
			    !fold_marks_within(marks, k->list[list].marks))
				continue;
			end = j + 1;
			*node = at;
			break;
		}
	}
	return (end);
}

/* Marks every keyword that ends at the node and whose marks agree. */
static void
keywords_note(const struct keywords *k, const struct words *w, size_t i,
    size_t end, uint32_t node, uint8_t *found, uint8_t worth)
{
	fold_marks marks = 0;
	uint32_t   at;

	for (; i < end; i++)
		marks += w->word[i].marks;
	for (at = k->nodes[node].keyword; at != NONE; at = k->list[at].next)
		if ((k->list[at].marks == 0 ||
			fold_marks_within(marks, k->list[at].marks)) &&
		    found[at] < worth)
			found[at] = worth;
}

static void
keywords_scan_one(const struct keywords *k, struct words *w, const char *s,
    uint8_t *found, uint8_t worth)
{
	uint32_t node = NONE;
	size_t	 i, end, covered = 0;

	if (s == NULL)
		return;
	words_read(w, k, s);
	for (i = 0; i < w->n; i++) {
		end = keywords_longest(k, w, i, &node);
		if (end <= covered || end == i)
			continue;
		covered = end;
		keywords_note(k, w, i, end, node, found, worth);
	}
}

void
keywords_scan(const struct keywords *k, const char *subject, const char *text,
    bool teencode, uint8_t *found)
{
	struct words w;

	w.teencode = teencode;
	keywords_scan_one(k, &w, subject, found, 2);
	keywords_scan_one(k, &w, text, found, 1);
}
