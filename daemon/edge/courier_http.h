/*
 * The courier's HTTP requests, by libcurl's multi interface on the loop: its
 * sockets and its timer are libevent's.  Names are looked up by libcurl in a
 * thread.
 */
#ifndef EDGE_COURIER_HTTP_H
#define EDGE_COURIER_HTTP_H

#include "courier.h"

struct poster;

struct poster *poster_open(struct event_base *, const char *allowed) MUSTCHECK;
uint64_t       poster_send(struct poster *, const struct courier_post *,
	  courier_got *, void *arg, uint64_t ref) MUSTCHECK;
void	       poster_stop(struct poster *, uint64_t id);
size_t	       poster_busy(const struct poster *);
void	       poster_close(struct poster *);

#endif
