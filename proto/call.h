/*
 * What came over TCP or HTTP as the arguments of an operation: one JSON
 * object whose members are the row's arguments, checked for type and size
 * (ARCHITECTURE.md, "SQL functions").  Everything that is not in the row is
 * refused by name; nothing is guessed.
 *
 * On true, *args is the caller's to json_decref().  On false it is NULL,
 * *wrong is a sentence ("must be a positive whole number", "is not known
 * here") and *member names the argument at fault, made safe to show, or ""
 * when it is none.  Both are good until the next call; for the loop's thread
 * only.
 */
#ifndef PROTO_CALL_H
#define PROTO_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/def.h"
#include "operation.h"
#include "resp.h"

#define CALL_JSON_DEPTH 64

/*
 * Required arguments in the row's order, then NAME value pairs, names in any
 * letter case.  The literal word JSON may stand before an ARG_JSON.
 */
bool call_from_resp(const struct op *, const struct resp_request *,
    json_t **args, const char **member, const char **wrong) MUSTCHECK;

/*
 * The path's values (percent-encoded, RFC 3986 section 2.1), the query
 * (GET and DELETE; '+' is a blank) and the body (POST and PUT: a JSON object
 * whose members are the arguments, or no bytes at all).  The body of
 * EVENT.ADD is the event itself; what is BY_UPLOAD has its arguments in the
 * query.  query is NULL when there was no '?'.
 */
bool call_from_http(const struct op *, const struct op_match *,
    const char *query, const char *body, size_t nbody, json_t **args,
    const char **member, const char **wrong) MUSTCHECK;

/*
 * The one JSON argument of EVENT.ADD as the bytes that were sent, with or
 * without the word JSON before it: for event_from_json(), which reads and
 * judges it itself.  False when there is not exactly one.
 */
bool call_event(const struct resp_request *, const char **, size_t *) MUSTCHECK;

/*
 * Strict JSON: UTF-8 without U+0000, no duplicate members, at most
 * CALL_JSON_DEPTH deep, nothing after it.  NULL and *wrong when it is not.
 */
json_t *call_json(const char *, size_t, const char **wrong) MUSTCHECK;

#endif
