/*
 * Operations of the survey's page and of the feedback form.  A link is the
 * only key, as on the page of a case (op_case.c); it is good for one answer,
 * and what comes after goes by a second one, which is made of the first one's
 * secret and of the id that the answer was sent under: whoever sends the same
 * again, because our reply got lost or a button was pressed twice, comes to the
 * same place, and whoever only saw the first link does not.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/contact.h"
#include "desk/event.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "feedback.h"
#include "intake.h"
#include "linkkey.h"
#include "opdo.h"
#include "saying.h"
#include "tries.h"

#define MORE_LEN 48 /* letters of the second token: 192 bits */

void
op_do_SURVEY_SEE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, linkkey_told);
}

void
op_do_SURVEY_LEAVE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, linkkey_told);
}

void
op_do_FOLLOWUP_LEAVE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, linkkey_told);
}

/* The second link's token, which survey_answered() gives away. */
static bool
more_make(struct ask *a)
{
	uint8_t digest[SHA256_LEN];
	char	seed[160], more[2 * SHA256_LEN + 1];

	snprintf(seed, sizeof seed, "survey\n%s\n%s", ask_text(a, "token"),
	    ask_text(a, "once"));
	if (!sha256(digest, seed, strlen(seed)))
		return (false);
	hex_put(more, digest, MORE_LEN / 2);
	more[MORE_LEN] = '\0';
	a->kept = xstrdup(more);
	return (linkkey_put(a->args, "more", more));
}

/*
 * What the words of his answers speak of, for survey_answer() and its like:
 * they are no message that would be heard on its way in.
 */
static void
themes_put(struct ask *a)
{
	const json_t *answers = json_object_get(a->args, "answers"), *one;
	const char   *name, *said;
	struct buf    words = { 0 };

	if (a->d->rules == NULL || !json_is_object(answers))
		return;
	json_object_foreach ((json_t *)answers, name, one)
		if ((said = json_string_value(one)) != NULL) {
			buf_str(&words, said);
			buf_str(&words, "\n");
		}
	if (words.n > 0)
		json_object_set_new(
		    a->args, "themes", rules_themes(a->d->rules, words.p));
	buf_free(&words);
}

static void
survey_answered(struct ask *a, const char *json, size_t n)
{
	(void)n;
	if (linkkey_opens(a, json))
		ask_done_json(a, json_pack("{s:s}", "token", a->kept));
}

void
op_do_SURVEY_ANSWER(struct ask *a)
{
	if (!more_make(a))
		opdo_later(a, ASK_INTERNAL, "There is no digest.");
	else if (linkkey_begin(a)) {
		themes_put(a);
		dispatch_sql_then(a, survey_answered);
	}
}

void
op_do_SURVEY_MORE(struct ask *a)
{
	if (!linkkey_begin(a))
		return;
	themes_put(a);
	dispatch_sql_then(a, linkkey_told);
}

void
op_do_SURVEY_ENTER(struct ask *a)
{
	themes_put(a);
	dispatch_sql(a);
}

/* He needs help: his words join his case, once for each answer. */
static void
survey_helped(struct ask *a, const char *json, size_t n)
{
	struct event *e;
	json_t	     *j;

	if (!linkkey_opens(a, json))
		return;
	j = json_loadb(json, n, 0, NULL);
	e = saying_event(j, json_string_value(json_object_get(j, "id")),
	    json_string_value(json_object_get(j, "text")));
	json_decref(j);
	intake_file(a, e);
}

void
op_do_SURVEY_HELP(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, survey_helped);
}

/* ---- the feedback form */

/* Adds the contact that the argument of this kind names, if there is one. */
static bool
reach_put(struct ask *a, struct event *e, const char *kind)
{
	const char *text = ask_text(a, kind), *wrong = "This is too long.";

	if (text == NULL || text[0] == '\0')
		return (true);
	if (contact_read(&e->arena, &e->contacts[e->ncontacts], kind, text,
		a->d->rules != NULL ? rules_company(a->d->rules)->country
				    : NULL,
		&wrong) == CONTACT_OK) {
		e->ncontacts++;
		return (true);
	}
	opdo_later_member(a, ASK_INVALID, kind, wrong);
	return (false);
}

static void
feedback_kept(struct ask *a, const char *json, size_t n)
{
	(void)json;
	(void)n;
	ask_done_json(a, json_pack("{s:b}", "kept", 1));
}

void
feedback_filed(struct ask *a, const char *json, size_t n)
{
	json_object_set_new(a->args, "filed", json_loadb(json, n, 0, NULL));
	dispatch_sql_then(a, feedback_kept);
}

/* A form with words, or a low score, becomes a case before it is kept. */
static void
feedback_looked(struct ask *a, const char *json, size_t n)
{
	json_t	     *j = json_loadb(json, n, 0, NULL);
	const char   *text = json_string_value(json_object_get(j, "text"));
	struct event *e;
	char	      id[80];

	if (!json_is_true(json_object_get(j, "file")) || text == NULL) {
		json_decref(j);
		feedback_kept(a, json, n);
		return;
	}
	e = intake_new(strlen(text));
	e->kind = "message";
	e->channel = "web";
	snprintf(id, sizeof id, "form:%s", ask_text(a, "id"));
	e->id = arena_str(&e->arena, id);
	e->text = arena_str(&e->arena, text);
	e->subject = arena_str(
	    &e->arena, json_string_value(json_object_get(j, "subject")));
	json_decref(j);
	if (ask_text(a, "name") != NULL)
		e->name = arena_str(&e->arena, ask_text(a, "name"));
	if (!reach_put(a, e, "email") || !reach_put(a, e, "phone"))
		intake_free(e);
	else
		intake_file(a, e);
}

/* Whether what he typed to be answered by is right: refused before all. */
static bool
reach_good(struct ask *a, bool *any)
{
	struct event *e = intake_new(0);
	bool	      good;

	good = reach_put(a, e, "email") && reach_put(a, e, "phone");
	*any = e->ncontacts != 0;
	intake_free(e);
	return (good);
}

void
op_do_FEEDBACK_SEND(struct ask *a)
{
	bool any;

	if (tries_past(TRIES_FORM, a->caller.from)) {
		opdo_later(a, ASK_TOOMANY,
		    "That is a lot of forms from there. Wait a minute.");
		return;
	}
	if (!reach_good(a, &any))
		return;
	tries_add(TRIES_FORM, a->caller.from);
	json_object_set_new(a->args, "reachable", json_boolean(any));
	dispatch_sql_then(a, feedback_looked);
}
