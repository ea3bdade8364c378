/*
 * The tests' own data: tests/unit/data.
 */
#ifndef TESTS_UNIT_DATA_H
#define TESTS_UNIT_DATA_H

#include "unit.h"
#include "base/mem.h"

/* A file, whole, by its name under tests/; `make check' says where that is. */
static char *
slurp(const char *path, size_t *n)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;
	long	    size;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	p = xmalloc((size_t)size + 1);
	*n = fread(p, 1, (size_t)size, f);
	p[*n] = '\0';
	fclose(f);
	return (p);
}

#endif
