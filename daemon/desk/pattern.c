/*
 * A day's text, line by line; see pattern.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "pattern.h"
#include "patternword.h"
#include "routeword.h"

#define LINE_BYTES   4096
#define WORDS_MAX    (PATTERN_PEOPLE + 1)
#define MEMORY_MAX   67108864
#define MEMORY_SLACK 65536 /* more than a line takes */
#define SECTIONS_MAX 20000
#define DAY	     86400000LL
#define HANDLE_MAX   604800000LL /* a week */

/* What the following lines are of. */
enum section { NOWHERE, ARRIVALS, SHIFT };

struct reader {
	struct pattern *p;
	enum section	section;
	int		line;
	int		began; /* the line of the section's head */
	char	       *word[WORDS_MAX];
	size_t		n;
	char	       *wrong;
	size_t		size;
};

static bool PRINTFLIKE(2, 3) fault(struct reader *r, const char *fmt, ...)
{
	char	text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(r->wrong, r->size, "%d: %s", r->line, text);
	return (false);
}

/* Values ------------------------------------------------------------------- */

static char *
kept(struct reader *r, const char *s)
{
	return (arena_str(&r->p->memory, s));
}

/* The words from the i-th on, a blank between, in out. */
static void
joined(const struct reader *r, size_t i, char out[LINE_BYTES])
{
	size_t n = 0;

	for (out[0] = '\0'; i < r->n; i++)
		n += (size_t)snprintf(out + n, LINE_BYTES - n, "%s%s",
		    n > 0 ? " " : "", r->word[i]);
}

static bool
put_spread(struct reader *r, struct spread *to)
{
	char text[LINE_BYTES];

	joined(r, 1, text);
	if (spread_read(to, text, strlen(text)))
		return (true);
	return (fault(r,
	    "%s is a time such as \"5m\", \"exponential 5m\" or \"lognormal 6m "
	    "4m\" (mean, deviation).",
	    r->word[0]));
}

static bool
put_span(struct reader *r, int64_t *to, int64_t most)
{
	if (r->n == 2 && patternword_span(r->word[1], to) && *to <= most)
		return (true);
	return (fault(r, "%s is a time such as 20s or 5m.", r->word[0]));
}

static bool
put_priority(struct reader *r, const char *s, int *to)
{
	const char *end;
	long	    v;

	if ((end = patternword_digits(s, 99, &v)) == NULL || *end != '\0' ||
	    v < 1)
		return (fault(r, "A priority is from 1 to 99."));
	*to = (int)v;
	return (true);
}

/* "en 2, vi" as a ticket carries them, behind those that it has. */
static bool
put_needs(struct reader *r, const char **to, bool preferred)
{
	char   text[LINE_BYTES], need[ROUTEWORD_MAX], all[LINE_BYTES];
	char  *s, *rest = text;
	size_t n;

	joined(r, 1, text);
	n = (size_t)snprintf(all, sizeof all, "%s", *to);
	while ((s = strsep(&rest, ",")) != NULL) {
		if (!routeword_need(need, s, preferred))
			return (fault(r,
			    "%s are like \"vi, en 2\": names, with a level "
			    "from 1 to 5.",
			    r->word[0]));
		if (n + strlen(need) + 2 > sizeof all)
			return (fault(r, "There are too many of them."));
		n += (size_t)snprintf(
		    all + n, sizeof all - n, "%s%s", n > 0 ? " " : "", need);
	}
	*to = kept(r, all);
	return (true);
}

/* Sections ----------------------------------------------------------------- */

static void *
grown(void *list, size_t n, size_t *size, size_t each)
{
	if (n < *size)
		return (list);
	*size = *size == 0 ? 16 : *size * 2;
	return (xreallocarray(list, *size, each));
}

static bool
put_kind(struct reader *r, struct pattern_kind *k, size_t at)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web", "desk" };
	size_t			 i;

	*k = (struct pattern_kind){ .needs = "", .priority = 50 };
	if (r->n < at + 2 || !patternword_name(r->word[at]))
		return (fault(r, "A queue and a channel must follow."));
	for (i = 0; i < nitems(channels); i++)
		if (strcmp(channels[i], r->word[at + 1]) == 0)
			k->channel = channels[i];
	if (k->channel == NULL)
		return (fault(
		    r, "There is no channel \"%.60s\".", r->word[at + 1]));
	k->queue = kept(r, r->word[at]);
	return (true);
}

