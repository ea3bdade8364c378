/*
 * The link where Redis is elsewhere tomorrow: real Sentinels that make
 * another one the master, and a real Cluster that moves our slot.
 */
#include "servers.h"
#include "base/def.h"
#include "store/redis.h"

#define KEY "{desk}"

/* A Redis, a Sentinel or a node of the Cluster, and the test's eyes on it. */
struct server {
	pid_t	      pid;
	int	      port;
	redisContext *c;
};

static struct server one, two, sentinel, node[3];

/*
 * A port below those that the kernel gives to connections: of several servers
 * that start one by one, none finds its port taken by another's client.
 */
static int
quiet_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int		   fd, port, taken;

	do {
		port = 20000 + (int)arc4random_uniform(12000);
		a.sin_port = htons((uint16_t)port);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		taken = bind(fd, (struct sockaddr *)&a, sizeof a);
		close(fd);
	} while (taken != 0);
	return (port);
}

/* Starts it with more arguments, which follow --port, on a port of its own. */
static void
server_start(struct server *s, const char *const *more)
{
	char	    port[12], file[32];
	const char *argv[32] = { "redis-server", "--port", port, "--bind",
		"127.0.0.1", "--save", "", "--appendonly", "no",
		"--repl-diskless-sync-delay", "0", "--dbfilename", file };
	size_t	    n = 13;

	while (*more != NULL)
		argv[n++] = *more++;
	if (s->port == 0)
		s->port = quiet_port();
	snprintf(port, sizeof port, "%d", s->port);
	/* A replica writes it: no other may find it. */
	snprintf(file, sizeof file, "%d.rdb", s->port);
	s->pid = start(argv, SIGKILL);
	AWAIT((s->c = redisConnect("127.0.0.1", s->port)) != NULL &&
	    (s->c->err == 0 || (redisFree(s->c), false)));
}

static void
server_kill(struct server *s)
{
	if (s->pid != 0) {
		redisFree(s->c);
		kill(s->pid, SIGKILL);
		wait_for(s->pid);
	}
	s->pid = 0;
}

/* What it answers, as one line. */
static const char *
says(const struct server *s, const char *format, ...)
{
	static char out[8192];
	va_list	    ap;
	redisReply *r;

	va_start(ap, format);
	r = redisvCommand(s->c, format, ap);
	va_end(ap);
	if (r == NULL)
		fail_msg("%s: %s", format, s->c->errstr);
	out[0] = '\0';
	reply_text(r, out, sizeof out);
	freeReplyObject(r);
	return (out);
}

/* The link ------------------------------------------------------------------ */

static char	text[256], wrong_text[256];
static unsigned answers, ups;

static void
on_reply(uint64_t id, const redisReply *reply, const char *err)
{
	(void)id;
	answers++;
	text[0] = '\0';
	if (reply != NULL)
		reply_text(reply, text, sizeof text);
	snprintf(wrong_text, sizeof wrong_text, "%s", err != NULL ? err : "");
}

static void
on_up(void *arg)
{
	(void)arg;
	ups++;
}

static struct redis *
open_link(const char *url)
{
	static struct redis_conf conf;
	const char		*wrong;
	struct redis		*r;

	conf = (struct redis_conf){
		.name = "unit", .url = url, .key = KEY, .up = on_up
	};
	ups = 0;
	r = redis_open(base, &conf, &wrong);
	assert_non_null(r);
	return (r);
}

/* The answer's text; whether it was taken and answered well is in it. */
static const char *
ask(struct redis *r, const char *a, const char *b, const char *c)
{
	const char *argv[] = { a, b, c };
	size_t	 lens[] = { strlen(a), strlen(b), c != NULL ? strlen(c) : 0 };
	unsigned n = answers;

	UNTIL(redis_ask(r, 1, c != NULL ? 3 : 2, argv, lens, on_reply));
	UNTIL(answers == n + 1);
	return (text);
}

/* The link is up with that one: a try of a link that goes may be lost. */
static bool
is_with(struct redis *r, const struct server *s)
{
	static const char *const argv[] = { "CONFIG", "GET", "port" };
	static const size_t	 lens[] = { 6, 3, 4 };
	unsigned		 n = answers;
	char			 port[20];

	if (!redis_ask(r, 1, 3, argv, lens, on_reply))
		return (false);
	UNTIL(answers == n + 1);
	snprintf(port, sizeof port, "port %d", s->port);
	return (strcmp(text, port) == 0);
}

