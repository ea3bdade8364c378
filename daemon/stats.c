/*
 * Counters and histograms; see stats.h.
 */
#include <stddef.h>

#include "base/log.h"
#include "stats.h"

static const struct {
	const char *name;
	const char *help;
} counts[COUNTS] = {
	[COUNT_EVENTS] = { "events_total", "Events filed." },
	[COUNT_DUPLICATES] = { "event_duplicates_total",
	    "Events that had been filed before." },
	[COUNT_LATER] = { "events_deferred_total",
	    "Events whose senders were told to come again." },
	[COUNT_NEVER] = { "events_refused_total", "Events refused for good." },
	[COUNT_QUARANTINED] = { "events_quarantined_total",
	    "Events kept although they could not be read." },
	[COUNT_BATCHES] = { "batches_total", "Transactions of events." },
	[COUNT_OUTBOX] = { "outbox_applied_total",
	    "Outbox rows applied in Redis." },
	[COUNT_SWEPT] = { "outbox_swept_total",
	    "Outbox rows taken over from a daemon that left them." },
	[COUNT_REBUILDS] = { "rebuilds_total",
	    "Times this daemon rebuilt the waiting lines." },
	[COUNT_INDEXED] = { "indexed_total", "Events made searchable." },
	[COUNT_LOGIN_FAILURES] = { "login_failures_total",
	    "Logins with a wrong password." },
	[COUNT_SLOW_READERS] = { "slow_readers_total",
	    "Streams closed because the peer did not read." },
	[COUNT_SENT] = { "outbound_sent_total", "Messages sent." },
	[COUNT_SEND_LATER] = { "outbound_deferred_total",
	    "Tries that will be repeated." },
	[COUNT_SEND_NEVER] = { "outbound_failed_total",
	    "Messages refused for good." },
	[COUNT_SEND_UNKNOWN] = { "outbound_unknown_total",
	    "Messages let go of which no answer came." },
	[COUNT_HOOK_DONE] = { "hook_notices_total",
	    "Notices that web hooks took." },
	[COUNT_HOOK_LATER] = { "hook_failures_total",
	    "Tries of web hooks that failed." },
	[COUNT_LOOKS] = { "due_looks_total",
	    "Times this daemon looked for what comes due." },
	[COUNT_HEARD] = { "due_heard_total",
	    "Times it was told that something comes due soon." },
};

/* Upper bounds in microseconds, about two a decade. */
static const int64_t bounds[] = { 100, 300, 1000, 3000, 10000, 30000, 100000,
	300000, 1000000, 3000000 };

struct histogram {
	uint64_t in[nitems(bounds) + 1];
	uint64_t n;
	double	 sum;
};

static uint64_t		values[COUNTS];
static uint64_t		asked[OP_COUNT][ASK_INTERNAL + 1];
static struct histogram op_time, turn_time, batch_time;
static uint64_t		batch_events;

static void
histogram_add(struct histogram *h, int64_t micros)
{
	size_t i;

	for (i = 0; i < nitems(bounds) && micros > bounds[i]; i++)
		;
	h->in[i]++;
	h->n++;
	h->sum += (double)micros / 1e6;
}

static void
histogram_write(struct buf *b, const char *name, const char *help,
    const struct histogram *h)
{
	uint64_t below = 0;
	size_t	 i;

	buf_printf(b, "# HELP deskd_%s %s\n# TYPE deskd_%s histogram\n", name,
	    help, name);
	for (i = 0; i < nitems(bounds); i++) {
		below += h->in[i];
		buf_printf(b, "deskd_%s_bucket{le=\"%g\"} %llu\n", name,
		    (double)bounds[i] / 1e6, (unsigned long long)below);
	}
	buf_printf(b,
	    "deskd_%s_bucket{le=\"+Inf\"} %llu\ndeskd_%s_sum %g\n"
	    "deskd_%s_count %llu\n",
	    name, (unsigned long long)h->n, name, h->sum, name,
	    (unsigned long long)h->n);
}

void
stats_add(enum count c, uint64_t n)
{
	values[c] += n;
}

void
stats_asked(const struct op *op, enum ask_code code, int64_t micros)
{
	asked[op_id(op)][code]++;
	histogram_add(&op_time, micros);
}

void
stats_turn(int64_t micros)
{
	histogram_add(&turn_time, micros);
}

void
stats_batch(size_t events, int64_t micros)
{
	values[COUNT_BATCHES]++;
	batch_events += events;
	histogram_add(&batch_time, micros);
}

void
stats_gauge(struct buf *b, const char *name, const char *help, double value)
{
	buf_printf(b,
	    "# HELP deskd_%s %s\n# TYPE deskd_%s gauge\ndeskd_%s %g\n", name,
	    help, name, name, value);
}

void
stats_write(struct buf *b)
{
	size_t i, j;

	for (i = 0; i < COUNTS; i++)
		buf_printf(b,
		    "# HELP deskd_%s %s\n# TYPE deskd_%s counter\n"
		    "deskd_%s %llu\n",
		    counts[i].name, counts[i].help, counts[i].name,
		    counts[i].name, (unsigned long long)values[i]);
	buf_printf(b,
	    "# HELP deskd_log_lines_dropped_total Lines that standard error "
	    "did not take.\n# TYPE deskd_log_lines_dropped_total counter\n"
	    "deskd_log_lines_dropped_total %llu\n",
	    (unsigned long long)log_dropped());
	buf_str(b,
	    "# HELP deskd_operations_total Operations by name and outcome.\n"
	    "# TYPE deskd_operations_total counter\n");
	for (i = 0; i < OP_COUNT; i++)
		for (j = 0; j < nitems(asked[i]); j++)
			if (asked[i][j] != 0)
				buf_printf(b,
				    "deskd_operations_total{op=\"%s\","
				    "code=\"%s\"} %llu\n",
				    ops[i].name,
				    ask_code_name((enum ask_code)j),
				    (unsigned long long)asked[i][j]);
	histogram_write(b, "operation_seconds", "Time to an answer.", &op_time);
	histogram_write(b, "loop_turn_seconds", "Time of one turn of the loop.",
	    &turn_time);
	histogram_write(b, "batch_seconds", "Time of one batch to its commit.",
	    &batch_time);
	buf_printf(b,
	    "# HELP deskd_batch_events_total Events in those batches.\n"
	    "# TYPE deskd_batch_events_total counter\n"
	    "deskd_batch_events_total %llu\n",
	    (unsigned long long)batch_events);
}
