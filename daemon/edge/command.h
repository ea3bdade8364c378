/*
 * COMMAND: the table of operations, and the few commands beside it, in the
 * shapes of Redis 7.0's COMMAND INFO and COMMAND DOCS.  Pure.
 */
#ifndef EDGE_COMMAND_H
#define EDGE_COMMAND_H

#include <stddef.h>
#include "base/buf.h"
#include "proto/resp.h"

size_t command_count(void);
void   command_list(struct buf *);
/*
 * About the commands that the request names from its third word on, or about
 * all when it names none.  INFO answers null for an unknown one, DOCS leaves
 * it out.
 */
void command_info(struct buf *, int version, const struct resp_request *);
void command_docs(struct buf *, int version, const struct resp_request *);

#endif
