/*
 * The deskctl that was built, run against a daemon of our own making: what
 * it asks for which words, what it prints, and how it ends.
 */
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/resp.h"

#define WORDS_MAX 16

/* What the daemon answers to the requests after HELLO, in order. */
struct play {
	const char	  *input; /* on deskctl's standard input */
	const char *const *answers;
	bool		   hangs_up; /* after the last answer */
};

static char	  dir[] = "/tmp/deskctl-test-XXXXXX";
static char	  path[64];
static struct buf asked; /* "TICKET.GET|5\n..." */
static struct buf out, err;

static void
note_request(const struct resp_request *r)
{
	size_t i;

	for (i = 0; i < r->argc; i++) {
		buf_str(&asked, i > 0 ? "|" : "");
		buf_add(&asked, r->argv[i].p, r->argv[i].n);
	}
	buf_char(&asked, '\n');
}

static void
say(int fd, const char *s)
{
	assert_int_equal(
	    send(fd, s, strlen(s), MSG_NOSIGNAL), (ssize_t)strlen(s));
}

/* The daemon's side, until the other hangs up. */
static void
serve(int fd, const struct play *play)
{
	struct resp_request r;
	struct buf	    in = { 0 };
	char		    chunk[4096];
	ssize_t		    n, took;
	size_t		    at = 0;

	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0) {
		buf_add(&in, chunk, (size_t)n);
		while (in.n > 0 &&
		    (took = resp_request(&r, in.p, in.n, &resp_known)) > 0) {
			if (resp_is(&r, 0, "HELLO")) {
				say(fd, "%1\r\n$5\r\nproto\r\n:3\r\n");
			} else {
				note_request(&r);
				assert_non_null(play->answers[at]);
				say(fd, play->answers[at++]);
				if (play->answers[at] == NULL && play->hangs_up)
					shutdown(fd, SHUT_WR);
			}
			buf_drop(&in, (size_t)took);
		}
	}
	buf_free(&in);
	close(fd);
}

static void
read_file(struct buf *b, FILE *f)
{
	char   chunk[4096];
	size_t n;

	buf_reset(b);
	buf_str(b, "");
	rewind(f);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(b, chunk, n);
	fclose(f);
}

static void
child(const char *const *words, const char *input, FILE *o, FILE *e)
{
	const char *argv[WORDS_MAX + 4] = { getenv("DESKCTL"), "-S", path };
	int	    i, fds[2];

	for (i = 0; words[i] != NULL && i < WORDS_MAX; i++)
		argv[i + 3] = words[i];
	if (pipe(fds) == -1 ||
	    write(fds[1], input, strlen(input)) != (ssize_t)strlen(input))
		_exit(99);
	close(fds[1]);
	alarm(20); /* outlives exec: nothing here hangs for ever */
	dup2(fds[0], STDIN_FILENO);
	dup2(fileno(o), STDOUT_FILENO);
	dup2(fileno(e), STDERR_FILENO);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(98);
}

/* Runs deskctl with the words; its exit status.  play NULL: no daemon. */
static int
run(const char *const *words, const struct play *play)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct pollfd	   p = { .events = POLLIN };
	FILE		  *o = tmpfile(), *e = tmpfile();
	int		   status, fd = -1;
	pid_t		   pid;

	buf_reset(&asked);
	buf_str(&asked, "");
	unlink(path);
	if (play != NULL) {
		strcpy(sun.sun_path, path);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(
		    bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
		assert_int_equal(listen(fd, 1), 0);
	}
	if ((pid = fork()) == 0)
		child(words,
		    play != NULL && play->input != NULL ? play->input : "", o,
		    e);
	assert_true(pid > 0);
	if (play != NULL) {
		p.fd = fd;
		/* It need not come: wrong words are found out before. */
		while (
		    poll(&p, 1, 50) == 0 && waitpid(pid, &status, WNOHANG) == 0)
			continue;
		if (p.revents & POLLIN)
			serve(accept(fd, NULL, NULL), play);
		close(fd);
	}
	if (waitpid(pid, &status, 0) == -1)
		assert_int_equal(errno, ECHILD);
	assert_true(WIFEXITED(status));
	read_file(&out, o);
	read_file(&err, e);
	return (WEXITSTATUS(status));
}

