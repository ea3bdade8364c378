/*
 * Named ends: which coming is the last, and that nothing else ends.
 */
#include "unit.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/failpoint.h"

static void
comes_to(const char *name, int times)
{
	while (times-- > 0)
		FAILPOINT(name);
}

/* True when a process armed so was killed by what it did. */
static bool
killed(const char *arm, const char *name, int times, bool skip)
{
	int   status, skipped = 0;
	pid_t pid = fork();

	if (pid == 0) {
		setenv("DESKD_FAILPOINT", arm, 1);
		failpoint_open();
		if (!skip)
			comes_to(name, times);
		else
			while (times-- > 0)
				skipped += FAILPOINT_SKIP(name);
		_exit(skipped);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), skip ? 1 : 0);
	return (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
test_end(void **state)
{
	(void)state;
	assert_true(killed("here", "here", 1, false));
	assert_true(killed("here:3", "here", 3, false));
	assert_false(killed("here:3", "here", 2, false));
	assert_false(killed("here", "there", 9, false));
	assert_false(killed("", "", 9, false));
}

static void
test_skip(void **state)
{
	(void)state;
	assert_false(killed("here:2", "here", 2, true));
	assert_true(killed("here:2", "here", 3, true));
	comes_to("here", 9); /* unarmed */
	assert_false(FAILPOINT_SKIP("here"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_skip),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
