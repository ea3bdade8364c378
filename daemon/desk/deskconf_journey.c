/*
 * desk.conf's stages, touchpoints and journeys: where customers are on their
 * way, and by what it is told.  See deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"
#include "fold.h"
#include "keywords.h"
#include "scorescale.h"

#define STAGES_MAX 40

/* The stages of a desk that names none; desk.stages_usual() has the same. */
static const char *const usual[] = { "awareness", "discovery", "attraction",
	"consultation", "purchase", "use", "support", "advocacy" };

cfg_opt_t *
deskconf_stage_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t stage[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(stage);
	return (stage);
}

cfg_opt_t *
deskconf_touchpoint_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t touchpoint[] = {
		CFG_STR("stage", NULL, CFGF_NODEFAULT),
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR("department", NULL, CFGF_NODEFAULT),
		CFG_STR("owner", NULL, CFGF_NODEFAULT),
		CFG_STR("target", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("kind", NULL, CFGF_NONE),
		CFG_STR_LIST("channel", NULL, CFGF_NONE),
		CFG_STR_LIST("queue", NULL, CFGF_NONE),
		CFG_STR_LIST("status", NULL, CFGF_NONE),
		CFG_STR_LIST("keywords", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(touchpoint);
	return (touchpoint);
}

cfg_opt_t *
deskconf_journey_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t journey[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("stages", NULL, CFGF_NONE),
		CFG_STR_LIST("segments", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(journey);
	return (journey);
}

static bool
is_stage(struct deskconf *d, const char *name)
{
	size_t i;

	if (cfg_size(d->top, "stage") > 0)
		return (cfg_gettsec(d->top, "stage", name) != NULL);
	for (i = 0; i < nitems(usual); i++)
		if (strcmp(usual[i], name) == 0)
			return (true);
	return (false);
}

static bool
word_good(const char *s)
{
	struct fold_word word;
	char		 buf[FOLD_WORD_MAX];

	return (conf_text_good(s) && strlen(s) <= KEYWORD_MAX &&
	    fold_split(&word, 1, buf, sizeof buf, s, strlen(s)) == 1);
}

static void
put_names(struct deskconf *d, json_t *made, cfg_t *sec)
{
	conf_put_text(made, "vi", conf_text(d, sec, "vi"));
	conf_put_text(made, "en", conf_text(d, sec, "en"));
}

static json_t *
make_stage(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object();

	put_names(d, made, sec);
	return (made);
}

static void
put_conditions(struct deskconf *d, json_t *made, cfg_t *sec)
{
	json_t	   *queues;
	const char *name;
	size_t	    i;

	json_object_set_new(made, "kind",
	    conf_list(d, sec, "kind", true, conf_name_good, "it is no name"));
	json_object_set_new(made, "channel",
	    conf_list(d, sec, "channel", true, conf_channel_good,
		"there is no such channel"));
	queues =
	    conf_list(d, sec, "queue", true, conf_name_good, "it is no name");
	for (i = 0; i < json_array_size(queues); i++) {
		name = json_string_value(json_array_get(queues, i));
		if (!conf_is_queue(d, name))
			deskconf_fault(
			    d, sec, "queue", "There is no queue \"%s\".", name);
	}
	json_object_set_new(made, "queue", queues);
	json_object_set_new(made, "status",
	    conf_list(
		d, sec, "status", false, conf_text_good, "it is no word"));
	json_object_set_new(made, "keywords",
	    conf_list(d, sec, "keywords", false, word_good,
		"it has no letter or digit, or is too long"));
}

static json_t *
make_touchpoint(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *s = conf_text(d, sec, "stage");

	if (s == NULL)
		deskconf_fault(d, sec, NULL,
		    "Touchpoint \"%s\" is in no stage.", cfg_title(sec));
	else if (!is_stage(d, s))
		deskconf_fault(d, sec, "stage", "There is no stage \"%s\".", s);
	conf_put_text(made, "stage", s);
	put_names(d, made, sec);
	conf_put_text(made, "department", conf_queue(d, sec, "department"));
	s = conf_text(d, sec, "owner");
	if (s != NULL && cfg_gettsec(d->top, "agent", s) == NULL)
		deskconf_fault(d, sec, "owner", "There is no agent \"%s\".", s);
	conf_put_text(made, "owner", s);
	s = conf_text(d, sec, "target");
	if (s != NULL && !score_target_good(s))
		deskconf_fault(d, sec, "target",
		    "target must be a mark of 5 such as 4.2, or a measure and "
		    "its score such as \"nps 40\".");
	conf_put_text(made, "target", s);
	put_conditions(d, made, sec);
	return (made);
}

static json_t *
make_journey(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object(), *stages;
	size_t	i;

	put_names(d, made, sec);
	stages =
	    conf_list(d, sec, "stages", true, conf_name_good, "it is no name");
	if (json_array_size(stages) == 0)
		deskconf_fault(d, sec, NULL, "Journey \"%s\" has no stages.",
		    cfg_title(sec));
	for (i = 0; i < json_array_size(stages); i++)
		if (!is_stage(d, json_string_value(json_array_get(stages, i))))
			deskconf_fault(d, sec, "stages",
			    "There is no stage \"%s\".",
			    json_string_value(json_array_get(stages, i)));
	json_object_set_new(made, "stages", stages);
	json_object_set_new(made, "segments",
	    conf_list(
		d, sec, "segments", true, conf_name_good, "it is no name"));
	return (made);
}

json_t *
deskconf_stages(struct deskconf *d)
{
	if (cfg_size(d->top, "stage") > STAGES_MAX)
		deskconf_fault(d, d->top, NULL,
		    "There may be at most %d stages.", STAGES_MAX);
	return (conf_sections(d, "stage", false, make_stage));
}

json_t *
deskconf_touchpoints(struct deskconf *d)
{
	return (conf_sections(d, "touchpoint", false, make_touchpoint));
}

json_t *
deskconf_journeys(struct deskconf *d)
{
	return (conf_sections(d, "journey", false, make_journey));
}
