/*
 * Mails as events: what people send, what robots send, and how tricksters
 * dress up.
 */
#include "mail.h"
#include "desk/token.h"

static void
test_plain(void **state)
{
	struct event	  e;
	char		  hex[DIGEST_HEX];
	static const char mail[] =
	    "From: =?utf-8?Q?Nguy=E1=BB=85n_?= =?utf-8?Q?Lan?= "
	    "<Lan@Customer.example>\r\n"
	    "To: hello@shop.example, other@shop.example\r\n"
	    "Reply-To: lan2@customer.example\r\n"
	    "Subject: =?utf-8?B?xJDGoW4gaMOgbmcgZ2lhbyB0cuG7hQ==?=\r\n"
	    "Date: Sat, 21 Nov 2026 15:15:04 +0700\r\n"
	    "Message-ID: <one@customer.example>\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "=C4=90=C6=A1n h=C3=A0=\r\nng?\r\n";

	(void)state;
	parse_str(&e, mail);
	assert_null(e.quarantine);
	assert_string_equal(e.contacts[0].kind, "email");
	assert_string_equal(e.contacts[0].address, "lan@customer.example");
	assert_string_equal(e.contacts[0].original, "Lan@Customer.example");
	assert_string_equal(e.name, "Nguy\xe1\xbb\x85n Lan");
	assert_string_equal(e.subject, DON_HANG);
	assert_string_equal(e.text, "\xc4\x90\xc6\xa1n h\xc3\xa0ng?");
	assert_null(e.html);
	/* The envelope says where it was sent; headers say anything. */
	assert_int_equal(e.nto, 1);
	assert_string_equal(e.to[0], "hello@shop.example");
	assert_int_equal(e.nrefs, 1);
	assert_string_equal(e.refs[0], "one@customer.example");
	assert_memory_equal(e.id, "one@customer.example/", 21);
	assert_int_equal(strlen(e.id), 21 + 32);
	assert_string_equal(e.meta,
	    "{\"reply_to\":\"lan2@customer.example\","
	    "\"date\":\"2026-11-21T15:15:04+07:00\","
	    "\"to\":[\"hello@shop.example\",\"other@shop.example\"]}");
	assert_int_equal(e.auth, AUTH_NONE);
	assert_false(e.automatic);
	assert_int_equal(e.token, 0);
	assert_int_equal(e.nattachments, 0);
	digest_hex(hex, mail, sizeof mail - 1);
	assert_string_equal(e.raw, hex);
	event_drop(&e);
}

/* What was quoted and signed stays in the text, apart from what was said. */
static void
test_own(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    HEAD "Content-Type: multipart/alternative; boundary=b\n\n"
		 "--b\nContent-Type: text/plain; charset=utf-8\n\n"
		 "Not yet.\n\nOn Mon, Jun 3, 2024 at 10:12 AM Shop "
		 "<hello@shop.example> wrote:\n\n> Did it come?\n"
		 "--b\nContent-Type: text/html; charset=utf-8\n\n"
		 "<div>Not yet.</div><div class=gmail_quote><div "
		 "class=gmail_attr>On Mon, Jun 3, 2024 at 10:12 AM Shop "
		 "&lt;hello@shop.example&gt; wrote:</div><blockquote "
		 "class=gmail_quote>Did it come?</blockquote></div>\n--b--\n");
	assert_string_equal(e.own, "Not yet.");
	assert_non_null(strstr(e.text, "> Did it come?"));
	event_drop(&e);

	/* HTML alone: what it says of itself is known no less. */
	parse_str(&e,
	    HEAD "Content-Type: text/html; charset=utf-8\n\n"
		 "<p>Not yet.</p><hr><div id=divRplyFwdMsg><b>From:</b> Shop"
		 "</div><p>Did it come?</p>\n");
	assert_string_equal(e.own, "Not yet.");
	assert_string_equal(
	    e.text, "Not yet.\n\n---\nFrom: Shop\n\nDid it come?");
	event_drop(&e);

	parse_str(&e, HEAD "\nNot yet.\n");
	assert_null(e.own);
	event_drop(&e);
}