#define WORDS(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define PLAY(...)        \
	(&(struct play){ \
	    .answers = (const char *const[]){ __VA_ARGS__, NULL } })

#define OK_MAP "%1\r\n$2\r\nok\r\n#t\r\n"

static void
test_words(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *asked;
	} cases[] = {
		{ { "whoami" }, "WHOAMI\n" },
		{ { "ticket", "get", "5" }, "TICKET.GET|5\n" },
		{ { "ti", "tak", "5" }, "TICKET.TAKE|5\n" },
		{ { "TICKET", "LIST", "--queue", "sales", "--st", "new" },
		    "TICKET.LIST|queue|sales|state|new\n" },
		{ { "ticket", "note", "5", "two", "words", "--once", "x" },
		    "TICKET.NOTE|5|two words|once|x\n" },
		{ { "ticket", "note", "5", "--", "--", "x" },
		    "TICKET.NOTE|5|-- x\n" },
		{ { "search", "đơn", "hàng" }, "SEARCH|đơn hàng\n" },
		{ { "ticket", "tag", "5", "vip", "--off" },
		    "TICKET.TAG|5|vip|off|yes\n" },
		{ { "key", "add", "--role", "admin", "web" },
		    "KEY.ADD|web|role|admin\n" },
		{ { "event", "add", "{}" }, "EVENT.ADD|{}\n" },
		{ { "show", "queues" }, "QUEUE.LIST\n" },
		{ { "show", "ticket", "7" }, "TICKET.GET|7\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		assert_int_equal(run(cases[i].words, PLAY(OK_MAP)), 0);
		assert_string_equal(asked.p, cases[i].asked);
		assert_string_equal(err.p, "");
	}
}

