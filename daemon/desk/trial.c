/*
 * Rules, tried out; see trial.h.
 */
#include <string.h>

#include "contact.h"
#include "event.h"
#include "quote.h"
#include "rules.h"
#include "trial.h"

#define TRIAL_ARENA (4 << 20)

/* The address as its channel's are compared; one that is none, as it is. */
static const char *
trial_to(const struct rules *r, struct event *e, const struct trial *t)
{
	struct contact c;
	const char    *wrong;
	const char    *kind = strchr(t->to, '@') != NULL ? "email"
	       : strcmp(t->channel, "call") == 0	 ? "phone"
							 : "page";

	return (contact_read(&e->arena, &c, kind, t->to,
		    rules_company(r)->country, &wrong) == CONTACT_OK
		? c.address
		: t->to);
}

static json_t *
trial_skills(const char *skills)
{
	json_t *list = json_array();
	size_t	n;

	for (; skills != NULL && *skills != '\0';
	     skills += n + strspn(skills + n, " ")) {
		n = strcspn(skills, " ");
		json_array_append_new(list, json_stringn(skills, n));
	}
	return (list);
}

static json_t *
trial_told(const struct rules *r, const struct event *e, const char *segment)
{
	const struct candidate *c = e->candidates;

	/* The last is for everybody. */
	while (c->segment != NULL &&
	    (segment == NULL || strcmp(c->segment, segment) != 0))
		c++;
	return (json_pack("{s:s,s:i,s:o,s:s,s:s*,s:s*,s:o}", "queue", c->queue,
	    "priority", c->priority, "skills", trial_skills(c->skills), "why",
	    c->why, "lang", e->lang, "order", e->order_no, "rules",
	    rules_each(r, e)));
}

json_t *
trial_run(const struct rules *r, const struct trial *t)
{
	struct event e;
	json_t	    *told = NULL;

	event_begin(&e, TRIAL_ARENA);
	e.channel = t->channel;
	e.subject = t->subject;
	e.text = t->text;
	if (t->to != NULL && *t->to != '\0')
		e.to[e.nto++] = trial_to(r, &e, t);
	if (strcmp(t->channel, "mail") == 0 && t->text != NULL)
		e.own = quote_own(&e.arena, t->subject, t->text, NULL);
	if (event_finish(&e, r))
		told = trial_told(r, &e, t->segment);
	event_drop(&e);
	return (told);
}