/* Another body under a used Message-ID is another mail; a way is not. */
static void
test_ids(void **state)
{
	static const char *const same[] = {
		HEAD "\nbody \xc4\x91\n",
		HEAD "Received: by another\n\nbody \xc4\x91\n",
		HEAD "Content-Type: text/plain; charset=utf-8\n"
		     "Content-Transfer-Encoding: base64\n\n"
		     "Ym9keSDEkQo=\n",
		HEAD "Content-Type: text/plain; charset=utf-8\n"
		     "Content-Transfer-Encoding: quoted-printable\n\n"
		     "body =C4=91=0D=0A\n",
	};
	static const char *const other[] = {
		HEAD "\nbody d\n",
		HEAD "\nbody \xc4\x91\nand more\n",
		"From: lan@customer.example\nMessage-ID: <2@b>\n\nbody \xc4\x91\n",
		"From: lan@customer.example\n\nbody \xc4\x91\n",
	};
	struct event e, f;
	size_t	     i;

	(void)state;
	parse_str(&e, same[0]);
	for (i = 1; i < nitems(same); i++) {
		parse_str(&f, same[i]);
		assert_string_equal(f.id, e.id);
		event_drop(&f);
	}
	for (i = 0; i < nitems(other); i++) {
		parse_str(&f, other[i]);
		assert_string_not_equal(f.id, e.id);
		event_drop(&f);
	}
	event_drop(&e);
}

/* Without a Message-ID the source counts, but not what we added to it. */
static void
test_id_without_message_id(void **state)
{
	static const char first[] = "Received: 1\nFrom: a@b.example\n\nx\n";
	static const char again[] = "Received: 22\nFrom: a@b.example\n\nx\n";
	struct mail_env	  en = env;
	struct event	  e, f;

	(void)state;
	en.added = strlen("Received: 1\n");
	parse(&e, first, sizeof first - 1, &en);
	assert_int_equal(strlen(e.id), 64);
	assert_int_equal(e.nrefs, 0);
	en.added++;
	parse(&f, again, sizeof again - 1, &en);
	assert_string_equal(f.id, e.id);
	assert_string_not_equal(f.raw, e.raw);
	event_drop(&e);
	event_drop(&f);
}

/* Nor what other carriers put on top of it; fields of its own do. */
static void
test_id_by_other_ways(void **state)
{
	static const char *const same[] = {
		"Return-Path: <a@b.example>\nReceived: from x\n\tby y; 1\n"
		"From: a@b.example\n\nx\n",
		"delivered-to: z\nRECEIVED: from x\n by y; 2\n"
		"Received: from v\nFrom: a@b.example\n\nx\n",
		"From: a@b.example\n\nx\n",
	};
	static const char *const other[] = {
		"From: a@b.example\nReceived: from x\n\nx\n",
		"Receivedx: 1\nFrom: a@b.example\n\nx\n",
		"Received: from x\n",
		"Received: from x",
	};
	struct event e, f;
	size_t	     i;

	(void)state;
	parse_str(&e, same[0]);
	for (i = 1; i < nitems(same); i++) {
		parse_str(&f, same[i]);
		assert_string_equal(f.id, e.id);
		event_drop(&f);
	}
	for (i = 0; i < nitems(other); i++) {
		parse_str(&f, other[i]);
		assert_string_not_equal(f.id, e.id);
		event_drop(&f);
	}
	event_drop(&e);
}

static void
test_thread(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    HEAD
	    "In-Reply-To: <c@x> (of yesterday)\n"
	    "References: <a@x>\n\t<b@x> <> <no blank> <c@x>\n <d@x\n\nx\n");
	assert_int_equal(e.nthread, 3);
	assert_string_equal(e.thread[0], "c@x");
	assert_string_equal(e.thread[1], "b@x");
	assert_string_equal(e.thread[2], "a@x");
	event_drop(&e);
}

static void
test_many_references(void **state)
{
	struct event e;
	struct buf   b;
	int	     i;

	(void)state;
	buf_init(&b, 0);
	buf_str(&b, HEAD "References:");
	for (i = 0; i < 5000; i++)
		buf_printf(&b, " <%d@x>\n", i);
	buf_str(&b, "\nx\n");
	parse_str(&e, b.p);
	assert_null(e.quarantine);
	assert_int_equal(e.nthread, EVENT_REFS);
	assert_string_equal(e.thread[0], "4999@x");
	event_drop(&e);
	buf_free(&b);
}

