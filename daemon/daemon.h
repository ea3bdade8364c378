/*
 * What one deskd is made of: made by main.c in one straight list, handed to
 * those who need it, gone in the reverse order.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stdint.h>

struct access;
struct amiin;
struct chat;
struct chores;
struct courier;
struct event_base;
struct feed;
struct hookout;
struct ingest;
struct jobs;
struct lexicon;
struct loads;
struct outbound;
struct outbox;
struct paces;
struct pool;
struct presence;
struct redis;
struct route;
struct rules;
struct settings;
struct site;
struct tls;
struct visits;
struct widget;

/* Mail of more bytes is parsed by a thread, not by the loop. */
#define DAEMON_THREAD_BYTES 65536

struct daemon {
	char		   name[72]; /* this process's, by which it leases */
	struct event_base *base;
	struct settings	  *settings;
	struct rules	  *rules;  /* NULL until the configuration was read */
	struct lexicon	  *moods;  /* NULL: feelings are not read */
	int64_t		   config; /* version of it */
	uint8_t		   token_key[32];   /* signs reply addresses */
	uint8_t		   totp_key[32];    /* seals second factors */
	char		   totp_key_id[17]; /* its name; "": there is none */

	struct pool  *pg_ingest;
	struct pool  *pg_ops;
	struct pool  *pg_search;
	struct redis *redis;	  /* asks */
	struct redis *redis_feed; /* the one that waits for news */
	struct route *route;

	struct jobs	*jobs;	  /* reads large mail */
	struct jobs	*hashing; /* passwords: slow on purpose */
	struct tls	*tls;	  /* NULL: no certificate */
	struct courier	*courier; /* sends to others */
	struct outbound *outbound;
	struct hookout	*hookout; /* tells other services */
	struct outbox	*outbox;
	struct ingest	*ingest;
	struct feed	*feed;
	struct access	*access;
	struct widget	*widget;
	struct paces	*pace;
	struct loads	*loads;
	struct visits	*visits;
	struct presence *presence;
	struct site	*site; /* the web client's files */
	struct chores	*chores;
	struct amiin	*amiin;	   /* calls from Asterisk */
	bool		 draining; /* SIGTERM came */
	bool		 changed;  /* rights or configuration: read anew */
	bool		 people;   /* Redis may not know who is here: tell it */
};

#endif
