/*
 * desk.conf's targets: what is promised, to whom, and what happens when it is
 * about to be broken, or is.  See deskconf_parts.h.
 */
#include <stdlib.h>
#include <string.h>

#include "deskconf_value.h"

#define ACTS_MAX 5

cfg_opt_t *
deskconf_target_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t target[] = {
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("channel", NULL, CFGF_NONE),
		CFG_STR_LIST("segment", NULL, CFGF_NONE),
		CFG_STR("priority", NULL, CFGF_NODEFAULT),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_STR("first", NULL, CFGF_NODEFAULT),
		CFG_STR("next", NULL, CFGF_NODEFAULT),
		CFG_STR("resolve", NULL, CFGF_NODEFAULT),
		CFG_STR("department", NULL, CFGF_NODEFAULT),
		CFG_STR("warn", NULL, CFGF_NODEFAULT),
		CFG_STR("reopen", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("on_warn", NULL, CFGF_NONE),
		CFG_STR_LIST("on_breach", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(target);
	return (target);
}

/* 1 to 99 without a sign or a leading zero; where it ends, or NULL. */
static const char *
small_number(const char *s, int *value)
{
	size_t n = strspn(s, "0123456789");

	if (n < 1 || n > 2 || *s == '0')
		return (NULL);
	*value = (int)strtol(s, NULL, 10);
	return (s + n);
}

/* "60-99" */
static bool
range_good(const char *s)
{
	int low, high;

	return ((s = small_number(s, &low)) != NULL && *s == '-' &&
	    (s = small_number(s + 1, &high)) != NULL && *s == '\0' &&
	    low <= high);
}

/* "80%" */
static bool
share_good(const char *s)
{
	int share;

	return ((s = small_number(s, &share)) != NULL && strcmp(s, "%") == 0);
}

/* "raise 20", "notify an", "move technical"; the names are looked up after. */
static bool
act_good(const char *s)
{
	const char *end;
	int	    n;

	if (strncmp(s, "raise ", 6) == 0)
		return (
		    (end = small_number(s + 6, &n)) != NULL && *end == '\0');
	return ((strncmp(s, "notify ", 7) == 0 && conf_name_good(s + 7)) ||
	    (strncmp(s, "move ", 5) == 0 && conf_name_good(s + 5)));
}

static bool
told_of(struct deskconf *d, const char *who)
{
	return (strcmp(who, "supervisor") == 0 || strcmp(who, "admin") == 0 ||
	    strcmp(who, "assignee") == 0 ||
	    cfg_gettsec(d->top, "agent", who) != NULL);
}

static void
put_acts(struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	json_t *list = conf_list(d, sec, option, false, act_good,
		   "it must be like \"raise 20\", \"notify sup\" or "
		   "\"move technical\""),
	       *one;
	const char *s;
	size_t	    i;

	if (json_array_size(list) > ACTS_MAX)
		deskconf_fault(d, sec, option, "%s may have at most %d.",
		    option, ACTS_MAX);
	json_array_foreach (list, i, one) {
		s = json_string_value(one);
		if (strncmp(s, "move ", 5) == 0 && !conf_is_queue(d, s + 5))
			deskconf_fault(
			    d, sec, option, "There is no queue \"%s\".", s + 5);
		if (strncmp(s, "notify ", 7) == 0 && !told_of(d, s + 7))
			deskconf_fault(
			    d, sec, option, "There is no agent \"%s\".", s + 7);
	}
	json_object_set_new(to, option, list);
}

static void
put_checked(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool (*good)(const char *), const char *want)
{
	const char *s = conf_text(d, sec, option);

	if (s != NULL && !good(s))
		deskconf_fault(d, sec, option, "%s must be %s.", option, want);
	conf_put_text(to, option, s);
}

static json_t *
make_target(struct deskconf *d, cfg_t *sec)
{
	static const char *const spans[] = { "first", "next", "resolve",
		"department" };
	static const char *const reopens[] = { "restart", "continue" };
	json_t			*made = json_object();
	size_t			 i, n = 0;

	conf_put_text(made, "queue", conf_queue(d, sec, "queue"));
	json_object_set_new(made, "channel",
	    conf_list(d, sec, "channel", true, conf_origin_good,
		"there is no such channel"));
	json_object_set_new(made, "segment",
	    conf_list(
		d, sec, "segment", true, conf_name_good, "it is no name"));
	put_checked(d, made, sec, "priority", range_good,
	    "of two priorities, such as 60-99");
	deskconf_put_hours(d, made, sec, "hours");
	for (i = 0; i < nitems(spans); i++)
		if (cfg_size(sec, spans[i]) > 0) {
			conf_put_span(d, made, sec, spans[i]);
			n++;
		}
	if (n == 0)
		deskconf_fault(d, sec, NULL,
		    "Target \"%s\" promises nothing: set first, next, resolve "
		    "or department.",
		    cfg_title(sec));
	put_checked(d, made, sec, "warn", share_good, "a share such as 80%");
	conf_put_text(made, "reopen",
	    conf_word(d, sec, "reopen", reopens, nitems(reopens)));
	put_acts(d, made, sec, "on_warn");
	put_acts(d, made, sec, "on_breach");
	return (made);
}

json_t *
deskconf_targets(struct deskconf *d)
{
	return (conf_sections(d, "target", false, make_target));
}
