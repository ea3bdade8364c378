/*
 * The log; see log.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "log.h"

/* A line's cap: what a pipe takes whole or not at all (PIPE_BUF). */
#define LOG_LINE 4096

static bool	log_verbose;
static bool	log_stamp;
static uint64_t log_lost;

void
log_open(bool verbose, bool stamp)
{
	log_verbose = verbose;
	log_stamp = stamp;
}

static void
log_vwrite(enum log_level level, const char *fmt, va_list ap)
{
	static const char *const names[] = { "error ", "warning ", "",
		"debug " };
	char			 line[LOG_LINE], at[32] = "";
	int			 n, m;

	if (level == LOG_DEBUG_ && !log_verbose)
		return;
	if (log_stamp) {
		clock_rfc3339(at, sizeof at - 1, clock_wall());
		strcat(at, " ");
	}
	n = snprintf(line, sizeof line, "%s%s", at, names[level]);
	m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
	if (m < 0)
		return;
	n += m;
	if ((size_t)n > sizeof line - 2)
		n = sizeof line - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) != n)
		log_lost++;
}

#define LOG_AT(name, level)                 \
	void name(const char *fmt, ...)     \
	{                                   \
		va_list ap;                 \
                                            \
		va_start(ap, fmt);          \
		log_vwrite(level, fmt, ap); \
		va_end(ap);                 \
	}

LOG_AT(log_error, LOG_ERR_)
LOG_AT(log_warn, LOG_WARN_)
LOG_AT(log_info, LOG_INFO_)
LOG_AT(log_debug, LOG_DEBUG_)

uint64_t
log_dropped(void)
{
	return (log_lost);
}

const char *
log_shown(const char *s, size_t n)
{
	static struct buf ring[4];
	static unsigned	  at;
	struct buf	 *b = &ring[at++ % nitems(ring)];

	buf_reset(b);
	buf_shown(b, s, n, 200);
	return (b->p != NULL ? b->p : "");
}

void
bug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vwrite(LOG_ERR_, fmt, ap);
	va_end(ap);
	abort();
}

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vwrite(LOG_ERR_, fmt, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}
