/*
 * Operations of the customer's page.  Its link is the only key: what comes as
 * a token goes on as a digest, and who tries many that open nothing is told
 * to wait.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "casefront.h"
#include "daemon.h"
#include "dispatch.h"
#include "intake.h"
#include "linkkey.h"
#include "opdo.h"
#include "saying.h"

void
op_do_CASE_SEE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, linkkey_told);
}

void
op_do_CASE_DONE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, linkkey_told);
}

static void
case_file(struct ask *a, const char *json, size_t n)
{
	if (linkkey_opens(a, json))
		ask_answer(
		    a, &(struct answer){ .json = json, .n = n, .file = true });
}

void
op_do_CASE_FILE(struct ask *a)
{
	if (linkkey_begin(a))
		dispatch_sql_then(a, case_file);
}

/* Its reader's words, under the link's own id and the message's. */
static void
case_say(struct ask *a, const char *json, size_t n)
{
	struct event *e;
	json_t	     *j;
	char	      id[80];

	if (!linkkey_opens(a, json))
		return;
	j = json_loadb(json, n, 0, NULL);
	snprintf(id, sizeof id, "case:%lld/%s",
	    (long long)json_integer_value(json_object_get(j, "link")),
	    ask_text(a, "id"));
	e = saying_event(j, id, ask_text(a, "text"));
	json_decref(j);
	if (a->posted != 0 && !casefront_files(a->posted, e)) {
		intake_free(e);
		ask_refuse(a, ASK_TOOLARGE, NULL, "The message is too large.");
		return;
	}
	intake_file(a, e);
}

void
op_do_CASE_WRITE(struct ask *a)
{
	const char *text = ask_text(a, "text");

	if ((text == NULL || text[0] == '\0') && a->posted == 0) {
		opdo_later_member(a, ASK_INVALID, "text", "text is missing.");
		return;
	}
	if (linkkey_begin(a))
		dispatch_sql_then(a, case_say);
}
