/*
 * The configuration as desk.conf again: deskconf_write() of deskconf.h.
 *
 * Which options there are, and of what kind, is the grammar's to say
 * (deskconf_parts.h): an option that it gains is written without a word here.
 * Only what stands elsewhere in the JSON than in the file is moved first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deskconf.h"
#include "deskconf_parts.h"
#include "deskconf_quote.h"

#define DEPTH_MAX 4

/*
 * The order in which people read it, and a word on each; what the grammar has
 * besides follows after these.
 */
static const struct {
	const char *name, *comment;
} parts[] = {
	{ "company", "Who we are." },
	{ "mail", "Answers by mail." },
	{ "limits", "What ends a loop between machines." },
	{ "units",
	    "How much of an agent (100 in all) one case of a channel takes." },
	{ "order_pattern",
	    "What an order number looks like (POSIX extended, any case)." },
	{ "email", "Addresses whose queue the content decides." },
	{ "phone", NULL },
	{ "page", NULL },
	{ "default_queue", "Where nothing else decides." },
	{ "queue",
	    "The departments: within first and next a customer is answered, "
	    "offer is\n# how long an agent may look at an offer." },
	{ "agent", "The people who answer." },
	{ "rule",
	    "What goes where: all conditions of a rule must hold; the order "
	    "decides." },
	{ "hours", "When somebody answers." },
	{ "target",
	    "What is promised beyond the queues' first and next: the first "
	    "that fits." },
	{ "template",
	    "Texts that are written once; {customer} and so on are filled in." },
	{ "macro", "Several steps at one press of a key." },
	{ "automation",
	    "What the desk does by itself, on events and after a time." },
	{ "survey", "Who is asked how it was, and what." },
	{ "segment",
	    "What customers have in common: the first that fits is a "
	    "customer's own." },
	{ "stage", "Where customers can be on their way, in order." },
	{ "touchpoint",
	    "Where an event of a customer happened: the first that fits." },
	{ "journey", "Which stages there are for whom: the first that fits." },
	{ "theme", "What customers speak of, told by their words." },
	{ "objective", "What a department wants to reach." },
	{ "class", "What follows an answer to a survey, by its score." },
	{ "reason", "Why a promise was not kept; ours: could we help it." },
	{ "factor", "What shapes customers' expectations." },
	{ "late_notice", "Who will get his order late is told first." },
	{ "followup",
	    "Whom the desk writes to by itself, some time after something." },
	{ "report", "What is told by mail, how often, and whom." },
	{ "presence", "When somebody counts as gone, and why he is away." },
	{ "widget", "The website's chat." },
	{ "source", "Who posts to /hooks/NAME." },
	{ "hook", "Whom the desk tells what happens." },
};

static void
indent(struct buf *out, int depth)
{
	while (depth-- > 0)
		buf_char(out, '\t');
}

