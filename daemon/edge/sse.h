/*
 * Server-Sent Events as text (WHATWG HTML section 9.2): one event encoded
 * once, its bytes then sent to every stream that wants it.
 */
#ifndef EDGE_SSE_H
#define EDGE_SSE_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/*
 * Adds one event.  id and event may be NULL.  Data is split at CR, LF and
 * CRLF, so that no data can begin a field of its own; an id with NUL, CR or
 * LF and an event name with CR or LF are left out, as a browser would ignore
 * or misread them.
 */
void sse_encode(struct buf *, const char *id, const char *event,
    const char *data, size_t n);
/* Adds "retry: ms": when to come back after the connection is lost. */
void sse_retry(struct buf *, unsigned ms);

#endif
