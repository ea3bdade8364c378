/*
 * One kind of request over HTTP on connections that stay open.
 *
 *	bench_http PORT KEY list|get|search|event|note CONNECTIONS SECONDS
 *	    [FIRST COUNT]
 *
 * get and note go to the tickets FIRST to FIRST + COUNT - 1.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pump.h"
#include "sample.h"

static const char *key, *what;
static uint64_t	   run, first, count = 1;

static void
post(struct buf *b, const char *path, const struct buf *body)
{
	buf_printf(b,
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    path, key, body->n);
	buf_add(b, body->p, body->n);
}

static void
get(struct buf *b, const char *path)
{
	buf_printf(b,
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	    "Authorization: Bearer %s\r\n\r\n",
	    path, key);
}

static void
ask(struct buf *b, uint64_t n)
{
	static const char *const words[] = { "giao+hang", "bao+hanh", "manual",
		"hoa+don", "ton+kho" };
	uint64_t		 ticket = first + n * 7919 % count;
	struct buf		 body;
	char			 path[120];

	buf_init(&body, 0);
	if (strcmp(what, "event") == 0) {
		sample_event(&body, n, run + n);
		post(b, "/api/v1/events", &body);
	} else if (strcmp(what, "note") == 0) {
		snprintf(path, sizeof path, "/api/v1/tickets/%" PRIu64 "/notes",
		    ticket);
		buf_str(&body, "{\"text\":\"Đã gọi lại, khách hẹn chiều.\"}");
		post(b, path, &body);
	} else if (strcmp(what, "get") == 0) {
		snprintf(path, sizeof path, "/api/v1/tickets/%" PRIu64, ticket);
		get(b, path);
	} else if (strcmp(what, "search") == 0) {
		snprintf(
		    path, sizeof path, "/api/v1/search?query=%s", words[n % 5]);
		get(b, path);
	} else
		get(b, "/api/v1/tickets?queue=sales&limit=50");
	buf_free(&body);
}

static size_t
answer(const char *s, size_t n, bool *good)
{
	const char *end = memmem(s, n, "\r\n\r\n", 4), *line;
	size_t	    length = SIZE_MAX;

	if (end == NULL)
		return (0);
	for (line = s; line < end; line = strstr(line, "\r\n") + 2)
		if (strncasecmp(line, "content-length:", 15) == 0)
			length = strtoul(line + 15, NULL, 10);
	if (length == SIZE_MAX)
		errx(1, "an answer without a length: %.60s", s);
	*good = n > 9 && s[9] == '2';
	length += (size_t)(end - s) + 4;
	return (length <= n ? length : 0);
}

int
main(int argc, char **argv)
{
	struct pump_conf conf = {
		.host = "127.0.0.1", .depth = 1, .ask = ask, .answer = answer
	};

	if (argc < 6)
		errx(2,
		    "usage: bench_http PORT KEY list|get|search|event|note "
		    "CONNECTIONS SECONDS [FIRST COUNT]");
	conf.port = argv[1];
	key = argv[2];
	what = argv[3];
	conf.connections = (unsigned)atoi(argv[4]);
	conf.seconds = atof(argv[5]);
	if (argc > 7) {
		first = strtoull(argv[6], NULL, 10);
		count = strtoull(argv[7], NULL, 10);
	}
	run = sample_run();
	pump_run(&conf);
	return (0);
}
