/*
 * desk.conf, parsed by libconfuse; see deskconf.h.
 *
 * libconfuse expands ${NAME} from the environment in strings: a text with
 * "${" is refused before it sees it.  include() exists only where a program
 * declares it, and this one does not.  Sections nest as deep as the grammar
 * does.  What would cost it more than its size is bounded: each section is
 * compared with all titles before it, and each comment clears a buffer as long
 * as the longest text so far.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "deskconf.h"
#include "deskconf_hook.h"
#include "deskconf_parts.h"
#include "deskconf_source.h"
#include "rules.h"

#define FAULTS_MAX    20 /* noted before the rest is only counted */
#define SECTIONS_MAX  10000
#define COMMENTS_COST 4294967296 /* comments times the bytes of the text */

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* libconfuse's callbacks bring no argument of ours. */
static struct deskconf *parsing;

static void
fault_begin(struct deskconf *d, int line)
{
	if (d->wrong.n > 0)
		buf_char(&d->wrong, '\n');
	buf_shown(&d->wrong, d->file, strlen(d->file), 100);
	if (line > 0)
		buf_printf(&d->wrong, ":%d", line);
	buf_str(&d->wrong, ": ");
}

static void PRINTFLIKE(3, 0)
    fault_at(struct deskconf *d, int line, const char *fmt, va_list ap)
{
	char text[400];

	if (d->faults++ >= FAULTS_MAX)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	fault_begin(d, line);
	buf_shown(&d->wrong, text, strlen(text), 300);
}

static void PRINTFLIKE(3, 4)
    fault_line(struct deskconf *d, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fault_at(d, line, fmt, ap);
	va_end(ap);
}

static int
place_line(const struct deskconf *d, const cfg_t *section, const char *option)
{
	size_t i;

	for (i = 0; i < d->nplaces; i++)
		if (d->places[i].section == section &&
		    (option == NULL ||
			strcmp(d->places[i].option, option) == 0))
			return (d->places[i].line);
	return (section->line);
}

void
deskconf_fault(struct deskconf *d, cfg_t *section, const char *option,
    const char *fmt, ...)
{
	va_list ap;
	/* Looked for only while it is shown: there may be many of both. */
	int line = d->faults < FAULTS_MAX ? place_line(d, section, option) : 0;

	va_start(ap, fmt);
	fault_at(d, line, fmt, ap);
	va_end(ap);
}

static void PRINTFLIKE(2, 0) on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	fault_at(parsing, cfg->line, fmt, ap);
}

