/*
 * desk.conf's follow-ups: whom the desk writes to by itself, some time after
 * something happened.  See deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"

#define SHARE_MOST 100 /* percent */

static const char *const afters[] = { "delivered", "silent", "stage", "risk" };
static const char *const reasons[] = { "gap", "detractor", "promise", "contact",
	"complaint" };

cfg_opt_t *
deskconf_followup_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t followup[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("after", NULL, CFGF_NODEFAULT),
		CFG_STR("delay", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("stages", NULL, CFGF_NONE),
		CFG_STR_LIST("reasons", NULL, CFGF_NONE),
		CFG_STR_LIST("segments", NULL, CFGF_NONE),
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_STR("agent", NULL, CFGF_NODEFAULT),
		CFG_STR("send", NULL, CFGF_NODEFAULT),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_STR("quiet", NULL, CFGF_NODEFAULT),
		CFG_STR("expires", NULL, CFGF_NODEFAULT),
		CFG_INT("sample", 0, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(followup);
	return (followup);
}

static bool
reason_good(const char *s)
{
	size_t i;

	for (i = 0; i < nitems(reasons); i++)
		if (strcmp(reasons[i], s) == 0)
			return (true);
	return (false);
}

/* What it follows upon: it must say so, and no more than belongs to it. */
static void
put_after(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const char *after = conf_word(d, sec, "after", afters, nitems(afters));

	if (after == NULL && cfg_size(sec, "after") == 0)
		deskconf_fault(d, sec, NULL,
		    "Follow-up \"%s\" does not say after what: set after.",
		    cfg_title(sec));
	conf_put_text(to, "after", after);
	json_object_set_new(to, "stages",
	    conf_list(d, sec, "stages", true, conf_name_good, "it is no name"));
	json_object_set_new(to, "reasons",
	    conf_list(d, sec, "reasons", true, reason_good,
		"a reason is gap, detractor, promise, contact or complaint"));
	if (after == NULL)
		return;
	if (strcmp(after, "stage") == 0 && cfg_size(sec, "stages") == 0)
		deskconf_fault(d, sec, "after",
		    "What follows a stage says which: set stages.");
	if (strcmp(after, "risk") != 0 && cfg_size(sec, "reasons") > 0)
		deskconf_fault(
		    d, sec, "reasons", "reasons are of what follows a risk.");
}

static void
put_letter(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const char *queue = conf_queue(d, sec, "queue"),
		   *agent = conf_text(d, sec, "agent"),
		   *send = conf_text(d, sec, "send");

	if (cfg_size(sec, "queue") == 0)
		deskconf_fault(d, sec, NULL,
		    "Follow-up \"%s\" does not say who answers: set queue.",
		    cfg_title(sec));
	if (agent != NULL && cfg_gettsec(d->top, "agent", agent) == NULL)
		deskconf_fault(
		    d, sec, "agent", "There is no agent \"%s\".", agent);
	if (send == NULL)
		deskconf_fault(d, sec, NULL,
		    "Follow-up \"%s\" does not say what it sends: set send.",
		    cfg_title(sec));
	else if (cfg_gettsec(d->top, "template", send) == NULL)
		deskconf_fault(
		    d, sec, "send", "There is no template \"%s\".", send);
	conf_put_text(to, "queue", queue);
	conf_put_text(to, "agent", agent);
	conf_put_text(to, "send", send);
}

static json_t *
make_followup(struct deskconf *d, cfg_t *sec)
{
	static const char *const spans[] = { "delay", "quiet", "expires" };
	json_t			*made = json_object();
	size_t			 i;

	conf_put_text(made, "title", conf_text(d, sec, "title"));
	put_after(d, made, sec);
	json_object_set_new(made, "segments",
	    conf_list(
		d, sec, "segments", true, conf_name_good, "it is no name"));
	put_letter(d, made, sec);
	deskconf_put_hours(d, made, sec, "hours");
	for (i = 0; i < nitems(spans); i++)
		if (cfg_size(sec, spans[i]) > 0)
			conf_put_span(d, made, sec, spans[i]);
	conf_put_number(d, made, sec, "sample", 1, SHARE_MOST);
	return (made);
}

json_t *
deskconf_followups(struct deskconf *d)
{
	return (conf_sections(d, "followup", true, make_followup));
}

bool
deskconf_followup_sends(struct deskconf *d, const char *template)
{
	cfg_t *sec;
	size_t i;

	for (i = 0; i < cfg_size(d->top, "followup"); i++) {
		sec = cfg_getnsec(d->top, "followup", (unsigned)i);
		if (cfg_size(sec, "send") > 0 &&
		    strcmp(conf_str(cfg_getstr(sec, "send")), template) == 0)
			return (true);
	}
	return (false);
}
