/*
 * desk.conf's classes: what follows an answer of this score, once.  See
 * deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"
#include "routeword.h"
#include "scorescale.h"

#define TAGS_MAX 20
#define TAG_MAX	 64
#define SPAN_MIN 60 /* seconds */

cfg_opt_t *
deskconf_class_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t class[] = {
		CFG_STR("kind", NULL, CFGF_NODEFAULT),
		CFG_STR("score", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("survey", NULL, CFGF_NONE),
		CFG_STR_LIST("queue", NULL, CFGF_NONE),
		CFG_STR_LIST("segment", NULL, CFGF_NONE),
		CFG_STR("open", NULL, CFGF_NODEFAULT),
		CFG_INT("priority", 0, CFGF_NODEFAULT),
		CFG_STR("within", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("skills", NULL, CFGF_NONE),
		CFG_STR("agent", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("tag", NULL, CFGF_NONE),
		CFG_STR("note", NULL, CFGF_NODEFAULT),
		CFG_STR("action", NULL, CFGF_NODEFAULT),
		CFG_STR("send", NULL, CFGF_NODEFAULT),
		CFG_STR("ask", NULL, CFGF_NODEFAULT),
		CFG_STR("link", NULL, CFGF_NODEFAULT),
		CFG_STR("after", NULL, CFGF_NODEFAULT),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_STR("again", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(class);
	return (class);
}

/* The three that everybody knows say their scores by their name. */
static bool
is_known(const char *name)
{
	return (strcmp(name, "detractor") == 0 ||
	    strcmp(name, "passive") == 0 || strcmp(name, "promoter") == 0);
}

static void
put_scores(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const kinds[] = { "nps", "csat", "ces" };
	const char *kind = conf_word(d, sec, "kind", kinds, nitems(kinds)),
		   *score = conf_text(d, sec, "score");

	conf_put_text(to, "kind", kind);
	if (kind == NULL)
		kind = kinds[0];
	if (score == NULL &&
	    (!is_known(cfg_title(sec)) || strcmp(kind, "nps") != 0))
		deskconf_fault(d, sec, NULL,
		    "Class \"%s\" does not say of which answers it is: set "
		    "score.",
		    cfg_title(sec));
	if (score != NULL && !answer_scores_good(answer_scale(kind), score))
		deskconf_fault(d, sec, "score",
		    "score must be one or a range such as 0-6, of nps from 0 "
		    "to 10, csat 1 to 5, ces 1 to 7.");
	conf_put_text(to, "score", score);
}

static bool
tag_good(const char *s)
{
	size_t n = strlen(s);

	return (conf_text_good(s) && n <= TAG_MAX && s[0] != ' ' &&
	    s[n - 1] != ' ');
}

static bool
skill_good(const char *s)
{
	char kept[ROUTEWORD_MAX];

	return (routeword_asks(kept, s));
}

/* Whose the case or the action is. */
static void
put_agent(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const char *s = conf_text(d, sec, "agent");

	if (s != NULL && strcmp(s, "same") != 0 && strcmp(s, "other") != 0 &&
	    cfg_gettsec(d->top, "agent", s) == NULL)
		deskconf_fault(d, sec, "agent", "There is no agent \"%s\".", s);
	conf_put_text(to, "agent", s);
}

static void
put_names(struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	json_object_set_new(to, option,
	    conf_list(d, sec, option, true, conf_name_good, "it is no name"));
}

static void
put_queues(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const json_t *list, *one;
	size_t	      i;

	put_names(d, to, sec, "queue");
	list = json_object_get(to, "queue");
	json_array_foreach (list, i, one)
		if (!conf_is_queue(d, json_string_value(one)))
			deskconf_fault(d, sec, "queue",
			    "There is no queue \"%s\".",
			    json_string_value(one));
}

static void
put_surveys(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const json_t *list, *one;
	size_t	      i;

	put_names(d, to, sec, "survey");
	list = json_object_get(to, "survey");
	json_array_foreach (list, i, one)
		if (cfg_gettsec(d->top, "survey", json_string_value(one)) ==
		    NULL)
			deskconf_fault(d, sec, "survey",
			    "There is no survey \"%s\".",
			    json_string_value(one));
}

/* The case that such an answer opens. */
static void
put_case(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const needs[] = { "priority", "within", "skills",
		"tag", "note" };
	size_t			 i;

	conf_put_text(to, "open", conf_queue(d, sec, "open"));
	conf_put_number(d, to, sec, "priority", 1, 99);
	json_object_set_new(to, "skills",
	    conf_list(d, sec, "skills", true, skill_good,
		"a skill is like \"en\" or \"en 2\""));
	json_object_set_new(to, "tag",
	    conf_list(d, sec, "tag", false, tag_good,
		"a tag is of at most 64 bytes on one line"));
	if (cfg_size(sec, "tag") > TAGS_MAX)
		deskconf_fault(
		    d, sec, "tag", "There may be at most %d tags.", TAGS_MAX);
	conf_put_text(to, "note", conf_text(d, sec, "note"));
	for (i = 0; i < nitems(needs); i++)
		if (cfg_size(sec, needs[i]) > 0 && cfg_size(sec, "open") == 0)
			deskconf_fault(d, sec, needs[i],
			    "%s is of the case that is opened: set open.",
			    needs[i]);
}

/* What is written to the customer. */
static void
put_words(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const asks[] = { "review", "referral" };
	const char		*send = conf_text(d, sec, "send"),
		   *ask = conf_word(d, sec, "ask", asks, nitems(asks)),
		   *link = conf_text(d, sec, "link");

	if (send != NULL && cfg_gettsec(d->top, "template", send) == NULL)
		deskconf_fault(
		    d, sec, "send", "There is no template \"%s\".", send);
	if (ask != NULL && send == NULL)
		deskconf_fault(d, sec, "ask",
		    "ask needs send: the template that asks for it.");
	if (ask != NULL && link == NULL)
		deskconf_fault(d, sec, "ask",
		    "ask needs link: where it is done, such as "
		    "https://shop.example/r/{code}.");
	if (link != NULL && strncmp(link, "https://", 8) != 0 &&
	    strncmp(link, "http://", 7) != 0)
		deskconf_fault(d, sec, "link",
		    "link must be an address such as https://shop.example/r.");
	if (ask != NULL && link != NULL && strcmp(ask, "referral") == 0 &&
	    strstr(link, "{code}") == NULL)
		deskconf_fault(
		    d, sec, "link", "A link for referrals has {code} in it.");
	conf_put_text(to, "send", send);
	conf_put_text(to, "ask", ask);
	conf_put_text(to, "link", link);
}

static void
put_times(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const spans[] = { "within", "after", "again" };
	const json_t		*v;
	size_t			 i;

	for (i = 0; i < nitems(spans); i++) {
		if (cfg_size(sec, spans[i]) == 0)
			continue;
		conf_put_span(d, to, sec, spans[i]);
		v = json_object_get(to, spans[i]);
		if (json_is_integer(v) && json_integer_value(v) < SPAN_MIN)
			deskconf_fault(d, sec, spans[i],
			    "%s must be at least a minute.", spans[i]);
	}
	deskconf_put_hours(d, to, sec, "hours");
}

static json_t *
make_class(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object();

	put_scores(d, made, sec);
	put_surveys(d, made, sec);
	put_queues(d, made, sec);
	put_names(d, made, sec, "segment");
	put_case(d, made, sec);
	put_agent(d, made, sec);
	conf_put_text(made, "action", conf_text(d, sec, "action"));
	put_words(d, made, sec);
	put_times(d, made, sec);
	if (cfg_size(sec, "open") + cfg_size(sec, "action") +
		cfg_size(sec, "send") ==
	    0)
		deskconf_fault(d, sec, NULL,
		    "Class \"%s\" does nothing: set open, action or send.",
		    cfg_title(sec));
	return (made);
}

json_t *
deskconf_classes(struct deskconf *d)
{
	return (conf_sections(d, "class", false, make_class));
}

bool
deskconf_class_sends(struct deskconf *d, const char *template)
{
	cfg_t *sec;
	size_t i;

	for (i = 0; i < cfg_size(d->top, "class"); i++) {
		sec = cfg_getnsec(d->top, "class", (unsigned)i);
		if (cfg_size(sec, "send") > 0 &&
		    strcmp(conf_str(cfg_getstr(sec, "send")), template) == 0)
			return (true);
	}
	return (false);
}
