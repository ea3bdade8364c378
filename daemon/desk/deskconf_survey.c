/*
 * desk.conf's surveys: who is asked what, when and by which way.  See
 * deskconf_parts.h.
 */
#include <string.h>

#include "deskconf_value.h"
#include "scorescale.h"

#define QUESTIONS_MAX 20
#define CHOICES_MAX   20

cfg_opt_t *
deskconf_survey_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t choice[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	static cfg_opt_t question[] = {
		CFG_STR("kind", NULL, CFGF_NODEFAULT),
		CFG_STR("about", NULL, CFGF_NODEFAULT),
		CFG_STR("pair", NULL, CFGF_NODEFAULT),
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR("when", NULL, CFGF_NODEFAULT),
		CFG_BOOL("required", cfg_false, CFGF_NONE),
		CFG_SEC("choice", choice,
		    CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_END(),
	};
	static cfg_opt_t survey[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("after", "hand", CFGF_NONE),
		CFG_STR("delay", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("queues", NULL, CFGF_NONE),
		CFG_STR_LIST("channels", NULL, CFGF_NONE),
		CFG_STR_LIST("segments", NULL, CFGF_NONE),
		CFG_STR_LIST("via", NULL, CFGF_NONE),
		CFG_INT("sample", 100, CFGF_NONE),
		CFG_STR("quiet", "30d", CFGF_NONE),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_STR("remind", NULL, CFGF_NODEFAULT),
		CFG_STR("expires", "30d", CFGF_NONE),
		CFG_STR("touchpoint", NULL, CFGF_NODEFAULT),
		CFG_STR("for", "customers", CFGF_NONE),
		CFG_STR("every", NULL, CFGF_NODEFAULT),
		CFG_BOOL("public", cfg_false, CFGF_NONE),
		CFG_BOOL("help", cfg_false, CFGF_NONE),
		CFG_SEC("question", question,
		    CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_END(),
	};

	watch(choice);
	watch(question);
	watch(survey);
	return (survey);
}

static bool
way_good(const char *s)
{
	return (strcmp(s, "mail") == 0 || strcmp(s, "chat") == 0);
}

/* The blocks of one kind within another, in the file's order. */
static json_t *
blocks(struct deskconf *d, cfg_t *in, const char *kind, size_t most,
    json_t *(*make)(struct deskconf *, cfg_t *in, cfg_t *))
{
	json_t *list = json_array(), *made;
	size_t	i, n = cfg_size(in, kind);
	cfg_t  *sec;

	if (n > most)
		deskconf_fault(d, in, NULL, "\"%s\" may have at most %zu %ss.",
		    cfg_title(in), most, kind);
	for (i = 0; i < n && i < most; i++) {
		sec = cfg_getnsec(in, kind, (unsigned)i);
		if (!conf_name_good(cfg_title(sec)))
			deskconf_fault(d, sec, NULL,
			    "The %s's name must be of small letters, digits, "
			    "dots, - and _, at most %d.",
			    kind, CONF_NAME_MAX);
		made = make(d, in, sec);
		conf_put_text(made, "name", cfg_title(sec));
		json_array_append_new(list, made);
	}
	return (list);
}

/* What is asked, or may be chosen, in both languages; whether there is any. */
static bool
put_words(struct deskconf *d, json_t *to, cfg_t *sec)
{
	const char *vi = conf_text(d, sec, "vi"), *en = conf_text(d, sec, "en");

	conf_put_text(to, "vi", vi);
	conf_put_text(to, "en", en);
	return (vi != NULL || en != NULL);
}

static json_t *
make_choice(struct deskconf *d, cfg_t *question, cfg_t *sec)
{
	json_t *made = json_object();

	(void)question;
	if (!put_words(d, made, sec))
		deskconf_fault(d, sec, NULL,
		    "Choice \"%s\" has no words: set vi, en or both.",
		    cfg_title(sec));
	return (made);
}

static void
put_choices(struct deskconf *d, json_t *to, cfg_t *sec, const char *kind)
{
	size_t n = cfg_size(sec, "choice");

	if (kind != NULL && strcmp(kind, "choice") == 0) {
		if (n < 2)
			deskconf_fault(d, sec, NULL,
			    "Question \"%s\" has nothing to choose from.",
			    cfg_title(sec));
		json_object_set_new(to, "choices",
		    blocks(d, sec, "choice", CHOICES_MAX, make_choice));
	} else if (n > 0)
		deskconf_fault(d, sec, NULL,
		    "Only a question of kind choice has choices.");
}

/* The kind of the survey's first question, if that has a score. */
static const struct answer_scale *
first_scale(cfg_t *survey)
{
	cfg_t *first = cfg_getnsec(survey, "question", 0);

	return (cfg_size(first, "kind") > 0
		? answer_scale(conf_str(cfg_getstr(first, "kind")))
		: NULL);
}

static void
put_when(struct deskconf *d, json_t *to, cfg_t *survey, cfg_t *sec)
{
	const char		  *s = conf_text(d, sec, "when");
	const struct answer_scale *of = first_scale(survey);

	if (s == NULL)
		return;
	if (sec == cfg_getnsec(survey, "question", 0))
		deskconf_fault(d, sec, "when",
		    "The first question is asked whatever was scored.");
	else if (of == NULL)
		deskconf_fault(d, sec, "when",
		    "when needs a first question of kind nps, csat or ces.");
	else if (!answer_scores_good(of, s))
		deskconf_fault(d, sec, "when",
		    "when must be of the first question's scores, %d-%d.",
		    of->low, of->high);
	else
		conf_put_text(to, "when", s);
}

static bool
same_word(cfg_t *one, cfg_t *other, const char *option)
{
	return (cfg_size(one, option) > 0 && cfg_size(other, option) > 0 &&
	    strcmp(conf_str(cfg_getstr(one, option)),
		conf_str(cfg_getstr(other, option))) == 0);
}

/* The one that asks the same: of the other side, on the same scale. */
static void
put_pair(struct deskconf *d, json_t *to, cfg_t *survey, cfg_t *sec)
{
	const char *s = conf_text(d, sec, "pair");
	cfg_t	   *other;

	if (s == NULL)
		return;
	other = cfg_gettsec(survey, "question", s);
	if (other == NULL || other == sec)
		deskconf_fault(
		    d, sec, "pair", "There is no other question \"%s\".", s);
	else if (!same_word(sec, other, "kind") ||
	    cfg_size(sec, "about") == 0 || cfg_size(other, "about") == 0 ||
	    same_word(sec, other, "about"))
		deskconf_fault(d, sec, "pair",
		    "A pair is of one kind: one question about expectation, "
		    "one about experience.");
	else
		conf_put_text(to, "pair", s);
}

static json_t *
make_question(struct deskconf *d, cfg_t *survey, cfg_t *sec)
{
	static const char *const kinds[] = { "nps", "csat", "ces", "choice",
		"number", "text" };
	static const char *const sides[] = { "expectation", "experience" };
	const char *kind = conf_word(d, sec, "kind", kinds, nitems(kinds));
	json_t	   *made = json_object();

	if (cfg_size(sec, "kind") == 0)
		deskconf_fault(d, sec, NULL,
		    "Question \"%s\" does not say its kind.", cfg_title(sec));
	conf_put_text(made, "kind", kind);
	conf_put_text(
	    made, "about", conf_word(d, sec, "about", sides, nitems(sides)));
	put_pair(d, made, survey, sec);
	if (!put_words(d, made, sec) && kind != NULL &&
	    answer_scale(kind) == NULL)
		deskconf_fault(d, sec, NULL,
		    "Question \"%s\" has no words: set vi, en or both.",
		    cfg_title(sec));
	put_when(d, made, survey, sec);
	put_choices(d, made, sec, kind);
	json_object_set_new(
	    made, "required", json_boolean(cfg_getbool(sec, "required")));
	return (made);
}

static void
put_list(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool (*good)(const char *), const char *want)
{
	json_object_set_new(
	    to, option, conf_list(d, sec, option, true, good, want));
}

static void
put_whom(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const whom[] = { "customers", "staff" };
	static const char *const stretches[] = { "week", "month", "quarter" };
	const json_t		*one;
	const char		*s;
	size_t			 i;

	put_list(d, to, sec, "queues", conf_name_good, "it is no name");
	json_array_foreach (json_object_get(to, "queues"), i, one)
		if (!conf_is_queue(d, json_string_value(one)))
			deskconf_fault(d, sec, "queues",
			    "There is no queue \"%s\".",
			    json_string_value(one));
	put_list(d, to, sec, "channels", conf_opened_good,
	    "there is no such channel");
	put_list(d, to, sec, "segments", conf_name_good, "it is no name");
	s = conf_word(d, sec, "for", whom, nitems(whom));
	conf_put_text(to, "for", s);
	if (cfg_size(sec, "every") > 0)
		conf_put_text(to, "every",
		    conf_word(d, sec, "every", stretches, nitems(stretches)));
	if (s == NULL || strcmp(s, "staff") != 0) {
		if (cfg_size(sec, "every") > 0)
			deskconf_fault(d, sec, "every",
			    "Only a survey for staff goes out by itself.");
		return;
	}
	if (strcmp(conf_str(cfg_getstr(sec, "after")), "hand") != 0)
		deskconf_fault(
		    d, sec, "for", "Staff are asked by hand: leave after out.");
	if (cfg_getbool(sec, "public") || cfg_getbool(sec, "help"))
		deskconf_fault(d, sec, "for",
		    "What staff are asked is not public, and offers no help.");
}

static void
put_time(struct deskconf *d, json_t *to, cfg_t *sec)
{
	static const char *const moments[] = { "resolved", "delivered",
		"hand" };
	const json_t		*remind;

	conf_put_text(
	    to, "after", conf_word(d, sec, "after", moments, nitems(moments)));
	if (cfg_size(sec, "delay") > 0)
		conf_put_span(d, to, sec, "delay");
	conf_put_span(d, to, sec, "quiet");
	conf_put_span(d, to, sec, "expires");
	deskconf_put_hours(d, to, sec, "hours");
	if (cfg_size(sec, "remind") == 0)
		return;
	conf_put_span(d, to, sec, "remind");
	remind = json_object_get(to, "remind");
	if (json_integer_value(remind) >=
	    json_integer_value(json_object_get(to, "expires")))
		deskconf_fault(d, sec, "remind",
		    "remind must come before the survey expires.");
}

static json_t *
make_survey(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *s = conf_text(d, sec, "title");

	conf_put_text(made, "title", s != NULL ? s : cfg_title(sec));
	put_time(d, made, sec);
	put_whom(d, made, sec);
	put_list(d, made, sec, "via", way_good, "it must be mail or chat");
	conf_put_number(d, made, sec, "sample", 1, 100);
	s = conf_text(d, sec, "touchpoint");
	if (s != NULL && !conf_name_good(s))
		deskconf_fault(
		    d, sec, "touchpoint", "touchpoint must be a name.");
	conf_put_text(made, "touchpoint", s);
	json_object_set_new(
	    made, "public", json_boolean(cfg_getbool(sec, "public")));
	json_object_set_new(
	    made, "help", json_boolean(cfg_getbool(sec, "help")));
	if (cfg_size(sec, "question") == 0)
		deskconf_fault(d, sec, NULL, "Survey \"%s\" asks nothing.",
		    cfg_title(sec));
	json_object_set_new(made, "questions",
	    blocks(d, sec, "question", QUESTIONS_MAX, make_question));
	return (made);
}

json_t *
deskconf_surveys(struct deskconf *d)
{
	return (conf_sections(d, "survey", true, make_survey));
}
