/*
 * A DSN as keywords, its hosts resolved; see pgdsn.h.
 */
#include <sys/socket.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "pgdsn.h"

/* Addresses over all hosts: more than anybody's cluster has. */
#define ADDRESSES 64

/*
 * What stands here unless the DSN says otherwise: a peer that vanished
 * without a word is noticed within about 15 s, and Kerberos, whose library
 * blocks, is not tried unasked.
 */
static const struct {
	const char *key;
	const char *value;
} defaults[] = {
	{ "keepalives_idle", "5" },
	{ "keepalives_interval", "3" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "10000" },
	{ "gssencmode", "disable" },
};

static char pgdsn_error[256];

static void
pgdsn_set(struct pgdsn *d, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < d->n && strcmp(d->keys[i], key) != 0; i++)
		;
	if (i < d->n) {
		free(d->values[i]);
		d->values[i] = xstrdup(value);
		return;
	}
	d->keys = xreallocarray(d->keys, d->n + 2, sizeof *d->keys);
	d->values = xreallocarray(d->values, d->n + 2, sizeof *d->values);
	d->keys[d->n] = xstrdup(key);
	d->values[d->n] = xstrdup(value);
	d->n++;
	d->keys[d->n] = d->values[d->n] = NULL;
}

const char *
pgdsn_get(const struct pgdsn *d, const char *key)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (strcmp(d->keys[i], key) == 0)
			return (d->values[i]);
	return (NULL);
}

/* The i-th of a list with commas between; a list of one holds for all. */
static char *
item(const char *list, size_t i)
{
	const char *comma;

	if (list == NULL)
		return (xstrdup(""));
	for (; i > 0 && (comma = strchr(list, ',')) != NULL; i--)
		list = comma + 1;
	return (xstrndup(list, strcspn(list, ",")));
}

static size_t
count(const char *list)
{
	size_t n = 1;

	for (; *list != '\0'; list++)
		n += *list == ',';
	return (n);
}

/* The lists that libpq takes: one host, port and address for each try. */
struct tries {
	struct buf host, port, addr;
	size_t	   n;
};

static void
tries_add(struct tries *t, const char *host, const char *port, const char *addr)
{
	const char *comma = t->n++ != 0 ? "," : "";

	buf_printf(&t->host, "%s%s", comma, host);
	buf_printf(&t->port, "%s%s", comma, port);
	buf_printf(&t->addr, "%s%s", comma, addr);
}

static bool
tries_resolve(struct tries *t, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *ai;
	char		addr[NI_MAXHOST];
	int		e;

	if (host[0] == '\0' || host[0] == '/' || host[0] == '@') {
		tries_add(t, host, port, ""); /* a unix socket */
		return (true);
	}
	if ((e = getaddrinfo(host, NULL, &hints, &all)) != 0) {
		snprintf(pgdsn_error, sizeof pgdsn_error,
		    "host %s is not known: %s", log_shown(host, strlen(host)),
		    gai_strerror(e));
		return (false);
	}
	for (ai = all; ai != NULL && t->n < ADDRESSES; ai = ai->ai_next)
		if (getnameinfo(ai->ai_addr, ai->ai_addrlen, addr, sizeof addr,
			NULL, 0, NI_NUMERICHOST) == 0)
			tries_add(t, host, port, addr);
	freeaddrinfo(all);
	return (true);
}

/* Turns host into hostaddr; the names stay, for TLS to compare. */
static bool
pgdsn_resolve(struct pgdsn *d)
{
	const char  *hosts = pgdsn_get(d, "host"), *ports;
	struct tries t = { 0 };
	bool	     ok = true;
	size_t	     i, n;

	if (hosts == NULL || pgdsn_get(d, "hostaddr") != NULL)
		return (true);
	ports = pgdsn_get(d, "port");
	for (i = 0, n = count(hosts); i < n && ok; i++) {
		char *host = item(hosts, i), *port = item(ports, i);

		ok = tries_resolve(&t, host, port);
		free(host);
		free(port);
	}
	if (ok) {
		pgdsn_set(d, "host", t.host.p);
		pgdsn_set(d, "port", t.port.p);
		pgdsn_set(d, "hostaddr", t.addr.p);
	}
	buf_free(&t.host);
	buf_free(&t.port);
	buf_free(&t.addr);
	return (ok);
}

