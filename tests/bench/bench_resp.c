/*
 * EVENT.ADD over the TCP protocol, pipelined.
 *
 *	bench_resp PORT KEY CONNECTIONS DEPTH SECONDS [RATE]
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pump.h"
#include "sample.h"

static uint64_t run;

static void
ask(struct buf *b, uint64_t n)
{
	struct buf event;

	buf_init(&event, 0);
	sample_event(&event, n, run + n);
	buf_printf(b, "*2\r\n$9\r\nEVENT.ADD\r\n$%zu\r\n", event.n);
	buf_add(b, event.p, event.n);
	buf_str(b, "\r\n");
	buf_free(&event);
}

/* Whole answers of the second version of the protocol. */
static size_t
answer(const char *s, size_t n, bool *good)
{
	const char *end = s + n, *p = s, *eol;
	long	    left = 1, count;

	for (; left > 0; left--) {
		if (p >= end ||
		    (eol = memchr(p, '\n', (size_t)(end - p))) == NULL)
			return (0);
		count = strtol(p + 1, NULL, 10);
		switch (*p) {
		case '*':
			left += count > 0 ? count : 0;
			break;
		case '$':
			eol += count >= 0 ? count + 2 : 0;
			break;
		case '-':
			*good = false;
			break;
		case '+':
		case ':':
			break;
		default:
			errx(1, "no answer of the protocol: %.40s", p);
		}
		p = eol + 1;
	}
	return (p <= end ? (size_t)(p - s) : 0);
}

int
main(int argc, char **argv)
{
	char		 hello[300];
	struct pump_conf conf = { .host = "127.0.0.1",
		.hello = hello,
		.ask = ask,
		.answer = answer };

	if (argc < 6)
		errx(2,
		    "usage: bench_resp PORT KEY CONNECTIONS DEPTH SECONDS [RATE]");
	conf.port = argv[1];
	snprintf(hello, sizeof hello, "AUTH default %s\r\n", argv[2]);
	conf.connections = (unsigned)atoi(argv[3]);
	conf.depth = (unsigned)atoi(argv[4]);
	conf.seconds = atof(argv[5]);
	conf.rate = argc > 6 ? atof(argv[6]) : 0;
	run = sample_run();
	pump_run(&conf);
	return (0);
}