/* What is no id is passed over, each byte once: this ends in time. */
static void
test_broken_references(void **state)
{
	struct event e;
	struct buf   b;
	int	     i;

	(void)state;
	parse_str(&e,
	    HEAD "In-Reply-To: <a b> <> <broken <good@id> <\x01@x> "
		 "<next@id> <open@id\n\nx");
	assert_int_equal(e.nthread, 2);
	assert_string_equal(e.thread[0], "good@id");
	assert_string_equal(e.thread[1], "next@id");
	event_drop(&e);

	buf_init(&b, 0);
	buf_str(&b, HEAD "References: ");
	for (i = 0; i < 1000000; i++)
		buf_char(&b, '<');
	buf_str(&b, "a@x>\n\nx\n");
	parse_str(&e, b.p);
	assert_null(e.quarantine);
	assert_int_equal(e.nthread, 1);
	assert_string_equal(e.thread[0], "a@x");
	event_drop(&e);
	buf_free(&b);
}

static void
test_token(void **state)
{
	char		token[TOKEN_MAX], to[100], mail[400];
	const char     *one[] = { to };
	struct mail_env en = env;
	struct event	e;

	(void)state;
	assert_true(token_make(token, sizeof token, key, sizeof key, 7));
	snprintf(to, sizeof to, "Hello+%s@shop.example", token);
	en.rcpts = one;
	parse(&e, HEAD "\nx", strlen(HEAD "\nx"), &en);
	assert_int_equal(e.token, 7);
	assert_string_equal(e.to[0], "hello@shop.example");
	event_drop(&e);
	/* In a header, among others. */
	snprintf(mail, sizeof mail, HEAD "Cc: a@b.example, %s\n\nx", to);
	parse_str(&e, mail);
	assert_int_equal(e.token, 7);
	event_drop(&e);
	/* A number alone proves nothing. */
	parse_str(&e, HEAD "To: hello+t7@shop.example\n\n[#7]");
	assert_int_equal(e.token, 0);
	event_drop(&e);
	parse_str(&e, HEAD "To: hello+b7@shop.example\n\n[#7]");
	assert_int_equal(e.sent, 0);
	assert_null(e.facts);
	event_drop(&e);
	/* Of one message that was sent; the letter makes none of a ticket's. */
	to[strcspn(to, "+") + 1] = 'b';
	parse(&e, HEAD "\nx", strlen(HEAD "\nx"), &en);
	assert_int_equal(e.sent, 0);
	event_drop(&e);
	assert_true(token_sent_make(token, sizeof token, key, sizeof key, 7));
	snprintf(to, sizeof to, "Hello+%s@shop.example", token);
	parse(&e, HEAD "\nx", strlen(HEAD "\nx"), &en);
	assert_int_equal(e.sent, 7);
	assert_int_equal(e.token, 0);
	assert_string_equal(e.to[0], "hello@shop.example");
	assert_string_equal(e.facts, "{\"sent\":7}");
	event_drop(&e);
}

static void
test_auth(void **state)
{
	static const struct {
		const char     *field;
		enum event_auth auth;
	} rows[] = {
		{ "mx.shop.example; dmarc=pass header.from=x", AUTH_PASS },
		{ "MX.shop.example (us) 1; spf=pass; dkim=fail (bad; dmarc=pass)"
		  " header.d=x; dmarc=fail (p=none)",
		    AUTH_FAIL },
		{ "mx.shop.example; dmarc=none", AUTH_NONE },
		{ "mx.shop.example; dmarc=temperror", AUTH_FAIL },
		{ "mx.shop.example; spf=pass", AUTH_NONE },
		{ "mx.shop.example; none", AUTH_NONE },
		{ "mx.evil.example; dmarc=pass", AUTH_NONE },
		{ "mx.shop.example.evil.example; dmarc=pass", AUTH_NONE },
		{ "mx.shop.example; x=y dmarc=pass", AUTH_NONE },
		{ "mx.shop.example; spf=fail reason=\"; dmarc=pass\"",
		    AUTH_NONE },
		{ "mx.shop.example; a=b\nAuthentication-Results: "
		  "mx.shop.example; dmarc=pass",
		    AUTH_NONE },
		{ "\"", AUTH_NONE },
		{ ";;;===(((", AUTH_NONE },
	};
	struct mail_env en = env;
	char		mail[400];
	struct event	e;
	size_t		i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		snprintf(mail, sizeof mail,
		    "Authentication-Results: %s\n" HEAD "\nx", rows[i].field);
		parse_str(&e, mail);
		if (e.auth != rows[i].auth)
			fail_msg("%s: %d", rows[i].field, (int)e.auth);
		event_drop(&e);
	}
	/* Nobody is trusted until somebody is named. */
	snprintf(mail, sizeof mail, "Authentication-Results: %s\n" HEAD "\nx",
	    rows[0].field);
	en.authserv = NULL;
	parse(&e, mail, strlen(mail), &en);
	assert_int_equal(e.auth, AUTH_NONE);
	event_drop(&e);
}

