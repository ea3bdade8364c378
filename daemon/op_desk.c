/*
 * Operations that need a word of C before or after their SQL: search folds
 * what is looked for, a configuration is checked by the code that will use
 * it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/jobs.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/contact.h"
#include "desk/event.h"
#include "desk/fold.h"
#include "desk/rules.h"
#include "desk/templateword.h"
#include "dispatch.h"
#include "inforce.h"
#include "opdo.h"
#include "proto/openapi.h"

#define QUERY_MAX 500

void
op_do_SEARCH(struct ask *a)
{
	const char *query = ask_text(a, "query");
	char	    folded[FOLD_ROOM(QUERY_MAX)];

	fold_words(folded, sizeof folded, query, strlen(query));
	json_object_set_new(a->args, "folded", json_string(folded));
	dispatch_search(a);
}

/* The query as a name, and as an address or number where it can be one. */
void
op_do_CUSTOMER_FIND(struct ask *a)
{
	static const char *const kinds[] = { "email", "phone", "chat" };
	const char		*query = ask_text(a, "query"), *wrong;
	char			 folded[FOLD_ROOM(QUERY_MAX)];
	struct contact		 c;
	struct arena		 arena;
	json_t			*contacts = json_array();
	size_t			 i;

	fold_words(folded, sizeof folded, query, strlen(query));
	json_object_set_new(a->args, "folded", json_string(folded));
	arena_init(&arena, 8192);
	for (i = 0; i < nitems(kinds); i++)
		if (contact_read(&arena, &c, kinds[i], query,
			a->d->rules != NULL
			    ? rules_company(a->d->rules)->country
			    : NULL,
			&wrong) == CONTACT_OK)
			json_array_append_new(contacts,
			    json_pack("{s:s,s:s}", "kind", c.kind, "address",
				c.address));
	arena_free(&arena);
	json_object_set_new(a->args, "contacts", contacts);
	dispatch_sql(a);
}

/* It holds here before the answer; the other daemons hear of it by the feed. */
static void
config_applied(struct ask *a, const char *json, size_t n)
{
	json_t *j = json_loadb(json, n, 0, NULL);
	char   *text;

	if (!ask_flag(a, "dry")) {
		text = json_dumps(
		    json_object_get(a->args, "config"), JSON_COMPACT);
		if (text != NULL)
			inforce_take(a->d,
			    json_integer_value(json_object_get(j, "version")),
			    text, strlen(text));
		free(text);
		a->d->changed = true;
	}
	json_decref(j);
	ask_done(a, json, n);
}

/* What its templates promise in words, found by a thread. */
struct says_work {
	uint64_t ask;
	char	*text; /* the configuration's JSON */
	json_t	*says;
};

static void
says_find(void *arg)
{
	struct says_work *w = arg;
	json_t		 *config = json_loads(w->text, 0, NULL);

	w->says = templateword_find(config);
	json_decref(config);
}

static void
says_found(void *arg)
{
	struct says_work *w = arg;
	struct ask	 *a = ask_find(w->ask);

	if (a != NULL && w->says != NULL) {
		json_object_set(a->args, "says", w->says);
		dispatch_sql_then(a, config_applied);
	}
	json_decref(w->says);
	free(w->text);
	free(w);
}

void
op_do_CONFIG_APPLY(struct ask *a)
{
	struct says_work *w;
	char		 *text, wrong[400] = "";
	struct rules	 *rules;

	text = json_dumps(json_object_get(a->args, "config"), JSON_COMPACT);
	rules = text != NULL
	    ? rules_load(text, strlen(text), wrong, sizeof wrong)
	    : NULL;
	if (rules == NULL) {
		free(text);
		opdo_later_member(a, ASK_INVALID, "config", wrong);
		return;
	}
	rules_free(rules);
	w = xcalloc(1, sizeof *w);
	w->ask = a->id;
	w->text = text;
	if (jobs_ask(a->d->jobs, says_find, says_found, w))
		return;
	free(w->text);
	free(w);
	opdo_later(a, ASK_TRYAGAIN, "Too much is being done. Try again.");
}

void
op_do_OPENAPI(struct ask *a)
{
	opdo_done_later(a, openapi_make(PACKAGE_VERSION));
}