static bool
on_arrivals(struct reader *r)
{
	struct pattern		*p = r->p;
	struct pattern_arrivals *a;

	if (p->narrivals == SECTIONS_MAX)
		return (fault(r, "There are too many arrivals."));
	p->arrivals =
	    grown(p->arrivals, p->narrivals, &p->arrivals_size, sizeof *a);
	a = &p->arrivals[p->narrivals];
	memset(a, 0, sizeof *a);
	if (r->n != 3)
		return (fault(r, "It is: arrivals QUEUE CHANNEL"));
	if (!put_kind(r, &a->kind, 1))
		return (false);
	p->narrivals++;
	r->section = ARRIVALS;
	r->began = r->line;
	return (true);
}

static bool
on_shift(struct reader *r)
{
	struct pattern	     *p = r->p;
	struct pattern_shift *s;
	size_t		      i;

	if (p->nshifts == SECTIONS_MAX)
		return (fault(r, "There are too many shifts."));
	p->shifts = grown(p->shifts, p->nshifts, &p->shifts_size, sizeof *s);
	s = &p->shifts[p->nshifts];
	memset(s, 0, sizeof *s);
	if (r->n < 2)
		return (fault(r, "It is: shift AGENT ..."));
	s->nagents = r->n - 1;
	s->agents = arena_get(&p->memory, s->nagents * sizeof *s->agents);
	if (s->agents == NULL)
		return (fault(r, "This is too much."));
	for (i = 1; i < r->n; i++) {
		if (!patternword_name(r->word[i]))
			return (fault(r, "\"%.60s\" is no login.", r->word[i]));
		s->agents[i - 1] = kept(r, r->word[i]);
	}
	p->nshifts++;
	r->section = SHIFT;
	return (true);
}

/* "priority 60 needs en:2,vi? prefer an gone 45s within 20s", in any order. */
static bool
case_more(struct reader *r, struct pattern_case *c, size_t i)
{
	int64_t ms;
	char   *s;

	if (strcmp(r->word[i], "priority") == 0)
		return (put_priority(r, r->word[i + 1], &c->kind.priority));
	if (strcmp(r->word[i], "prefer") == 0 &&
	    patternword_name(r->word[i + 1]))
		c->kind.prefer = kept(r, r->word[i + 1]);
	else if (strcmp(r->word[i], "gone") == 0 &&
	    patternword_span(r->word[i + 1], &c->gone))
		return (true);
	else if (strcmp(r->word[i], "within") == 0 &&
	    patternword_span(r->word[i + 1], &ms) && ms >= 1000)
		c->kind.within = (long)(ms / 1000);
	else if (strcmp(r->word[i], "needs") == 0) {
		for (s = r->word[i + 1]; *s != '\0'; s++)
			if (*s == ',')
				*s = ' ';
		if (strspn(r->word[i + 1],
			"abcdefghijklmnopqrstuvwxyz0123456789._-:? ") !=
		    strlen(r->word[i + 1]))
			return (fault(r, "These are no needs."));
		c->kind.needs = kept(r, r->word[i + 1]);
	} else
		return (fault(r, "\"%.60s\" is not known here.", r->word[i]));
	return (true);
}

static bool
on_case(struct reader *r)
{
	struct pattern	    *p = r->p;
	struct pattern_case *c;
	size_t		     i;

	if (p->ncases == PATTERN_CASES)
		return (
		    fault(r, "There are more than %d cases.", PATTERN_CASES));
	p->cases = grown(p->cases, p->ncases, &p->cases_size, sizeof *c);
	c = &p->cases[p->ncases];
	memset(c, 0, sizeof *c);
	if (r->n < 5 || !patternword_at(r->word[1], &c->at) ||
	    !patternword_span(r->word[4], &c->handle) || c->handle > HANDLE_MAX)
		return (
		    fault(r, "It is like: case 08:01:12.500 sales chat 230s"));
	if (!put_kind(r, &c->kind, 2))
		return (false);
	if (r->n % 2 == 0)
		return (fault(r, "A value is missing."));
	for (i = 5; i < r->n; i += 2)
		if (!case_more(r, c, i))
			return (false);
	p->ncases++;
	r->section = NOWHERE;
	return (true);
}

/* Lines of a section ------------------------------------------------------- */