static void
test_usage(void **state)
{
	static const char *const cases[][WORDS_MAX] = {
		{ "ticket" },
		{ "t" },
		{ "nothing" },
		{ "ticket", "take" },
		{ "ticket", "take", "5", "6" },
		{ "ticket", "list", "--colour", "red" },
		{ "ticket", "list", "--queue" },
		{ "apply" },
		{ "apply", "a", "b" },
		{ "import", "csv", "x" },
		{ "import", "cdr", "x", "--offset", "7" },
		{ "show" },
		{ "tail", "5" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		if (run(cases[i], PLAY(OK_MAP)) != 2)
			fail_msg("%s ...: %s", cases[i][0], err.p);
		assert_string_equal(asked.p, "");
		assert_string_equal(out.p, "");
		assert_true(err.n > 0);
	}
}

static void
test_ends(void **state)
{
	(void)state;
	assert_int_equal(run(WORDS("whoami"), NULL), 3);
	assert_non_null(strstr(err.p, "no daemon"));
	assert_int_equal(
	    run(WORDS("ticket", "get", "5"),
		PLAY("-NOTFOUND There is no such ticket \x1b[2J.\r\n")),
	    1);
	assert_string_equal(out.p, "");
	assert_string_equal(
	    err.p, "deskctl: There is no such ticket \\x1b[2J. (NOTFOUND)\n");
	/* The line is cut in the middle of an answer. */
	assert_int_equal(run(WORDS("whoami"),
			     &(struct play){ .answers = WORDS("$100\r\nabc"),
				 .hangs_up = true }),
	    3);
	assert_int_equal(run(WORDS("whoami"), PLAY("hello?\r\n")), 3);
}

/* What peers wrote is shown, and does nothing to a terminal. */
static void
test_shown(void **state)
{
	(void)state;
	assert_int_equal(run(WORDS("ticket", "list"),
			     PLAY("%1\r\n$7\r\ntickets\r\n*2\r\n"
				  "%3\r\n$7\r\nsubject\r\n$7\r\na\x1b[2J\tb\r\n"
				  "$6\r\nnumber\r\n:12\r\n$4\r\ntags\r\n*0\r\n"
				  "%2\r\n$6\r\nnumber\r\n:3\r\n$4\r\ntags\r\n"
				  "*2\r\n$1\r\nx\r\n$1\r\ny\r\n")),
	    0);
	assert_string_equal(
	    out.p, "number\tsubject\ttags\n12\ta\\x1b[2J\\x09b\t\n3\t\tx,y\n");
	assert_int_equal(run(WORDS("-j", "whoami"),
			     PLAY("%2\r\n$1\r\na\r\n*2\r\n,1.5\r\n_\r\n"
				  "$1\r\nb\r\n$2\r\n\x1b\xff\r\n")),
	    0);
	assert_string_equal(out.p, "{\"a\":[1.5,null],\"b\":\"\\u001B?\"}\n");
	assert_int_equal(
	    run(WORDS("queue", "list"),
		PLAY("%1\r\n$6\r\nqueues\r\n*3\r\n"
		     "%1\r\n$4\r\nname\r\n$1\r\na\r\n"
		     "%2\r\n$4\r\nname\r\n$1\r\nb\r\n"
		     "$5\r\ndrain\r\n%1\r\n$5\r\nempty\r\n#f\r\n"
		     "%2\r\n$4\r\nname\r\n$1\r\nc\r\n"
		     "$5\r\ndrain\r\n%1\r\n$5\r\nempty\r\n#t\r\n")),
	    0);
	assert_string_equal(
	    out.p, "name\tdrain\na\t\nb\tdraining\nc\tdrained\n");
}

static void
test_secret(void **state)
{
	(void)state;
	assert_int_equal(run(WORDS("user", "password", "an"),
			     &(struct play){ .input = "correct horse\nrest\n",
				 .answers = WORDS(OK_MAP) }),
	    0);
	assert_string_equal(asked.p, "USER.PASSWORD|an|correct horse\n");
	/* On the command line it is a word too many. */
	assert_int_equal(
	    run(WORDS("user", "password", "an", "correct horse"),
		&(struct play){ .input = "x\n", .answers = WORDS(OK_MAP) }),
	    2);
	assert_string_equal(asked.p, "");
	assert_int_equal(run(WORDS("user", "password", "an"), PLAY(OK_MAP)), 2);
}

static void
test_key_is_private(void **state)
{
	char  key[96];
	FILE *f;

	(void)state;
	snprintf(key, sizeof key, "%s/key", dir);
	f = fopen(key, "w");
	fputs("secret\n", f);
	fclose(f);
	chmod(key, 0644);
	assert_int_equal(run(WORDS("-k", key, "whoami"), PLAY(OK_MAP)), 1);
	assert_non_null(strstr(err.p, "chmod 600"));
	chmod(key, 0600);
	assert_int_equal(run(WORDS("-k", key, "whoami"), PLAY(OK_MAP)), 0);
	unlink(key);
}

static void
test_tail(void **state)
{
	(void)state;
	assert_int_equal(
	    run(WORDS("tail", "--from", "5-0"),
		&(struct play){ .answers = WORDS("+OK\r\n"
						 ">4\r\n$4\r\nfeed\r\n"
						 "$6\r\nnotice\r\n$3\r\n6-0\r\n"
						 "$53\r\n{\"kind\":\"event\","
						 "\"number\":12,\"queue\":"
						 "\"s\\u001b\",\"x\":{}}"
						 "\r\n"),
		    .hangs_up = true }),
	    3);
	assert_string_equal(asked.p, "FEED.SUBSCRIBE|OFFSET|5-0\n");
	assert_non_null(strstr(out.p, " event #12 s\\x1b\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_key_is_private),
		cmocka_unit_test(test_tail),
	};
	int failed;

	if (getenv("DESKCTL") == NULL || mkdtemp(dir) == NULL) {
		fputs("DESKCTL must name the deskctl to test\n", stderr);
		return (1);
	}
	snprintf(path, sizeof path, "%s/control", dir);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(dir);
	return (failed);
}
