/*
 * What an HTML form posts, read purely: multipart/form-data (RFC 7578, on
 * RFC 2046 section 5.1; file names as browsers write them, HTML standard,
 * section "multipart form data").  No I/O and no allocation: what is found is
 * told as places in the caller's bytes, which hold the whole body.
 */
#ifndef PROTO_FORMDATA_H
#define PROTO_FORMDATA_H

#include <stdbool.h>
#include <stddef.h>
#include "base/def.h"

#define FORM_BOUNDARY_MAX 70 /* RFC 2046 section 5.1.1 */
#define FORM_PARTS_MAX	  64
#define FORM_HEAD_MAX	  4096 /* of one part */

struct form_part {
	const char *name; /* as it came: any bytes but a quote and CR LF */
	size_t	    nname;
	const char *file; /* its name; NULL: this is a field and no file */
	size_t	    nfile;
	const char *type; /* Content-Type's value, or NULL */
	size_t	    ntype;
	const char *bytes;
	size_t	    n;
};

struct form {
	const char *at, *end;
	char	    mark[FORM_BOUNDARY_MAX + 5]; /* CRLF, --, the boundary */
	size_t	    nmark;
	unsigned    parts;
};

/*
 * Begins with a Content-Type's value and the body.  False when that is no
 * multipart/form-data with a boundary that RFC 2046 allows.
 */
bool form_begin(
    struct form *, const char *type, const char *body, size_t n) MUSTCHECK;
/*
 * The next part: 1; 0 at the closing mark; -1 when the body is cut short, a
 * part's head cannot be read or is too long, or there are too many.
 */
int form_next(struct form *, struct form_part *) MUSTCHECK;

#endif