static struct pattern_arrivals *
arrivals_here(struct reader *r)
{
	return (&r->p->arrivals[r->p->narrivals - 1]);
}

static bool
on_rates(struct reader *r)
{
	struct pattern_arrivals *a = arrivals_here(r);
	size_t			 i;
	char			*end;

	if (r->n < 2 || r->n - 1 > PATTERN_RATES)
		return (fault(r,
		    "rates are numbers of cases an hour, one for each hour."));
	for (i = 1; i < r->n; i++) {
		if (strspn(r->word[i], "0123456789.") != strlen(r->word[i]) ||
		    strlen(r->word[i]) > 12)
			return (fault(r, "\"%.60s\" is no rate.", r->word[i]));
		a->rates[i - 1] = strtod(r->word[i], &end);
		if (*end != '\0' || a->rates[i - 1] > PATTERN_RATE_MAX)
			return (fault(r, "\"%.60s\" is no rate.", r->word[i]));
	}
	a->nrates = r->n - 1;
	return (true);
}

static bool
on_handle(struct reader *r)
{
	return (put_spread(r, &arrivals_here(r)->handle));
}

static bool
on_patience(struct reader *r)
{
	return (put_spread(r, &arrivals_here(r)->patience));
}

static bool
on_skills(struct reader *r)
{
	return (put_needs(r, &arrivals_here(r)->kind.needs, false));
}

static bool
on_prefer(struct reader *r)
{
	return (put_needs(r, &arrivals_here(r)->kind.needs, true));
}

static bool
on_priority(struct reader *r)
{
	if (r->n != 2)
		return (fault(r, "A priority is from 1 to 99."));
	return (put_priority(r, r->word[1], &arrivals_here(r)->kind.priority));
}

static bool
on_within(struct reader *r)
{
	int64_t ms = 0;

	if (!put_span(r, &ms, DAY))
		return (false);
	if (ms < 1000)
		return (fault(r, "within is a second at least."));
	arrivals_here(r)->kind.within = (long)(ms / 1000);
	return (true);
}

static bool
on_hours(struct reader *r)
{
	struct pattern_shift *s = &r->p->shifts[r->p->nshifts - 1];
	struct pattern_hours *h;
	const char	     *end;
	size_t		      i;

	for (i = 1; i < r->n; i++) {
		if (s->nhours == PATTERN_HOURS)
			return (fault(r, "There are too many hours."));
		h = &s->hours[s->nhours];
		end = patternword_moment(r->word[i], &h->from);
		if (end == NULL || *end != '-' ||
		    !patternword_at(end + 1, &h->until) || h->until <= h->from)
			return (fault(
			    r, "Hours are like 08:00-12:00 13:00-17:30."));
		s->nhours++;
	}
	return (r->n > 1 ? true : fault(r, "Which hours?"));
}

static bool
on_from(struct reader *r)
{
	if (r->n == 2 && patternword_at(r->word[1], &r->p->from))
		return (true);
	return (fault(r, "from is a time such as 08:00."));
}

static bool
on_until(struct reader *r)
{
	if (r->n == 2 && patternword_at(r->word[1], &r->p->until))
		return (true);
	return (fault(r, "until is a time such as 17:30."));
}

static bool
on_warm(struct reader *r)
{
	return (put_span(r, &r->p->warm, DAY));
}

static bool
on_answer(struct reader *r)
{
	return (put_spread(r, &r->p->answer));
}

static bool
on_back(struct reader *r)
{
	return (put_spread(r, &r->p->back));
}

static bool
on_accept(struct reader *r)
{
	const char *end;
	long	    v;

	if (r->n != 2 ||
	    (end = patternword_digits(r->word[1], 100, &v)) == NULL ||
	    strcmp(end, "%") != 0 || v == 0)
		return (fault(r, "accept is a share from 1%% to 100%%."));
	r->p->accept = (double)v / 100;
	return (true);
}

