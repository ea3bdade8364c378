/*
 * Server-Sent Events: a stream is one browser or visitor who listens to the
 * feed.  An agent gets the feed's notices as they are; a visitor only what
 * is said in his own conversation, in the words of the chat's interface.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdint.h>
#include "caller.h"

struct daemon;
struct http_server;

void stream_open(struct daemon *, struct http_server *, uint64_t http,
    const struct caller *, const char *offset, const char *const *headers);
/* The peer of that stream has left. */
void stream_gone(struct daemon *, struct http_server *, uint64_t http);
/*
 * Looks whether those who listen still may: every few seconds all of them
 * (who NULL), and somebody's at once when his access has changed.
 */
void stream_check(struct daemon *, const char *who);

#endif
