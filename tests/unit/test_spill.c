/*
 * Bytes that may become large: the same in memory and in a file, nothing
 * left on the disk, a full disk an answer.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "unit.h"
#include "base/def.h"
#include "base/mem.h"
#include "base/spill.h"

static char dir[] = "/var/tmp/deskd-spill-XXXXXX";

static unsigned
count(const char *path)
{
	DIR	*d = opendir(path);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return (n);
}

static uint8_t
byte_at(size_t i)
{
	return ((uint8_t)(i * 7 + i / 251));
}

static void
fill(struct spill *s, size_t n, size_t piece)
{
	uint8_t b[10000];
	size_t	i, at;

	assert_true(piece <= sizeof b);
	for (at = 0; at < n; at += piece) {
		if (piece > n - at)
			piece = n - at;
		for (i = 0; i < piece; i++)
			b[i] = byte_at(at + i);
		assert_true(spill_add(s, b, piece));
	}
	assert_int_equal(s->n, n);
}

static void
expect(struct spill *s, size_t n)
{
	size_t i;

	assert_true(spill_seal(s));
	assert_true(spill_seal(s));
	assert_int_equal(s->n, n);
	for (i = 0; i < n; i++)
		if (s->p[i] != byte_at(i))
			fail_msg("byte %zu of %zu", i, n);
}

static void
test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097,
		SPILL_MEMORY - 1, SPILL_MEMORY, SPILL_MEMORY + 1,
		3 * SPILL_MEMORY + 17 };
	static const size_t pieces[] = { 97, 4096, 9999 };
	struct spill	    s = { 0 };
	unsigned	    fds = count("/proc/self/fd");
	size_t		    i, k;

	(void)state;
	for (i = 0; i < nitems(sizes); i++)
		for (k = 0; k < nitems(pieces); k++) {
			fill(&s, sizes[i], pieces[k]);
			assert_int_equal(
			    spill_on_disk(&s) != 0, sizes[i] > SPILL_MEMORY);
			expect(&s, sizes[i]);
			/* Sealed, it holds no descriptor. */
			assert_int_equal(count("/proc/self/fd"), fds);
			/* What was passed can still be read. */
			spill_pass(&s, sizes[i] / 2);
			spill_pass(&s, sizes[i]);
			expect(&s, sizes[i]);
			spill_free(&s);
			assert_int_equal(s.n, 0);
		}
}

/* The file has no name, from its first byte on. */
static void
test_no_name(void **state)
{
	struct spill s = { 0 };
	unsigned     fds = count("/proc/self/fd");

	(void)state;
	fill(&s, 2 * SPILL_MEMORY, 5000);
	assert_int_equal(count("/proc/self/fd"), fds + 1);
	assert_int_equal(count(dir), 2);
	spill_free(&s); /* also when it was never sealed */
	assert_int_equal(count("/proc/self/fd"), fds);
	assert_int_equal(count(dir), 2);
}

static void
test_take(void **state)
{
	struct spill s = { 0 }, t;

	(void)state;
	fill(&s, 2 * SPILL_MEMORY, 5000);
	t = spill_take(&s);
	assert_int_equal(s.n, 0);
	spill_free(&s);
	expect(&t, 2 * SPILL_MEMORY);
	spill_free(&t);
	t = spill_of(xstrdup("abc"), 3);
	assert_true(spill_seal(&t));
	assert_memory_equal(t.p, "abc", 3);
	assert_int_equal(spill_in_memory(&t), 3);
	spill_free(&t);
	t = spill_of(NULL, 0);
	assert_true(spill_seal(&t));
	assert_null(t.p);
	spill_free(&t);
}

/* A disk without room says so, and what was in stays whole. */
static void
test_full(void **state)
{
	const size_t  fits = 2 * SPILL_MEMORY;
	struct rlimit was, now;
	struct spill  s = { 0 };
	uint8_t	      more[5000] = { 0 };

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	now = was;
	now.rlim_cur = fits + 100;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	fill(&s, fits, 4096);
	assert_false(spill_add(&s, more, sizeof more));
	assert_int_equal(errno, EFBIG);
	assert_false(spill_add(&s, more, sizeof more));
	expect(&s, fits);
	spill_free(&s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
}

/* No descriptor left, or no directory: refused, nothing lost. */
static void
test_no_file(void **state)
{
	struct rlimit was, none;
	struct spill  s = { 0 };
	uint8_t	      more[5000] = { 0 };

	(void)state;
	fill(&s, SPILL_MEMORY, 4096);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_false(spill_add(&s, more, sizeof more));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	expect(&s, SPILL_MEMORY);
	spill_free(&s);
	assert_false(spill_open("/var/tmp/there/is/none"));
	assert_true(spill_open(dir));
}

static int
setup(void **state)
{
	(void)state;
	return (mkdtemp(dir) != NULL && spill_open(dir) ? 0 : -1);
}

static int
teardown(void **state)
{
	(void)state;
	return (rmdir(dir)); /* fails unless it is empty */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_no_file),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