/* The first of the lists goes where the i-th was, and so on around. */
static void
pgdsn_turn(struct pgdsn *d, size_t i)
{
	static const char *const lists[] = { "host", "port", "hostaddr" };
	struct buf		 turned;
	size_t			 k, at;

	for (k = 0; k < nitems(lists); k++) {
		const char *list = pgdsn_get(d, lists[k]);

		if (list == NULL || count(list) != d->hosts)
			continue; /* one port for all */
		buf_init(&turned, 0);
		for (at = 0; at < d->hosts; at++) {
			char *one = item(list, (i + at) % d->hosts);

			buf_printf(&turned, "%s%s", at != 0 ? "," : "", one);
			free(one);
		}
		pgdsn_set(d, lists[k], turned.p);
		buf_free(&turned);
	}
}

/* What is empty in a list may be anything. */
static bool
item_is(const char *list, size_t i, const char *value)
{
	char *one = item(list, i);
	bool  is = one[0] == '\0' || (value != NULL && strcmp(one, value) == 0);

	free(one);
	return (is);
}

void
pgdsn_begin_with(struct pgdsn *d, const PGconn *conn, bool after)
{
	const char *host = pgdsn_get(d, "host"), *port = pgdsn_get(d, "port"),
		   *addr = pgdsn_get(d, "hostaddr");
	size_t i;

	for (i = 0; i < d->hosts; i++)
		if (item_is(host, i, PQhost(conn)) &&
		    item_is(port, i, PQport(conn)) &&
		    item_is(addr, i, PQhostaddr(conn)))
			break;
	if (i < d->hosts && (i + after) % d->hosts != 0)
		pgdsn_turn(d, i + after);
}

/* Of those that the DSN names, before names become addresses. */
static size_t
pgdsn_named(const struct pgdsn *d)
{
	const char *list = pgdsn_get(d, "host");

	if (list == NULL)
		list = pgdsn_get(d, "hostaddr");
	return (list != NULL ? count(list) : 1);
}

bool
pgdsn_open(
    struct pgdsn *d, const char *dsn, const char *name, const char **wrong)
{
	PQconninfoOption *all, *o;
	char		 *e = NULL;
	size_t		  i;

	*d = (struct pgdsn){ 0 };
	*wrong = pgdsn_error;
	if ((all = PQconninfoParse(dsn, &e)) == NULL) {
		/* Its message can quote the password: say less. */
		snprintf(pgdsn_error, sizeof pgdsn_error,
		    "this is no conninfo string and no postgresql:// URI");
		PQfreemem(e);
		return (false);
	}
	for (i = 0; i < nitems(defaults); i++)
		pgdsn_set(d, defaults[i].key, defaults[i].value);
	pgdsn_set(d, "application_name", name);
	for (o = all; o->keyword != NULL; o++)
		if (o->val != NULL)
			pgdsn_set(d, o->keyword, o->val);
	PQconninfoFree(all);
	pgdsn_set(d, "client_encoding", "UTF8");
	if (pgdsn_named(d) > 1 && pgdsn_get(d, "target_session_attrs") == NULL)
		pgdsn_set(d, "target_session_attrs", "primary");
	if (pgdsn_resolve(d)) {
		d->hosts = pgdsn_named(d);
		return (true);
	}
	pgdsn_free(d);
	return (false);
}

void
pgdsn_free(struct pgdsn *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->keys[i]);
		free(d->values[i]);
	}
	free(d->keys);
	free(d->values);
	*d = (struct pgdsn){ 0 };
}
