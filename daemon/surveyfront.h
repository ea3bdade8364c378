/*
 * The front of the survey's page, /survey/TOKEN, and of the feedback form,
 * /feedback/NAME, over HTTP; /survey/TOKEN/leave ends surveys for who got that
 * link (RFC 8058: a POST of whatever body, answered without a redirect).  A GET (or HEAD) shows, whatever its query says,
 * and counts nothing: scanners of mail and browsers that look ahead fetch every
 * link.  Only a form that is posted counts; it is answered by sending the
 * browser to a page by GET, so that to load that anew sends nothing twice.
 */
#ifndef SURVEYFRONT_H
#define SURVEYFRONT_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct http_request;
struct http_server;

/* False, and nothing answered, when the path is neither's. */
bool surveyfront_request(struct daemon *, struct http_server *,
    const struct http_request *, const char *peer);
/* Who asked has left. */
void surveyfront_gone(struct http_server *, uint64_t http);
void surveyfront_close(void);

#endif
