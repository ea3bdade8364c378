/*
 * A courier, what it told, and the relay of the tests' own: for tests of what
 * is sent to others.
 */
#ifndef TESTS_UNIT_COURIER_H
#define TESTS_UNIT_COURIER_H

#include <signal.h>

#include "loop.h"
#include "smtp_sink.h"

#include "base/def.h"
#include "edge/courier.h"

static struct courier *courier;
static char	       url[64];

static struct {
	unsigned	 ready, got;
	uint64_t	 ref;
	enum courier_how how;
	long		 status, retry;
	char		 words[400], body[400];
} heard;

static void
on_got(void *arg, uint64_t ref, const struct courier_result *r)
{
	assert_ptr_equal(arg, &heard);
	heard.got++;
	heard.ref = ref;
	heard.how = r->how;
	heard.status = r->status;
	heard.retry = r->retry;
	snprintf(heard.words, sizeof heard.words, "%s", r->words);
	snprintf(heard.body, sizeof heard.body, "%s", r->body);
}

static void
begin(void)
{
	memset(&manners, 0, sizeof manners);
	memset(&heard, 0, sizeof heard);
	pthread_mutex_lock(&sink.lock);
	sink.n = 0;
	sink.heard[0] = '\0';
	sink.connects = sink.mails = 0;
	pthread_mutex_unlock(&sink.lock);
}

static int
open_all(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	clock_tick();
	courier = courier_open(base, "");
	sink_open();
	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", sink.port);
	return (0);
}

static int
close_all(void **state)
{
	(void)state;
	courier_close(courier);
	sink_close();
	event_base_free(base);
	return (0);
}

/* Each test with a courier of its own: no connection of another's. */
static int
renew(void **state)
{
	(void)state;
	courier_close(courier);
	courier = courier_open(base, "127.0.0.0/8");
	begin();
	return (0);
}

#endif