/* Every option's value passes here as it is read: note where it stands. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	struct deskconf *d = parsing;

	if (d->nplaces > 0 && d->places[d->nplaces - 1].section == cfg &&
	    strcmp(d->places[d->nplaces - 1].option, opt->name) == 0)
		return (0);
	if (d->nplaces == d->places_size) {
		d->places_size = d->places_size != 0 ? 2 * d->places_size : 64;
		d->places =
		    xreallocarray(d->places, d->places_size, sizeof *d->places);
	}
	d->places[d->nplaces++] = (struct place){ cfg, opt->name, cfg->line };
	return (0);
}

static void
watch(cfg_opt_t *opts)
{
	for (; opts->name != NULL; opts++)
		if (opts->type != CFGT_SEC)
			opts->validcb = on_value;
}

cfg_t *
deskconf_grammar(void)
{
	const cfg_flag_t named = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
	cfg_opt_t	 company[] = {
		       CFG_STR("name", NULL, CFGF_NODEFAULT),
		       CFG_STR("lang", "vi", CFGF_NONE),
		       CFG_STR("country", "84", CFGF_NONE),
		       CFG_STR("timezone", "Asia/Ho_Chi_Minh", CFGF_NONE),
		       CFG_STR("close_after", "14d", CFGF_NONE),
		       CFG_STR("url", NULL, CFGF_NODEFAULT),
		       CFG_STR("link_after", "30d", CFGF_NONE),
		       CFG_END(),
	};
	cfg_opt_t limits[] = {
		CFG_INT("answers", 4, CFGF_NONE),
		CFG_INT("exchange", 3, CFGF_NONE),
		CFG_INT("cases", 10, CFGF_NONE),
		CFG_INT("flood", 60, CFGF_NONE),
		CFG_END(),
	};
	cfg_opt_t mail[] = {
		CFG_INT("undo_seconds", 10, CFGF_NONE),
		CFG_INT("retry_hours", 120, CFGF_NONE),
		CFG_BOOL("quote", cfg_true, CFGF_NONE),
		CFG_END(),
	};
	cfg_opt_t units[] = {
		CFG_INT("mail", 5, CFGF_NONE),
		CFG_INT("chat", 20, CFGF_NONE),
		CFG_INT("call", 100, CFGF_NONE),
		CFG_INT("social", 20, CFGF_NONE),
		CFG_INT("order", 5, CFGF_NONE),
		CFG_INT("store", 5, CFGF_NONE),
		CFG_INT("web", 5, CFGF_NODEFAULT),
		CFG_END(),
	};
	cfg_opt_t queue[] = {
		CFG_STR("title", NULL, CFGF_NODEFAULT),
		CFG_STR("first", "30m", CFGF_NONE),
		CFG_STR("next", "1h", CFGF_NONE),
		CFG_STR("offer", "30s", CFGF_NONE),
		CFG_BOOL("members_only", cfg_false, CFGF_NONE),
		CFG_STR("mode", NULL, CFGF_NODEFAULT),
		CFG_STR("strategy", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("order", NULL, CFGF_NONE),
		CFG_STR_LIST("widen", NULL, CFGF_NONE),
		CFG_STR("same_agent", NULL, CFGF_NODEFAULT),
		CFG_STR("same_within", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("offer_by", NULL, CFGF_NONE),
		CFG_STR_LIST("wrap_up", NULL, CFGF_NONE),
		CFG_INT("full", 0, CFGF_NODEFAULT),
		CFG_STR("when_full", NULL, CFGF_NODEFAULT),
		CFG_STR("when_closed", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("patience", NULL, CFGF_NONE),
		CFG_STR("short_abandon", NULL, CFGF_NODEFAULT),
		CFG_STR("when_abandoned", NULL, CFGF_NODEFAULT),
		CFG_STR("turned_away", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("email", NULL, CFGF_NONE),
		CFG_STR_LIST("phone", NULL, CFGF_NONE),
		CFG_STR_LIST("page", NULL, CFGF_NONE),
		CFG_STR("hours", NULL, CFGF_NODEFAULT),
		CFG_STR("signature", NULL, CFGF_NODEFAULT),
		CFG_STR("acknowledge", NULL, CFGF_NODEFAULT),
		CFG_STR("acknowledge_closed", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	cfg_opt_t hours[] = {
		CFG_STR_LIST("week", NULL, CFGF_NONE),
		CFG_STR_LIST("holidays", NULL, CFGF_NONE),
		CFG_STR("timezone", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	cfg_opt_t template[] = {
		CFG_STR("vi", NULL, CFGF_NODEFAULT),
		CFG_STR("en", NULL, CFGF_NODEFAULT),
		CFG_STR("subject_vi", NULL, CFGF_NODEFAULT),
		CFG_STR("subject_en", NULL, CFGF_NODEFAULT),
		CFG_STR("promise", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	cfg_opt_t agent[] = {
		CFG_STR("display", NULL, CFGF_NODEFAULT),
		CFG_STR("role", "agent", CFGF_NONE),
		CFG_STR("email", NULL, CFGF_NODEFAULT),
		CFG_STR("extension", NULL, CFGF_NODEFAULT),
		CFG_INT("capacity", 100, CFGF_NONE),
		CFG_STR_LIST("limits", NULL, CFGF_NONE),
		CFG_STR("schedule", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("queues", NULL, CFGF_NONE),
		CFG_STR_LIST("skills", NULL, CFGF_NONE),
		CFG_END(),
	};
	cfg_opt_t rule[] = {
		CFG_STR("channel", NULL, CFGF_NODEFAULT),
		CFG_STR("to", NULL, CFGF_NODEFAULT),
		CFG_STR("segment", NULL, CFGF_NODEFAULT),
		CFG_BOOL("order", cfg_false, CFGF_NONE),
		CFG_STR_LIST("keywords", NULL, CFGF_NONE),
		CFG_STR("queue", NULL, CFGF_NODEFAULT),
		CFG_INT("priority", 0, CFGF_NODEFAULT),
		CFG_STR_LIST("skills", NULL, CFGF_NONE),
		CFG_STR_LIST("prefer", NULL, CFGF_NONE),
		CFG_INT("weight", 1, CFGF_NONE),
		CFG_END(),
	};
	cfg_opt_t top[] = {
		CFG_SEC("company", company, CFGF_NONE),
		CFG_SEC("units", units, CFGF_NONE),
		CFG_SEC("limits", limits, CFGF_NONE),
		CFG_SEC("mail", mail, CFGF_NONE),
		CFG_SEC(
		    "presence", deskconf_presence_grammar(watch), CFGF_NONE),
		CFG_SEC("widget", deskconf_widget_grammar(watch), CFGF_NONE),
		CFG_STR("default_queue", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("order_pattern", NULL, CFGF_NONE),
		CFG_STR_LIST("email", NULL, CFGF_NONE),
		CFG_STR_LIST("phone", NULL, CFGF_NONE),
		CFG_STR_LIST("page", NULL, CFGF_NONE),
		CFG_SEC("queue", queue, named),
		CFG_SEC("agent", agent, named),
		CFG_SEC("rule", rule, named),
		CFG_SEC("source", conf_source_grammar(watch), named),
		CFG_SEC("hook", conf_hook_grammar(watch), named),
		CFG_SEC("hours", hours, named),
		CFG_SEC("target", deskconf_target_grammar(watch), named),
		CFG_SEC("template", template, named),
		CFG_SEC("macro", deskconf_macro_grammar(watch), named),
		CFG_SEC(
		    "automation", deskconf_automation_grammar(watch), named),
		CFG_SEC("survey", deskconf_survey_grammar(watch), named),
		CFG_SEC("segment", deskconf_segment_grammar(watch), named),
		CFG_SEC("followup", deskconf_followup_grammar(watch), named),
		CFG_SEC("stage", deskconf_stage_grammar(watch), named),
		CFG_SEC(
		    "touchpoint", deskconf_touchpoint_grammar(watch), named),
		CFG_SEC("journey", deskconf_journey_grammar(watch), named),
		CFG_SEC("theme", deskconf_theme_grammar(watch), named),
		CFG_SEC("objective", deskconf_objective_grammar(watch), named),
		CFG_SEC("class", deskconf_class_grammar(watch), named),
		CFG_SEC("reason", deskconf_reason_grammar(watch), named),
		CFG_SEC("factor", deskconf_factor_grammar(watch), named),
		CFG_SEC("late_notice", deskconf_late_grammar(watch), CFGF_NONE),
		CFG_SEC("report", deskconf_report_grammar(watch), named),
		CFG_END(),
	};
	cfg_opt_t *const all[] = { company, units, limits, mail, queue, agent,
		rule, hours, template, top };
	size_t		 i;

	for (i = 0; i < nitems(all); i++)
		watch(all[i]);
	return (cfg_init(top, CFGF_NONE));
}

/* Where the comment that begins at i ends; i itself when none does. */
static size_t
comment_end(const char *s, size_t n, size_t i)
{
	bool fresh = i == 0 || strchr(" \t\n", s[i - 1]) != NULL;

	if (s[i] == '/' && i + 1 < n && s[i + 1] == '*') {
		for (i += 2; i + 1 < n; i++)
			if (s[i] == '*' && s[i + 1] == '/')
				return (i + 2);
		return (n);
	}
	if (s[i] != '#' &&
	    !(fresh && s[i] == '/' && i + 1 < n && s[i + 1] == '/'))
		return (i);
	while (i < n && s[i] != '\n')
		i++;
	return (i);
}