/* Sentinels ----------------------------------------------------------------- */

/* A file that the Sentinel may write: it keeps what it learns there. */
static void
sentinel_file(void)
{
	struct passwd *pw = getpwnam("nobody");
	FILE	      *f = fopen("sentinel.conf", "w");

	assert_non_null(f);
	fprintf(f, "dir %s\n", dir);
	fclose(f);
	if (geteuid() == 0)
		assert_int_equal(
		    chown("sentinel.conf", pw->pw_uid, pw->pw_gid), 0);
}

/* A master, its replica and a Sentinel that knows of both. */
static void
sentinel_open(void)
{
	static const char *const none[] = { NULL };
	char			 port[24];
	char			 file[96];
	const char *const	 replica[] = { "--replicaof", port, NULL };
	const char *watch[] = { "redis-server", file, "--sentinel", "--port",
		port, NULL };

	server_start(&one, none);
	snprintf(port, sizeof port, "127.0.0.1 %d", one.port);
	server_start(&two, replica);
	AWAIT(strstr(says(&one, "INFO replication"), "state=online") != NULL);
	sentinel_file();
	snprintf(file, sizeof file, "%s/sentinel.conf", dir);
	sentinel.port = quiet_port();
	snprintf(port, sizeof port, "%d", sentinel.port);
	sentinel.pid = start(watch, SIGKILL);
	AWAIT((sentinel.c = redisConnect("127.0.0.1", sentinel.port)) != NULL &&
	    (sentinel.c->err == 0 || (redisFree(sentinel.c), false)));
	says(&sentinel, "SENTINEL MONITOR desk 127.0.0.1 %d 1", one.port);
	/* On a busy machine nobody is to be taken for dead yet. */
	says(&sentinel, "SENTINEL SET desk down-after-milliseconds 100000");
	says(&sentinel, "SENTINEL SET desk failover-timeout 5000");
	AWAIT(strstr(says(&sentinel, "SENTINEL REPLICAS desk"),
		  "master-link-status ok") != NULL);
}

/* The first that is named is not there, the second knows. */
static void
test_sentinel(void **state)
{
	char	      url[100];
	struct redis *r;

	(void)state;
	sentinel_open();
	snprintf(url, sizeof url, "sentinel://127.0.0.1:%d,127.0.0.1:%d/desk",
	    quiet_port(), sentinel.port);
	r = open_link(url);
	UNTIL(is_with(r, &one));
	assert_string_equal(ask(r, "SET", KEY ":a", "1"), "OK");
	assert_string_equal(ask(r, "WAIT", "1", "4000"), "1");

	/* The master dies; it was ours to find out who is master now. */
	server_kill(&one);
	says(&sentinel, "SENTINEL SET desk down-after-milliseconds 300");
	UNTIL(!redis_up(r));
	UNTIL(is_with(r, &two));
	assert_string_equal(ask(r, "GET", KEY ":a", NULL), "1");
	assert_string_equal(ask(r, "SET", KEY ":a", "2"), "OK");
	assert_true(ups >= 2);
	redis_close(r);
}

/* What a Sentinel calls master and is none is not asked for anything. */
static void
test_sentinel_wrong(void **state)
{
	static const char *const none[] = { NULL };
	char			 url[100];
	struct redis		*r;

	(void)state;
	snprintf(url, sizeof url, "sentinel://:guess@127.0.0.1:%d/other",
	    sentinel.port);
	r = open_link(url);
	UNTIL(strstr(redis_wrong(r), "knows no master other") != NULL);
	assert_null(strstr(redis_wrong(r), "guess"));
	assert_int_equal(ups, 0);
	redis_close(r);

	one.port = 0;
	server_start(&one, none);
	says(&one, "REPLICAOF 127.0.0.1 %d", two.port);
	says(&sentinel, "SENTINEL MONITOR fake 127.0.0.1 %d 2", one.port);
	snprintf(
	    url, sizeof url, "sentinel://127.0.0.1:%d/fake", sentinel.port);
	r = open_link(url);
	UNTIL(strstr(redis_wrong(r), "its role is slave") != NULL);
	assert_int_equal(ups, 0);
	redis_close(r);
}

/* Cluster ------------------------------------------------------------------- */

