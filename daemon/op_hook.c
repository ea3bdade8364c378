/*
 * HOOK.TEST: a ping to a web hook, answered with what came back.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "daemon.h"
#include "dispatch.h"
#include "hookout.h"
#include "opdo.h"

static void
pinged(void *arg, uint64_t ref, const struct courier_result *r)
{
	struct ask *a = ask_find(ref);
	json_t	   *words;

	(void)arg;
	if (a == NULL)
		return;
	if ((words = json_string(r->words)) == NULL)
		words = json_string("");
	ask_done_json(a,
	    json_pack("{s:s*,s:b,s:i,s:o,s:I}", "hook", ask_text(a, "hook"),
		"taken", r->how == COURIER_DONE, "status", (int)r->status,
		"said", words, "ms",
		(json_int_t)((clock_micros() - a->began) / 1000)));
}

/* Its address, its secret's file and the ping's body. */
static void
hook_found(struct ask *a, const char *json, size_t n)
{
	json_t	   *row = json_loadb(json, n, 0, NULL);
	const char *wrong;

	if (hookout_post(a->d, row, pinged, NULL, a->id, &wrong) == 0)
		ask_done_json(a,
		    json_pack("{s:s*,s:b,s:i,s:s}", "hook", ask_text(a, "hook"),
			"taken", 0, "status", 0, "said", wrong));
	json_decref(row);
}

void
op_do_HOOK_TEST(struct ask *a)
{
	dispatch_sql_then(a, hook_found);
}
