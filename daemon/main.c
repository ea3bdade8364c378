/*
 * deskd: reads its settings, puts the daemon together in one straight list,
 * and turns the loop.  SIGTERM drains (a second one leaves at once), SIGHUP
 * reads settings and certificates again.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <event2/event.h>
#include <event2/thread.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "access.h"
#include "amiin.h"
#include "ask.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/hex.h"
#include "base/jobs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spill.h"
#include "chores.h"
#include "daemon.h"
#include "dues.h"
#include "desk/lexicon.h"
#include "desk/mail.h"
#include "desk/rules.h"
#include "edge/conn.h"
#include "edge/courier.h"
#include "edge/hmac.h"
#include "edge/site.h"
#include "edge/tls.h"
#include "edge/totp.h"
#include "feed.h"
#include "hookout.h"
#include "ingest.h"
#include "listeners.h"
#include "loads.h"
#include "mailout.h"
#include "moods.h"
#include "opdo.h"
#include "outbound.h"
#include "offer.h"
#include "outbox.h"
#include "pace.h"
#include "presence.h"
#include "route/route.h"
#include "settings.h"
#include "statefile.h"
#include "stats.h"
#include "stmts.h"
#include "store/pool.h"
#include "store/redis.h"
#include "testmail.h"
#include "visits.h"
#include "widget.h"

/* Every key in Redis begins with it: one hash tag, one slot of a Cluster. */
#define PREFIX "{desk}"

#define DRAIN_MS     30000
#define MAIL_THREADS 2
#define HASH_THREADS 1 /* each hash takes 19 MiB while it runs */
#define HASH_WAITING 8
/* The feed's link waits in XREAD by design; see route.c. */
#define FEED_ANSWER_MS 15000

static struct daemon	 d;
static const char	*conf_path;
static struct listeners *listeners;
static int64_t		 drain_until;
static bool		 leave;

static void
usage(void)
{
	fprintf(stderr, "usage: deskd [-dnov] [-f file]\n");
	exit(2);
}

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	if (d.draining) {
		leave = true;
		return;
	}
	log_info("deskd draining: %u peers, %zu events, %zu operations",
	    listeners_count(listeners), ingest_waiting(d.ingest), ask_count());
	FAILPOINT("draining");
	d.draining = true;
	drain_until = clock_now() + DRAIN_MS;
	listeners_stop(listeners);
	outbound_drain(d.outbound);
#ifdef HAVE_LIBSYSTEMD
	sd_notify(0, "STOPPING=1");
#endif
}

/* The whole is read and checked before any of it counts. */
static void
on_hup(evutil_socket_t fd, short what, void *arg)
{
	struct settings *next;
	const char	*name, *wrong;
	char		 fault[400];

	(void)fd;
	(void)what;
	(void)arg;
	next = settings_read(conf_path, fault, sizeof fault);
	if (next == NULL) {
		log_error("settings kept as they were: %s", fault);
		return;
	}
	if ((name = settings_needs_restart(d.settings, next)) != NULL) {
		log_error(
		    "settings kept as they were: %s needs a restart", name);
		settings_free(next);
		return;
	}
	settings_free(d.settings);
	d.settings = next;
	if (d.tls != NULL && !tls_reload(d.tls, &wrong))
		log_error("certificate kept as it was: %s", wrong);
	mailout_reload(&d);
	d.changed = true;
	log_info("settings read again");
}

static void
on_jobs(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	jobs_reap(arg);
}

static void
watch(evutil_socket_t fd, short			      what,
    void (*fn)(evutil_socket_t, short, void *), void *arg)
{
	struct event *ev = event_new(d.base, fd, what | EV_PERSIST, fn, arg);

	if (ev == NULL || event_add(ev, NULL) == -1)
		fatal("event loop: cannot watch %d", (int)fd);
}

static void
on_redis(void *arg)
{
	(void)arg;
	route_load(d.route);
}

static void
on_redis_feed(void *arg)
{
	(void)arg;
	feed_follow(d.feed);
}

static void
on_lost(void *arg)
{
	(void)arg;
	chores_lost(d.chores);
}

/* (Before there are chores the first of them asks anyway.) */
static void
on_due(void *arg, int64_t ms)
{
	(void)arg;
	if (d.chores != NULL)
		chores_due(d.chores, ms);
}

static void
on_assign(void *arg, int64_t ticket, const char *agent)
{
	(void)arg;
	offer_assign_now(&d, ticket, agent);
}

static void
on_note(void *arg, const struct route_note *note)
{
	(void)arg;
	if (d.presence != NULL)
		presence_note(d.presence, note);
}

static bool
link_ask(void *link, uint64_t id, int argc, const char *const *argv,
    const size_t *lens, route_reply *got)
{
	return (redis_ask(link, id, argc, argv, lens, got));
}

