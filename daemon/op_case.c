/*
 * Operations of the customer's page.  Its link is the only key: what comes as
 * a token goes on as a digest, and who tries many that open nothing is told
 * to wait.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "casefront.h"
#include "daemon.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "intake.h"
#include "opdo.h"
#include "saying.h"
#include "tries.h"

/* Puts the digest in the token's place; false, and answered, when not. */
static bool
case_begin(struct ask *a)
{
	const char *token = ask_text(a, "token");
	uint8_t	    digest[SHA256_LEN];
	char	    hash[65];

	if (tries_past(TRIES_LINK, a->caller.from)) {
		opdo_later(a, ASK_TOOMANY,
		    "Too many wrong links were tried from there. Wait a "
		    "minute.");
		return (false);
	}
	if (!sha256(digest, token, strlen(token))) {
		opdo_later(a, ASK_INTERNAL, "There is no digest.");
		return (false);
	}
	hex_put(hash, digest, sizeof digest);
	json_object_del(a->args, "token");
	json_object_set_new(a->args, "hash", json_string(hash));
	return (true);
}

/* SQL's null: there was no such link, or it ended; nobody learns which. */
static bool
case_opens(struct ask *a, const char *json)
{
	if (strcmp(json, "null") != 0)
		return (true);
	tries_add(TRIES_LINK, a->caller.from);
	ask_refuse(a, ASK_NOTFOUND, NULL, "That link opens nothing.");
	return (false);
}

static void
case_told(struct ask *a, const char *json, size_t n)
{
	if (case_opens(a, json))
		ask_done(a, json, n);
}

void
op_do_CASE_SEE(struct ask *a)
{
	if (case_begin(a))
		dispatch_sql_then(a, case_told);
}

void
op_do_CASE_DONE(struct ask *a)
{
	if (case_begin(a))
		dispatch_sql_then(a, case_told);
}

static void
case_file(struct ask *a, const char *json, size_t n)
{
	if (case_opens(a, json))
		ask_answer(
		    a, &(struct answer){ .json = json, .n = n, .file = true });
}

void
op_do_CASE_FILE(struct ask *a)
{
	if (case_begin(a))
		dispatch_sql_then(a, case_file);
}

/* Its reader's words, under the link's own id and the message's. */
static void
case_say(struct ask *a, const char *json, size_t n)
{
	struct event *e;
	json_t	     *j;
	char	      id[80];

	if (!case_opens(a, json))
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
	if (case_begin(a))
		dispatch_sql_then(a, case_say);
}
