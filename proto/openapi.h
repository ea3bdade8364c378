/*
 * The table of operations as documents for others: OpenAPI 3.1 for programs,
 * a page for people.  All of it is read from operations.def.
 */
#ifndef PROTO_OPENAPI_H
#define PROTO_OPENAPI_H

#include <jansson.h>
#include "base/buf.h"
#include "operation.h"

/* The document (spec.openapis.org/oas/v3.1.0); the caller's to decref. */
json_t *openapi_make(const char *version);
/* "TICKET.TRANSFER ticket queue [NOTE note]", as one types it. */
void reference_usage(struct buf *, const struct op *);
/* One operation as a few lines of plain text. */
void reference_text(struct buf *, const struct op *);
/* deskd-operations(7), as mdoc. */
void reference_page(struct buf *);

#endif
