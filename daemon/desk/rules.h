/*
 * The applied configuration as the text-reading side needs it: which address
 * is whose queue, which words mean which queue, who may post call records.
 * Made once from desk.config.body, never changed, read by any thread.
 */
#ifndef DESK_RULES_H
#define DESK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/def.h"

struct event;
struct lexicon;
struct provider;
struct rules;

struct company {
	const char *name;
	const char *lang;     /* "vi" or "en" */
	const char *country;  /* calling code: "84" */
	const char *timezone; /* "Asia/Ho_Chi_Minh" */
};

enum source_form {
	SOURCE_GENERIC,
	SOURCE_FREESWITCH,
	SOURCE_DATA,
	SOURCE_AMI /* posts nothing: we listen to it */
};

/* Who posts: call records, or what its description says. */
struct source {
	const char	      *name;
	enum source_form       form;
	const char	      *secret_file; /* under state_dir; or NULL */
	const char	      *host, *user; /* SOURCE_AMI: both; else NULL */
	const char *const     *trust;	    /* peers that need not sign */
	size_t		       ntrust;
	const struct provider *provider; /* of SOURCE_DATA, else NULL */
};

/*
 * From the JSON that desk/deskconf.c makes.  NULL, and a sentence in wrong,
 * when it is not that: what stood in a database is read as a stranger's.
 */
struct rules *rules_load(const char *, size_t, char *wrong, size_t) MUSTCHECK;
void	      rules_free(struct rules *);

/*
 * By what feelings are read from now on; NULL, as it begins: they are not.
 * The lexicon stays the caller's, who keeps it as long as these rules.
 */
void		      rules_feel(struct rules *, const struct lexicon *);
const struct lexicon *rules_lexicon(const struct rules *);

const struct company *rules_company(const struct rules *);
/* NULL when there is none of the name. */
const struct source *rules_source(const struct rules *, const char *name);
/* The nth of all, from 0; NULL past the last. */
const struct source *rules_source_at(const struct rules *, size_t n);

/*
 * Whether the desk takes mail for the address, any letter case; an address
 * with a plus tag (sales+x@) counts as its base.
 */
bool rules_serves(const struct rules *, const char *email);

/*
 * Fills candidates, units and, where it has none, order_no.  First come the
 * rules of customer segments that fit, in the configuration's order; then
 * the decision for everybody else: the queue of the address contacted; else
 * the queue whose keywords weigh most; else the default queue.  Notes which
 * automation rules hear their words (automation.h).  False only when the
 * event's arena is full.
 */
bool rules_classify(const struct rules *, struct event *) MUSTCHECK;

/*
 * What each rule makes of an event that was classified, for people who try
 * their rules: a new list in the configuration's order, of
 * {"name","holds","lacks","segment","queue","score","words"}: lacks is the
 * first condition that does not hold ("channel", "order", "to" or
 * "keywords"), words are the keywords found, as they are written, score what
 * the rule weighs for its queue.
 */
json_t *rules_each(const struct rules *, const struct event *) MUSTCHECK;

/*
 * Which themes these words speak of: a list of names, for what is no event (an
 * answer to a survey).
 */
json_t *rules_themes(const struct rules *, const char *text) MUSTCHECK;

#endif