static const struct {
	const char  *word;
	enum section in; /* NOWHERE: anywhere */
	bool (*run)(struct reader *);
} words[] = {
	{ "accept", NOWHERE, on_accept },
	{ "answer", NOWHERE, on_answer },
	{ "arrivals", NOWHERE, on_arrivals },
	{ "back", NOWHERE, on_back },
	{ "case", NOWHERE, on_case },
	{ "from", NOWHERE, on_from },
	{ "handle", ARRIVALS, on_handle },
	{ "hours", SHIFT, on_hours },
	{ "patience", ARRIVALS, on_patience },
	{ "prefer", ARRIVALS, on_prefer },
	{ "priority", ARRIVALS, on_priority },
	{ "rates", ARRIVALS, on_rates },
	{ "shift", NOWHERE, on_shift },
	{ "skills", ARRIVALS, on_skills },
	{ "until", NOWHERE, on_until },
	{ "warm", NOWHERE, on_warm },
	{ "within", ARRIVALS, on_within },
};

/* An arrival that was begun must say how many come, and for how long. */
static bool
section_whole(struct reader *r)
{
	struct pattern_arrivals *a;

	if (r->section != ARRIVALS)
		return (true);
	a = arrivals_here(r);
	if (a->nrates > 0 && a->handle.mean > 0)
		return (true);
	r->line = r->began;
	return (fault(r, "These arrivals have no %s.",
	    a->nrates > 0 ? "handle" : "rates"));
}

static bool
line_read(struct reader *r)
{
	size_t i;

	for (i = 0; i < nitems(words); i++) {
		if (strcmp(words[i].word, r->word[0]) != 0)
			continue;
		if (words[i].in != NOWHERE && words[i].in != r->section)
			return (fault(r, "%s stands below %s.", words[i].word,
			    words[i].in == SHIFT ? "a shift" : "arrivals"));
		if ((words[i].run == on_arrivals || words[i].run == on_shift ||
			words[i].run == on_case) &&
		    !section_whole(r))
			return (false);
		if (!words[i].run(r))
			return (false);
		if (r->p->memory.total >= MEMORY_MAX)
			return (fault(r, "This is too much."));
		return (true);
	}
	return (fault(r, "\"%.60s\" is not known here.", r->word[0]));
}

/* The whole ---------------------------------------------------------------- */

static int
case_order(const void *a, const void *b)
{
	const struct pattern_case *x = a, *y = b;

	return (x->at < y->at ? -1 : x->at > y->at);
}

static bool
lines_read(struct reader *r, const char *s, size_t n)
{
	char	    line[LINE_BYTES], *rest, *word;
	const char *end = s + n, *stop;
	size_t	    len;

	for (; s < end; s = stop + 1) {
		r->line++;
		if ((stop = memchr(s, '\n', (size_t)(end - s))) == NULL)
			stop = end;
		len = (size_t)(stop - s);
		if (len >= sizeof line)
			return (fault(r, "The line is too long."));
		memcpy(line, s, len);
		line[len] = '\0';
		line[strcspn(line, "#\r")] = '\0';
		r->n = 0;
		for (rest = line; (word = strsep(&rest, " \t")) != NULL;) {
			if (*word == '\0')
				continue;
			if (r->n == WORDS_MAX)
				return (fault(r, "The line is too long."));
			r->word[r->n++] = word;
		}
		if (r->n > 0 && !line_read(r))
			return (false);
	}
	return (section_whole(r));
}

bool
pattern_read(
    struct pattern *p, const char *s, size_t n, char *wrong, size_t size)
{
	static const struct pattern usual = {
		.until = DAY, .accept = 1, .back = { SPREAD_FIXED, 300, 0 }
	};
	struct reader r = { .p = p, .wrong = wrong, .size = size };

	*p = usual;
	arena_init(&p->memory, MEMORY_MAX + MEMORY_SLACK);
	if (n > PATTERN_MAX)
		return (fault(&r, "The text is too large."));
	if (!utf8_valid(s, n))
		return (fault(&r, "The text is not UTF-8, or has U+0000."));
	if (!lines_read(&r, s, n))
		return (false);
	r.line = 0;
	if (p->until <= p->from)
		return (fault(&r, "until must be later than from."));
	if (p->warm >= p->until - p->from)
		return (fault(&r, "warm leaves nothing to be counted."));
	if (p->ncases == 0)
		return (true);
	qsort(p->cases, p->ncases, sizeof *p->cases, case_order);
	if (p->cases[0].at < p->from || p->cases[p->ncases - 1].at >= p->until)
		return (fault(&r, "A case comes before from, or after until."));
	return (true);
}

void
pattern_free(struct pattern *p)
{
	free(p->arrivals);
	free(p->cases);
	free(p->shifts);
	arena_free(&p->memory);
	memset(p, 0, sizeof *p);
}
