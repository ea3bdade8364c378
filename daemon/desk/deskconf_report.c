/*
 * desk.conf's reports: what goes out by mail, when and to whom.  See
 * deskconf_parts.h.
 */
#include <stdio.h>
#include <string.h>

#include "deskconf_value.h"

#define REPORTS_MAX 20
#define READERS_MAX 50
#define READER_MAX  254 /* bytes: RFC 5321 section 4.5.3.1.3, less <> */

cfg_opt_t *
deskconf_report_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t report[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("every", NULL, CFGF_NODEFAULT),
		CFG_STR("day", NULL, CFGF_NODEFAULT),
		CFG_STR("at", NULL, CFGF_NODEFAULT),
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_STR("lang", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("to", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(report);
	return (report);
}

/* An address, or an agent's login, which the desk looks up. */
static bool
reader_good(const char *s)
{
	const char *at = strchr(s, '@');

	if (at == NULL)
		return (conf_name_good(s));
	return (at > s && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	    strlen(s) <= READER_MAX && strpbrk(s, " \t\r\n<>,;\"") == NULL);
}

/* "07:30" */
static bool
clock_good(const char *s)
{
	unsigned hour, min;
	int	 n = -1;

	return (strlen(s) == 5 &&
	    sscanf(s, "%2u:%2u%n", &hour, &min, &n) == 2 && n == 5 &&
	    s[2] == ':' && hour < 24 && min < 60);
}

static json_t *
make_report(struct deskconf *d, cfg_t *sec)
{
	static const char *const every[] = { "day", "week", "month" };
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };
	static const char *const langs[] = { "vi", "en" };
	json_t			*made = json_object();
	const char		*at = conf_text(d, sec, "at");

	conf_put_text(made, "title", conf_text(d, sec, "title"));
	conf_put_text(
	    made, "every", conf_word(d, sec, "every", every, nitems(every)));
	conf_put_text(
	    made, "day", conf_word(d, sec, "day", days, nitems(days)));
	if (at != NULL && !clock_good(at))
		deskconf_fault(
		    d, sec, "at", "\"at\" must be a time such as \"07:30\".");
	conf_put_text(made, "at", at);
	conf_put_text(made, "queue", conf_queue(d, sec, "queue"));
	conf_put_text(
	    made, "lang", conf_word(d, sec, "lang", langs, nitems(langs)));
	if (cfg_size(sec, "to") == 0 || cfg_size(sec, "to") > READERS_MAX)
		deskconf_fault(d, sec, NULL,
		    "A report goes \"to\" somebody, %d at most.", READERS_MAX);
	json_object_set_new(made, "to",
	    conf_list(d, sec, "to", false, reader_good,
		"somebody is an agent's login or a mail address"));
	return (made);
}

json_t *
deskconf_reports(struct deskconf *d)
{
	if (cfg_size(d->top, "report") > REPORTS_MAX)
		deskconf_fault(d, cfg_getnsec(d->top, "report", REPORTS_MAX),
		    NULL, "There may be at most %d reports.", REPORTS_MAX);
	return (conf_sections(d, "report", true, make_report));
}
