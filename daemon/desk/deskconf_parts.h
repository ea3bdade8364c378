/*
 * desk.conf between libconfuse and JSON: for deskconf.c, which parses, and
 * deskconf_make.c, which checks and makes the JSON.  Nobody else includes
 * this.
 */
#ifndef DESK_DESKCONF_PARTS_H
#define DESK_DESKCONF_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include <confuse.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/def.h"

/* Where an option's (first) value stands. */
struct place {
	const cfg_t *section;
	const char  *option;
	int	     line;
};

struct deskconf {
	const char   *file;
	struct buf    wrong; /* "file:line: sentence" lines */
	size_t	      faults;
	cfg_t	     *top;
	struct place *places;
	size_t	      nplaces, places_size;
	const char   *country;
};

/* What may be written, and what holds when it is not; cfg_free() it. */
cfg_t *deskconf_grammar(void) MUSTCHECK;

/* Notes a fault at the option's value (or at the section when it has none). */
void deskconf_fault(struct deskconf *, cfg_t *section, const char *option,
    const char *fmt, ...) PRINTFLIKE(4, 5);

/*
 * The JSON of what was parsed, checked; NULL when there were faults, all of
 * which are noted.
 */
json_t *deskconf_make(struct deskconf *) MUSTCHECK;

/* Its parts that have a file of their own. */
json_t	  *deskconf_hours(struct deskconf *);
json_t	  *deskconf_targets(struct deskconf *);
cfg_opt_t *deskconf_target_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_templates(struct deskconf *);
json_t	  *deskconf_macros(struct deskconf *);
cfg_opt_t *deskconf_macro_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_automations(struct deskconf *);
cfg_opt_t *deskconf_automation_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_surveys(struct deskconf *);
cfg_opt_t *deskconf_survey_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_themes(struct deskconf *);
cfg_opt_t *deskconf_theme_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_reports(struct deskconf *);
cfg_opt_t *deskconf_report_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_segments(struct deskconf *);
cfg_opt_t *deskconf_segment_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_stages(struct deskconf *);
cfg_opt_t *deskconf_stage_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_touchpoints(struct deskconf *);
cfg_opt_t *deskconf_touchpoint_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_journeys(struct deskconf *);
cfg_opt_t *deskconf_journey_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_objectives(struct deskconf *);
cfg_opt_t *deskconf_objective_grammar(void (*watch)(cfg_opt_t *));
/* Does a rule of automation send this template? */
bool	   deskconf_sends(struct deskconf *, const char *template);
json_t	  *deskconf_classes(struct deskconf *);
cfg_opt_t *deskconf_class_grammar(void (*watch)(cfg_opt_t *));
/* Does a class of answers send this template? */
bool	   deskconf_class_sends(struct deskconf *, const char *template);
json_t	  *deskconf_reasons(struct deskconf *);
cfg_opt_t *deskconf_reason_grammar(void (*watch)(cfg_opt_t *));
json_t	  *deskconf_factors(struct deskconf *);
cfg_opt_t *deskconf_factor_grammar(void (*watch)(cfg_opt_t *));
/* Who is told that his order will be late; empty when nothing is said. */
json_t	  *deskconf_late(struct deskconf *);
cfg_opt_t *deskconf_late_grammar(void (*watch)(cfg_opt_t *));
bool	   deskconf_late_sends(struct deskconf *, const char *template);
/* Sets the member `promise` of a template or macro. */
void	   deskconf_put_promise(struct deskconf *, json_t *, cfg_t *);
json_t	  *deskconf_followups(struct deskconf *);
cfg_opt_t *deskconf_followup_grammar(void (*watch)(cfg_opt_t *));
/* Does a follow-up send this template? */
bool	   deskconf_followup_sends(struct deskconf *, const char *template);
json_t	  *deskconf_widget(struct deskconf *);
cfg_opt_t *deskconf_widget_grammar(void (*watch)(cfg_opt_t *));
cfg_opt_t *deskconf_presence_grammar(void (*watch)(cfg_opt_t *));
/* Empty when nothing is said. */
json_t *deskconf_presence(struct deskconf *);
/* Routing: of a queue, of an agent, of a rule. */
void deskconf_put_route(struct deskconf *, json_t *, cfg_t *queue);
/* Of all queues as they were made: no overflow leads round in a ring. */
void deskconf_overflows(struct deskconf *, const json_t *queues);
void deskconf_put_serving(struct deskconf *, json_t *, cfg_t *agent);
void deskconf_put_asked(struct deskconf *, json_t *, cfg_t *rule);
/* Sets the member to a text of lines whose variables are all known. */
void deskconf_put_prose(
    struct deskconf *, json_t *, cfg_t *, const char *option);
/* Sets the member to the name of hours that are there. */
void deskconf_put_hours(
    struct deskconf *, json_t *, cfg_t *, const char *option);
void deskconf_put_answers(struct deskconf *, json_t *, cfg_t *queue);

#endif
