/*
 * The header fields of answers by path; see webhead.h.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "edge/http.h"
#include "proto/operation.h"
#include "proxied.h"
#include "webhead.h"

/*
 * The widget stands on the shop's own pages, which are other origins: the
 * chat's answers may be read by any of them (Fetch standard, section 3.2).
 * A visitor is known by his token alone, so there is nothing to borrow.  So
 * are surveys by their link's, which the widget asks, too.
 */
static const char *const chat_headers[] = {
	"Access-Control-Allow-Origin: *",
	"Access-Control-Expose-Headers: Content-Disposition, Retry-After",
	"Cross-Origin-Resource-Policy: cross-origin",
	NULL,
};

const char *const webhead_preflight[] = {
	"Access-Control-Allow-Origin: *",
	"Access-Control-Allow-Methods: GET, POST, PUT",
	"Access-Control-Allow-Headers: Authorization, Content-Disposition, "
	"Content-Type, Last-Event-ID",
	"Access-Control-Max-Age: 86400",
	NULL,
};

bool
webhead_is_chat(const char *path)
{
	return (strncmp(path, "/chat/", 6) == 0 ||
	    strncmp(path, "/survey/v1/", 11) == 0);
}

const char *const *
webhead_of(const struct op *op)
{
	return (op != NULL && webhead_is_chat(op->path) ? chat_headers : NULL);
}

/*
 * Long ones, which hold what is known of cases and customers.  Never those
 * with a secret of the desk or of a session: WHOAMI, keys, logins, settings.
 */
bool
webhead_packs(const struct op *op)
{
	static const enum op_id packs[] = { OP_AGENT_LIST, OP_AUDIT_LIST,
		OP_BOARD, OP_CUSTOMER_GET, OP_CUSTOMER_TIMELINE, OP_EVENT_HTML,
		OP_FEED_READ, OP_SEARCH, OP_TICKET_GET, OP_TICKET_LIST };
	size_t			i;

	for (i = 0; i < nitems(packs); i++)
		if (op == &ops[packs[i]])
			return (true);
	return (false);
}

bool
webhead_cross_site(const struct http_request *r)
{
	const char *site = http_header(r, "Sec-Fetch-Site");
	const char *origin = http_header(r, "Origin"), *host;

	if (site != NULL)
		return (strcmp(site, "same-origin") != 0 &&
		    strcmp(site, "none") != 0);
	/* Not sent to a plain address of the shop's network: compare. */
	if (origin == NULL)
		return (false);
	host = http_header(r, "Host");
	origin = strstr(origin, "://");
	return (origin == NULL || host == NULL ||
	    strcasecmp(origin + 3, host) != 0);
}

void
webhead_peer(char peer[46], const char *trusted, const struct http_request *r)
{
	const char *value;
	char	    named[46] = "";
	unsigned    i;

	snprintf(peer, 46, "%s", r->peer);
	if (!proxied_trusted(trusted, r->peer))
		return;
	for (i = 0; (value = http_header_back(r, "X-Forwarded-For", i)) != NULL;
	     i++)
		if (proxied_read(named, trusted, value))
			break;
	if (named[0] != '\0')
		snprintf(peer, 46, "%s", named);
}
