/*
 * desk.conf's macros: several steps at one press of a key.  See
 * deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"

#define SNOOZE_MAX 525600 /* minutes: a year */
#define TAG_MAX	   64
#define TAGS_MAX   20

cfg_opt_t *
deskconf_macro_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t macro[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR("template", NULL, CFGF_NODEFAULT),
		CFG_STR("promise", NULL, CFGF_NODEFAULT),
		CFG_STR("note", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("tags", NULL, CFGF_NONE),
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_INT("priority", 0, CFGF_NODEFAULT),
		CFG_STR("state", NULL, CFGF_NODEFAULT),
		CFG_INT("snooze", 0, CFGF_NODEFAULT),
		CFG_BOOL("assign", cfg_false, CFGF_NONE),
		CFG_END(),
	};

	watch(macro);
	return (macro);
}

static bool
tag_good(const char *s)
{
	size_t n = strlen(s);

	return (conf_text_good(s) && n <= TAG_MAX && s[0] != ' ' &&
	    s[n - 1] != ' ');
}

/* Who hands a case on neither keeps it nor ends it. */
static void
check_macro(struct deskconf *d, cfg_t *sec)
{
	static const char *const does[] = { "vi", "en", "template", "note",
		"tags", "queue", "priority", "state", "snooze" };
	bool			 nothing = !cfg_getbool(sec, "assign");
	size_t			 i;

	for (i = 0; i < nitems(does); i++)
		nothing = nothing && cfg_size(sec, does[i]) == 0;
	if (nothing)
		deskconf_fault(
		    d, sec, NULL, "Macro \"%s\" does nothing.", cfg_title(sec));
	if (cfg_size(sec, "queue") > 0 &&
	    (cfg_size(sec, "state") > 0 || cfg_size(sec, "snooze") > 0 ||
		cfg_getbool(sec, "assign")))
		deskconf_fault(d, sec, "queue",
		    "A macro that hands a case on cannot also set state, "
		    "snooze or assign.");
	if (cfg_size(sec, "template") > 0 &&
	    cfg_size(sec, "vi") + cfg_size(sec, "en") > 0)
		deskconf_fault(d, sec, "template",
		    "A macro has a template or texts of its own, not both.");
	if (cfg_size(sec, "snooze") > 0 &&
	    strcmp(conf_str(cfg_getstr(sec, "state")), "resolved") == 0)
		deskconf_fault(d, sec, "snooze",
		    "What is resolved is not brought back by snooze.");
}

static json_t *
make_macro(struct deskconf *d, cfg_t *sec)
{
	static const char *const states[] = { "resolved", "pending" };
	json_t			*made = json_object();
	const char		*s = conf_text(d, sec, "title");

	check_macro(d, sec);
	conf_put_text(made, "title", s != NULL ? s : cfg_title(sec));
	deskconf_put_prose(d, made, sec, "vi");
	deskconf_put_prose(d, made, sec, "en");
	deskconf_put_prose(d, made, sec, "note");
	s = conf_text(d, sec, "template");
	if (s != NULL && cfg_gettsec(d->top, "template", s) == NULL)
		deskconf_fault(
		    d, sec, "template", "There is no template \"%s\".", s);
	conf_put_text(made, "template", s);
	deskconf_put_promise(d, made, sec);
	if (cfg_size(sec, "promise") > 0 && s == NULL &&
	    cfg_size(sec, "vi") + cfg_size(sec, "en") == 0)
		deskconf_fault(d, sec, "promise",
		    "Who promises something says it: vi, en or template.");
	json_object_set_new(made, "tags",
	    conf_list(d, sec, "tags", false, tag_good,
		"a tag is of at most 64 bytes on one line"));
	if (cfg_size(sec, "tags") > TAGS_MAX)
		deskconf_fault(
		    d, sec, "tags", "There may be at most %d tags.", TAGS_MAX);
	conf_put_text(made, "queue", conf_queue(d, sec, "queue"));
	conf_put_number(d, made, sec, "priority", 1, 99);
	conf_put_text(
	    made, "state", conf_word(d, sec, "state", states, nitems(states)));
	conf_put_number(d, made, sec, "snooze", 1, SNOOZE_MAX);
	json_object_set_new(
	    made, "assign", json_boolean(cfg_getbool(sec, "assign")));
	return (made);
}

json_t *
deskconf_macros(struct deskconf *d)
{
	return (conf_sections(d, "macro", true, make_macro));
}
