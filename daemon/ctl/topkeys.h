/*
 * What keys do in deskctl top.
 */
#ifndef CTL_TOPKEYS_H
#define CTL_TOPKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include "topmodel.h"

/* Beside characters: */
enum top_keys {
	TOP_UP = 0x200000,
	TOP_DOWN,
	TOP_PAGE_UP,
	TOP_PAGE_DOWN,
	TOP_HOME,
	TOP_END,
	TOP_ENTER,
	TOP_BACK, /* Esc, left */
	TOP_RUBOUT,
	TOP_TAB,
	TOP_NOTHING /* a key that means nothing here */
};

/* A key, as people call it, and what it does now. */
struct hint {
	const char *key, *word;
};

/* A character (a Unicode scalar value) or one of top_keys. */
void top_key(struct top *, int key);
/* What is typed or asked for now; false: nothing is. */
bool top_prompt(const struct top *, char *out, size_t);
/* The i-th key worth naming here; NULL: that was all. */
const struct hint *top_hint(const struct top *, int i);
/* The table of keys, for the page of help. */
const struct hint *top_help(int i);
/* "sales: paused", of the act that is asked. */
void top_act_done(const struct top *, char *out, size_t);
/* Where the last characters of the text begin that take so many columns. */
size_t utf8_tail(const char *, size_t columns);

#endif