/*
 * libconfuse takes the file's end for the end of whatever is open.  The line
 * on which that begins, or 0.
 */
static int
deskconf_left_open(const char *s, size_t n)
{
	size_t i, end, depth = 0;
	char   quote = '\0';
	int    line = 1, opened = 0;

	for (i = 0; i < n; i++) {
		if (quote == '\0')
			for (end = comment_end(s, n, i); i < end; i++)
				line += s[i] == '\n';
		if (i == n)
			break;
		line += s[i] == '\n';
		if (quote != '\0') {
			if (s[i] == quote)
				quote = '\0';
			else if (s[i] == '\\' && i + 1 < n)
				line += s[++i] == '\n';
		} else if (s[i] == '"' || s[i] == '\'')
			quote = s[i];
		else if (s[i] == '{' && depth++ == 0)
			opened = line;
		else if (s[i] == '}' && depth > 0)
			depth--;
	}
	return (depth > 0 ? opened : 0);
}

/*
 * What may begin a comment or a section: counted where they stand in texts,
 * too, for nobody's own file comes near the bounds.
 */
static const char *
deskconf_costly(const char *s, size_t n)
{
	uint64_t comments = 0;
	size_t	 sections = 0, i;
	char	 before = '\0';

	for (i = 0; i < n; i++) {
		sections += s[i] == '{' && before != '=';
		comments += s[i] == '#' ||
		    (s[i] == '/' && i + 1 < n &&
			(s[i + 1] == '/' || s[i + 1] == '*'));
		if (strchr(" \t\r\n", s[i]) == NULL)
			before = s[i];
	}
	if (sections > SECTIONS_MAX)
		return ("There are too many sections.");
	if (comments * n > COMMENTS_COST)
		return ("There are too many comments.");
	return (NULL);
}