static void
on_heard(const char *what)
{
	if (d.chores != NULL)
		chores_heard(d.chores, what);
}

static void
on_records(const char *which)
{
	route_records(d.route, which);
}

static struct pool *
open_pool(const char *name, int64_t size, int64_t answer_ms, int statement_ms,
    const struct pg_stmt *stmts, size_t nstmts, bool first)
{
	struct pool *pool;
	const char  *wrong;

	pool = pool_open(d.base,
	    &(struct pool_conf){ .name = name,
		.dsn = d.settings->postgres,
		.size = (unsigned)size,
		.answer_ms = answer_ms,
		.statement_ms = statement_ms,
		.stmts = stmts,
		.nstmts = nstmts,
		.listen = first ? DUES_LISTEN : NULL,
		.heard = on_heard,
		.records = first ? on_records : NULL },
	    &wrong);
	if (pool == NULL)
		fatal("postgres: %s", wrong);
	return (pool);
}

static void
open_stores(void)
{
	static struct redis_conf asks = { .name = "deskd" },
				 feed = { .name = "deskd-feed" };
	const struct pg_stmt *list;
	const char	     *wrong;
	size_t		      n;

	/* A mail's sender waits for minutes, a page for seconds. */
	d.pg_ingest = open_pool("deskd-ingest", d.settings->pg_ingest, 15000,
	    10000, stmts_ingest, ST_INGEST_COUNT, false);
	list = stmts_ops(&n);
	d.pg_ops = open_pool(
	    "deskd-ops", d.settings->pg_ops, 8000, 5000, list, n, true);
	list = stmts_search(&n);
	d.pg_search = open_pool("deskd-search", 1, 4000, 3000, list, n, false);

	asks.url = feed.url = d.settings->redis;
	asks.key = feed.key = PREFIX;
	asks.up = on_redis;
	feed.up = on_redis_feed;
	feed.answer_ms = FEED_ANSWER_MS;
	d.redis = redis_open(d.base, &asks, &wrong);
	if (d.redis == NULL)
		fatal("redis: %s", wrong);
	d.redis_feed = redis_open(d.base, &feed, &wrong);
	if (d.redis_feed == NULL)
		fatal("redis: %s", wrong);
	d.route =
	    route_open(&(struct route_conf){ .link = { d.redis, link_ask },
		.feed = { d.redis_feed, link_ask },
		.prefix = PREFIX,
		.records = true,
		.lost = on_lost,
		.due = on_due,
		.assign = on_assign,
		.note = on_note });
}

static void
open_tls(void)
{
	const char *wrong;

	if (d.settings->tls_cert[0] == '\0')
		return;
	d.tls = tls_open(d.settings->tls_cert, d.settings->tls_key, &wrong);
	if (d.tls == NULL)
		fatal("certificate: %s", wrong);
}

/* Without the key nobody is kept out but who has a second factor. */
static void
open_totp(void)
{
	uint8_t digest[SHA256_LEN];

	if (!totp_init())
		fatal("liboath does not start");
	if (statefile_key(&d, "totp.key", d.totp_key, sizeof d.totp_key) &&
	    sha256(digest, d.totp_key, sizeof d.totp_key))
		hex_put(d.totp_key_id, digest, 8);
}

/* Nobody else has it, nor has this host's next process. */
static void
name_daemon(void)
{
	uint8_t random[16];
	char	hex[33], host[40] = "";

	if (!random_bytes(random, sizeof random))
		fatal("no random bytes: a daemon needs a name of its own");
	hex_put(hex, random, sizeof random);
	gethostname(host, sizeof host - 1);
	snprintf(d.name, sizeof d.name, "%.30s/%s", host, hex);
}

