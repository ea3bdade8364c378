/*
 * The log: one line a happening, safe for a terminal, never waiting.
 */
#include "unit.h"
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"

/* Standard error is a pipe while a test looks. */
static int old_error, look;

static int
begin(void **state)
{
	int fds[2];

	(void)state;
	old_error = dup(STDERR_FILENO);
	if (pipe2(fds, O_NONBLOCK) == -1 || old_error == -1)
		return (-1);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	look = fds[0];
	return (0);
}

static int
end(void **state)
{
	(void)state;
	dup2(old_error, STDERR_FILENO);
	close(old_error);
	close(look);
	log_open(false, false);
	return (0);
}

static size_t
logged(char *out, size_t size)
{
	ssize_t n = read(look, out, size - 1);

	if (n < 0)
		n = 0;
	out[n] = '\0';
	return ((size_t)n);
}

static void
test_lines(void **state)
{
	char s[5000];

	(void)state;
	log_open(false, false);
	log_info("smtp-1 opens: %s", "10.0.0.7");
	log_warn("pg waits (%d)", 3);
	log_error("x");
	log_debug("unseen");
	logged(s, sizeof s);
	assert_string_equal(
	    s, "smtp-1 opens: 10.0.0.7\nwarning pg waits (3)\nerror x\n");
	log_open(true, true);
	log_debug("seen");
	assert_int_equal(logged(s, sizeof s), 25 + strlen("debug seen\n"));
	assert_int_equal(s[23], 'Z');
	assert_string_equal(s + 25, "debug seen\n");
}

static void
test_long_line_is_cut(void **state)
{
	char s[5000];

	(void)state;
	log_open(false, false);
	log_info("%4500d", 1);
	assert_true(logged(s, sizeof s) <= 4096);
	assert_int_equal(s[strlen(s) - 1], '\n');
	assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
}

/* A full pipe costs the line, not the loop. */
static void
test_full_pipe(void **state)
{
	uint64_t before = log_dropped();
	int	 i;

	(void)state;
	log_open(false, false);
	for (i = 0; i < 100; i++)
		log_info("%4000d", i);
	assert_true(log_dropped() > before);
}

static void
test_shown(void **state)
{
	const char *a, *b;
	char	    s[400];

	(void)state;
	a = log_shown("a\r\nb\x1b", 5);
	b = log_shown("c", 1);
	assert_string_equal(a, "a\\x0d\\x0ab\\x1b");
	assert_string_equal(b, "c");
	memset(s, 'x', sizeof s);
	a = log_shown(s, sizeof s);
	assert_int_equal(strlen(a), 203);
	assert_string_equal(log_shown("", 0), "");
}

static void
test_clock(void **state)
{
	char	s[25];
	int64_t a, b;

	(void)state;
	clock_rfc3339(s, sizeof s, INT64_C(1795335304123));
	assert_string_equal(s, "2026-11-22T08:15:04.123Z");
	clock_rfc3339(s, sizeof s, 0);
	assert_string_equal(s, "1970-01-01T00:00:00.000Z");
	clock_tick();
	a = clock_now();
	b = clock_micros();
	assert_int_equal(clock_now(), a); /* until the next tick */
	clock_tick();
	assert_true(clock_now() >= a);
	assert_true(clock_micros() >= b);
	assert_true(clock_wall() > INT64_C(1700000000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, begin, end),
		cmocka_unit_test_setup_teardown(
		    test_long_line_is_cut, begin, end),
		cmocka_unit_test_setup_teardown(test_full_pipe, begin, end),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_clock),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
