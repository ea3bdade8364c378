/*
 * Promises in an agent's own words, Vietnamese (with or without diacritics)
 * or English: "em gọi lại lúc 15h", "thứ 6 giao", "I'll let you know
 * tomorrow".  A promise is something that the writer, or his company, will
 * do by a moment that can be told.  What is found is offered to whoever wrote
 * it, so in doubt nothing is: questions, conditions, what is denied, hoped,
 * past, quoted or asked of the customer are none.
 */
#ifndef DESK_PROMISEWORD_H
#define DESK_PROMISEWORD_H

#include <stddef.h>
#include <stdint.h>
#include "daytime.h"

#define PROMISEWORD_MAX 8 /* of one text; further ones are left out */

struct promiseword {
	const char	  *kind; /* callback, answer, delivery, refund, repair,
				    other */
	size_t		   from; /* bytes of the text: the words of the deed
				    and of its moment, and what is between */
	size_t		   to;
	int64_t		   due; /* seconds since 1970 */
	enum daytime_grain grain;
	unsigned	   business; /* see struct daytime */
};

/*
 * The promises of the text in the order of their words; returns how many.
 * Of a long text the last TALK_WORDS words count.
 */
size_t promiseword_find(struct promiseword[PROMISEWORD_MAX], const char *,
    size_t n, const struct daytime_now *);

#endif
