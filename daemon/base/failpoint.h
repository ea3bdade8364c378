/*
 * Named places where a test may have the daemon killed as kill -9 would:
 * DESKD_FAILPOINT=name[:count] in the environment arms one of them, and the
 * count-th coming there (the first when not given) is the end.  Nothing else
 * arms them; unarmed, a place costs one branch that is never taken.
 */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#include <stdbool.h>

extern bool failpoint_armed;

/* Reads the environment; once, at start. */
void failpoint_open(void);
/* Counts a coming to the place; does not return from the one it is armed for. */
void failpoint_at(const char *name);
/*
 * For an end one turn later: true the first time that the place's count is
 * reached (the caller goes on without what it was about to do), and the next
 * coming is the end.
 */
bool failpoint_skip(const char *name);

#define FAILPOINT(name)                     \
	do {                                \
		if (failpoint_armed)        \
			failpoint_at(name); \
	} while (0)
#define FAILPOINT_SKIP(name) (failpoint_armed && failpoint_skip(name))

#endif
