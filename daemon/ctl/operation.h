/*
 * Operations as deskctl's commands, and how their answers are shown.
 */
#ifndef CTL_OPERATION_H
#define CTL_OPERATION_H

#include <stddef.h>
#include <jansson.h>
#include "base/buf.h"
#include "proto/operation.h"
#include "proto/resp.h"
#include "ctl.h"

/*
 * The operation that the words begin with, each perhaps shortened; *used is
 * how many belong to its name.  NULL when there is none, or several.
 */
const struct op *operation_find(int argc, char **argv, int *used);
/* "ticket take ticket [--once text]" */
void operation_usage(struct buf *, const struct op *);
/* Asks; on CTL_OK *value is the answer, else it is NULL and said why. */
enum ctl_exit ctl_ask(
    struct ctl *, const struct resp_arg *, size_t argc, json_t **value);
/* The same for an operation's words, as they were typed. */
enum ctl_exit operation_ask(
    struct ctl *, int argc, char **argv, json_t **value) MUSTCHECK;
void ctl_show(const struct ctl *, const json_t *);
void ctl_say_refused(const struct resp_reply *);

#endif
