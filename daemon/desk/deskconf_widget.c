/*
 * desk.conf's widget: how the website's chat is kept.  See deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"

#define GONE_MAX 3600 /* seconds */

cfg_opt_t *
deskconf_widget_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t widget[] = {
		CFG_STR("secret_file", NULL, CFGF_NODEFAULT),
		CFG_BOOL("require_identity", cfg_false, CFGF_NONE),
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_STR("gone", "1m", CFGF_NONE),
		CFG_BOOL("by_mail", cfg_true, CFGF_NONE),
		CFG_STR("transcript", "ask", CFGF_NONE),
		CFG_END(),
	};

	watch(widget);
	return (widget);
}

json_t *
deskconf_widget(struct deskconf *d)
{
	static const char *const transcripts[] = { "ask", "end", "off" };
	json_t			*made = json_object();
	cfg_t			*sec = cfg_getsec(d->top, "widget");
	const char		*s = conf_text(d, sec, "secret_file");
	bool must = cfg_getbool(sec, "require_identity") == cfg_true;

	if (s != NULL && (*s == '/' || strstr(s, "..") != NULL))
		deskconf_fault(d, sec, "secret_file",
		    "secret_file must be a file's name under state_dir.");
	if (must && s == NULL)
		deskconf_fault(d, sec, "require_identity",
		    "require_identity needs a secret_file: else nobody could "
		    "prove who he is.");
	conf_put_text(made, "secret_file", s);
	json_object_set_new(made, "require_identity", json_boolean(must));
	conf_put_text(made, "queue", conf_queue(d, sec, "queue"));
	conf_put_span(d, made, sec, "gone");
	if (json_integer_value(json_object_get(made, "gone")) > GONE_MAX)
		deskconf_fault(d, sec, "gone", "gone must be an hour at most.");
	json_object_set_new(
	    made, "by_mail", json_boolean(cfg_getbool(sec, "by_mail")));
	conf_put_text(made, "transcript",
	    conf_word(d, sec, "transcript", transcripts, nitems(transcripts)));
	return (made);
}
