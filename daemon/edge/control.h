/*
 * What a client library asks of any server of this protocol before it asks
 * anything of ours: COMMAND (in the shapes of Redis 7.0, so that redis-cli
 * completes and hints), CLIENT, PING, ECHO, SELECT, INFO, QUIT and RESET.
 * Answered from the table of operations and a session's few facts; pure.
 */
#ifndef EDGE_CONTROL_H
#define EDGE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "proto/resp.h"

#define CONTROL_NAME_MAX 64

struct control {
	uint64_t id;			     /* CLIENT ID */
	int	 version;		     /* of the protocol, 2 or 3 */
	char	 name[CONTROL_NAME_MAX + 1]; /* CLIENT SETNAME */
};

enum control_then {
	CONTROL_NOT_OURS, /* nothing written: an operation, HELLO or AUTH */
	CONTROL_ANSWERED,
	CONTROL_QUIT,  /* answered; close */
	CONTROL_RESET, /* answered; forget who it is */
};

/* Answers the request into the buffer when it is one of those named above. */
enum control_then control_answer(
    struct buf *, struct control *, const struct resp_request *);

#endif
