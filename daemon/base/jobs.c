/*
 * A few threads for work that would hold up the loop; see jobs.h.
 */
#include <sys/eventfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "jobs.h"
#include "log.h"
#include "mem.h"

struct job {
	struct job *next;
	void (*work)(void *);
	void (*done)(void *);
	void *arg;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t	more;
	struct job     *todo;
	struct job    **todo_end;
	struct job     *finished;
	size_t		waiting;
	size_t		max;
	bool		closing;
	int		fd;
	unsigned	nthreads;
	pthread_t	threads[];
};

static void *
jobs_main(void *arg)
{
	struct jobs *jobs = arg;
	struct job  *j;
	uint64_t     one = 1;

	pthread_mutex_lock(&jobs->lock);
	for (;;) {
		while (jobs->todo == NULL && !jobs->closing)
			pthread_cond_wait(&jobs->more, &jobs->lock);
		if (jobs->closing)
			break;
		j = jobs->todo;
		if ((jobs->todo = j->next) == NULL)
			jobs->todo_end = &jobs->todo;
		jobs->waiting--;
		pthread_mutex_unlock(&jobs->lock);
		j->work(j->arg);
		pthread_mutex_lock(&jobs->lock);
		j->next = jobs->finished;
		jobs->finished = j;
		/* An eventfd's counter cannot fill up with ones. */
		if (write(jobs->fd, &one, sizeof one) == -1)
			log_warn("jobs tell: eventfd not written");
	}
	pthread_mutex_unlock(&jobs->lock);
	return (NULL);
}

struct jobs *
jobs_open(unsigned threads, size_t max)
{
	struct jobs *jobs;
	sigset_t     all, old;

	jobs = xcalloc(1, sizeof *jobs + threads * sizeof jobs->threads[0]);
	jobs->todo_end = &jobs->todo;
	jobs->max = max;
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->more, NULL);
	jobs->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (jobs->fd == -1)
		fatal("jobs open: no eventfd");
	/* Signals are the loop's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (; jobs->nthreads < threads; jobs->nthreads++)
		if (pthread_create(&jobs->threads[jobs->nthreads], NULL,
			jobs_main, jobs) != 0)
			fatal("jobs open: no thread");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return (jobs);
}

int
jobs_fd(const struct jobs *jobs)
{
	return (jobs->fd);
}

bool
jobs_ask(
    struct jobs *jobs, void (*work)(void *), void (*done)(void *), void *arg)
{
	struct job *j;

	pthread_mutex_lock(&jobs->lock);
	if (jobs->waiting >= jobs->max) {
		pthread_mutex_unlock(&jobs->lock);
		return (false);
	}
	j = xcalloc(1, sizeof *j);
	j->work = work;
	j->done = done;
	j->arg = arg;
	*jobs->todo_end = j;
	jobs->todo_end = &j->next;
	jobs->waiting++;
	pthread_cond_signal(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
	return (true);
}

void
jobs_reap(struct jobs *jobs)
{
	struct job *j, *next, *in_order = NULL;
	uint64_t    n;

	if (read(jobs->fd, &n, sizeof n) == -1)
		n = 0; /* nothing was told: the list is still right */
	pthread_mutex_lock(&jobs->lock);
	j = jobs->finished;
	jobs->finished = NULL;
	pthread_mutex_unlock(&jobs->lock);
	for (; j != NULL; j = next) {
		next = j->next;
		j->next = in_order;
		in_order = j;
	}
	for (j = in_order; j != NULL; j = next) {
		next = j->next;
		j->done(j->arg);
		free(j);
	}
}

void
jobs_close(struct jobs *jobs)
{
	struct job *j;
	unsigned    i;

	pthread_mutex_lock(&jobs->lock);
	jobs->closing = true;
	pthread_cond_broadcast(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
	for (i = 0; i < jobs->nthreads; i++)
		pthread_join(jobs->threads[i], NULL);
	jobs_reap(jobs);
	while ((j = jobs->todo) != NULL) {
		jobs->todo = j->next;
		j->done(j->arg);
		free(j);
	}
	close(jobs->fd);
	pthread_mutex_destroy(&jobs->lock);
	pthread_cond_destroy(&jobs->more);
	free(jobs);
}
