/*
 * Operations of the customer's page.  Its link is the only key: what comes as
 * a token goes on as a digest, and who tries many that open nothing is told
 * to wait.
 */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "casefront.h"
#include "daemon.h"
#include "desk/event.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "intake.h"
#include "opdo.h"

#define GUESSERS 1024 /* addresses counted at once; others share */
#define GUESSES	 30   /* links a minute that open nothing */

struct guesser {
	int64_t minute;
	int	n;
};

static struct guesser guessers[GUESSERS];

static struct guesser *
guesser_of(const char *from)
{
	struct guesser *g;
	uint32_t	h = 2166136261u; /* FNV-1a */
	int64_t		minute = clock_now() / 60000;

	for (; *from != '\0'; from++)
		h = (h ^ (unsigned char)*from) * 16777619u;
	g = &guessers[h % GUESSERS];
	if (g->minute != minute)
		*g = (struct guesser){ .minute = minute };
	return (g);
}

/* Puts the digest in the token's place; false, and answered, when not. */
static bool
case_begin(struct ask *a)
{
	const char *token = ask_text(a, "token");
	uint8_t	    digest[SHA256_LEN];
	char	    hash[65];

	if (guesser_of(a->caller.from)->n >= GUESSES) {
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
	guesser_of(a->caller.from)->n++;
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

static const char *
copy(struct event *e, const json_t *from, const char *name)
{
	const char *s = json_string_value(json_object_get(from, name));

	return (s != NULL ? arena_str(&e->arena, s) : NULL);
}

/*
 * What the link's reader wrote joins his case, or follows it up when that is
 * closed: his part in it was looked at with the link.  A chat's visitor writes
 * in his chat, so that he is answered there.
 */
static void
case_say(struct ask *a, const char *json, size_t n)
{
	const char   *text = ask_text(a, "text");
	struct event *e;
	json_t	     *j;

	if (!case_opens(a, json))
		return;
	j = json_loadb(json, n, 0, NULL);
	e = intake_new(text != NULL ? strlen(text) : 0);
	e->kind = "message";
	e->contacts[0].kind = copy(e, j, "kind");
	e->contacts[0].address = copy(e, j, "address");
	e->ncontacts = 1;
	e->name = copy(e, j, "name");
	e->subject = copy(e, j, "subject");
	e->conversation = copy(e, j, "conversation");
	e->channel = e->conversation != NULL ? "chat" : "web";
	e->id = arena_printf(&e->arena, "case:%lld/%s",
	    (long long)json_integer_value(json_object_get(j, "link")),
	    ask_text(a, "id"));
	e->token = json_integer_value(json_object_get(j, "ticket"));
	if (text != NULL && text[0] != '\0')
		e->text = arena_str(&e->arena, text);
	if (e->conversation != NULL) {
		e->thread[0] = e->conversation;
		e->nthread = 1;
	}
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
