/*
 * The front of the customer's page: /case/TOKEN over HTTP.  A GET shows it, a
 * POST of its form is taken as a stream (files never whole in memory), filed,
 * and answered by sending the browser back to the page: to load that anew
 * sends nothing twice.  What cannot be filed now comes back in the form.
 */
#ifndef CASEFRONT_H
#define CASEFRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct daemon;
struct event;
struct http_request;
struct http_server;

/* Whether the body of that request is taken in pieces. */
bool casefront_wants(const char *method, const char *path);
/* False, and nothing answered, when the path is not of the page. */
bool casefront_request(struct daemon *, struct http_server *,
    const struct http_request *, const char *peer);
/* The callbacks of edge/http.h; false: the id is none of ours. */
bool casefront_owns(struct http_server *, uint64_t http);
bool casefront_piece(struct http_server *, uint64_t http, const char *, size_t);
void casefront_whole(struct http_server *, uint64_t http);
void casefront_gone(struct http_server *, uint64_t http);
void casefront_close(void);

/*
 * Puts the files of the posted form of that id (struct ask) on the event,
 * bytes and all; once.  False when there is no room, or its sender has left.
 */
bool casefront_files(uint64_t posted, struct event *);

#endif
