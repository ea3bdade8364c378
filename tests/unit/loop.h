/*
 * The loop as the spine turns it, and a socket to what listens on it: for
 * tests of what stands on conn.
 */
#ifndef UNIT_LOOP_H
#define UNIT_LOOP_H

#include "unit.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "edge/conn.h"

static struct event_base *base;

/* One turn as the spine makes it, without waiting. */
static inline void
turn(void)
{
	event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_tick();
	conn_reap();
}

/* Turns until the condition holds, or fails after two minutes. */
#define UNTIL(cond)                                           \
	do {                                                  \
		int64_t until_ = clock_micros() + 120000000;  \
		while (!(cond)) {                             \
			if (clock_micros() > until_)          \
				fail_msg("never: %s", #cond); \
			turn();                               \
		}                                             \
	} while (0)

/* A socket to this port of ours that never blocks. */
static inline int
loop_dial(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int		   fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return (fd);
}

#endif
