/*
 * A private PostgreSQL and a private Redis for one test program, on unix
 * sockets in a directory of its own: no ports, nobody else's data.  They may
 * be killed and stopped at will; they die with the program.
 *
 * And a loop that runs until something is so, or fails after 20 s.
 */
#ifndef TESTS_UNIT_SERVERS_H
#define TESTS_UNIT_SERVERS_H

#include "unit.h"
#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include "base/clock.h"

#define UNTIL_MS 120000

static char		  dir[64];
static pid_t		  postmaster, redis_pid;
static struct event_base *base;
static struct event	 *beat; /* so that a quiet loop turns, too */
static int64_t		  longest_turn_us;

#define UNUSED __attribute__((unused))

/* Loop --------------------------------------------------------------------- */

static void
on_beat(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static UNUSED void
loop_open(void)
{
	struct timeval tv = { .tv_usec = 10000 };

	signal(SIGPIPE, SIG_IGN);
	clock_tick();
	base = event_base_new();
	beat = event_new(base, -1, EV_PERSIST, on_beat, NULL);
	event_add(beat, &tv);
}

static UNUSED void
loop_close(void)
{
	event_free(beat);
	event_base_free(base);
	libevent_global_shutdown();
}

static UNUSED void
loop_once(void)
{
	int64_t before = clock_micros();

	event_base_loop(base, EVLOOP_ONCE);
	clock_tick();
	if (clock_micros() - before > longest_turn_us)
		longest_turn_us = clock_micros() - before;
}

/* Turns the loop until the condition holds. */
#define UNTIL(cond)                                                     \
	do {                                                            \
		int64_t until_end = clock_micros() + UNTIL_MS * 1000;   \
		while (!(cond)) {                                       \
			if (clock_micros() > until_end)                 \
				fail_msg("not within 20 s: %s", #cond); \
			loop_once();                                    \
		}                                                       \
	} while (0)

/* Waits, without a loop, for what another process does. */
#define AWAIT(cond)                                                     \
	do {                                                            \
		int64_t until_end = clock_micros() + UNTIL_MS * 1000;   \
		while (!(cond)) {                                       \
			if (clock_micros() > until_end)                 \
				fail_msg("not within 20 s: %s", #cond); \
			poll_briefly();                                 \
		}                                                       \
	} while (0)

static UNUSED void
poll_briefly(void)
{
	struct timeval tv = { .tv_usec = 2000 };

	select(0, NULL, NULL, NULL, &tv);
}

/* Processes ---------------------------------------------------------------- */

/* Starts a program; as root, as nobody: PostgreSQL will not run as root. */
static UNUSED pid_t
start(const char *const *argv, int death)
{
	struct passwd *pw = getpwnam("nobody");
	pid_t	       pid = fork();
	int	       fd;

	if (pid != 0)
		return (pid);
	if (geteuid() == 0 &&
	    (pw == NULL || setgroups(0, NULL) != 0 || setgid(pw->pw_gid) != 0 ||
		setuid(pw->pw_uid) != 0))
		_exit(127);
	prctl(PR_SET_PDEATHSIG, death);
	if ((fd = open("/dev/null", O_RDWR)) != -1) {
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
	}
	if ((fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600)) != -1)
		dup2(fd, STDERR_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static UNUSED int
wait_for(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return (status);
}

static UNUSED void
dir_open(void)
{
	struct passwd *pw = getpwnam("nobody");

	snprintf(dir, sizeof dir, "/tmp/deskd-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	if (geteuid() == 0) {
		assert_non_null(pw);
		assert_int_equal(chown(dir, pw->pw_uid, pw->pw_gid), 0);
	}
	assert_int_equal(chdir(dir), 0); /* for the servers' own files */
}

static UNUSED void
dir_close(void)
{
	assert_int_equal(chdir("/"), 0);
	if (fork() == 0)
		execlp("rm", "rm", "-rf", dir, (char *)NULL);
	wait(NULL);
}

/* PostgreSQL --------------------------------------------------------------- */

static char pg_dsn[160];

/* Where initdb and postgres are: $PG_BIN, or Debian's newest. */
static const char *
pg_program(const char *name)
{
	static char path[256];
	glob_t	    g;

	if (getenv("PG_BIN") != NULL) {
		snprintf(path, sizeof path, "%s/%s", getenv("PG_BIN"), name);
		return (path);
	}
	snprintf(path, sizeof path, "/usr/lib/postgresql/*/bin/%s", name);
	if (glob(path, 0, NULL, &g) != 0)
		return (name);
	snprintf(path, sizeof path, "%s", g.gl_pathv[g.gl_pathc - 1]);
	globfree(&g);
	return (path);
}

static UNUSED void
pg_start(void)
{
	const char *argv[] = { pg_program("postgres"), "-D", "data", "-k", dir,
		"-c", "listen_addresses=", "-c", "max_connections=20", "-c",
		"shared_buffers=8MB", "-c", "dynamic_shared_memory_type=mmap",
		NULL };

	snprintf(
	    pg_dsn, sizeof pg_dsn, "host=%s user=desk dbname=postgres", dir);
	postmaster = start(argv, SIGQUIT);
	/* After kill -9 the old backends go first: then it is started anew. */
	AWAIT(PQping(pg_dsn) == PQPING_OK ||
	    (waitpid(postmaster, NULL, WNOHANG) == postmaster &&
		(postmaster = start(argv, SIGQUIT)) == 0));
}

static UNUSED void
pg_create(void)
{
	const char *argv[] = { pg_program("initdb"), "-D", "data", "-A",
		"trust", "-U", "desk", "--no-sync", "-E", "UTF8",
		"--locale=C.UTF-8", NULL };

	assert_int_equal(wait_for(start(argv, SIGKILL)), 0);
	pg_start();
}

static UNUSED void
pg_kill(int sig)
{
	kill(postmaster, sig);
	if (sig == SIGKILL || sig == SIGQUIT || sig == SIGINT)
		wait_for(postmaster);
}

/* Runs SQL on a connection of its own; the first value, or "". */
static UNUSED const char *
pg_sql(const char *sql)
{
	static char value[256];
	PGconn	   *c = PQconnectdb(pg_dsn);
	PGresult   *res = PQexec(c, sql);

	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	snprintf(value, sizeof value, "%s",
	    PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	PQfinish(c);
	return (value);
}

/* Redis -------------------------------------------------------------------- */

static char	     redis_path[96], redis_url_text[112];
static int	     redis_port;
static redisContext *redis_test; /* the test's own eyes */

/* A port of this machine that was free just now. */
static UNUSED int
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t	   n = sizeof a;
	int		   fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	close(fd);
	return (ntohs(a.sin_port));
}

static UNUSED bool
redis_connects(void)
{
	if (redis_test != NULL)
		redisFree(redis_test);
	redis_test = redisConnectUnix(redis_path);
	return (redis_test != NULL && redis_test->err == 0);
}

static UNUSED void
redis_start(void)
{
	char	    port[12];
	const char *argv[] = { "redis-server", "--port", port, "--bind",
		"127.0.0.1", "--unixsocket", redis_path, "--save", "",
		"--appendonly", "no", "--dir", dir, "--enable-debug-command",
		"yes", NULL };

	snprintf(redis_path, sizeof redis_path, "%s/redis.sock", dir);
	snprintf(redis_url_text, sizeof redis_url_text, "unix:%s", redis_path);
	redis_port = free_port();
	snprintf(port, sizeof port, "%d", redis_port);
	redis_pid = start(argv, SIGKILL);
	AWAIT(redis_connects());
}

static UNUSED void
redis_kill(int sig)
{
	kill(redis_pid, sig);
	if (sig == SIGKILL || sig == SIGTERM)
		wait_for(redis_pid);
}

/* The reply as one line of text: a list's items with blanks between. */
static void
reply_text(const redisReply *r, char *out, size_t size)
{
	size_t i, at = strlen(out);

	switch (r->type) {
	case REDIS_REPLY_INTEGER:
		snprintf(out + at, size - at, "%lld", r->integer);
		break;
	case REDIS_REPLY_ARRAY:
		for (i = 0; i < r->elements; i++) {
			at = strlen(out);
			if (i != 0 && at + 1 < size)
				strcpy(out + at, " ");
			reply_text(r->element[i], out, size);
		}
		break;
	case REDIS_REPLY_NIL:
		break;
	default:
		snprintf(out + at, size - at, "%s", r->str);
		break;
	}
}

static UNUSED const char *
redis_says(const char *command)
{
	static char out[4096];
	redisReply *r = redisCommand(redis_test, command);

	out[0] = '\0';
	if (r == NULL)
		fail_msg("%s: %s", command, redis_test->errstr);
	reply_text(r, out, sizeof out);
	freeReplyObject(r);
	return (out);
}

#endif
