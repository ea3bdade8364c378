/*
 * A company's routing out of its configuration; see company.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "desk/routeword.h"
#include "company.h"

#define FIRST_USUAL    3600 /* as SQL has them */
#define OFFER_USUAL    30
#define CAPACITY_USUAL 100

static const struct {
	const char *name;
	int	    units; /* when nothing is said */
	bool	    at_once;
} channels[COMPANY_CHANNELS] = {
	{ "mail", 5, false },
	{ "chat", 20, true },
	{ "call", 100, true },
	{ "social", 20, true },
	{ "order", 5, false },
	{ "store", 5, false },
	{ "web", 20, false },
	{ "desk", 5, false },
};

static const char *
text(const json_t *j, const char *member, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(j, member));

	return (s != NULL ? s : otherwise);
}

static long
number(const json_t *j, const char *member, long otherwise)
{
	const json_t *v = json_object_get(j, member);

	return (json_is_integer(v) ? (long)json_integer_value(v) : otherwise);
}

int
company_channel(const char *name)
{
	int i;

	for (i = 0; i < COMPANY_CHANNELS; i++)
		if (strcmp(channels[i].name, name) == 0)
			return (i);
	return (-1);
}

bool
company_at_once(int channel)
{
	return (channels[channel].at_once);
}

/* Queues ------------------------------------------------------------------- */

/* "call 30s" and its like, each into its channel's place. */
static void
spans_take(long of[COMPANY_CHANNELS], const json_t *words)
{
	const json_t *word;
	const char   *s;
	char	      name[ROUTEWORD_MAX];
	size_t	      i, n;
	int	      channel;

	json_array_foreach (words, i, word) {
		s = json_string_value(word);
		n = routeword_name(s);
		snprintf(name, sizeof name, "%.*s", (int)n, s);
		channel = company_channel(name);
		if (channel >= 0 && s[n] != '\0')
			of[channel] =
			    routeword_span(s + n + 1, strlen(s + n + 1));
	}
}

/* "3m overflow technical" as {"after":180,"queue":"technical"}. */
static json_t *
step_made(const char *said)
{
	json_t	   *step = json_object();
	const char *what = strchr(said, ' ') + 1;

	json_object_set_new(
	    step, "after", json_integer(routeword_step_after(said)));
	if (routeword_overflow(said) != NULL)
		json_object_set_new(
		    step, "queue", json_string(routeword_overflow(said)));
	else if (strncmp(what, "levels ", 7) == 0)
		json_object_set_new(
		    step, "levels", json_integer(atoi(what + 7)));
	else if (strcmp(what, "preferred") == 0)
		json_object_set_new(step, "drop", json_string("preferred"));
	else
		json_object_set_new(step, "anyone", json_true());
	return (step);
}

static bool
serves(const json_t *agent, const char *queue)
{
	const json_t *said;
	const char   *s;
	size_t	      i;

	json_array_foreach (json_object_get(agent, "queues"), i, said) {
		s = json_string_value(said);
		if (routeword_name(s) == strlen(queue) &&
		    strncmp(s, queue, strlen(queue)) == 0)
			return (true);
	}
	return (false);
}

/*
 * Whether that overflow would offer cases of a queue for its members only to
 * agents who may not see them, as desk.overflow_blind() has it.
 */
static bool
overflow_blind(const json_t *config, const json_t *queue, const char *other)
{
	const json_t *agent;
	size_t	      i;

	if (!json_is_true(json_object_get(queue, "members_only")))
		return (false);
	json_array_foreach (json_object_get(config, "agents"), i, agent)
		if (strcmp(text(agent, "role", "agent"), "agent") == 0 &&
		    serves(agent, other) &&
		    !serves(agent, text(queue, "name", "")))
			return (true);
	return (false);
}

static json_t *
steps_made(const json_t *config, const json_t *queue)
{
	json_t	     *steps = json_array();
	const json_t *one;
	const char   *said, *other;
	size_t	      i;

	json_array_foreach (json_object_get(queue, "widen"), i, one) {
		said = json_string_value(one);
		other = routeword_overflow(said);
		if (other == NULL || !overflow_blind(config, queue, other))
			json_array_append_new(steps, step_made(said));
	}
	return (steps);
}

