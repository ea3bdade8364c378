/*
 * Test mails; see testmail.h.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/clock.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "daemon.h"
#include "desk/compose.h"
#include "desk/token.h"
#include "mailout.h"
#include "outbound.h"
#include "settings.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"
#include "testmail.h"

#define LOOK_MS 250 /* between looks whether it came in, or we go */

struct testmail {
	struct daemon *d;
	uint64_t       id, ask, courier; /* courier: 0 when it has ended */
	int64_t	       test;
	bool	       own;	/* to ourselves: it has to come in */
	bool	       looking; /* PostgreSQL is asked */
	struct event  *timer;
	int64_t	       began, until, let_go; /* ms */
	struct buf     mail;
	char	      *from, *said;
	int	       status;
};

static struct idmap tests;
static unsigned	    under_way;

static void
testmail_free(struct testmail *t)
{
	if (t->courier != 0)
		courier_stop(t->d->courier, t->courier);
	if (t->timer != NULL)
		event_free(t->timer);
	idmap_drop(&tests, t->id);
	under_way--;
	buf_free(&t->mail);
	free(t->from);
	free(t->said);
	free(t);
}

static bool
by_tls(const struct settings *s)
{
	return (s->smtp_starttls || strncmp(s->smtp_relay, "smtps:", 6) == 0);
}

/* The end: outcome is one of deskd-protocol(7)'s, words says it in words. */
static void
testmail_end(struct testmail *t, const char *outcome, const char *words)
{
	struct ask *a = ask_find(t->ask);
	json_t	   *j;
	bool	    good =
	    strcmp(outcome, "taken") == 0 || strcmp(outcome, "came") == 0;

	if (a != NULL) {
		j = json_pack("{s:s,s:s*,s:I,s:b,s:s,s:s,s:s*,s:s,s:b,s:I}",
		    "channel", "mail", "address", ask_text(a, "address"),
		    "test", (json_int_t)t->test, "good", good, "outcome",
		    outcome, "words", words, "from", t->from, "relay",
		    t->d->settings->smtp_relay, "tls", by_tls(t->d->settings),
		    "ms", (json_int_t)(clock_now() - t->began));
		if (t->said != NULL)
			json_object_set_new(j, "said", json_string(t->said));
		if (t->status != 0)
			json_object_set_new(
			    j, "status", json_integer(t->status));
		if (t->let_go != 0)
			json_object_set_new(
			    j, "relay_ms", json_integer(t->let_go - t->began));
		ask_done_json(a, j);
	}
	testmail_free(t);
}

/* What is left is said at the deadline, or when this daemon goes. */
static void
testmail_late(struct testmail *t)
{
	if (t->courier != 0)
		testmail_end(t, "late",
		    "The relay has not answered in time. Look at its host and "
		    "port (smtp_relay), and whether a firewall is between.");
	else
		testmail_end(t, "missing",
		    "The relay took it, but it has not come in. Look at the "
		    "MX or the forwarding of that address, at fetchmail's log, "
		    "and at the relay's queue; CHANNEL.LIST shows it when it "
		    "comes.");
}

static void
testmail_wait(struct testmail *t)
{
	int64_t	       ms = t->until - clock_now();
	struct timeval tv;

	if (ms > LOOK_MS)
		ms = LOOK_MS;
	if (ms < 1)
		ms = 1;
	tv = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	event_add(t->timer, &tv);
}

static void
seen(uint64_t id, const struct pg_reply *r)
{
	struct testmail *t = idmap_get(&tests, id);
	json_t		*j;

	if (t == NULL)
		return;
	t->looking = false;
	if (r->how != PG_DONE || PQntuples(r->res) == 0 ||
	    PQgetisnull(r->res, 0, 0))
		return;
	j = json_loads(PQgetvalue(r->res, 0, 0), 0, NULL);
	if (json_is_true(json_object_get(j, "came")))
		testmail_end(
		    t, "came", "It went out by the relay and came in again.");
	else if (json_is_true(json_object_get(j, "bounced"))) {
		if (json_is_string(json_object_get(j, "said"))) {
			free(t->said);
			t->said = xstrdup(
			    json_string_value(json_object_get(j, "said")));
		}
		testmail_end(t, "bounced",
		    "The relay took it, but it came back undelivered.");
	}
	json_decref(j);
}

static void
ticked(evutil_socket_t fd, short what, void *arg)
{
	struct testmail *t = arg;
	struct pg_param	 p[1];
	char		 num[24];

	(void)fd;
	(void)what;
	if (clock_now() >= t->until || t->d->draining) {
		testmail_late(t);
		return;
	}
	if (t->courier == 0 && !t->looking) {
		snprintf(num, sizeof num, "%lld", (long long)t->test);
		p[0] = pgparam_str(num);
		t->looking =
		    pool_ask(t->d->pg_ops, t->id, ST_TEST_SEEN, p, seen);
	}
	testmail_wait(t);
}

static void
let_go(void *arg, uint64_t id)
{
	struct testmail *t = idmap_get(&tests, id);

	(void)arg;
	if (t != NULL)
		courier_go_on(t->d->courier, t->courier);
}

