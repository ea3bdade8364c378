/*
 * Answers that were taken outside the desk: what a row's columns are, and who
 * its person is, is read here; what it answers, where the questions stand.
 */
#include <jansson.h>
#include <string.h>

#include "daemon.h"
#include "desk/answerrow.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "opdo.h"

static void
answer_kept(struct ask *a, const char *json, size_t n)
{
	ask_done(a, json, n);
}

void
op_do_SURVEY_IMPORT(struct ask *a)
{
	const char *member, *wrong;

	if (answerrow_read(a->args, json_object_get(a->args, "row"),
		a->d->rules != NULL ? rules_company(a->d->rules)->country
				    : NULL,
		&member, &wrong)) {
		json_object_del(a->args, "row");
		dispatch_sql_then(a, answer_kept);
	} else {
		opdo_later_member(a, ASK_INVALID, member, wrong);
	}
}
