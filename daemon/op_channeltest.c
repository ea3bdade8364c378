/*
 * CHANNEL.TEST: tries a way in or out and says what came of it, in words and
 * as an outcome that a client can put into its own.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amiin.h"
#include "ask.h"
#include "base/clock.h"
#include "daemon.h"
#include "desk/mailwrite.h"
#include "desk/provider.h"
#include "desk/rules.h"
#include "dispatch.h"
#include "edge/courier.h"
#include "hookout.h"
#include "opdo.h"
#include "settings.h"
#include "statefile.h"
#include "testmail.h"

#define ANSWER_MAX 65536 /* bytes of a provider's answer that are read */
#define TOKEN_MAX  4096

/* The answer as all kinds begin it. */
static json_t *
tried(const struct ask *a, bool good, const char *outcome, const char *words)
{
	return (json_pack("{s:s*,s:s*,s:b,s:s,s:s,s:I}", "channel",
	    ask_text(a, "channel"), "address", ask_text(a, "address"), "good",
	    good, "outcome", outcome, "words", words, "ms",
	    (json_int_t)((clock_micros() - a->began) / 1000)));
}

/* A text that is another's, and may be no UTF-8. */
static void
put_said(json_t *j, const char *said)
{
	json_t *text = said != NULL ? json_string(said) : NULL;

	if (text != NULL)
		json_object_set_new(j, "said", text);
}

/* Hooks --------------------------------------------------------------------- */

static void
hook_pinged(void *arg, uint64_t ref, const struct courier_result *r)
{
	static const char *const outcomes[] = { [COURIER_DONE] = "taken",
		[COURIER_LATER] = "later",
		[COURIER_NEVER] = "refused",
		[COURIER_UNKNOWN] = "unknown" };
	static const char *const words[] = { [COURIER_DONE] =
						 "The receiver took a ping.",
		[COURIER_LATER] = "The receiver is away, or busy.",
		[COURIER_NEVER] = "The receiver refuses it.",
		[COURIER_UNKNOWN] = "The receiver did not answer in time." };
	struct ask		*a = ask_find(ref);
	json_t			*j;

	(void)arg;
	if (a == NULL)
		return;
	j = tried(a, r->how == COURIER_DONE, outcomes[r->how], words[r->how]);
	json_object_set_new(j, "status", json_integer(r->status));
	put_said(j, r->words);
	ask_done_json(a, j);
}

static void
test_hook(struct ask *a, const json_t *row)
{
	const char *wrong;

	if (hookout_post(a->d, json_object_get(row, "hook"), hook_pinged, NULL,
		a->id, &wrong) == 0)
		ask_done_json(a, tried(a, false, "unsent", wrong));
}

/* Providers ----------------------------------------------------------------- */

static const struct source *
source_of(const struct ask *a)
{
	return (a->d->rules != NULL
		? rules_source(a->d->rules, ask_text(a, "address"))
		: NULL);
}

/* The configuration may have changed meanwhile: it is looked up again. */
static void
provider_answered(void *arg, uint64_t ref, const struct courier_result *r)
{
	struct ask	       *a = ask_find(ref);
	const struct source    *s;
	struct provider_outcome o;
	json_t		       *j;

	(void)arg;
	if (a == NULL)
		return;
	s = source_of(a);
	if (r->status == 0 || s == NULL || s->provider == NULL ||
	    !s->provider->checks) {
		j = tried(a, false, "later", "The provider cannot be reached.");
		put_said(j, r->words);
		ask_done_json(a, j);
		return;
	}
	provider_check_judge(&o, &s->provider->check, r->status,
	    r->body != NULL ? r->body : "", r->body != NULL ? r->n : 0);
	if (o.how == PROVIDER_SENT)
		j = tried(a, true, "known", "The provider knows our token.");
	else
		j = tried(a, false,
		    o.how == PROVIDER_LATER ? "later" : "refused", o.words);
	json_object_set_new(j, "status", json_integer(r->status));
	ask_done_json(a, j);
}

static bool
provider_ask(struct ask *a, const struct provider_send *check,
    const struct provider_letter *letter, const char **wrong)
{
	struct provider_request r;
	bool			begun = false;

	if ((*wrong = provider_request_make(&r, check, letter)) == NULL) {
		*wrong = "There is no room for it now. Try again.";
		begun = courier_post(a->d->courier,
			    &(struct courier_post){ .method = r.method,
				.url = r.url,
				.headers = r.headers,
				.nheaders = r.nheaders,
				.guard = true,
				.timeout_ms = (int64_t)check->timeout * 1000,
				.max_answer = ANSWER_MAX },
			    provider_answered, NULL, a->id) != 0;
	}
	provider_request_end(&r);
	return (begun);
}

static void
test_provider(struct ask *a, const struct provider *p)
{
	char		       token[TOKEN_MAX];
	struct provider_letter letter = { 0 };
	const char	      *wrong;

	if (!p->checks) {
		ask_done_json(a,
		    tried(a, false, "unchecked",
			"This provider has no way to try the token (no check "
			"block in desk.conf). Write to the page yourself, and "
			"answer it here."));
		return;
	}
	if (p->check.token_file != NULL) {
		if (statefile_read(
			a->d, p->check.token_file, token, sizeof token) == 0) {
			ask_done_json(a,
			    tried(a, false, "notoken",
				"The provider's token is not in its file under "
				"state_dir."));
			return;
		}
		letter.token = token;
	}
	if (!provider_ask(a, &p->check, &letter, &wrong))
		ask_done_json(a, tried(a, false, "unsent", wrong));
	explicit_bzero(token, sizeof token);
}

