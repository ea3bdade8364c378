/*
 * A file on its way in: taken from its sender as it comes (never whole in
 * memory: base/spill.h), digested meanwhile, put into PostgreSQL chunk by
 * chunk, and only then noted as whose it is and answered.  What a daemon or
 * a sender that dies leaves behind is swept; no message can name it.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ask.h"

struct http_server;

/* What the request's head says of the file; for the ask's first step. */
struct upload_head {
	const char *type;	 /* Content-Type, or NULL */
	const char *disposition; /* Content-Disposition, or NULL */
	int64_t	    length;	 /* -1: not known before it ends */
};

/* The first step, as an operation: who may, how large, how called. */
void upload_ask(struct ask *, const struct upload_head *);

/* Where the last step's answer goes. */
struct upload_front {
	struct http_server *server;
	uint64_t	    http;
	void (*answer)(void *front, uint64_t ref, const struct ask *,
	    const struct answer *);
	void		  *front;
	const char *const *headers; /* of every answer, or NULL */
};
/* Takes the body that the first step was answered with yes to. */
void upload_begin(const struct ask *, const struct upload_front *);
/* The callbacks of edge/http.h. */
bool upload_piece(struct http_server *, uint64_t http, const char *, size_t);
void upload_whole(struct http_server *, uint64_t http);
void upload_gone(struct http_server *, uint64_t http);
void upload_close(void);

#endif
