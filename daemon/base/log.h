/*
 * The log: one line a happening, `whom verb: detail (numbers)`, lower case,
 * no full stop, to standard error (the service manager's) and never waiting
 * for it: when the pipe is full the line is counted as dropped.  What a peer
 * sent is shown only through log_shown() and, above debug, never a
 * customer's words.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "def.h"

enum log_level { LOG_ERR_, LOG_WARN_, LOG_INFO_, LOG_DEBUG_ };

/* verbose: debug lines too.  stamp: begin each line with the UTC time. */
void log_open(bool verbose, bool stamp);
void log_error(const char *, ...) PRINTFLIKE(1, 2);
void log_warn(const char *, ...) PRINTFLIKE(1, 2);
void log_info(const char *, ...) PRINTFLIKE(1, 2);
void log_debug(const char *, ...) PRINTFLIKE(1, 2);
/* Lines that standard error did not take. */
uint64_t log_dropped(void);
/*
 * What a peer sent, made safe for one line (see buf_shown()), at most 200
 * bytes.  The text is good until the fourth call from now: four may stand in
 * one line.  For the loop's thread only.
 */
const char *log_shown(const char *, size_t n);

/* Our own bugs and start-up only: logs and exits with status 70 or 1. */
void bug(const char *, ...) PRINTFLIKE(1, 2) NORETURN;
void fatal(const char *, ...) PRINTFLIKE(1, 2) NORETURN;

#endif