/* Seconds in the largest unit that holds them whole. */
static void
put_span(struct buf *out, json_int_t seconds)
{
	static const struct {
		json_int_t worth;
		char	   letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (seconds % units[i].worth != 0 ||
	    (seconds == 0 && units[i].worth > 1))
		i++;
	buf_printf(out, "\"%lld%c\"", (long long)(seconds / units[i].worth),
	    units[i].letter);
}

static void
put_scalar(struct buf *out, cfg_type_t type, const json_t *v)
{
	if (json_is_string(v))
		conf_quote(out, json_string_value(v));
	else if (json_is_boolean(v))
		buf_str(out, json_is_true(v) ? "yes" : "no");
	else if (json_is_integer(v) && type == CFGT_STR)
		put_span(out, json_integer_value(v));
	else
		buf_int(out, json_integer_value(v));
}

static void
put_option(
    struct buf *out, const cfg_opt_t *o, const json_t *v, int depth, int width)
{
	indent(out, depth);
	buf_printf(out, "%-*s = ", width, o->name);
	if (!(o->flags & CFGF_LIST))
		put_scalar(out, o->type, v);
	else
		conf_quote_list(out, v, depth);
	buf_char(out, '\n');
}

/* "" and [] stand for nothing given. */
static bool
is_given(const cfg_opt_t *o, const json_t *v)
{
	if (o->type == CFGT_SEC)
		return (json_is_object(v) ||
		    (json_is_array(v) && json_array_size(v) > 0));
	if (o->flags & CFGF_LIST)
		return (json_is_string(v) ||
		    (json_is_array(v) && json_array_size(v) > 0));
	return (json_is_string(v) || json_is_integer(v) || json_is_boolean(v));
}

/* What stands for an option: of sections by name, the list of them. */
static json_t *
value_of(const json_t *from, const cfg_opt_t *o)
{
	char name[64];

	snprintf(name, sizeof name, "%s%s", o->name,
	    o->name[strlen(o->name) - 1] == 's' ? "es" : "s");
	if (o->type == CFGT_SEC && (o->flags & CFGF_TITLE) &&
	    json_object_get(from, name) != NULL)
		return (json_object_get(from, name));
	return (json_object_get(from, o->name));
}

static int
widest(const json_t *from, const cfg_opt_t *o)
{
	int n, most = 0;

	for (; o->name != NULL; o++) {
		n = (int)strlen(o->name);
		if (o->type != CFGT_SEC && is_given(o, value_of(from, o)) &&
		    n > most)
			most = n;
	}
	return (most);
}

static void put_sections(
    struct buf *, const cfg_opt_t *, const json_t *, int depth);

/* Plain options first, then what is a block of its own. */
static void
put_block(struct buf *out, const cfg_opt_t *sec, const json_t *from, int depth)
{
	const json_t	*name = json_object_get(from, "name");
	const cfg_opt_t *o;
	int		 width = widest(from, sec->subopts);

	indent(out, depth);
	buf_str(out, sec->name);
	if ((sec->flags & CFGF_TITLE) && json_is_string(name)) {
		buf_char(out, ' ');
		conf_quote(out, json_string_value(name));
	}
	buf_str(out, " {\n");
	for (o = sec->subopts; o->name != NULL; o++)
		if (o->type != CFGT_SEC && is_given(o, value_of(from, o)))
			put_option(out, o, value_of(from, o), depth + 1, width);
	for (o = sec->subopts; o->name != NULL; o++)
		if (o->type == CFGT_SEC && depth < DEPTH_MAX)
			put_sections(out, o, value_of(from, o), depth + 1);
	indent(out, depth);
	buf_str(out, "}\n");
}

static void
put_sections(
    struct buf *out, const cfg_opt_t *sec, const json_t *from, int depth)
{
	json_t *one;
	size_t	i;

	if (!is_given(sec, from))
		return;
	if (!json_is_array(from))
		put_block(out, sec, from, depth);
	json_array_foreach (from, i, one)
		put_block(out, sec, one, depth);
}

static void
put_part(struct buf *out, const cfg_opt_t *o, const json_t *config,
    const char *comment)
{
	const json_t *v = value_of(config, o);

	if (!is_given(o, v))
		return;
	if (comment != NULL)
		buf_printf(out, "\n# %s\n", comment);
	if (o->type == CFGT_SEC)
		put_sections(out, o, v, 0);
	else
		put_option(out, o, v, 0, 0);
}

static const cfg_opt_t *
option_named(const cfg_t *top, const char *name)
{
	const cfg_opt_t *o;

	for (o = top->opts; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return (o);
	return (NULL);
}

static bool
is_placed(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return (true);
	return (false);
}

/* What stands elsewhere in the JSON ---------------------------------------- */

/* The list of that name, made where there is none. */
static json_t *
list_in(json_t *object, const char *name)
{
	json_t *list = json_object_get(object, name);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(object, name, list);
	}
	return (list);
}

/* Each address to its queue, or to the desk's own. */
static void
move_served(json_t *config)
{
	json_t	   *queues = json_object(), *q, *served, *one;
	const char *kind;
	size_t	    i;

	json_array_foreach (json_object_get(config, "queues"), i, q)
		json_object_set(
		    queues, json_string_value(json_object_get(q, "name")), q);
	served = json_object_get(config, "served");
	json_array_foreach (served, i, one) {
		q = json_object_get(
		    queues, json_string_value(json_object_get(one, "queue")));
		kind = json_string_value(json_object_get(one, "kind"));
		if (kind != NULL)
			json_array_append(list_in(q != NULL ? q : config, kind),
			    json_object_get(one, "address"));
	}
	json_decref(queues);
}

/* What describes a provider stands among the source's own options. */
static void
move_providers(json_t *config)
{
	json_t *source, *sources = json_object_get(config, "sources");
	size_t	i;

	json_array_foreach (sources, i, source)
		json_object_update_missing(
		    source, json_object_get(source, "provider"));
}

char *
deskconf_write(const json_t *config)
{
	json_t		*moved = json_deep_copy(config);
	const cfg_opt_t *o;
	struct buf	 out;
	cfg_t		*top;
	size_t		 i;

	move_served(moved);
	move_providers(moved);
	buf_init(&out, 0);
	buf_str(&out,
	    "# The desk's configuration, written by deskd.  Change it and "
	    "give it to\n# `deskctl apply`, which shows what would change "
	    "first.  desk.conf(5) explains\n# every option.\n");
	deskconf_hold();
	top = deskconf_grammar();
	for (i = 0; top != NULL && i < nitems(parts); i++)
		if ((o = option_named(top, parts[i].name)) != NULL)
			put_part(&out, o, moved, parts[i].comment);
	for (o = top != NULL ? top->opts : NULL; o != NULL && o->name != NULL;
	     o++)
		if (!is_placed(o->name))
			put_part(&out, o, moved, "Besides.");
	if (top != NULL)
		cfg_free(top);
	deskconf_let();
	json_decref(moved);
	return (buf_take(&out, NULL));
}
