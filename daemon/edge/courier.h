/*
 * What deskd sends to others, by libcurl: mail by SMTP submission (RFC 6409),
 * over at most four connections that take many mails each, and HTTP requests,
 * each over one of its own.  Nothing here blocks; every transfer has a
 * deadline.
 *
 * A mail is never sent twice by us: until its last byte is let go, a failure
 * means that it was not sent (COURIER_LATER); from then on, without the
 * peer's word, nobody knows (COURIER_UNKNOWN; RFC 1047).  So that a daemon
 * that is killed leaves the same knowledge behind, the courier stops before
 * the last bytes and asks: it goes on with courier_go_on(), when that moment
 * is on record.
 *
 * With guard, a request goes to public addresses only: the address is checked
 * as the connection is made, after its name was looked up, so that no second
 * look-up can bring another (SSRF); redirects are never followed.  HTTP is
 * never repeated by libcurl either: a connection is used once.
 */
#ifndef EDGE_COURIER_H
#define EDGE_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct courier;
struct event_base;

enum courier_how {
	COURIER_DONE,	/* the peer took it */
	COURIER_LATER,	/* not sent: 4yz, 429, 5xx of HTTP, no connection */
	COURIER_NEVER,	/* refused for good: 5yz of SMTP, other 4xx of HTTP */
	COURIER_UNKNOWN /* the peer vanished before it answered */
};

struct courier_result {
	enum courier_how how;
	long		 status; /* of SMTP or HTTP; 0: none came */
	const char	*words;	 /* what the peer, or libcurl, said; one line */
	const char	*body;	 /* HTTP: the answer, cut at max_answer */
	size_t		 n;
	long		 retry; /* seconds of Retry-After, 0: none */
};

/* From the loop, never from within the asking call. */
typedef void courier_got(
    void *arg, uint64_t ref, const struct courier_result *);
/* All but the mail's end is with the peer: courier_go_on() lets it go. */
typedef void courier_ready(void *arg, uint64_t ref);

struct courier_mail {
	const char	  *url;	     /* smtp://host:port or smtps://host:port */
	bool		   starttls; /* no mail without it */
	const char	  *ca;	     /* PEM file, NULL: the system's */
	const char	  *user, *password; /* NULL: no AUTH */
	const char	  *helo;
	const char	  *from; /* MAIL FROM without <>; "": <> */
	const char *const *rcpts;
	size_t		   nrcpts;
	const uint8_t	  *bytes; /* the mail, lines ending in CRLF; lives on */
	size_t		   n;	  /* until got() */
	int64_t		   timeout_ms; /* for each answer of the peer */
};

struct courier_post {
	const char	  *method;
	const char	  *url;
	const char *const *headers; /* "Name: value" */
	size_t		   nheaders;
	const char	  *body; /* copied */
	size_t		   n;
	bool		   guard;
	const char *allowed; /* this one also there; NULL: nowhere else */
	const char *ca;
	int64_t	    timeout_ms; /* for the whole */
	size_t	    max_answer;
};

/*
 * allowed: addresses and networks ("10.1.0.0/16 ::1"), blank between, that
 * guarded requests may go to though they are not public; "" for none.
 */
struct courier *courier_open(
    struct event_base *, const char *allowed) MUSTCHECK;
/*
 * Both: an id for courier_go_on() and courier_stop(), 0 when too many wait or
 * something cannot be sent (a control character in a header or an address).
 */
uint64_t courier_mail(struct courier *, const struct courier_mail *,
    courier_ready *, courier_got *, void *arg, uint64_t ref) MUSTCHECK;
uint64_t courier_post(struct courier *, const struct courier_post *,
    courier_got *, void *arg, uint64_t ref) MUSTCHECK;
void	 courier_go_on(struct courier *, uint64_t id);
/* No got() comes, and nothing of the caller's is used any more. */
void   courier_stop(struct courier *, uint64_t id);
size_t courier_busy(const struct courier *); /* transfers under way */
void   courier_close(struct courier *);

#endif
