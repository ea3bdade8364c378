/*
 * desk.conf's words of routing: how a queue offers, what agents serve and
 * know, and when somebody counts as gone.  See deskconf_parts.h.  What is as
 * it would be without a word is left out of the JSON, as SQL does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "deskconf_value.h"
#include "routeword.h"

#define STEPS_MAX     20
#define REASONS_MAX   30
#define OVERFLOWS_MAX 8 /* queues one after the other */

cfg_opt_t *
deskconf_presence_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t presence[] = {
		CFG_STR("grace", NULL, CFGF_NODEFAULT),
		CFG_STR("chat_grace", NULL, CFGF_NODEFAULT),
		CFG_STR("leave", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("reasons", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(presence);
	return (presence);
}

/* Sets the member, unless it is not given or says what holds anyway. */
static void
put_span(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    long least, long most, long usual)
{
	const char *s = conf_text(d, sec, option);
	long	    v;

	if (s == NULL)
		return;
	v = routeword_span(s, strlen(s));
	if (v < least || v > most)
		deskconf_fault(d, sec, option,
		    "%s must be a time such as 45s, 2m or 4h, from %ld to %ld "
		    "seconds.",
		    option, least, most);
	else if (v != usual)
		json_object_set_new(to, option, json_integer(v));
}

static void
put_word(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    const char *const *words, size_t n)
{
	const char *s = conf_word(d, sec, option, words, n);

	/* The first goes without saying. */
	if (s != NULL && s != words[0])
		conf_put_text(to, option, s);
}

/* Two entries about the same thing would contradict each other. */
static void
check_twice(
    struct deskconf *d, cfg_t *sec, const char *option, char **s, size_t n)
{
	size_t i, len;

	for (i = 1; i < n; i++) {
		len = routeword_name(s[i]);
		if (len == routeword_name(s[i - 1]) &&
		    memcmp(s[i], s[i - 1], len) == 0)
			deskconf_fault(d, sec, option, "%s has \"%.*s\" twice.",
			    option, (int)len, s[i]);
	}
}

static int
said_order(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;

	return (strcmp(*x, *y));
}

/* Capital letters would make another word of the same. */
static bool
word_small(const char *s)
{
	return (strpbrk(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ@+") == NULL &&
	    *s != '-' && *s != '.');
}

/* The option's words in the form in which they are kept; free() n of them. */
static char **
words_said(struct deskconf *d, cfg_t *sec, const char *option, routeword *said,
    const char *want, size_t *n)
{
	char	    kept[ROUTEWORD_MAX], **list;
	const char *s;
	size_t	    i, all = cfg_size(sec, option);

	list = xcalloc(all, sizeof *list);
	for (*n = i = 0; i < all; i++) {
		s = conf_str(cfg_getnstr(sec, option, (unsigned)i));
		if (conf_text_good(s) && word_small(s) && said(kept, s))
			list[(*n)++] = xstrdup(kept);
		else
			deskconf_fault(d, sec, option,
			    "%s cannot have \"%s\": %s.", option, s, want);
	}
	return (list);
}

static json_t *
words_json(char **list, size_t n)
{
	json_t *made = json_array();
	size_t	i;

	for (i = 0; i < n; i++) {
		if (i == 0 || strcmp(list[i - 1], list[i]) != 0)
			json_array_append_new(made, json_string(list[i]));
	}
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return (made);
}

/* Such words in order of name, each name once. */
static json_t *
words_sorted(struct deskconf *d, cfg_t *sec, const char *option,
    routeword *said, const char *want)
{
	size_t i, k, n;
	char **list = words_said(d, sec, option, said, want, &n);

	qsort(list, n, sizeof *list, said_order);
	/* The same twice says it once. */
	for (i = k = 0; i < n; i++) {
		if (k > 0 && strcmp(list[k - 1], list[i]) == 0)
			free(list[i]);
		else
			list[k++] = list[i];
	}
	check_twice(d, sec, option, list, k);
	return (words_json(list, k));
}

static void
put_list(json_t *to, const char *member, json_t *list)
{
	if (json_array_size(list) > 0)
		json_object_set_new(to, member, list);
	else
		json_decref(list);
}

/* Where it brings who comes must be another queue; false, and noted, if not. */
static bool
overflow_good(
    struct deskconf *d, cfg_t *sec, const char *option, const char *kept)
{
	const char *other = routeword_overflow(kept);

	if (other == NULL)
		return (true);
	if (!conf_is_queue(d, other))
		deskconf_fault(
		    d, sec, option, "There is no queue \"%s\".", other);
	else if (strcmp(other, cfg_title(sec)) == 0)
		deskconf_fault(d, sec, option,
		    "\"%s\" cannot overflow into itself.", other);
	else
		return (true);
	return (false);
}

/* What time changes, in the order in which it does. */
static json_t *
queue_steps(struct deskconf *d, cfg_t *sec)
{
	size_t i, n;
	char **list = words_said(d, sec, "widen", routeword_step,
	    "a step is \"45s preferred\", \"90s levels 1\", \"3m "
	    "overflow QUEUE\" or \"10m anyone\"",
	    &n);

	if (n > STEPS_MAX)
		deskconf_fault(
		    d, sec, "widen", "widen has at most %d steps.", STEPS_MAX);
	for (i = 0; i < n; i++) {
		if (i > 0 &&
		    routeword_step_after(list[i]) <=
			routeword_step_after(list[i - 1]))
			deskconf_fault(d, sec, "widen",
			    "\"%s\" must come later than \"%s\".", list[i],
			    list[i - 1]);
		overflow_good(d, sec, "widen", list[i]);
	}
	return (words_json(list, n));
}

/* Who comes first in a fixed order: agents, as written. */
static json_t *
queue_order(struct deskconf *d, cfg_t *sec)
{
	json_t	   *list = json_array(), *seen = json_object();
	const char *s;
	size_t	    i;

	for (i = 0; i < cfg_size(sec, "order"); i++) {
		s = conf_str(cfg_getnstr(sec, "order", (unsigned)i));
		if (cfg_gettsec(d->top, "agent", s) == NULL)
			deskconf_fault(
			    d, sec, "order", "There is no agent \"%s\".", s);
		else if (json_object_get(seen, s) != NULL)
			deskconf_fault(
			    d, sec, "order", "order has \"%s\" twice.", s);
		json_object_set_new(seen, s, json_true());
		json_array_append_new(list, json_string(s));
	}
	json_decref(seen);
	return (list);
}

/* What becomes of who comes; holding goes without saying. */
static void
put_deed(struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	const char *s = conf_text(d, sec, option);
	char	    kept[ROUTEWORD_MAX];

	if (s == NULL)
		return;
	if (!routeword_deed(kept, s))
		deskconf_fault(d, sec, option,
		    "%s is hold, message, callback or \"overflow QUEUE\".",
		    option);
	else if (overflow_good(d, sec, option, kept) &&
	    strcmp(kept, "hold") != 0)
		conf_put_text(to, option, kept);
}

static void
put_patience(struct deskconf *d, json_t *made, cfg_t *sec)
{
	static const char *const left[] = { "hold", "callback", "resolve" };
	json_t			*list, *one;
	size_t			 i;

	if (cfg_size(sec, "full") != 0 && cfg_getint(sec, "full") != 0)
		conf_put_number(d, made, sec, "full", 0, 100000);
	put_deed(d, made, sec, "when_full");
	put_deed(d, made, sec, "when_closed");
	list = words_sorted(d, sec, "patience", routeword_patience,
	    "it is like \"chat 3m message\", with chat or call, from 5s to 1d, "
	    "then message, callback, \"overflow QUEUE\" or nothing");
	json_array_foreach (list, i, one)
		overflow_good(d, sec, "patience", json_string_value(one));
	put_list(made, "patience", list);
	put_span(d, made, sec, "short_abandon", 0, 60, 5);
	put_word(d, made, sec, "when_abandoned", left, nitems(left));
}

/* Does one of the queue's deeds lead to a queue of these? */
static bool
queue_leads(const json_t *queue, const json_t *to)
{
	static const char *const deeds[] = { "when_full", "when_closed" };
	const char		*s;
	const json_t		*one;
	size_t			 i;

	for (i = 0; i < nitems(deeds); i++) {
		s = json_string_value(json_object_get(queue, deeds[i]));
		if (s != NULL && (s = routeword_overflow(s)) != NULL &&
		    json_object_get(to, s) != NULL)
			return (true);
	}
	json_array_foreach (json_object_get(queue, "patience"), i, one) {
		s = routeword_overflow(json_string_value(one));
		if (s != NULL && json_object_get(to, s) != NULL)
			return (true);
	}
	return (false);
}

/* Each time round those are left from which one can go on once more. */
void
deskconf_overflows(struct deskconf *d, const json_t *queues)
{
	json_t	   *before = json_object(), *live, *q;
	const char *name = NULL;
	size_t	    i;
	int	    hop;

	json_array_foreach (queues, i, q)
		json_object_set_new(before,
		    json_string_value(json_object_get(q, "name")), json_true());
	for (hop = 0; hop < OVERFLOWS_MAX + 1; hop++) {
		live = json_object();
		name = NULL;
		json_array_foreach (queues, i, q) {
			if (!queue_leads(q, before))
				continue;
			name = json_string_value(json_object_get(q, "name"));
			json_object_set_new(live, name, json_true());
		}
		json_decref(before);
		before = live;
		if (name == NULL)
			break;
	}
	if (name != NULL)
		deskconf_fault(d, cfg_gettsec(d->top, "queue", name), NULL,
		    "\"%s\" overflows in a ring, or through more than %d "
		    "queues.",
		    name, OVERFLOWS_MAX);
	json_decref(before);
}

void
deskconf_put_route(struct deskconf *d, json_t *made, cfg_t *sec)
{
	static const char *const modes[] = { "offer", "assign", "pull" };
	static const char *const strategies[] = { "longest_idle",
		"least_loaded", "round_robin", "best_skill", "fixed_order" };

	put_word(d, made, sec, "mode", modes, nitems(modes));
	put_word(d, made, sec, "strategy", strategies, nitems(strategies));
	put_span(d, made, sec, "same_agent", 0, 86400, 0);
	put_span(d, made, sec, "same_within", 60, 365L * 86400, 30L * 86400);
	put_list(made, "widen", queue_steps(d, sec));
	put_list(made, "offer_by",
	    words_sorted(d, sec, "offer_by", routeword_offer,
		"it is like \"chat 20s\", from 5s to 1h"));
	put_list(made, "wrap_up",
	    words_sorted(d, sec, "wrap_up", routeword_wrap,
		"it is like \"call 30s\", at most 1h"));
	put_list(made, "order", queue_order(d, sec));
	put_patience(d, made, sec);
}

void
deskconf_put_serving(struct deskconf *d, json_t *made, cfg_t *sec)
{
	json_t	   *queues, *part;
	const char *s;
	char	    name[ROUTEWORD_MAX];
	size_t	    i;

	queues = words_sorted(d, sec, "queues", routeword_serves,
	    "it is no name; a queue is like \"sales\" or \"sales 2 after "
	    "60s\"");
	json_array_foreach (queues, i, part) {
		s = json_string_value(part);
		snprintf(name, sizeof name, "%.*s", (int)routeword_name(s), s);
		if (!conf_is_queue(d, name))
			deskconf_fault(d, sec, "queues",
			    "There is no queue \"%s\".", name);
	}
	json_object_set_new(made, "queues", queues);
	json_object_set_new(made, "skills",
	    words_sorted(d, sec, "skills", routeword_knows,
		"it is no name; a skill is like \"en\" or \"en 4\", its level "
		"from 1 to 5"));
	put_list(made, "limits",
	    words_sorted(d, sec, "limits", routeword_limit,
		"it is like \"chat 3\", from 1 to 1000"));
}

void
deskconf_put_asked(struct deskconf *d, json_t *made, cfg_t *sec)
{
	static const char want[] =
	    "it is no name; a skill is like \"en\" or \"en 2\", its least "
	    "level from 1 to 5";

	json_object_set_new(made, "skills",
	    words_sorted(d, sec, "skills", routeword_asks, want));
	put_list(made, "prefer",
	    words_sorted(d, sec, "prefer", routeword_asks, want));
}

/* One line that fits beside a name. */
static bool
reason_good(const char *s)
{
	return (conf_text_good(s) && strlen(s) <= 100);
}

json_t *
deskconf_presence(struct deskconf *d)
{
	json_t *made = json_object();
	cfg_t  *sec = cfg_getsec(d->top, "presence");

	put_span(d, made, sec, "grace", 0, 3600, 30);
	put_span(d, made, sec, "chat_grace", 5, 3600, 15);
	put_span(d, made, sec, "leave", 60, 365L * 86400, 4L * 3600);
	put_list(made, "reasons",
	    conf_list(d, sec, "reasons", false, reason_good,
		"a reason is one line of 1 to 100 bytes"));
	if (cfg_size(sec, "reasons") > REASONS_MAX)
		deskconf_fault(d, sec, "reasons",
		    "There may be at most %d reasons.", REASONS_MAX);
	return (made);
}
