/*
 * desk.conf's objectives: what departments want to reach.  See
 * deskconf_parts.h.
 */
#include <string.h>

#include "base/def.h"
#include "deskconf_value.h"
#include "scorescale.h"

#define OBJECTIVES_MAX 200

cfg_opt_t *
deskconf_objective_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t objective[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR("department", NULL, CFGF_NODEFAULT),
		CFG_STR("touchpoint", NULL, CFGF_NODEFAULT),
		CFG_STR("segment", NULL, CFGF_NODEFAULT),
		CFG_STR("measure", NULL, CFGF_NODEFAULT),
		CFG_STR("target", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(objective);
	return (objective);
}

static bool
measure_good(const char *s)
{
	static const char *const measures[] = { "csat", "nps", "ces", "mood",
		"promise", "closed" };
	size_t			 i;

	for (i = 0; i < nitems(measures); i++)
		if (strcmp(measures[i], s) == 0)
			return (true);
	return (false);
}

static json_t *
make_objective(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *measure, *s;

	conf_put_text(made, "vi", conf_text(d, sec, "vi"));
	conf_put_text(made, "en", conf_text(d, sec, "en"));
	conf_put_text(made, "department", conf_queue(d, sec, "department"));
	s = conf_text(d, sec, "touchpoint");
	if (s != NULL && cfg_gettsec(d->top, "touchpoint", s) == NULL)
		deskconf_fault(
		    d, sec, "touchpoint", "There is no touchpoint \"%s\".", s);
	conf_put_text(made, "touchpoint", s);
	s = conf_text(d, sec, "segment");
	if (s != NULL && !conf_name_good(s))
		deskconf_fault(d, sec, "segment", "segment must be a name.");
	conf_put_text(made, "segment", s);
	measure = conf_text(d, sec, "measure");
	if (measure == NULL)
		deskconf_fault(d, sec, NULL, "Objective \"%s\" has no measure.",
		    cfg_title(sec));
	else if (!measure_good(measure))
		deskconf_fault(d, sec, "measure",
		    "measure must be csat, nps, ces, mood, promise or closed.");
	conf_put_text(made, "measure", measure);
	s = conf_text(d, sec, "target");
	if (s == NULL)
		deskconf_fault(d, sec, NULL, "Objective \"%s\" has no target.",
		    cfg_title(sec));
	else if (measure != NULL && measure_good(measure) &&
	    !score_good(measure, s))
		deskconf_fault(d, sec, "target",
		    "target must be a number on the scale of %s.", measure);
	conf_put_text(made, "target", s);
	return (made);
}

json_t *
deskconf_objectives(struct deskconf *d)
{
	if (cfg_size(d->top, "objective") > OBJECTIVES_MAX)
		deskconf_fault(d,
		    cfg_getnsec(d->top, "objective", OBJECTIVES_MAX), NULL,
		    "There may be at most %d objectives.", OBJECTIVES_MAX);
	return (conf_sections(d, "objective", false, make_objective));
}
