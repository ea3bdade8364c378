/*
 * A recorded day, asked of the daemon page by page (DAY.READ), as the text of a
 * pattern: what is played is what can be read, kept and changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "operation.h"
#include "simulate.h"

#define HANDLE_USUAL 300.0   /* s, when nothing is known of any */
#define HANDLE_CHAT  14400.0 /* s, at most: then nobody was at it any more */
#define HANDLE_OTHER 1800.0
#define DAY	     86400000LL

struct day_read {
	json_t	 *cases, *agents;
	long long length; /* ms */
};

static long long
whole(const json_t *j, const char *member)
{
	return ((long long)json_integer_value(json_object_get(j, member)));
}

static const char *
word(const json_t *j, const char *member)
{
	const char *s = json_string_value(json_object_get(j, member));

	return (s != NULL ? s : "");
}

/* Pages ------------------------------------------------------------------- */

static enum ctl_exit
page_read(struct sim *sim, const char *day, const char *queue, long long after,
    json_t **page)
{
	char		number[24];
	struct resp_arg argv[6] = { { "DAY.READ", 8 }, { day, strlen(day) } };
	size_t		n = 2;

	if (queue != NULL) {
		argv[n++] = (struct resp_arg){ "QUEUE", 5 };
		argv[n++] = (struct resp_arg){ queue, strlen(queue) };
	}
	if (after > 0) {
		snprintf(number, sizeof number, "%lld", after);
		argv[n++] = (struct resp_arg){ "AFTER", 5 };
		argv[n++] = (struct resp_arg){ number, strlen(number) };
	}
	return (ctl_ask(sim->ctl, argv, n, page));
}

static enum ctl_exit
pages_read(
    struct sim *sim, const char *day, const char *queue, struct day_read *to)
{
	enum ctl_exit status;
	long long     after = 0;
	json_t	     *page;

	do {
		status = page_read(sim, day, queue, after, &page);
		if (status != CTL_OK)
			return (status);
		json_array_extend(to->cases, json_object_get(page, "cases"));
		json_array_extend(to->agents, json_object_get(page, "agents"));
		to->length = whole(page, "length");
		after = whole(page, "next");
		json_decref(page);
	} while (after > 0 && json_array_size(to->cases) <= PATTERN_CASES);
	return (CTL_OK);
}

/* Cases ------------------------------------------------------------------- */

/* Seconds; -1: it is not known. */
static double
handle_known(const json_t *c)
{
	const json_t *v = json_object_get(c, "handle");
	const char   *channel = word(c, "channel");
	double	      s = json_number_value(v);

	if (!json_is_number(v) || s < 0)
		return (-1);
	if (strcmp(channel, "chat") == 0)
		return (s < HANDLE_CHAT ? s : HANDLE_CHAT);
	if (strcmp(channel, "call") == 0)
		return (s);
	return (s < HANDLE_OTHER ? s : HANDLE_OTHER);
}

/* Of whom it is not known it took what the others of its kind took. */
static json_t *
handles_mean(const json_t *cases)
{
	json_t	     *of = json_object(), *sum;
	const json_t *c;
	char	      kind[100];
	double	      s, n;
	size_t	      i;

	json_array_foreach (cases, i, c) {
		if ((s = handle_known(c)) < 0)
			continue;
		snprintf(kind, sizeof kind, "%s %s", word(c, "queue"),
		    word(c, "channel"));
		sum = json_object_get(of, kind);
		n = json_number_value(json_array_get(sum, 0));
		s += json_number_value(json_array_get(sum, 1));
		json_object_set_new(of, kind, json_pack("[f,f]", n + 1, s));
	}
	return (of);
}

static double
handle_of(const json_t *c, const json_t *means)
{
	double	      s = handle_known(c);
	char	      kind[100];
	const json_t *sum;

	if (s >= 0)
		return (s > 0 ? s : 1);
	snprintf(
	    kind, sizeof kind, "%s %s", word(c, "queue"), word(c, "channel"));
	if ((sum = json_object_get(means, kind)) == NULL)
		return (HANDLE_USUAL);
	return (json_number_value(json_array_get(sum, 1)) /
	    json_number_value(json_array_get(sum, 0)));
}

/* "en:2,vi?"; a name that no desk.conf can have is left out. */
static void
needs_put(struct buf *b, const json_t *skills)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789._-:?";
	const json_t	 *one;
	const char	 *s;
	size_t		  i, n = 0;

	json_array_foreach (skills, i, one) {
		s = json_string_value(one);
		if (s == NULL || strspn(s, good) != strlen(s))
			continue;
		buf_printf(b, "%s%s", n++ == 0 ? " needs " : ",", s);
	}
}

static void
moment_put(struct buf *b, long long ms)
{
	buf_printf(b, "%02lld:%02lld:%02lld.%03lld", ms / 3600000,
	    ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

static void
case_put(struct buf *b, const json_t *c, const json_t *means)
{
	double gone = json_number_value(json_object_get(c, "gone"));

	buf_str(b, "case ");
	moment_put(b, whole(c, "at"));
	buf_printf(b, " %s %s %.0fms", word(c, "queue"), word(c, "channel"),
	    handle_of(c, means) * 1000);
	buf_printf(b, " priority %lld", whole(c, "priority"));
	if (gone > 0)
		buf_printf(b, " gone %.0fms", gone * 1000);
	needs_put(b, json_object_get(c, "skills"));
	buf_char(b, '\n');
}

/* People ------------------------------------------------------------------ */

/* Each span a shift of its own: they may be many. */
static void
shift_put(struct buf *b, const json_t *s, long long length)
{
	long long from = whole(s, "from"), until = whole(s, "until");

	if (until > length)
		until = length;
	if (from < 0 || from >= until)
		return;
	buf_printf(b, "shift %s\nhours ", word(s, "agent"));
	moment_put(b, from);
	buf_char(b, '-');
	moment_put(b, until);
	buf_char(b, '\n');
}

static void
day_put(struct buf *b, const char *day, const struct day_read *d)
{
	const json_t *one;
	json_t	     *means = handles_mean(d->cases);
	size_t	      i;

	buf_printf(b, "# %s\nuntil ", day);
	moment_put(b, d->length);
	buf_char(b, '\n');
	json_array_foreach (d->agents, i, one)
		shift_put(b, one, d->length);
	json_array_foreach (d->cases, i, one)
		case_put(b, one, means);
	json_decref(means);
}

char *
sim_day_text(struct sim *sim, const char *day, const char *queue, size_t *n,
    enum ctl_exit *status)
{
	struct day_read d = { json_array(), json_array(), DAY };
	struct buf	b = { 0 };

	*status = pages_read(sim, day, queue, &d);
	if (*status == CTL_OK) {
		if (json_array_size(d.agents) == 0)
			ctl_say("nobody is on record as ready on %s: all "
				"agents are there all day",
			    day);
		day_put(&b, day, &d);
	}
	json_decref(d.cases);
	json_decref(d.agents);
	return (*status == CTL_OK ? buf_take(&b, n) : NULL);
}