static void
test_automatic(void **state)
{
	static const struct {
		const char *field;
		bool	    automatic;
	} rows[] = {
		{ "X-Mailer: a", false },
		{ "Auto-Submitted: no", false },
		{ "Auto-Submitted: (really) NO", false },
		{ "Auto-Submitted: auto-replied; owner-email=x", true },
		{ "Auto-Submitted: auto-generated", true },
		{ "Precedence: first-class", false },
		{ "Precedence: Bulk", true },
		{ "Precedence: list", true },
		{ "X-Auto-Response-Suppress: All", true },
		{ "X-Autoreply: yes", true },
		{ "X-Loop: hello@shop.example", true },
		{ "List-Id: <l.example>", true },
		{ "Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n"
		  "--b--",
		    true },
	};
	struct mail_env en = env;
	char		mail[400];
	struct event	e;
	size_t		i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		snprintf(mail, sizeof mail, HEAD "%s\n\nx", rows[i].field);
		parse_str(&e, mail);
		if (e.automatic != rows[i].automatic)
			fail_msg("%s", rows[i].field);
		event_drop(&e);
	}
	en.sender = "";
	parse(&e, HEAD "\nx", strlen(HEAD "\nx"), &en);
	assert_true(e.automatic);
	event_drop(&e);
	parse_str(&e, "From: No-Reply@b.example\n\nx");
	assert_true(e.automatic);
	event_drop(&e);
}

static void
test_bounce(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    HEAD "Content-Type: multipart/report; boundary=b;\n"
		 " report-type=delivery-status\n\n"
		 "--b\n\nSorry.\n"
		 "--b\nContent-Type: message/delivery-status\n\n"
		 "Reporting-MTA: dns; x\n\n"
		 "Final-Recipient: rfc822; lan@b\nAction: failed\n"
		 "Status: 5.1.1\n\n"
		 "--b\nContent-Type: message/rfc822\n\n"
		 "Message-ID: <ours@shop.example>\nFrom: hello@shop.example\n"
		 "\nx\n--b--\n");
	assert_null(e.quarantine);
	assert_true(e.automatic);
	assert_string_equal(e.text, "Sorry.");
	assert_string_equal(e.meta, "{\"bounce\":\"failed 5.1.1\"}");
	assert_int_equal(e.nthread, 1);
	assert_string_equal(e.thread[0], "ours@shop.example");
	assert_int_equal(e.nattachments, 2);
	event_drop(&e);
}

static void
test_parts(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    HEAD
	    "Content-Type: multipart/mixed; boundary=m\n\n"
	    "preamble\n"
	    "--m\nContent-Type: multipart/alternative; boundary=a\n\n"
	    "--a\nContent-Type: text/plain; charset=windows-1258\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "tr=EA=DE\n"
	    "--a\nContent-Type: multipart/related; boundary=r\n\n"
	    "--r\nContent-Type: text/html; charset=utf-8\n\n"
	    "<p>tr\xe1\xbb\x85</p><img src=cid:pic@x>\n"
	    "--r\nContent-Type: image/PNG; name=p.png\n"
	    "Content-ID: <pic@x>\nContent-Transfer-Encoding: base64\n\n"
	    "iVBORw==\n"
	    "--r--\n--a--\n"
	    "--m\nContent-Type: application/pdf\n"
	    "Content-Disposition: attachment;\n"
	    " filename*0*=utf-8''h%C3%B3a; filename*1=\"/..\\\\ don.pdf\"\n"
	    "\n%PDF\n"
	    "--m\nContent-Type: text/plain\n\nfooter\n"
	    "--m\n");
	assert_null(e.quarantine);
	assert_string_equal(e.text, "tr\xe1\xbb\x85\n\nfooter");
	assert_string_equal(e.html,
	    "<p>tr\xe1\xbb\x85</p><img src=cid:pic@x><pre>footer</pre>");
	assert_int_equal(e.nattachments, 2);
	assert_string_equal(e.attachments[0].name, "p.png");
	assert_string_equal(e.attachments[0].type, "image/png");
	assert_string_equal(e.attachments[0].cid, "pic@x");
	assert_int_equal(e.attachments[0].size, 4);
	assert_memory_equal(e.attachments[0].bytes, "\x89PNG", 4);
	assert_string_equal(e.attachments[1].name, "don.pdf");
	assert_int_equal(e.attachments[1].size, 4);
	assert_string_equal(e.attachments[1].sha256,
	    "315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027");
	event_drop(&e);
}

