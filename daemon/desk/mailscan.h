/*
 * A look at a mail's bytes before GMime gets them: it counts what GMime has
 * no bound for (parts, headers, groups within groups of addresses).
 */
#ifndef DESK_MAILSCAN_H
#define DESK_MAILSCAN_H

#include <stddef.h>
#include <stdint.h>

#define SCAN_HEADERS	1048576 /* bytes, all parts' together */
#define SCAN_FIELDS	10000	/* all parts' together */
#define SCAN_COLONS	200	/* in one field of addresses: groups */
#define SCAN_PARAMETERS 1000	/* ';' in one Content-* field */
#define SCAN_ASIDE	1048576 /* bytes before, between and behind parts */
#define SCAN_BOUNDARY	2048	/* RFC 2046 5.1.1 says 70 */

/* NULL, or why the mail must not be parsed (constant). */
const char *mail_scan(const uint8_t *, size_t n, size_t max_parts);

#endif
