/*
 * A private redis-server and the library in it; see server.h.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "server.h"
#include "sim/virtual_lua.h"

#define PREFIX	  "{desk}"
#define COME_UP	  1000 /* times 10 ms */
#define ANSWER_S  60
#define ARGS_MAX  32
#define FEED_ID	  64
#define ENDED	  "redis-server ended at once: is it version 7 or later?"
#define NO_ANSWER "redis-server does not answer"

struct server {
	redisContext *redis;
	pid_t	      pid;
	char	      dir[80]; /* "" once it is gone */
	char	      last[FEED_ID];
	char	      wrong[200];
};

static bool
server_fail(struct server *s, const char *why)
{
	snprintf(s->wrong, sizeof s->wrong, "%s", why);
	return (false);
}

/* The child's part: it must not outlive us. */
static void NORETURN
server_be(const char *dir, const char *path, const sigset_t *mask, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    null == -1)
		_exit(126);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
	    path, "--unixsocketperm", "700", "--save", "", "--appendonly", "no",
	    "--daemonize", "no", "--dir", dir, (char *)NULL);
	_exit(127);
}

static bool
server_ended(struct server *s)
{
	int status;

	if (waitpid(s->pid, &status, WNOHANG) != s->pid)
		return (false);
	s->pid = -1;
	server_fail(s,
	    WIFEXITED(status) && WEXITSTATUS(status) == 127
		? "there is no redis-server here: install it (redis-server)"
		: ENDED);
	return (true);
}

static bool
server_connect(struct server *s, const char *path)
{
	static const struct timespec pause = { 0, 10000000 };
	static const struct timeval  wait = { ANSWER_S, 0 };
	int			     i;

	for (i = 0; i < COME_UP; i++) {
		if (server_ended(s))
			return (false);
		s->redis = redisConnectUnix(path);
		if (s->redis != NULL && s->redis->err == 0)
			return (redisSetTimeout(s->redis, wait) == REDIS_OK);
		redisFree(s->redis);
		s->redis = NULL;
		nanosleep(&pause, NULL);
	}
	return (server_fail(s, NO_ANSWER));
}

static bool
server_up(struct server *s, const sigset_t *mask)
{
	const char *tmp = getenv("TMPDIR");
	char	    path[100];
	pid_t	    parent = getpid();
	bool	    good;

	if (tmp == NULL || *tmp != '/' || strlen(tmp) > 50)
		tmp = "/tmp";
	snprintf(s->dir, sizeof s->dir, "%s/deskctl-XXXXXX", tmp);
	if (mkdtemp(s->dir) == NULL) {
		snprintf(s->wrong, sizeof s->wrong, "%s: %s", s->dir,
		    strerror(errno));
		s->dir[0] = '\0';
		return (false);
	}
	snprintf(path, sizeof path, "%s/socket", s->dir);
	if ((s->pid = fork()) == 0)
		server_be(s->dir, path, mask, parent);
	good = s->pid != -1 ? server_connect(s, path)
			    : server_fail(s, strerror(errno));
	unlink(path);
	rmdir(s->dir);
	return (good);
}

static bool
server_load(struct server *s)
{
	redisReply *r = redisCommand(
	    s->redis, "FUNCTION LOAD %b", virtual_lua, sizeof virtual_lua - 1);
	bool good = r != NULL && r->type == REDIS_REPLY_STRING;

	if (!good)
		server_fail(s, r != NULL ? r->str : NO_ANSWER);
	freeReplyObject(r);
	return (good);
}

struct server *
server_start(char *wrong, size_t size)
{
	struct server *s = xcalloc(1, sizeof *s);
	sigset_t       ends, mask;
	bool	       good;

	/* Whoever ends us now waits until the directory is gone. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &mask);
	s->pid = -1;
	good = server_up(s, &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (good && server_load(s))
		return (s);
	snprintf(wrong, size, "%s", s->wrong);
	server_stop(s);
	return (NULL);
}

void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	redisFree(s->redis);
	if (s->pid != -1) {
		kill(s->pid, SIGKILL);
		while (waitpid(s->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	free(s);
}

/* Calls -------------------------------------------------------------------- */

static bool
reply_get(struct server *s, redisReply **to)
{
	void *got = NULL;

	if (redisGetReply(s->redis, &got) != REDIS_OK)
		return (server_fail(s, NO_ANSWER));
	*to = got;
	if ((*to)->type != REDIS_REPLY_ERROR)
		return (true);
	server_fail(s, (*to)->str);
	return (false);
}

static bool
reply_pass(struct server *s)
{
	redisReply *r = NULL;
	bool	    good = reply_get(s, &r);

	freeReplyObject(r);
	return (good);
}

static void
call_append(struct server *s, int argc, const char *const *argv)
{
	const char *words[ARGS_MAX + 3] = { "FCALL", argv[0], "1", PREFIX };
	int	    i;

	for (i = 1; i < argc && i < ARGS_MAX; i++)
		words[i + 3] = argv[i];
	redisAppendCommandArgv(s->redis, argc + 3, words, NULL);
}

static void
clock_append(struct server *s, int64_t now)
{
	redisAppendCommand(
	    s->redis, "SET " PREFIX ":clock %lld", (long long)now);
}

bool
server_empty(struct server *s, int64_t now)
{
	static const char *const begin[] = { "desk_rebuild_begin", "token", "",
		"0-0" },
				 *const end[] = { "desk_rebuild_end", "token",
					 "process" };
	int				i;

	snprintf(s->last, sizeof s->last, "0-0");
	redisAppendCommand(s->redis, "FLUSHALL");
	clock_append(s, now);
	call_append(s, nitems(begin), begin);
	call_append(s, nitems(end), end);
	for (i = 0; i < 4; i++)
		if (!reply_pass(s))
			return (false);
	return (true);
}

bool
server_call(struct server *s, int64_t now, int argc, const char *const *argv,
    struct redisReply **said, struct redisReply **news)
{
	const redisReply *newest;

	*said = *news = NULL;
	clock_append(s, now);
	call_append(s, argc, argv);
	redisAppendCommand(s->redis, "XRANGE " PREFIX ":feed (%s +", s->last);
	if (!reply_pass(s) || !reply_get(s, said) || !reply_get(s, news))
		return (false);
	if ((*news)->elements > 0) {
		newest = (*news)->element[(*news)->elements - 1];
		snprintf(
		    s->last, sizeof s->last, "%s", newest->element[0]->str);
	}
	return (true);
}

const char *
server_wrong(const struct server *s)
{
	return (s->wrong);
}