/* What libconfuse must not be given. */
static bool
deskconf_refused(struct deskconf *d, const char *s, size_t n)
{
	const char *costly;
	size_t	    i;
	int	    line = 1;

	if (n > DESKCONF_MAX) {
		fault_line(
		    d, 0, "The file is larger than %d bytes.", DESKCONF_MAX);
		return (true);
	}
	if (!utf8_valid(s, n)) {
		fault_line(d, 0, "The file is not UTF-8, or has U+0000.");
		return (true);
	}
	for (i = 0; i < n; i++) {
		if (s[i] == '\n')
			line++;
		if (s[i] == '$' && i + 1 < n && s[i + 1] == '{') {
			fault_line(d, line,
			    "\"${\" stands for nothing here: the environment "
			    "is not read.");
			return (true);
		}
		if (((unsigned char)s[i] < 0x20 &&
			strchr("\t\n\r", s[i]) == NULL) ||
		    s[i] == 0x7f) {
			fault_line(d, line, "A control character.");
			return (true);
		}
	}
	if ((costly = deskconf_costly(s, n)) != NULL) {
		fault_line(d, 0, "%s", costly);
		return (true);
	}
	if ((line = deskconf_left_open(s, n)) != 0) {
		fault_line(d, line, "What begins with { here has no end.");
		return (true);
	}
	return (false);
}

static bool
deskconf_parse(struct deskconf *d, const char *s, size_t n)
{
	char *text = xstrndup(s, n);
	int   got;

	parsing = d;
	if ((d->top = deskconf_grammar()) == NULL) {
		free(text);
		fault_line(d, 0, "Memory is short.");
		return (false);
	}
	cfg_set_error_function(d->top, on_error);
	got = cfg_parse_buf(d->top, text);
	free(text);
	if (got != CFG_SUCCESS && d->faults == 0)
		fault_line(d, d->top->line, "This is no desk.conf.");
	return (got == CFG_SUCCESS && d->faults == 0);
}

/* The daemon's own reading of it has the last word. */
static bool
deskconf_try(struct deskconf *d, const char *json)
{
	struct rules *rules;
	char	      why[200];

	if ((rules = rules_load(json, strlen(json), why, sizeof why)) == NULL)
		fault_line(d, 0, "%s", why);
	rules_free(rules);
	return (rules != NULL);
}

static char *
deskconf_text(struct deskconf *d)
{
	json_t *made;
	char   *text;

	if ((made = deskconf_make(d)) == NULL)
		return (NULL);
	text = json_dumps(made, JSON_COMPACT);
	json_decref(made);
	if (text == NULL)
		fault_line(d, 0, "Memory is short.");
	else if (!deskconf_try(d, text)) {
		free(text);
		text = NULL;
	}
	return (text);
}

void
deskconf_hold(void)
{
	pthread_mutex_lock(&turn);
}

void
deskconf_let(void)
{
	pthread_mutex_unlock(&turn);
}

char *
deskconf_json(
    const char *s, size_t n, const char *file, char *wrong, size_t size)
{
	struct deskconf d = { .file = file };
	char	       *text = NULL;

	buf_init(&d.wrong, size > 1 ? size - 1 : 1);
	deskconf_hold();
	if (!deskconf_refused(&d, s, n) && deskconf_parse(&d, s, n))
		text = deskconf_text(&d);
	if (d.faults > FAULTS_MAX)
		buf_printf(&d.wrong, "\nand %zu more", d.faults - FAULTS_MAX);
	if (size > 0)
		snprintf(wrong, size, "%s", d.wrong.n > 0 ? d.wrong.p : "");
	if (d.top != NULL)
		cfg_free(d.top);
	free(d.places);
	buf_free(&d.wrong);
	parsing = NULL;
	deskconf_let();
	return (text);
}
