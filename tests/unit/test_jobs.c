/*
 * The threads: work away from the loop, answers in its own thread, in order,
 * and a limit to what may wait.
 */
#include "unit.h"
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include "base/def.h"
#include "base/jobs.h"

static pthread_t loop;
static int	 finished;

struct task {
	int	  n;
	int	  result;
	int	  place; /* in the order of done() */
	pthread_t ran_in;
};

static void
task_work(void *arg)
{
	struct task *t = arg;

	t->ran_in = pthread_self();
	t->result = t->n * t->n;
}

static void
task_done(void *arg)
{
	struct task *t = arg;

	assert_true(pthread_equal(pthread_self(), loop));
	t->place = ++finished;
}

static void
reap_until(struct jobs *jobs, int n)
{
	struct pollfd p = { .fd = jobs_fd(jobs), .events = POLLIN };

	while (finished < n) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		jobs_reap(jobs);
	}
}

static void
test_all_are_done(void **state)
{
	static struct task tasks[200];
	struct jobs	  *jobs;
	size_t		   i;

	(void)state;
	finished = 0;
	jobs = jobs_open(3, nitems(tasks));
	for (i = 0; i < nitems(tasks); i++) {
		tasks[i].n = (int)i;
		assert_true(jobs_ask(jobs, task_work, task_done, &tasks[i]));
	}
	reap_until(jobs, (int)nitems(tasks));
	for (i = 0; i < nitems(tasks); i++) {
		assert_int_equal(tasks[i].result, i * i);
		assert_false(pthread_equal(tasks[i].ran_in, loop));
	}
	jobs_close(jobs);
}

static void
test_one_thread_keeps_order(void **state)
{
	static struct task tasks[50];
	struct jobs	  *jobs;
	size_t		   i;

	(void)state;
	finished = 0;
	jobs = jobs_open(1, nitems(tasks));
	for (i = 0; i < nitems(tasks); i++)
		assert_true(jobs_ask(jobs, task_work, task_done, &tasks[i]));
	reap_until(jobs, (int)nitems(tasks));
	for (i = 0; i < nitems(tasks); i++)
		assert_int_equal(tasks[i].place, i + 1);
	jobs_close(jobs);
}

/* A job that runs until it is let go. */
struct gate {
	pthread_barrier_t begun;
	pthread_barrier_t go;
};

static void
gate_work(void *arg)
{
	struct gate *g = arg;

	pthread_barrier_wait(&g->begun);
	pthread_barrier_wait(&g->go);
}

static void
gate_done(void *arg)
{
	(void)arg;
	finished++;
}

static void *
gate_open(void *arg)
{
	struct gate *g = arg;

	pthread_barrier_wait(&g->go);
	return (NULL);
}

static void
test_limit(void **state)
{
	pthread_t    opener;
	struct task  t[3] = { 0 };
	struct jobs *jobs;
	struct gate  g;

	(void)state;
	finished = 0;
	pthread_barrier_init(&g.begun, NULL, 2);
	pthread_barrier_init(&g.go, NULL, 2);
	jobs = jobs_open(1, 2);
	assert_true(jobs_ask(jobs, gate_work, gate_done, &g));
	pthread_barrier_wait(&g.begun);
	/* One runs, two wait, a third may not. */
	assert_true(jobs_ask(jobs, task_work, task_done, &t[0]));
	assert_true(jobs_ask(jobs, task_work, task_done, &t[1]));
	assert_false(jobs_ask(jobs, task_work, task_done, &t[2]));
	pthread_barrier_wait(&g.go);
	reap_until(jobs, 3);
	assert_true(jobs_ask(jobs, task_work, task_done, &t[2]));
	reap_until(jobs, 4);
	/* What never ran is told all the same: it frees its own. */
	assert_true(jobs_ask(jobs, gate_work, gate_done, &g));
	pthread_barrier_wait(&g.begun);
	assert_true(jobs_ask(jobs, task_work, task_done, &t[0]));
	assert_int_equal(pthread_create(&opener, NULL, gate_open, &g), 0);
	jobs_close(jobs);
	assert_int_equal(finished, 6);
	pthread_join(opener, NULL);
	pthread_barrier_destroy(&g.begun);
	pthread_barrier_destroy(&g.go);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_done),
		cmocka_unit_test(test_one_thread_keeps_order),
		cmocka_unit_test(test_limit),
	};

	loop = pthread_self();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
