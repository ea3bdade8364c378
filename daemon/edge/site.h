/*
 * The web client, the customers' widget and what belongs to them, as files of
 * a directory (sitedir.h).  Paths:
 *
 *	/, /d, /d/...	index.html: the client finds its own way by the path
 *	/assets/...	names with a digest in them: kept for a year
 *	/frame/...	pages in which strangers' HTML is shown
 *	/widget.js	for the pages of other origins
 *	/shop/...	the demo shop, when it is wanted
 *
 * Everything else that the directory has is served by its name, and asked
 * about each time (a strong ETag, RFC 9110 section 8.8.3).  A page may load
 * nothing but its own server's files, runs no script and no style that
 * stands in it, and is shown in nobody's frame.
 */
#ifndef EDGE_SITE_H
#define EDGE_SITE_H

#include <stdbool.h>
#include <stddef.h>

struct http_request;
struct http_server;
struct site;

/*
 * Reads the directory; one that is not there, or has no index.html, gives a
 * site that says so at "/".  shop: /shop/ is served, too.
 */
struct site *site_open(const char *dir, bool shop);
/* After every server that answered from it. */
void   site_close(struct site *);
size_t site_files(const struct site *);
/*
 * Answers a request for a path of the site: 200, 304, 308 (/shop), or 405
 * for what is neither GET nor HEAD.  False, and nothing answered, when it has
 * no such path.
 */
bool site_answer(
    struct site *, struct http_server *, const struct http_request *);

#endif