static void
test_html_alone(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    HEAD "Content-Type: text/html\n\n"
		 "<meta charset=\"tcvn\"><p>\xa7\xac"
		 "n h\xb5ng<br>2");
	assert_string_equal(e.text, "\xc4\x90\xc6\xa1n h\xc3\xa0ng\n2");
	assert_non_null(e.html);
	assert_non_null(strstr(e.html, "\xc4\x90\xc6\xa1n"));
	event_drop(&e);
}

static void
test_broken_mime(void **state)
{
	struct event e;

	(void)state;
	/* A multipart without boundary or parts is kept as a file. */
	parse_str(&e, HEAD "Content-Type: multipart/mixed\n\nhey\n");
	assert_null(e.quarantine);
	assert_int_equal(e.nattachments, 1);
	assert_non_null(
	    memmem(e.attachments[0].bytes, e.attachments[0].size, "hey", 3));
	event_drop(&e);
	/* Transfer encodings that are none; bad bytes in good ones. */
	parse_str(&e, HEAD "Content-Transfer-Encoding: rot13\n\nhey\n");
	assert_string_equal(e.text, "hey");
	event_drop(&e);
	parse_str(
	    &e, HEAD "Content-Transfer-Encoding: quoted-printable\n\na=ZZ=4\n");
	assert_non_null(strstr(e.text, "a=ZZ"));
	event_drop(&e);
	parse_str(&e,
	    HEAD "Content-Type: text/plain; charset=klingon\n\n"
		 "h\xc3\xb3"
		 "a\n");
	assert_string_equal(e.text,
	    "h\xc3\xb3"
	    "a");
	assert_string_equal(e.meta, "{\"flags\":[\"charset-guessed\"]}");
	event_drop(&e);
	/* A forwarded mail stays whole. */
	parse_str(&e,
	    HEAD "Content-Type: multipart/mixed; boundary=b\n\n"
		 "--b\n\nsee\n--b\nContent-Type: message/rfc822\n\n"
		 "Subject: a/b\n\ninner\n--b--\n");
	assert_string_equal(e.text, "see");
	assert_int_equal(e.nattachments, 1);
	assert_string_equal(e.attachments[0].name, "b.eml");
	assert_string_equal(e.attachments[0].type, "message/rfc822");
	assert_non_null(
	    memmem(e.attachments[0].bytes, e.attachments[0].size, "inner", 5));
	event_drop(&e);
}

static void
test_tricks(void **state)
{
	struct event e;

	(void)state;
	parse_str(&e,
	    "From: \"Boss <boss@shop.example>\" <thief@evil.example>\n"
	    "From: boss@shop.example\nSubject: a\nSubject: b\n"
	    "Message-ID: <x@y>\n\nx");
	assert_string_equal(e.contacts[0].address, "thief@evil.example");
	assert_string_equal(e.subject, "a");
	assert_string_equal(e.meta,
	    "{\"from_count\":2,\"flags\":[\"several-from\","
	    "\"several-from-fields\",\"several-subject\","
	    "\"address-in-name\"]}");
	event_drop(&e);
	parse_str(&e, "From: a@b.example, c@d.example\n\nx");
	assert_string_equal(e.contacts[0].address, "a@b.example");
	assert_string_equal(
	    e.meta, "{\"from_count\":2,\"flags\":[\"several-from\"]}");
	event_drop(&e);
	parse_str(&e, "From: people: a@b.example;\n\nx");
	assert_string_equal(e.contacts[0].address, "a@b.example");
	event_drop(&e);
	parse_str(&e, "From: Lan <\"Lan T\"@b.example>\n\nx");
	assert_null(e.quarantine);
	assert_string_equal(e.contacts[0].address, "\"lan t\"@b.example");
	assert_string_equal(e.name, "Lan");
	event_drop(&e);
	parse_str(&e, "From: \"Lan.T\"@b.example\n\nx");
	assert_string_equal(e.contacts[0].address, "lan.t@b.example");
	event_drop(&e);
	parse_str(&e, "From: (a (b) c) a@b.example (Lan)\n\nx");
	assert_string_equal(e.contacts[0].address, "a@b.example");
	event_drop(&e);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_id_without_message_id),
		cmocka_unit_test(test_id_by_other_ways),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_many_references),
		cmocka_unit_test(test_broken_references),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_automatic),
		cmocka_unit_test(test_bounce),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_html_alone),
		cmocka_unit_test(test_broken_mime),
		cmocka_unit_test(test_tricks),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
