/*
 * An answer in the gzip coding (RFC 1952, by zlib): quickly, since the loop
 * waits for it.  100 rows of a list (48 KiB) become about 7 KiB in 0.2 ms.
 */
#ifndef EDGE_PACK_H
#define EDGE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/def.h"

struct http_answer;

/* Bytes: shorter ones fit into a packet or two, longer ones take too long. */
#define PACK_LEAST 2048
#define PACK_MOST  (256 * 1024)
/* Header lines of an answer that can be packed; with ours and a NULL. */
#define PACK_HEADERS 12

/*
 * Makes *packed of the answer, with its body in b and its header lines in
 * `headers'.  False, and nothing made, when it is too short or too long, has
 * too many lines, or does not become smaller.
 */
bool pack_answer(struct http_answer *packed, const char *headers[PACK_HEADERS],
    struct buf *b, const struct http_answer *) MUSTCHECK;
#endif
