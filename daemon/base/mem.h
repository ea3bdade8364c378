/*
 * Memory by lifetime: what lives as long as the process (xmalloc: dies when
 * there is none), and what lives as long as one event or one request (an
 * arena: capped, freed in one call, and full is an ordinary answer).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include "def.h"

/* Never NULL; exits with status 70 (EX_SOFTWARE) when memory is out. */
void *xmalloc(size_t) MUSTCHECK;
void *xcalloc(size_t, size_t) MUSTCHECK;
void *xreallocarray(void *, size_t, size_t) MUSTCHECK;
char *xstrdup(const char *) MUSTCHECK;
char *xstrndup(const char *, size_t) MUSTCHECK;

/*
 * Gives what is free back to the system, where the system has a way: what
 * many large peers at once needed is not kept when they are gone.
 */
void mem_return(void);

struct arena_block;

/*
 * An arena gives memory until its cap (bytes, counted over all it gave)
 * and takes all of it back in arena_free().  Zero-initialise, then set cap.
 */
struct arena {
	struct arena_block *top;
	size_t		    cap;
	size_t		    total;
};

void arena_init(struct arena *, size_t cap);
void arena_free(struct arena *);

/* Zeroed memory aligned for any type; NULL only past the cap. */
void *arena_get(struct arena *, size_t) MUSTCHECK;
/* Copies; the result ends in NUL.  NULL only past the cap. */
char *arena_dup(struct arena *, const char *, size_t) MUSTCHECK;
char *arena_str(struct arena *, const char *) MUSTCHECK;
char *arena_printf(struct arena *, const char *, ...)
    PRINTFLIKE(2, 3) MUSTCHECK;

#endif
