/*
 * desk.conf's themes: what customers speak of.  See deskconf_parts.h.
 */
#include "deskconf_value.h"
#include "hearing.h"

#define ALERT_MIN 2
#define ALERT_MAX 10000

cfg_opt_t *
deskconf_theme_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t theme[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("keywords", NULL, CFGF_NONE),
		CFG_INT("alert", 0, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(theme);
	return (theme);
}

static json_t *
make_theme(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object();

	conf_put_text(made, "title", conf_text(d, sec, "title"));
	json_object_set_new(made, "keywords",
	    conf_list(d, sec, "keywords", false, conf_keyword_good,
		"a keyword has letters or digits and at most 100 bytes"));
	conf_put_number(d, made, sec, "alert", ALERT_MIN, ALERT_MAX);
	return (made);
}

json_t *
deskconf_themes(struct deskconf *d)
{
	if (cfg_size(d->top, "theme") > THEMES_MAX)
		deskconf_fault(d, cfg_getnsec(d->top, "theme", THEMES_MAX),
		    NULL, "There may be at most %d themes.", THEMES_MAX);
	return (conf_sections(d, "theme", true, make_theme));
}