/* Order is important: each stands on those above it. */
static void
start(void)
{
	mail_init();
	name_daemon();
	if ((d.base = event_base_new()) == NULL)
		fatal("event loop: none to be had");
	open_tls();
	d.jobs = jobs_open(MAIL_THREADS, 64);
	d.hashing = jobs_open(HASH_THREADS, HASH_WAITING);
	d.moods = moods_open(d.settings->mood_dir);
	if (d.moods == NULL)
		log_warn("customers' feelings are not read: mood_dir has no "
			 "words for them");
	open_stores();
	d.courier = courier_open(d.base, d.settings->outgoing_allow);
	d.outbox = outbox_open(&d);
	d.outbound = outbound_open(&d);
	d.hookout = hookout_open(&d);
	d.ingest = ingest_open(&d);
	d.feed = feed_open(&d);
	open_totp();
	d.access = access_open(&d);
	d.widget = widget_open(&d);
	d.pace = pace_open(&d);
	d.loads = loads_open(&d);
	d.visits = visits_open(&d);
	d.presence = presence_open(&d);
	d.amiin = amiin_open(&d);
	d.chores = chores_open(&d);
	d.site = site_open(d.settings->web_dir, d.settings->demo_shop);
	if ((listeners = listeners_open(&d)) == NULL)
		fatal("deskd cannot listen");
	watch(jobs_fd(d.jobs), EV_READ, on_jobs, d.jobs);
	watch(jobs_fd(d.hashing), EV_READ, on_jobs, d.hashing);
	watch(SIGTERM, EV_SIGNAL, on_term, NULL);
	watch(SIGINT, EV_SIGNAL, on_term, NULL);
	watch(SIGHUP, EV_SIGNAL, on_hup, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file's limit is an error as others */
}

/*
 * One turn.  Callbacks only note what happened; the work is done here, always
 * in this order: look at what came, answer what is known, file, tell Redis,
 * free.
 */
static void
turn(void)
{
	int64_t began;

	if (event_base_loop(d.base, EVLOOP_ONCE) == -1)
		fatal("event loop: it ended");
	clock_tick();
	began = clock_micros();
	do {
		listeners_turn(listeners);
		access_turn(d.access);
		opdo_turn();
	} while (opdo_pending() || access_pending(d.access));
	ingest_turn(d.ingest);
	outbox_turn(d.outbox);
	conn_reap();
	stats_turn(clock_micros() - began);
}

/* Everybody has his answer. */
static bool
drained(void)
{
	return (ingest_waiting(d.ingest) == 0 && ask_count() == 0 &&
	    outbound_flying(d.outbound) == 0 && amiin_waiting(d.amiin) == 0 &&
	    hookout_flying(d.hookout) == 0 && listeners_count(listeners) == 0);
}

static bool
ended(void)
{
	return (
	    d.draining && (leave || clock_now() > drain_until || drained()));
}

static void
stop(void)
{
	FAILPOINT("stopping");
	listeners_close(listeners);
	conn_reap();
	site_close(d.site);
	ask_close();
	testmail_close();
	chores_close(d.chores);
	presence_close(d.presence);
	visits_close(d.visits);
	loads_close(d.loads);
	pace_close(d.pace);
	widget_close(d.widget);
	amiin_close(d.amiin);
	access_close(d.access);
	feed_close(d.feed);
	ingest_close(d.ingest);
	outbound_close(d.outbound);
	outbox_close(d.outbox);
	hookout_close(d.hookout);
	courier_close(d.courier);
	route_close(d.route);
	redis_close(d.redis_feed);
	redis_close(d.redis);
	pool_close(d.pg_search);
	pool_close(d.pg_ops);
	pool_close(d.pg_ingest);
	jobs_close(d.hashing);
	jobs_close(d.jobs);
	tls_close(d.tls);
	rules_free(d.rules);
	lexicon_free(d.moods);
	settings_free(d.settings);
}

/*
 * What a login (19 MiB of argon2id), a large mail or a rush took goes back to
 * the system.  By itself glibc keeps it: a large block freed once makes it
 * serve the next of that size from the heap, and each thread has a heap.
 */
static void
keep_memory_small(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	mallopt(M_TRIM_THRESHOLD, 512 * 1024);
	mallopt(M_ARENA_MAX, 2);
#endif
}

/* Lines that nobody reads must not hold up the desk. */
static void
free_stderr(void)
{
	struct stat st;
	int	    flags = fcntl(STDERR_FILENO, F_GETFL);

	if (flags != -1 && fstat(STDERR_FILENO, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
}

int
main(int argc, char **argv)
{
	bool debug = false, check = false, whole;
	char wrong[400];
	int  c;

	while ((c = getopt(argc, argv, "df:nOov")) != -1) {
		switch (c) {
		case 'd':
			debug = true;
			break;
		case 'f':
			conf_path = optarg;
			break;
		case 'n':
			check = true;
			break;
		case 'o':
			settings_print(stdout);
			return (0);
		case 'O':
			settings_page(stdout);
			return (0);
		case 'v':
			printf("deskd %s\n", PACKAGE_VERSION);
			return (0);
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	/* The journal stamps its lines itself. */
	log_open(debug, getenv("JOURNAL_STREAM") == NULL);
	d.settings = settings_read(conf_path, wrong, sizeof wrong);
	if (d.settings == NULL)
		fatal("%s", wrong);
	if (check) {
		lexicon_free(moods_open(d.settings->mood_dir));
		return (0);
	}
	keep_memory_small();
	free_stderr();
	umask(077);
	if (!spill_open(d.settings->temp_dir))
		fatal(
		    "temp_dir: no file can be made there: %s", strerror(errno));
	failpoint_open();
	start();
	log_info("deskd %s ready: pid %d", PACKAGE_VERSION, (int)getpid());
#ifdef HAVE_LIBSYSTEMD
	sd_notify(0, "READY=1");
#endif
	while (!ended())
		turn();
	whole = drained();
	stop();
	log_info("deskd gone: %s", whole ? "drained" : "not all was answered");
	return (0);
}