static void
once_append(json_t *list, const char *name)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach (list, i, one)
		if (strcmp(json_string_value(one), name) == 0)
			return;
	json_array_append_new(list, json_string(name));
}

static int
name_order(const void *a, const void *b)
{
	return (strcmp(*(const char *const *)a, *(const char *const *)b));
}

/* Its agents: those that it names first, then the others by name. */
static json_t *
order_made(const json_t *config, const json_t *queue)
{
	json_t	     *order = json_array(), *agent;
	const json_t *said, *agents = json_object_get(config, "agents");
	const char  **others;
	size_t	      i, k, n = 0;

	json_array_foreach (json_object_get(queue, "order"), i, said)
		json_array_foreach (agents, k, agent)
			if (strcmp(text(agent, "name", ""),
				json_string_value(said)) == 0 &&
			    serves(agent, text(queue, "name", "")))
				once_append(order, json_string_value(said));
	others = xcalloc(json_array_size(agents) + 1, sizeof *others);
	json_array_foreach (agents, k, agent)
		if (serves(agent, text(queue, "name", "")))
			others[n++] = text(agent, "name", "");
	qsort(others, n, sizeof *others, name_order);
	for (k = 0; k < n; k++)
		once_append(order, others[k]);
	free(others);
	return (order);
}

static char *
policy_made(
    const json_t *config, const json_t *queue, const struct company_queue *q)
{
	json_t	   *p = json_object(), *wrap = json_object();
	const char *strategy = text(queue, "strategy", "longest_idle");
	char	   *made;
	int	    i;

	json_object_set_new(p, "queue", json_string(q->name));
	json_object_set_new(
	    p, "mode", json_string(text(queue, "mode", "offer")));
	json_object_set_new(p, "strategy", json_string(strategy));
	json_object_set_new(p, "steps", steps_made(config, queue));
	json_object_set_new(
	    p, "same", json_integer(number(queue, "same_agent", 0)));
	for (i = 0; i < COMPANY_CHANNELS; i++)
		if (q->wrap[i] > 0)
			json_object_set_new(
			    wrap, channels[i].name, json_integer(q->wrap[i]));
	json_object_set_new(p, "wrap", wrap);
	if (strcmp(strategy, "fixed_order") == 0)
		json_object_set_new(p, "order", order_made(config, queue));
	made = json_dumps(p, JSON_COMPACT);
	json_decref(p);
	return (made);
}

static void
queue_make(struct company_queue *q, const json_t *config, const json_t *queue)
{
	int i;

	q->name = text(queue, "name", "");
	q->first = number(queue, "first", FIRST_USUAL);
	for (i = 0; i < COMPANY_CHANNELS; i++)
		q->offer[i] = number(queue, "offer", OFFER_USUAL);
	spans_take(q->offer, json_object_get(queue, "offer_by"));
	spans_take(q->wrap, json_object_get(queue, "wrap_up"));
	q->pull = strcmp(text(queue, "mode", ""), "pull") == 0;
	q->policy = policy_made(config, queue, q);
}

/* Agents ------------------------------------------------------------------- */

/* "warehouse 2 after 1m" as "warehouse:2:60". */
static void
serving_put(struct buf *b, const char *said)
{
	size_t	    n = routeword_name(said);
	const char *s = said + n, *after = strstr(s, " after ");
	int	    priority = 1;

	if (s[0] == ' ' && s[1] >= '1' && s[1] <= '9')
		priority = s[1] - '0';
	buf_printf(b, "%s%.*s:%d:%ld", b->n > 0 ? " " : "", (int)n, said,
	    priority,
	    after != NULL ? routeword_span(after + 7, strlen(after + 7)) : 0);
}

/* "en 4" as "en:4"; "vi" as it is. */
static void
counted_put(struct buf *b, const char *said)
{
	size_t n = routeword_name(said);

	buf_printf(b, "%s%.*s", b->n > 0 ? " " : "", (int)n, said);
	if (said[n] == ' ')
		buf_printf(b, ":%s", said + n + 1);
}

static char *
words_made(const json_t *said, void (*put)(struct buf *, const char *))
{
	struct buf    b = { 0 };
	const json_t *one;
	size_t	      i;

	json_array_foreach (said, i, one)
		put(&b, json_string_value(one));
	return (b.n > 0 ? buf_take(&b, &i) : xstrdup(""));
}

