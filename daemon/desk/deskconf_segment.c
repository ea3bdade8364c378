/*
 * desk.conf's segments: what customers have in common.  See deskconf_parts.h.
 */
#include <stdlib.h>
#include <string.h>

#include "deskconf_value.h"

#define DIGITS	   "0123456789"
#define NUMBER_MAX 15 /* digits */

cfg_opt_t *
deskconf_segment_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t segment[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("orders", NULL, CFGF_NODEFAULT),
		CFG_STR("value", NULL, CFGF_NODEFAULT),
		CFG_STR("currency", NULL, CFGF_NODEFAULT),
		CFG_STR("within", NULL, CFGF_NODEFAULT),
		CFG_STR("idle", NULL, CFGF_NODEFAULT),
		CFG_STR("known", NULL, CFGF_NODEFAULT),
		CFG_STR("cases", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("channel", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("tag", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("contact", NULL, CFGF_NODEFAULT),
		CFG_STR("nps", NULL, CFGF_NODEFAULT),
		CFG_STR("csat", NULL, CFGF_NODEFAULT),
		CFG_STR("ces", NULL, CFGF_NODEFAULT),
		CFG_STR("mood", NULL, CFGF_NODEFAULT),
		CFG_STR("promises_broken", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("churn", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(segment);
	return (segment);
}

/* "3", "3-", "-5", "3-5", as desk.numbers_read() has it. */
static bool
span_good(const char *s)
{
	size_t low = strspn(s, DIGITS), high;

	if (s[low] == '\0')
		return (low > 0 && low <= NUMBER_MAX);
	if (s[low] != '-')
		return (false);
	high = strspn(s + low + 1, DIGITS);
	if (s[low + 1 + high] != '\0' || low > NUMBER_MAX ||
	    high > NUMBER_MAX || low + high == 0)
		return (false);
	return (low == 0 || high == 0 ||
	    strtoll(s, NULL, 10) <= strtoll(s + low + 1, NULL, 10));
}

/* "2", "2 in 30d", as desk.times_read() has it. */
static bool
times_good(const char *s)
{
	size_t n = strspn(s, DIGITS);

	if (n == 0 || n > 3 || s[0] == '0')
		return (false);
	s += n;
	if (s[0] == '\0')
		return (true);
	if (strncmp(s, " in ", 4) != 0)
		return (false);
	s += 4;
	n = strspn(s, DIGITS);
	return (n > 0 && n <= 4 && s[0] != '0' && s[n] != '\0' &&
	    strchr("mhd", s[n]) != NULL && s[n + 1] == '\0');
}

/* "bad", or how often: "bad 2", "bad 2 in 30d". */
static bool
mood_good(const char *s)
{
	static const char *const feelings[] = { "bad", "plain", "good" };
	size_t			 i, n;

	for (i = 0; i < nitems(feelings); i++) {
		n = strlen(feelings[i]);
		if (strncmp(s, feelings[i], n) == 0)
			return (s[n] == '\0' ||
			    (s[n] == ' ' && times_good(s + n + 1)));
	}
	return (false);
}

static bool
currency_good(const char *s)
{
	return (strlen(s) == 3 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3);
}

/* Why desk.churn has him, as churn_reasons() says it. */
static bool
churn_good(const char *s)
{
	static const char *const reasons[] = { "any", "gap", "detractor",
		"promise", "contact", "complaint" };
	size_t			 i;

	for (i = 0; i < nitems(reasons); i++)
		if (strcmp(reasons[i], s) == 0)
			return (true);
	return (false);
}

static bool
put_checked(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool (*good)(const char *), const char *want)
{
	const char *s = conf_text(d, sec, option);

	if (s != NULL && !good(s))
		deskconf_fault(d, sec, option, "%s must be %s.", option, want);
	conf_put_text(to, option, s);
	return (s != NULL);
}

static bool
put_list(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool (*good)(const char *), const char *want)
{
	if (cfg_size(sec, option) == 0)
		return (false);
	json_object_set_new(
	    to, option, conf_list(d, sec, option, true, good, want));
	return (true);
}

static json_t *
make_segment(struct deskconf *d, cfg_t *sec)
{
	static const char *const ranges[] = { "orders", "value", "cases", "nps",
		"csat", "ces" };
	static const char *const spans[] = { "within", "idle", "known" };
	const char		*name = cfg_title(sec);
	json_t			*made = json_object();
	bool			 says = false;
	size_t			 i;

	if (strcmp(name, "none") == 0 || strcmp(name, "auto") == 0)
		deskconf_fault(
		    d, sec, NULL, "\"%s\" has a meaning of its own.", name);
	conf_put_text(made, "title", conf_text(d, sec, "title"));
	for (i = 0; i < nitems(ranges); i++)
		says |= put_checked(d, made, sec, ranges[i], span_good,
		    "a number or a range such as \"3-\", \"-5\" or \"3-5\"");
	says |= put_checked(d, made, sec, "mood", mood_good,
	    "a feeling, and how often, such as \"bad\" or \"bad 2 in 30d\"");
	says |= put_checked(d, made, sec, "promises_broken", times_good,
	    "how often, such as \"1\" or \"2 in 90d\"");
	put_checked(d, made, sec, "currency", currency_good,
	    "three capitals such as VND");
	for (i = 0; i < nitems(spans); i++)
		if (cfg_size(sec, spans[i]) > 0) {
			conf_put_span(d, made, sec, spans[i]);
			says |= strcmp(spans[i], "within") != 0;
		}
	says |= put_list(d, made, sec, "channel", conf_opened_good,
	    "there is no such channel");
	says |= put_list(d, made, sec, "tag", conf_text_good, "it is no tag");
	says |=
	    put_list(d, made, sec, "contact", conf_name_good, "it is no kind");
	says |= put_list(d, made, sec, "churn", churn_good,
	    "why he may be lost is any, gap, detractor, promise, contact or "
	    "complaint");
	if (!says)
		deskconf_fault(d, sec, NULL,
		    "Segment \"%s\" says nothing of its members.", name);
	return (made);
}

json_t *
deskconf_segments(struct deskconf *d)
{
	return (conf_sections(d, "segment", false, make_segment));
}
