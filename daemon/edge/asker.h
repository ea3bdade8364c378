/*
 * One who asks over HTTP: a connection's owner.  It reads a head, then a
 * body, then asks its one question and waits; what is pipelined behind
 * stands unread until the answer is sent.  That alone keeps answers in order
 * and a greedy peer's backlog small.  For http.c and asker.c alone.
 */
#ifndef EDGE_ASKER_H
#define EDGE_ASKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/idmap.h"
#include "conn.h"
#include "http.h"
#include "proto/chunked.h"
#include "proto/http.h"

#define BODY_TOP   (32 * 1024 * 1024) /* whatever the caller allows */
#define STREAM_MAX (256 * 1024)	      /* unread: too slow to keep up */
#define PING_MS	   15000	      /* a stream's sign of life */

struct http_server {
	struct http_conf conf;
	struct listener *listener;
	struct idmap	 asked; /* id to struct asker */
	struct buf	 out;
	size_t		 held; /* bytes for bodies that are coming in */
	unsigned	 owners;
	bool		 stopping;
	bool		 closed; /* freed with its last connection */
};

/* A request while it is read and asked about. */
struct reading {
	struct http_head    head;
	char		   *bytes; /* the head, cut into strings */
	struct http_chunked chunks;
	struct buf	    body;
	int64_t		    began;
	uint64_t	    taken, max; /* of an upload */
};

/* A connection's owner. */
struct asker {
	struct http_server *server;
	struct conn	   *conn;
	struct reading	   *reading;
	uint64_t	    id;	    /* of what is asked, or streamed */
	size_t		    seen;   /* bytes of the head when last tried */
	size_t		    glance; /* bytes of it looked at for a line's end */
	enum asker_at {
		AT_HEAD,
		AT_BODY,
		AT_ASKED,
		AT_UPLOAD,  /* its body goes to the server's owner */
		AT_SENDING, /* its answer comes from him in pieces */
		AT_STREAM,
		AT_END
	} at;
	size_t	    left;  /* to be sent */
	const char *from;  /* where that stands; NULL: its owner has it */
	bool	    begun; /* the head's deadline runs */
	bool	    held;
	bool	    head; /* HEAD: no body in the answer */
	bool	    gzip; /* he takes it */
	bool	    close;
};

#define BODY_MS	  10000 /* for a body, and 2 ms for each byte of it */
#define ANSWER_MS 60000 /* for us */

extern const struct conn_kind asker_kind;

void *asker_accept(void *server, struct conn *);
/* Sends the answer and goes on with the next request, or closes. */
void asker_answer(struct asker *, const struct http_answer *);
void asker_problem(struct asker *, const struct http_problem *, bool close);
void asker_deadline(struct asker *, int64_t ms);
/* Ready for the next request. */
void asker_rest(struct asker *);
/* What never became a request: said so, and the connection ends. */
void asker_refuse(struct asker *, int status, const char *detail);
/* Tells the owner that nobody waits for the request's answer any more. */
void asker_give_up(struct asker *);
/* Bytes of an upload's body; returns how many were taken. */
size_t asker_read_upload(struct asker *, const uint8_t *, size_t);
/* The next piece of a body that lasts. */
void asker_send_more(struct asker *);
/* Stops or goes on with reading. */
void asker_hold(struct asker *, bool);

/* Who waits under the id, in that state; NULL when gone or going. */
struct asker *asker_find(struct http_server *, uint64_t id, enum asker_at);

/* Frees the server, when it is closed and nobody is left. */
void http_free(struct http_server *);

#endif
