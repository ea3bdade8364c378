/*
 * What desk.conf says of promises and expectations: reasons why one was not
 * kept, factors that shape what is expected, who is told of an order that will
 * be late, and what templates and macros promise.  See deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"

#define REASONS_MAX 100
#define FACTORS_MAX 100
#define NAMES_MAX   80	   /* characters of vi and en */
#define MINUTES_MAX 525600 /* a year */

cfg_opt_t *
deskconf_reason_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t reason[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_BOOL("ours", cfg_false, CFGF_NONE),
		CFG_END(),
	};

	watch(reason);
	return (reason);
}

cfg_opt_t *
deskconf_factor_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t factor[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("about", NULL, CFGF_NONE),
		CFG_STR_LIST("touchpoint", NULL, CFGF_NONE),
		CFG_STR_LIST("pair", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(factor);
	return (factor);
}

cfg_opt_t *
deskconf_late_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t late[] = {
		CFG_STR("send", NULL, CFGF_NODEFAULT),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_INT("sure", 0, CFGF_NODEFAULT),
		CFG_INT("orders", 0, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(late);
	return (late);
}

/* Characters of UTF-8. */
static size_t
length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return (n);
}

static void
put_names(struct deskconf *d, json_t *made, cfg_t *sec)
{
	static const char *const langs[] = { "vi", "en" };
	const char		*s;
	size_t			 i;

	for (i = 0; i < nitems(langs); i++) {
		s = conf_text(d, sec, langs[i]);
		if (s != NULL && length(s) > NAMES_MAX)
			deskconf_fault(d, sec, langs[i],
			    "A name is of at most %d characters.", NAMES_MAX);
		conf_put_text(made, langs[i], s);
	}
}

static json_t *
make_reason(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *name = cfg_title(sec);

	if (strlen(name) > 32 || strchr(name, '.') != NULL ||
	    strcmp(name, "none") == 0)
		deskconf_fault(d, sec, NULL,
		    "A reason's name is of small letters, digits, - and _, 32 "
		    "at most; none means none.");
	put_names(d, made, sec);
	json_object_set_new(
	    made, "ours", json_boolean(cfg_getbool(sec, "ours")));
	return (made);
}

json_t *
deskconf_reasons(struct deskconf *d)
{
	if (cfg_size(d->top, "reason") > REASONS_MAX)
		deskconf_fault(d, cfg_getnsec(d->top, "reason", REASONS_MAX),
		    NULL, "There may be at most %d reasons.", REASONS_MAX);
	return (conf_sections(d, "reason", false, make_reason));
}

/* SURVEY/QUESTION, of a pair the one about the experience. */
static bool
is_pair(struct deskconf *d, const char *s)
{
	const char *slash = strchr(s, '/');
	char	    survey[CONF_NAME_MAX + 1];
	cfg_t	   *sec, *question;

	if (slash == NULL || (size_t)(slash - s) > CONF_NAME_MAX)
		return (false);
	memcpy(survey, s, (size_t)(slash - s));
	survey[slash - s] = '\0';
	if ((sec = cfg_gettsec(d->top, "survey", survey)) == NULL ||
	    (question = cfg_gettsec(sec, "question", slash + 1)) == NULL)
		return (false);
	return (cfg_size(question, "pair") > 0 &&
	    strcmp(conf_str(cfg_getstr(question, "about")), "experience") == 0);
}

static json_t *
make_factor(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *s;
	unsigned    i;

	put_names(d, made, sec);
	json_object_set_new(made, "about",
	    conf_list(d, sec, "about", false, conf_text_good,
		"what statements are about"));
	json_object_set_new(made, "touchpoint",
	    conf_list(
		d, sec, "touchpoint", true, conf_name_good, "a touchpoint"));
	json_object_set_new(made, "pair",
	    conf_list(d, sec, "pair", false, conf_text_good,
		"a survey and its question"));
	for (i = 0; i < cfg_size(sec, "touchpoint"); i++) {
		s = conf_str(cfg_getnstr(sec, "touchpoint", i));
		if (cfg_gettsec(d->top, "touchpoint", s) == NULL)
			deskconf_fault(d, sec, "touchpoint",
			    "There is no touchpoint \"%s\".", s);
	}
	for (i = 0; i < cfg_size(sec, "pair"); i++) {
		s = conf_str(cfg_getnstr(sec, "pair", i));
		if (!is_pair(d, s))
			deskconf_fault(d, sec, "pair",
			    "\"%s\" is no survey's question about the experience.",
			    s);
	}
	return (made);
}

json_t *
deskconf_factors(struct deskconf *d)
{
	if (cfg_size(d->top, "factor") > FACTORS_MAX)
		deskconf_fault(d, cfg_getnsec(d->top, "factor", FACTORS_MAX),
		    NULL, "There may be at most %d factors.", FACTORS_MAX);
	return (conf_sections(d, "factor", false, make_factor));
}

json_t *
deskconf_late(struct deskconf *d)
{
	json_t	   *made = json_object();
	cfg_t	   *sec = cfg_getsec(d->top, "late_notice");
	const char *s = conf_text(d, sec, "send");

	if (s != NULL && cfg_gettsec(d->top, "template", s) == NULL)
		deskconf_fault(
		    d, sec, "send", "There is no template \"%s\".", s);
	conf_put_text(made, "send", s);
	deskconf_put_hours(d, made, sec, "hours");
	conf_put_number(d, made, sec, "sure", 1, 99);
	conf_put_number(d, made, sec, "orders", 5, 1000);
	if (s == NULL && json_object_size(made) > 0)
		deskconf_fault(
		    d, sec, NULL, "late_notice says which template to send.");
	return (made);
}

bool
deskconf_late_sends(struct deskconf *d, const char *template)
{
	cfg_t *sec = cfg_getsec(d->top, "late_notice");

	return (cfg_size(sec, "send") > 0 &&
	    strcmp(conf_str(cfg_getstr(sec, "send")), template) == 0);
}

/* "callback 2h", as desk.promise_said() has it. */
static bool
promise_good(const char *s)
{
	static const char *const kinds[] = { "delivery ", "callback ",
		"refund ", "repair ", "answer ", "other " };
	long			 n;
	size_t			 i, digits;

	for (i = 0; i < nitems(kinds); i++)
		if (strncmp(s, kinds[i], strlen(kinds[i])) == 0)
			break;
	if (i == nitems(kinds))
		return (false);
	s += strlen(kinds[i]);
	digits = strspn(s, "0123456789");
	if (digits == 0 || digits > 5 || *s == '0')
		return (false);
	n = 0;
	for (i = 0; i < digits; i++)
		n = 10 * n + (s[i] - '0');
	n *= s[digits] == 'd' ? 1440 : s[digits] == 'h' ? 60 : 1;
	return (s[digits] != '\0' && strchr("mhd", s[digits]) != NULL &&
	    s[digits + 1] == '\0' && n <= MINUTES_MAX);
}

void
deskconf_put_promise(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const char *s = conf_text(d, sec, "promise");

	if (s != NULL && !promise_good(s))
		deskconf_fault(d, sec, "promise",
		    "A promise is a kind and a time, such as \"callback "
		    "2h\".");
	conf_put_text(to, "promise", s);
}
