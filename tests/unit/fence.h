/*
 * Bytes that end where a page begins that may not be touched: one read too
 * far is a crash.
 */
#ifndef UNIT_FENCE_H
#define UNIT_FENCE_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
	char  *pages;
	size_t size;
} fence;

/* A copy at the fence. */
static inline const char *
fenced(const char *p, size_t n)
{
	assert_true(n <= fence.size);
	return (memcpy(fence.pages + fence.size - n, p, n));
}

/* Room for that many bytes; a cmocka set-up ends with it. */
static inline int
fence_open(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	fence.size = (size / page + 1) * page;
	fence.pages = mmap(NULL, fence.size + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fence.pages == MAP_FAILED)
		return (1);
	return (mprotect(fence.pages + fence.size, page, PROT_NONE));
}

#endif
