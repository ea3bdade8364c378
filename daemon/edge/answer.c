/*
 * The head of an HTTP answer; see answer.h.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "answer.h"
#include "base/clock.h"
#include "proto/http.h"

/* ASVS 5.0.0 sections 3.4 and 14.3; a caller's own of the name goes before. */
static const struct header {
	const char *name;
	const char *value;
	bool	    tls; /* only there is it believed */
} always[] = {
	{ "Cache-Control", "no-store", false },
	{ "Content-Security-Policy",
	    "default-src 'none'; base-uri 'none'; form-action 'none'; "
	    "frame-ancestors 'none'",
	    false },
	{ "Cross-Origin-Resource-Policy", "same-origin", false },
	{ "Referrer-Policy", "no-referrer", false },
	{ "Strict-Transport-Security", "max-age=31536000; includeSubDomains",
	    true },
	{ "X-Content-Type-Options", "nosniff", false },
};

static bool
header_good(const char *line)
{
	const char *colon = strchr(line, ':');

	return (colon != NULL && colon != line &&
	    http_all(line, (size_t)(colon - line), http_is_token) &&
	    http_all(colon, strlen(colon), http_is_value));
}

static bool
header_given(const char *const *lines, const char *name)
{
	size_t n = strlen(name);

	for (; lines != NULL && *lines != NULL; lines++)
		if (strncasecmp(*lines, name, n) == 0 && (*lines)[n] == ':')
			return (true);
	return (false);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7). */
static const char *
date_now(void)
{
	static time_t last;
	static char   text[40];
	time_t	      now = (time_t)(clock_wall() / 1000);
	struct tm     tm;

	if (now != last && gmtime_r(&now, &tm) != NULL) {
		strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		last = now;
	}
	return (text);
}

bool
answer_head(
    struct buf *b, const struct http_answer *a, const struct answer_how *how)
{
	const char *const *line;
	size_t		   i;

	for (line = a->headers; line != NULL && *line != NULL; line++)
		if (!header_good(*line))
			return (false);

	buf_printf(b, "HTTP/1.1 %d %s\r\nDate: %s\r\n", a->status,
	    http_reason(a->status), date_now());
	if (a->type != NULL)
		buf_printf(b, "Content-Type: %s\r\n", a->type);
	if (!how->stream && a->status != 204 && a->status != 304)
		buf_printf(b, "Content-Length: %zu\r\n", a->n);
	if (how->close || how->stream)
		buf_str(b, "Connection: close\r\n");
	for (i = 0; i < nitems(always); i++)
		if ((!always[i].tls || how->tls) &&
		    !header_given(a->headers, always[i].name))
			buf_printf(
			    b, "%s: %s\r\n", always[i].name, always[i].value);
	for (line = a->headers; line != NULL && *line != NULL; line++)
		buf_printf(b, "%s\r\n", *line);
	buf_str(b, "\r\n");
	return (true);
}

void
answer_problem(struct buf *b, const struct http_problem *p)
{
	buf_str(b, "{\"type\":\"about:blank\",\"title\":");
	buf_json_str(b, http_reason(p->status));
	buf_printf(b, ",\"status\":%d,\"detail\":", p->status);
	buf_json_str(b, p->detail);
	buf_str(b, ",\"code\":");
	buf_json_str(b, p->code);
	if (p->member != NULL && *p->member != '\0') {
		buf_str(b, ",\"member\":");
		buf_json_str(b, p->member);
	}
	buf_str(b, "}\n");
}
