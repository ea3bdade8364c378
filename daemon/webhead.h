/*
 * Which header fields an answer has besides those of every answer: the chat's
 * may be read by the pages of other origins, the desk's own never.
 */
#ifndef WEBHEAD_H
#define WEBHEAD_H

#include <stdbool.h>

struct http_request;
struct op;

/* As in struct http_answer; NULL: none.  op NULL: no operation was meant. */
const char *const *webhead_of(const struct op *);
/* What the widget asks, from the shop's pages: chats and surveys in them. */
bool webhead_is_chat(const char *path);
/* Whether its answers may be sent packed (struct http_answer). */
bool webhead_packs(const struct op *);
/*
 * Does a browser say that another site's page asks?  By Sec-Fetch-Site, or,
 * where that is not sent (no TLS), by an Origin that is not our Host.
 */
bool webhead_cross_site(const struct http_request *);
/* Who asks: the peer, or whom a proxy that we trust names (ASVS 4.1.3). */
void webhead_peer(
    char peer[46], const char *trusted, const struct http_request *);
/* The answer to a browser that asks before it asks (preflight). */
extern const char *const webhead_preflight[];

#endif
