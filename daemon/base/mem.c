/*
 * Memory by lifetime; see mem.h.
 */
#include <sysexits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "mem.h"

struct arena_block {
	struct arena_block *prev;
	size_t		    size;
	size_t		    used;
	max_align_t	    data[];
};

/* One event's strings mostly fit in one block of this size. */
#define ARENA_BLOCK 4000

static void NORETURN
mem_out(void)
{
	static const char words[] = "deskd: out of memory\n";

	/* Nothing that allocates may be called here. */
	if (write(STDERR_FILENO, words, sizeof words - 1) == -1)
		_exit(EX_OSERR);
	_exit(EX_SOFTWARE);
}

void *
xmalloc(size_t n)
{
	void *p;

	if ((p = malloc(n != 0 ? n : 1)) == NULL)
		mem_out();
	return (p);
}

void *
xcalloc(size_t n, size_t size)
{
	void *p;

	if ((p = calloc(n != 0 ? n : 1, size != 0 ? size : 1)) == NULL)
		mem_out();
	return (p);
}

void *
xreallocarray(void *old, size_t n, size_t size)
{
	void *p;

	if (n == 0 || size == 0)
		n = size = 1;
	if ((p = reallocarray(old, n, size)) == NULL)
		mem_out();
	return (p);
}

char *
xstrdup(const char *s)
{
	return (xstrndup(s, strlen(s)));
}

char *
xstrndup(const char *s, size_t n)
{
	char *p;

	p = xmalloc(n + 1);
	memcpy(p, s, n);
	p[n] = '\0';
	return (p);
}

void
mem_return(void)
{
#ifdef __GLIBC__
	/* It keeps whatever lies below the highest block in use. */
	malloc_trim(0);
#endif
}

void
arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){ .cap = cap };
}

void
arena_free(struct arena *a)
{
	struct arena_block *b;

	while ((b = a->top) != NULL) {
		a->top = b->prev;
		free(b);
	}
	a->total = 0;
}

void *
arena_get(struct arena *a, size_t n)
{
	struct arena_block *b = a->top;
	size_t		    size;
	void		   *p;

	if (n > a->cap)
		return (NULL);
	n = (n + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (n > a->cap - a->total)
		return (NULL);
	if (b == NULL || n > b->size - b->used) {
		size = n > ARENA_BLOCK ? n : ARENA_BLOCK;
		b = xmalloc(sizeof *b + size);
		*b = (struct arena_block){ .prev = a->top, .size = size };
		a->top = b;
	}
	p = (char *)b->data + b->used;
	b->used += n;
	a->total += n;
	return (memset(p, 0, n));
}

char *
arena_dup(struct arena *a, const char *s, size_t n)
{
	char *p;

	if (n == SIZE_MAX || (p = arena_get(a, n + 1)) == NULL)
		return (NULL);
	memcpy(p, s, n);
	p[n] = '\0';
	return (p);
}

char *
arena_str(struct arena *a, const char *s)
{
	return (arena_dup(a, s, strlen(s)));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char   *p;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_get(a, (size_t)n + 1)) == NULL)
		return (NULL);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (p);
}
