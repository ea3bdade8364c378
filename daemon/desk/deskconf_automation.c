/*
 * desk.conf's automation: rules on events and on times, and what they do.  See
 * deskconf_parts.h.
 */
#include <stdlib.h>
#include <string.h>

#include "automation.h"
#include "deskconf_value.h"
#include "routeword.h"

#define ACTS_MAX  10
#define TAGS_MAX  20
#define TAG_MAX	  64
#define DAILY_MAX 1000
#define SPAN_MIN  60 /* seconds */

static const char *const timed[] = { "waits", "pending", "resolved",
	"overdue" };

cfg_opt_t *
deskconf_automation_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t automation[] = {
		CFG_STR("on", NULL, CFGF_NODEFAULT),
		CFG_STR("after", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("queue", NULL, CFGF_NONE),
		CFG_STR_LIST("channel", NULL, CFGF_NONE),
		CFG_STR_LIST("segment", NULL, CFGF_NONE),
		CFG_STR_LIST("state", NULL, CFGF_NONE),
		CFG_STR("priority", NULL, CFGF_NODEFAULT),
		CFG_STR("lang", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("keywords", NULL, CFGF_NONE),
		CFG_STR_LIST("tag", NULL, CFGF_NONE),
		CFG_STR_LIST("without", NULL, CFGF_NONE),
		CFG_STR("mood", NULL, CFGF_NODEFAULT),
		CFG_STR("assigned", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("actions", NULL, CFGF_NONE),
		CFG_INT("daily", 0, CFGF_NODEFAULT),
		CFG_STR("send_every", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(automation);
	return (automation);
}

static bool
is_one(const char *const *words, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(words[i], s) == 0)
			return (true);
	return (false);
}

/* desk: opened by hand. */
static bool
channel_good(const char *s)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web", "desk" };

	return (is_one(channels, nitems(channels), s));
}

static bool
state_good(const char *s)
{
	static const char *const states[] = { "new", "open", "pending",
		"resolved", "closed" };

	return (is_one(states, nitems(states), s));
}

static bool
tag_good(const char *s)
{
	size_t n = strlen(s);

	return (conf_text_good(s) && n <= TAG_MAX && s[0] != ' ' &&
	    s[n - 1] != ' ');
}

/* 1 to 99 without a sign or a leading zero; where it ends, or NULL. */
static const char *
small_number(const char *s, long *value)
{
	size_t n = strspn(s, "0123456789");

	if (n < 1 || n > 2 || *s == '0')
		return (NULL);
	*value = strtol(s, NULL, 10);
	return (s + n);
}

static bool
number_good(const char *s)
{
	long n;

	return ((s = small_number(s, &n)) != NULL && *s == '\0');
}

/* "60-99" */
static bool
range_good(const char *s)
{
	long low, high;

	return ((s = small_number(s, &low)) != NULL && *s == '-' &&
	    (s = small_number(s + 1, &high)) != NULL && *s == '\0' &&
	    low <= high);
}

static bool
moves_to(const char *s)
{
	static const char *const states[] = { "open", "pending", "resolved" };

	return (is_one(states, nitems(states), s));
}

static bool
skill_good(const char *s)
{
	char kept[ROUTEWORD_MAX];

	return (routeword_asks(kept, s));
}

/* What each action takes; names are looked up after. */
static const struct {
	const char *name;
	bool (*good)(const char *);
} acts[] = {
	{ "priority", number_good },
	{ "raise", number_good },
	{ "state", moves_to },
	{ "tag", tag_good },
	{ "untag", tag_good },
	{ "skill", skill_good },
	{ "prefer", skill_good },
	{ "move", conf_name_good },
	{ "assign", conf_name_good },
	{ "notify", conf_name_good },
	{ "send", conf_name_good },
	{ "hook", conf_name_good },
};

static bool
act_good(const char *s)
{
	size_t i, n = strcspn(s, " ");

	for (i = 0; i < nitems(acts); i++)
		if (strlen(acts[i].name) == n &&
		    strncmp(acts[i].name, s, n) == 0)
			return (s[n] == ' ' && s[n + 1] != '\0' &&
			    acts[i].good(s + n + 1));
	return (false);
}

/* What an action names; NULL: it is not of this kind. */
static const char *
named_by(const char *act, const char *what)
{
	size_t n = strlen(what);

	return (
	    strncmp(act, what, n) == 0 && act[n] == ' ' ? act + n + 1 : NULL);
}

static void
check_act(struct deskconf *d, cfg_t *sec, const char *act)
{
	static const char *const told[] = { "supervisor", "admin", "assignee" };
	static const char *const sections[][2] = { { "move", "queue" },
		{ "assign", "agent" }, { "notify", "agent" },
		{ "send", "template" }, { "hook", "hook" } };
	const char		*name;
	size_t			 i;

	for (i = 0; i < nitems(sections); i++) {
		name = named_by(act, sections[i][0]);
		if (name == NULL ||
		    cfg_gettsec(d->top, sections[i][1], name) != NULL ||
		    (strcmp(sections[i][0], "assign") == 0 &&
			strcmp(name, "none") == 0) ||
		    (strcmp(sections[i][0], "notify") == 0 &&
			is_one(told, nitems(told), name)))
			continue;
		deskconf_fault(d, sec, "actions", "There is no %s \"%s\".",
		    sections[i][1], name);
	}
}

static void
put_acts(struct deskconf *d, json_t *to, cfg_t *sec)
{
	json_t *list = conf_list(d, sec, "actions", false, act_good,
		   "an action is like \"priority 80\", \"tag late\", \"move "
		   "technical\", \"notify supervisor\" or \"send TEMPLATE\""),
	       *one;
	size_t i;

	if (cfg_size(sec, "actions") == 0)
		deskconf_fault(d, sec, NULL, "Automation \"%s\" does nothing.",
		    cfg_title(sec));
	if (cfg_size(sec, "actions") > ACTS_MAX)
		deskconf_fault(d, sec, "actions",
		    "There may be at most %d actions.", ACTS_MAX);
	json_array_foreach (list, i, one)
		check_act(d, sec, json_string_value(one));
	json_object_set_new(to, "actions", list);
}

static void
put_list(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool sorted, bool (*good)(const char *), const char *want)
{
	json_object_set_new(
	    to, option, conf_list(d, sec, option, sorted, good, want));
}

static void
put_queues(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const json_t *list, *one;
	size_t	      i;

	put_list(d, to, sec, "queue", true, conf_name_good, "it is no name");
	list = json_object_get(to, "queue");
	json_array_foreach (list, i, one)
		if (!conf_is_queue(d, json_string_value(one)))
			deskconf_fault(d, sec, "queue",
			    "There is no queue \"%s\".",
			    json_string_value(one));
}

static void
put_when(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const events[] = { "created", "message", "reply",
		"state", "assigned", "moved", "priority", "tagged", "warned",
		"breached", "waits", "pending", "resolved", "overdue" };
	const char *on = conf_word(d, sec, "on", events, nitems(events));
	bool	    is_timed = on != NULL && is_one(timed, nitems(timed), on);

	if (cfg_size(sec, "on") == 0)
		deskconf_fault(d, sec, NULL,
		    "Automation \"%s\" does not say what it waits for: set on.",
		    cfg_title(sec));
	conf_put_text(to, "on", on);
	if (cfg_size(sec, "after") > 0)
		conf_put_span(d, to, sec, "after");
	if (on != NULL && is_timed != (cfg_size(sec, "after") > 0))
		deskconf_fault(d, sec, "on",
		    is_timed ? "on %s needs after: how long."
			     : "on %s happens at once: it has no after.",
		    on);
	if (cfg_size(sec, "keywords") > 0 && on != NULL &&
	    strcmp(on, "created") != 0 && strcmp(on, "message") != 0)
		deskconf_fault(d, sec, "keywords",
		    "Keywords are looked for in what a customer writes: on "
		    "created or message.");
}

static void
check_spans(struct deskconf *d, const json_t *made, cfg_t *sec)
{
	static const char *const spans[] = { "after", "send_every" };
	const json_t		*v;
	size_t			 i;

	for (i = 0; i < nitems(spans); i++) {
		v = json_object_get(made, spans[i]);
		if (json_is_integer(v) && json_integer_value(v) < SPAN_MIN)
			deskconf_fault(d, sec, spans[i],
			    "%s must be at least a minute.", spans[i]);
	}
}

/* "bad", "plain", "good 2": what the customer feels, and how much at least. */
static void
put_mood(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const feelings[] = { "bad", "plain", "good", "bad 1",
		"bad 2", "bad 3", "good 1", "good 2", "good 3" };
	const char		*s = conf_text(d, sec, "mood"),
		   *on = conf_str(cfg_getstr(sec, "on"));

	if (s == NULL)
		return;
	if (!is_one(feelings, nitems(feelings), s))
		deskconf_fault(d, sec, "mood",
		    "mood must be bad, plain or good; \"bad 2\": so strong at "
		    "least.");
	else if (strpbrk(s, "23") != NULL && on != NULL &&
	    strcmp(on, "created") != 0 && strcmp(on, "message") != 0)
		deskconf_fault(d, sec, "mood",
		    "How strong a feeling is, only a message shows: on created "
		    "or message.");
	conf_put_text(to, "mood", s);
}

static json_t *
make_automation(struct deskconf *d, cfg_t *sec)
{
	static const char *const langs[] = { "vi", "en" };
	static const char *const whether[] = { "yes", "no" };
	json_t			*made = json_object();
	const char		*s;

	put_when(d, made, sec);
	put_queues(d, made, sec);
	put_list(d, made, sec, "channel", true, channel_good,
	    "there is no such channel");
	put_list(
	    d, made, sec, "segment", true, conf_name_good, "it is no name");
	put_list(
	    d, made, sec, "state", true, state_good, "there is no such state");
	s = conf_text(d, sec, "priority");
	if (s != NULL && !range_good(s))
		deskconf_fault(d, sec, "priority",
		    "priority must be of two priorities, such as 60-99.");
	conf_put_text(made, "priority", s);
	conf_put_text(
	    made, "lang", conf_word(d, sec, "lang", langs, nitems(langs)));
	put_list(d, made, sec, "keywords", false, conf_keyword_good,
	    "a keyword has letters or digits and at most 100 bytes");
	put_list(d, made, sec, "tag", false, tag_good,
	    "a tag is of at most 64 bytes on one line");
	put_list(d, made, sec, "without", false, tag_good,
	    "a tag is of at most 64 bytes on one line");
	if (cfg_size(sec, "tag") > TAGS_MAX ||
	    cfg_size(sec, "without") > TAGS_MAX)
		deskconf_fault(
		    d, sec, "tag", "There may be at most %d tags.", TAGS_MAX);
	put_mood(d, made, sec);
	conf_put_text(made, "assigned",
	    conf_word(d, sec, "assigned", whether, nitems(whether)));
	put_acts(d, made, sec);
	conf_put_number(d, made, sec, "daily", 1, DAILY_MAX);
	if (cfg_size(sec, "send_every") > 0)
		conf_put_span(d, made, sec, "send_every");
	check_spans(d, made, sec);
	return (made);
}

json_t *
deskconf_automations(struct deskconf *d)
{
	return (conf_sections(d, "automation", false, make_automation));
}

bool
deskconf_sends(struct deskconf *d, const char *template)
{
	const char *name;
	cfg_t	   *sec;
	size_t	    i, k;

	for (i = 0; i < cfg_size(d->top, "automation"); i++) {
		sec = cfg_getnsec(d->top, "automation", (unsigned)i);
		for (k = 0; k < cfg_size(sec, "actions"); k++) {
			name = named_by(
			    conf_str(cfg_getnstr(sec, "actions", (unsigned)k)),
			    "send");
			if (name != NULL && strcmp(name, template) == 0)
				return (true);
		}
	}
	return (false);
}