/* Exchanges ----------------------------------------------------------------- */

static void
test_exchange(struct ask *a, const struct source *s, const char *last)
{
	const char *wrong;
	json_t	   *j;
	bool	    up = amiin_up(a->d->amiin, s->name, &wrong);

	j = tried(a, up, up ? "up" : "down",
	    up ? "The exchange's manager interface is connected, and its "
		 "calls are followed."
	       : "There is no link to the exchange's manager interface: look "
		 "at host, user and secret_file of this source.");
	if (!up)
		put_said(j, wrong);
	if (last != NULL)
		json_object_set_new(j, "last", json_string(last));
	ask_done_json(a, j);
}

/* Nothing can be asked of who posts: how to post a sample is said. */
static void
test_poster(struct ask *a, const struct source *s, const char *last)
{
	char	sample[900];
	json_t *j;

	snprintf(sample, sizeof sample,
	    s->form == SOURCE_FREESWITCH
		? "curl -H 'Content-Type: application/json' -H "
		  "'X-Hook-Secret: …' -d '{\"Event-Name\":\"CHANNEL_CREATE\","
		  "\"Unique-ID\":\"test-1\",\"Call-Direction\":\"inbound\","
		  "\"Caller-Caller-ID-Number\":\"0901234567\","
		  "\"Caller-Destination-Number\":\"100\"}' "
		  "https://%s/hooks/%s"
		: "curl -H 'Content-Type: application/json' -H "
		  "'X-Hook-Secret: …' -d '{\"call\":\"test-1\",\"state\":"
		  "\"ringing\",\"direction\":\"in\",\"from\":\"0901234567\","
		  "\"to\":\"100\"}' https://%s/hooks/%s",
	    a->d->settings->hostname, s->name);
	j = tried(a, last != NULL, last != NULL ? "posted" : "silent",
	    last != NULL
		? "The exchange posts to us; when it last did, last says."
		: "No record of this source has come yet. Send one yourself: "
		  "it opens a case as a call would.");
	if (last != NULL)
		json_object_set_new(j, "last", json_string(last));
	json_object_set_new(j, "sample", json_string(sample));
	ask_done_json(a, j);
}

static void
test_source(struct ask *a, const json_t *row)
{
	const struct source *s = source_of(a);
	const char *last = json_string_value(json_object_get(row, "last"));

	if (s == NULL)
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The configuration is only coming into force. Try again.");
	else if (s->form == SOURCE_DATA)
		test_provider(a, s->provider);
	else if (s->form == SOURCE_AMI)
		test_exchange(a, s, last);
	else
		test_poster(a, s, last);
}

/* The widget ---------------------------------------------------------------- */

/* Whether a stranger's browser reaches us is not to be tried from here. */
static void
test_widget(struct ask *a)
{
	const struct settings *s = a->d->settings;
	bool served = s->web_dir[0] != '\0', tls = s->listen_https[0] != '\0';
	char sample[400];
	json_t *j;

	snprintf(sample, sizeof sample,
	    "<script src=\"https://%s/widget.js\" async></script>",
	    s->hostname);
	j = tried(a, served, served ? "served" : "unserved",
	    !served ? "This deskd serves no web_dir: there is no widget.js."
		: tls
		? "widget.js is served. Put the line of sample into the "
		  "shop's pages, and open one of them."
		: "widget.js is served, but not by TLS: a proxy in front has "
		  "to do that. Put the line of sample into the shop's pages, "
		  "with the name that customers reach the desk by.");
	json_object_set_new(j, "sample", json_string(sample));
	ask_done_json(a, j);
}

/* All ----------------------------------------------------------------------- */

static void
test_known(struct ask *a, const char *json, size_t n)
{
	const char *way = ask_text(a, "channel");
	json_t	   *row = json_loadb(json, n, 0, NULL);

	if (strcmp(way, "mail") == 0)
		testmail_begin(a, row);
	else if (strcmp(way, "hook") == 0)
		test_hook(a, row);
	else if (strcmp(way, "source") == 0)
		test_source(a, row);
	else
		test_widget(a);
	json_decref(row);
}

void
op_do_CHANNEL_TEST(struct ask *a)
{
	const char *way = ask_text(a, "channel");
	const char *address = ask_text(a, "address");

	if (strcmp(way, "mail") == 0) {
		if (address != NULL && !mailwrite_address_good(address)) {
			opdo_later_member(a, ASK_INVALID, "address",
			    "This is no e-mail address that mail can go to.");
			return;
		}
		if (a->d->settings->smtp_relay[0] == '\0') {
			opdo_done_later(a,
			    tried(a, false, "norelay",
				"deskd.conf names no smtp_relay: mail is "
				"queued and not sent."));
			return;
		}
	}
	dispatch_sql_then(a, test_known);
}
