/*
 * The front of the pages that surveys and follow-ups link to, over HTTP:
 *
 *	/survey/TOKEN		the survey's page; POST: an answer, or more
 *	/survey/TOKEN/leave	no more surveys (RFC 8058: a POST of whatever
 *				body, answered without a redirect)
 *	/followup/TOKEN/leave	no more follow-ups, in the same way
 *	/feedback/NAME		a survey's public form
 *
 * A GET (or HEAD) shows, whatever its query says, and counts nothing: scanners
 * of mail and browsers that look ahead fetch every link.  Only a form that is
 * posted counts; it is answered by sending the browser to a page by GET, so
 * that to load that anew sends nothing twice.
 */
#ifndef SURVEYFRONT_H
#define SURVEYFRONT_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct http_request;
struct http_server;

/*
 * Answers the request, now or when PostgreSQL did; peer: whose address limits
 * count.  False, and nothing answered, when the path is none of these.
 */
bool surveyfront_request(struct daemon *, struct http_server *,
    const struct http_request *, const char *peer);
/* Who asked has left; an answer that is under way finds nothing. */
void surveyfront_gone(struct http_server *, uint64_t http);
/* At the daemon's end: lets go of all that still wait. */
void surveyfront_close(void);

#endif