static void
node_start(struct server *s)
{
	char		  file[32], bus[12];
	const char *const more[] = { "--cluster-enabled", "yes",
		"--cluster-config-file", file, "--cluster-port", bus,
		"--cluster-node-timeout", "30000", NULL };

	s->port = quiet_port();
	snprintf(file, sizeof file, "nodes-%d.conf", s->port);
	snprintf(bus, sizeof bus, "%d", quiet_port());
	server_start(s, more);
	/* Each knows where its bus is; the others are told by MEET. */
	says(s, "CLUSTER SET-CONFIG-EPOCH %d", (int)(s - node) + 1);
	if (s != node)
		says(&node[0], "CLUSTER MEET 127.0.0.1 %d %s", s->port, bus);
}

static void
cluster_open(void)
{
	static const int first[] = { 0, 5000, 10000, 16384 };
	size_t		 i;

	for (i = 0; i < nitems(node); i++) {
		node_start(&node[i]);
		says(&node[i], "CLUSTER ADDSLOTSRANGE %d %d", first[i],
		    first[i + 1] - 1);
	}
	for (i = 0; i < nitems(node); i++)
		AWAIT(strstr(says(&node[i], "CLUSTER INFO"),
			  "cluster_state:ok") != NULL);
}

/* The one that serves the key; *slot is the key's. */
static size_t
owner(int *slot)
{
	*slot = atoi(says(&node[0], "CLUSTER KEYSLOT %s", KEY));
	return (*slot < 5000 ? 0 : *slot < 10000 ? 1 : 2);
}

static void
test_cluster(void **state)
{
	char	       url[100], id[2][64];
	struct server *from, *to;
	struct redis  *r;
	size_t	       at, i;
	int	       slot;

	(void)state;
	cluster_open();
	at = owner(&slot);
	from = &node[at];
	to = &node[(at + 1) % 3];
	snprintf(url, sizeof url, "cluster://127.0.0.1:%d", to->port);
	r = open_link(url); /* one node is enough, and it is another's key */
	UNTIL(is_with(r, from));
	assert_int_equal(ups, 1);
	assert_string_equal(ask(r, "SET", KEY ":a", "1"), "OK");

	/* Half of it is here and half there: nothing is asked anywhere. */
	snprintf(id[0], sizeof id[0], "%s", says(from, "CLUSTER MYID"));
	snprintf(id[1], sizeof id[1], "%s", says(to, "CLUSTER MYID"));
	says(to, "CLUSTER SETSLOT %d IMPORTING %s", slot, id[0]);
	says(from, "CLUSTER SETSLOT %d MIGRATING %s", slot, id[1]);
	ask(r, "GET", KEY ":none", NULL);
	assert_non_null(strstr(wrong_text, "ASK "));
	UNTIL(strstr(redis_wrong(r), "refused: ASK") != NULL);
	assert_false(redis_up(r));
	assert_int_equal(ups, 1);

	/* It has arrived. */
	says(from, "MIGRATE 127.0.0.1 %d %s 0 5000", to->port, KEY ":a");
	says(to, "CLUSTER SETSLOT %d NODE %s", slot, id[1]);
	says(from, "CLUSTER SETSLOT %d NODE %s", slot, id[1]);
	UNTIL(is_with(r, to));
	assert_string_equal(ask(r, "GET", KEY ":a", NULL), "1");

	/* Under a link that is up: the answer says where it is now. */
	says(to, "CLUSTER SETSLOT %d MIGRATING %s", slot, id[0]);
	says(from, "CLUSTER SETSLOT %d IMPORTING %s", slot, id[1]);
	says(to, "MIGRATE 127.0.0.1 %d %s 0 5000", from->port, KEY ":a");
	for (i = 0; i < 2; i++)
		says(i == 0 ? from : to, "CLUSTER SETSLOT %d NODE %s", slot,
		    id[0]);
	ask(r, "GET", KEY ":a", NULL);
	assert_non_null(strstr(wrong_text, "MOVED "));
	UNTIL(is_with(r, from));
	assert_string_equal(ask(r, "GET", KEY ":a", NULL), "1");
	assert_int_equal(ups, 3);
	redis_close(r);
}

static int
setup(void **state)
{
	(void)state;
	dir_open();
	loop_open();
	return (0);
}

static int
teardown(void **state)
{
	size_t i;

	(void)state;
	loop_close();
	server_kill(&one);
	server_kill(&two);
	server_kill(&sentinel);
	for (i = 0; i < nitems(node); i++)
		server_kill(&node[i]);
	dir_close();
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentinel),
		cmocka_unit_test(test_sentinel_wrong),
		cmocka_unit_test(test_cluster),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
