/*
 * deskctl's connection to a daemon: RESP 3 over the control socket, or over
 * TCP with a key.  Blocking: one program, one conversation.
 */
#ifndef CTL_WIRE_H
#define CTL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"
#include "proto/resp.h"
#include "ctl.h"

#define WIRE_WAIT_S 30 /* for an answer; a tail waits for ever */

struct wire;

/*
 * Connects and says HELLO.  NULL when that fails: *wrong (good until the
 * next call) says why, *status whether nobody is there or he refused us.
 */
struct wire *wire_open(
    const struct ctl *, const char **wrong, enum ctl_exit *status) MUSTCHECK;
void wire_close(struct wire *);
/* Ends what another thread waits for; he finds the line cut. */
void wire_shutdown(struct wire *);
/* Sends requests and reads answers one by one; false: the line is cut. */
bool wire_send(struct wire *, const struct resp_arg *, size_t) MUSTCHECK;
bool wire_read(struct wire *, struct resp_reply *) MUSTCHECK;
/* One question and its answer; pushes that come between are passed over. */
bool wire_ask(struct wire *, const struct resp_arg *, size_t,
    struct resp_reply *) MUSTCHECK;
/* Waits for ever from now on (or not). */
void	    wire_patient(struct wire *, bool);
const char *wire_wrong(const struct wire *); /* why the line is cut */

#endif