static void
sent(void *arg, uint64_t id, const struct courier_result *r)
{
	struct testmail *t = idmap_get(&tests, id);

	(void)arg;
	if (t == NULL)
		return;
	t->courier = 0;
	t->let_go = clock_now();
	t->status = (int)r->status;
	t->said = xstrdup(r->words != NULL ? r->words : "");
	if (r->how == COURIER_LATER)
		testmail_end(t, "later",
		    "It was not sent: the relay cannot be reached, or does not "
		    "take it now.");
	else if (r->how == COURIER_NEVER)
		testmail_end(t, "refused", "The relay refuses it for good.");
	else if (r->how == COURIER_UNKNOWN)
		testmail_end(t, "unknown",
		    "The relay went away before it said whether it took it.");
	else if (!t->own)
		testmail_end(t, "taken",
		    "The relay took it. Whether it arrives, that mailbox "
		    "shows; a bounce is shown in CHANNEL.LIST.");
	else
		testmail_wait(t);
}

/* ---- the mail */

static const char *
member(const json_t *row, const char *name)
{
	return (json_string_value(json_object_get(row, name)));
}

/* "local+x42.….@domain", by which it and what comes of it are known. */
static bool
token_address(const struct testmail *t, char *out, size_t size)
{
	const char *at = strrchr(t->from, '@');
	char	    token[TOKEN_MAX];

	if (at == NULL ||
	    !token_test_make(token, sizeof token, t->d->token_key,
		sizeof t->d->token_key, t->test))
		return (false);
	return ((size_t)snprintf(out, size, "%.*s+%s%s", (int)(at - t->from),
		    t->from, token, at) < size);
}

static bool
testmail_write(struct testmail *t, const struct ask *a, const json_t *row,
    const char *known, const char **wrong)
{
	struct composing w = { 0 };
	const char	*company = member(row, "company");
	char		 text[1200], subject[300];

	if (company == NULL)
		company = "deskd";
	snprintf(
	    subject, sizeof subject, "Thư thử / Test mail: %.200s", company);
	snprintf(text, sizeof text,
	    "Đây là thư thử mà %.100s gửi từ trung tâm hỗ trợ của %.200s để "
	    "xem thư có đến nơi không. Anh/chị không cần trả lời: thư trả lời "
	    "chỉ được ghi lại cùng lần thử, không mở yêu cầu nào.\n\n"
	    "This is a test mail that %.100s sent from the support desk of "
	    "%.200s, to see whether mail arrives. There is no need to answer: "
	    "an answer is noted with the test and opens no case.\n",
	    a->caller.who, company, a->caller.who, company);
	buf_init(&t->mail, 65536);
	if (!compose_begin(&w, &t->mail,
		&(struct compose){ .from = t->from,
		    .from_name = company,
		    .to = ask_text(a, "address"),
		    .subject = subject,
		    .at = clock_wall() / 1000,
		    .message_id = known,
		    .automatic = "auto-generated",
		    .text = text },
		wrong))
		return (false);
	compose_end(&w, &t->mail);
	return (!buf_full(&t->mail));
}

static bool
testmail_send(struct testmail *t, const struct ask *a, const char *known)
{
	char		    url[MAILOUT_URL];
	const char	   *rcpts[1] = { ask_text(a, "address") };
	struct courier_mail m;

	mailout_relay(t->d, &m, url);
	m.from = known;
	m.rcpts = rcpts;
	m.nrcpts = 1;
	m.bytes = (const uint8_t *)t->mail.p;
	m.n = t->mail.n;
	t->courier = courier_mail(t->d->courier, &m, let_go, sent, NULL, t->id);
	return (t->courier != 0);
}

void
testmail_begin(struct ask *a, const json_t *row)
{
	const struct settings *s = a->d->settings;
	const char	      *from = member(row, "from"), *wrong = NULL;
	char		       known[400];
	struct testmail	      *t;

	if (from == NULL || under_way >= TESTMAIL_MAX) {
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "Other tests are under way. Try again in half a minute.");
		return;
	}
	t = xcalloc(1, sizeof *t);
	under_way++;
	t->d = a->d;
	t->ask = a->id;
	t->id = idmap_add(&tests, t);
	t->test = json_integer_value(json_object_get(row, "test"));
	t->own = json_is_true(json_object_get(row, "own"));
	t->from = xstrdup(from);
	t->began = clock_now();
	t->until = t->began +
	    1000 *
		(s->smtp_patience < TESTMAIL_S ? s->smtp_patience : TESTMAIL_S);
	t->timer = evtimer_new(t->d->base, ticked, t);
	if (t->timer == NULL || !token_address(t, known, sizeof known) ||
	    !testmail_write(t, a, row, known, &wrong) ||
	    !testmail_send(t, a, known)) {
		testmail_free(t);
		ask_refuse(a, wrong != NULL ? ASK_INVALID : ASK_TRYAGAIN,
		    wrong != NULL ? "address" : NULL, "%s",
		    wrong != NULL ? "No mail can be written to that address."
				  : "There is no room for it now. Try again.");
		return;
	}
	testmail_wait(t);
}

static void
close_one(uint64_t id, void *what, void *arg)
{
	(void)id;
	(void)arg;
	testmail_free(what);
}

void
testmail_close(void)
{
	idmap_each(&tests, close_one, NULL);
	idmap_free(&tests);
}
