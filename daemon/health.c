/*
 * /metrics, /healthz, /readyz; see health.h.
 */
#include <stdlib.h>
#include <string.h>

#include "amiin.h"
#include "ask.h"
#include "base/buf.h"
#include "base/mem.h"
#include "daemon.h"
#include "edge/conn.h"
#include "edge/http.h"
#include "edge/tls.h"
#include "feed.h"
#include "health.h"
#include "hookout.h"
#include "ingest.h"
#include "outbound.h"
#include "outbox.h"
#include "route/route.h"
#include "stats.h"
#include "store/pool.h"
#include "store/redis.h"
#include "visits.h"

struct health {
	struct daemon	   *d;
	struct http_server *server;
};

static void
health_say(struct health *h, uint64_t id, int status, const char *type,
    const char *text)
{
	http_answer(h->server, id,
	    &(struct http_answer){ .status = status,
		.type = type,
		.body = text,
		.n = strlen(text) });
}

static void
health_metrics(struct health *h, uint64_t id)
{
	struct daemon	 *d = h->d;
	struct pool_stats pg = pool_stats(d->pg_ops),
			  in = pool_stats(d->pg_ingest);
	struct buf b;

	buf_init(&b, 0);
	stats_write(&b);
	stats_gauge(&b, "postgres_up", "PostgreSQL connections that stand.",
	    pg.connected + in.connected);
	stats_gauge(&b, "redis_up", "Whether Redis answers.",
	    redis_up(d->redis) ? 1 : 0);
	stats_gauge(&b, "routing_ready", "Whether Redis holds the desk.",
	    route_ready(d->route) ? 1 : 0);
	stats_gauge(&b, "events_waiting", "Events not yet answered.",
	    (double)ingest_waiting(d->ingest));
	stats_gauge(&b, "operations_waiting", "Operations not yet answered.",
	    (double)ask_count());
	stats_gauge(&b, "postgres_waiting", "Statements not yet sent.",
	    (double)(pg.waiting + in.waiting));
	stats_gauge(&b, "outbox_pending", "Outbox rows not yet settled.",
	    (double)outbox_pending(d->outbox));
	outbound_gauges(d->outbound, &b);
	hookout_gauges(d->hookout, &b);
	stats_gauge(&b, "listeners", "Who listens to the feed.",
	    (double)feed_count(d->feed));
	stats_gauge(&b, "visitors",
	    "Conversations with a page open here, as Redis knows.",
	    (double)visits_count(d->visits));
	stats_gauge(&b, "config_version", "The configuration in force.",
	    (double)d->config);
	amiin_stats(d->amiin, &b);
	if (d->tls != NULL)
		stats_gauge(&b, "certificate_seconds",
		    "Until the certificate expires.",
		    (double)tls_expires(d->tls));
	health_say(h, id, 200, "text/plain; version=0.0.4", b.p);
	buf_free(&b);
}

/* One line for each thing that has to be there. */
static void
health_ready(struct health *h, uint64_t id)
{
	struct daemon *d = h->d;
	bool	       pg = pool_up(d->pg_ingest) && pool_up(d->pg_ops);
	bool	       good = pg && d->rules != NULL && !d->draining;
	struct buf     b;

	buf_init(&b, 0);
	buf_printf(&b, "postgres: %s\nredis: %s\nconfiguration: %s\n%s",
	    pg ? "ok" : "away",
	    route_ready(d->route)
		? "ok"
		: "away (mail and events are taken, routing waits)",
	    d->rules != NULL ? "ok" : "none applied (deskctl apply)",
	    d->draining ? "draining\n" : "");
	health_say(h, id, good ? 200 : 503, "text/plain", b.p);
	buf_free(&b);
}

static void
health_request(void *arg, const struct http_request *r)
{
	struct health *h = arg;

	if (strcmp(r->method, "GET") != 0)
		health_say(h, r->id, 405, "text/plain", "only GET\n");
	else if (strcmp(r->path, "/metrics") == 0)
		health_metrics(h, r->id);
	else if (strcmp(r->path, "/healthz") == 0)
		health_say(h, r->id, 200, "text/plain", "ok\n");
	else if (strcmp(r->path, "/readyz") == 0)
		health_ready(h, r->id);
	else
		health_say(h, r->id, 404, "text/plain", "no such page\n");
}

struct health *
health_open(struct daemon *d, const char *at, const char **wrong)
{
	struct health *h;

	h = xcalloc(1, sizeof *h);
	h->d = d;
	h->server = http_listen(d->base,
	    &(struct http_conf){
		.at = at, .request = health_request, .arg = h },
	    wrong);
	if (h->server == NULL) {
		free(h);
		return (NULL);
	}
	return (h);
}

void
health_close(struct health *h)
{
	http_close(h->server);
	conn_reap(); /* connections end through h */
	free(h);
}
