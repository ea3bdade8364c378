/*
 * An invitation (iCalendar, RFC 5545 and 5546) as one line that a person
 * reads: "Invitation: Nghiệm thu · 2026-11-23 09:00 – 10:00 (Asia/Saigon) ·
 * Kho Tân Bình · from lan@customer.example".
 */
#ifndef DESK_MAILCAL_H
#define DESK_MAILCAL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

/*
 * Appends the line (no LF) of the first event in the calendar, which is UTF-8
 * of any shape; false, and nothing is appended, when there is none.
 */
bool mailcal_line(struct buf *, const char *, size_t n);

#endif