static void
agent_make(struct company_agent *a, const json_t *agent)
{
	struct buf like = { 0 };
	size_t	   n;

	a->name = text(agent, "name", "");
	a->capacity = (int)number(agent, "capacity", CAPACITY_USUAL);
	a->queues = words_made(json_object_get(agent, "queues"), serving_put);
	a->skills = words_made(json_object_get(agent, "skills"), counted_put);
	a->limits = words_made(json_object_get(agent, "limits"), counted_put);
	buf_printf(
	    &like, "%d|%s|%s|%s", a->capacity, a->queues, a->skills, a->limits);
	a->like = buf_take(&like, &n);
}

/* The whole ---------------------------------------------------------------- */

void
company_make(struct company *c, const char *json)
{
	const json_t *units, *list, *one;
	size_t	      i;

	memset(c, 0, sizeof *c);
	c->config = json_loads(json, 0, NULL);
	units = json_object_get(c->config, "units");
	for (i = 0; i < COMPANY_CHANNELS; i++)
		c->units[i] =
		    (int)number(units, channels[i].name, channels[i].units);

	list = json_object_get(c->config, "queues");
	c->queues = xcalloc(json_array_size(list) + 1, sizeof *c->queues);
	json_array_foreach (list, i, one)
		queue_make(&c->queues[c->nqueues++], c->config, one);

	list = json_object_get(c->config, "agents");
	c->agents = xcalloc(json_array_size(list) + 1, sizeof *c->agents);
	json_array_foreach (list, i, one)
		if (json_array_size(json_object_get(one, "queues")) > 0)
			agent_make(&c->agents[c->nagents++], one);
}

void
company_free(struct company *c)
{
	size_t i;

	for (i = 0; i < c->nqueues; i++)
		free(c->queues[i].policy);
	for (i = 0; i < c->nagents; i++) {
		free(c->agents[i].queues);
		free(c->agents[i].skills);
		free(c->agents[i].limits);
		free(c->agents[i].like);
	}
	free(c->queues);
	free(c->agents);
	json_decref(c->config);
	memset(c, 0, sizeof *c);
}

int
company_queue(const struct company *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nqueues; i++)
		if (strcmp(c->queues[i].name, name) == 0)
			return ((int)i);
	return (-1);
}

int
company_agent(const struct company *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nagents; i++)
		if (strcmp(c->agents[i].name, name) == 0)
			return ((int)i);
	return (-1);
}

bool
company_serves(const struct company *c, size_t agent, size_t queue)
{
	const char *s = c->agents[agent].queues, *name = c->queues[queue].name;
	size_t	    n = strlen(name);

	for (; s != NULL; s = strchr(s, ' ')) {
		s += *s == ' ';
		if (strncmp(s, name, n) == 0 && s[n] == ':')
			return (true);
	}
	return (false);
}

long long
company_score(long long due_ms, int priority)
{
	return (due_ms - (priority - 50) * 60000LL);
}

static bool
target_fits(
    const json_t *t, const char *queue, const char *channel, int priority)
{
	const json_t *list = json_object_get(t, "channel"), *one;
	const char   *range = text(t, "priority", NULL);
	int	      least, most;
	size_t	      i;
	bool	      any = json_array_size(list) == 0;

	json_array_foreach (list, i, one)
		any = any || strcmp(json_string_value(one), channel) == 0;
	if (!any || strcmp(text(t, "queue", queue), queue) != 0 ||
	    json_array_size(json_object_get(t, "segment")) > 0 ||
	    json_object_get(t, "first") == NULL)
		return (false);
	return (range == NULL || sscanf(range, "%d-%d", &least, &most) != 2 ||
	    (priority >= least && priority <= most));
}

long
company_first(
    const struct company *c, size_t queue, const char *channel, int priority)
{
	const json_t *t;
	size_t	      i;

	json_array_foreach (json_object_get(c->config, "targets"), i, t)
		if (target_fits(t, c->queues[queue].name, channel, priority))
			return (number(t, "first", c->queues[queue].first));
	return (c->queues[queue].first);
}
