/*
 * The mail server over loopback: dialogues as peers hold them, whole and
 * byte by byte, with the answers of a spine that the test plays.
 */
#include "smtp_peer.h"

static void
test_one_mail_cut_anyhow(void **state)
{
	static const char dialogue[] =
	    "MAIL FROM:<lan@customer.example> SIZE=100 BODY=8BITMIME\r\n"
	    "RCPT TO:<hello@shop.example>\r\nDATA\r\n"
	    "Subject: x\r\n\r\n..dot\r\n.\r\nNOOP\r\n";
	size_t piece;

	(void)state;
	greet("EHLO client.example\r\n");
	for (piece = 1; piece < sizeof dialogue; piece += 7) {
		got.count = 0;
		say_bytes(dialogue, sizeof dialogue - 1, piece);
		hear("250 2.1.0");
		hear("250 2.1.5");
		hear("354 ");
		UNTIL(got.count == 1);
		assert_string_equal(
		    got.bytes + got.added, "Subject: x\r\n\r\n.dot\r\n");
		assert_memory_equal(got.bytes,
		    "Return-Path: <lan@customer.example>\r\n"
		    "Received: from client.example ([127.0.0.1])\r\n"
		    "\tby mx.shop.example with ESMTP id smtp-",
		    37 + 45 + 39);
		assert_non_null(
		    strstr(got.bytes, "for <hello@shop.example>;\r\n\t"));
		/* Accepted means committed: nothing before the answer. */
		turn();
		turn();
		assert_int_equal(heard.n, 0);
		smtp_answer(server, got.id, SMTP_DONE, NULL);
		hear("250 2.0.0 Taken");
		hear("250 2.0.0"); /* NOOP has waited its turn */
		assert_int_equal(heard.n, 0);
	}
	say("QUIT\r\n");
	hear("221 ");
	UNTIL(ended);
}

static void
test_outcomes(void **state)
{
	static const struct {
		enum smtp_outcome outcome;
		const char	 *text;
		const char	 *line;
	} rows[] = {
		{ SMTP_DONE, "Ticket 7", "250 2.0.0 Ticket 7\r" },
		{ SMTP_LATER, NULL, "451 4.3.0 " },
		{ SMTP_FULL, NULL, "452 4.3.1 " },
		{ SMTP_NEVER, NULL, "554 5.6.0 " },
	};
	struct smtp_stats st;
	size_t		  i;

	(void)state;
	greet("EHLO c\r\n");
	for (i = 0; i < nitems(rows); i++) {
		got.count = 0;
		say("MAIL FROM:<>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		say("x\r\n.\r\n");
		UNTIL(got.count == 1);
		smtp_stats(server, &st);
		assert_int_equal(st.pending, 1);
		smtp_answer(server, got.id, rows[i].outcome, rows[i].text);
		hear(rows[i].line);
	}
	smtp_stats(server, &st);
	assert_int_equal(st.accepted, 1);
	assert_int_equal(st.deferred, 2);
	assert_int_equal(st.refused, 1);
	assert_int_equal(st.pending, 0);
	assert_int_equal(st.held, 0);
}

static void
test_lmtp(void **state)
{
	(void)state;
	hear("220 mx.shop.example LMTP");
	say("EHLO c\r\n");
	hear("500 5.5.1");
	say("LHLO c\r\n");
	UNTIL(heard.n != 0 && strstr(heard.p, "ENHANCED") != NULL);
	buf_reset(&heard);
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\n"
	    "RCPT TO:<b@other.example>\r\nRCPT TO:<c@shop.example>\r\n"
	    "RCPT TO:<later@shop.example>\r\nRCPT TO:<postmaster>\r\n"
	    "DATA\r\n");
	hear("250");
	hear("250");
	hear("550 5.1.1");
	hear("250");
	hear("451 4.3.0");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	assert_int_equal(got.nrcpts, 3);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	/* One for each that was taken, and no more. */
	hear("250");
	hear("250");
	hear("250");
	say("NOOP\r\n");
	hear("250 2.0.0 OK");
	assert_int_equal(heard.n, 0);
}

static void
test_chunks(void **state)
{
	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\n"
	    "BDAT 6\r\n.\r\n.\r\nBDAT 3 LAST\r\nabcNOOP\r\n");
	hear("250");
	hear("250");
	hear("250 2.0.0 Chunk");
	UNTIL(got.count == 1);
	assert_string_equal(got.bytes + got.added, ".\r\n.\r\nabc");
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250 2.0.0 Taken");
	hear("250 2.0.0 OK");
	/* The bytes of a chunk that may not come are no commands. */
	say("BDAT 6 LAST\r\nQUIT\r\n");
	hear("503");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nBDAT 0\r\n"
	    "DATA\r\nRSET\r\n");
	hear("250");
	hear("250");
	hear("250");
	hear("503");
	hear("250");
	say("BDAT 99999999999\r\n");
	hear("552");
	UNTIL(ended);
}

static void
test_smuggling(void **state)
{
	static const char *const ends[] = { "\n.\n", "\n.\r\n", "\r\n.\n",
		"\r.\r\n", "\r.\r" };
	char			 mail[200];
	size_t			 i;

	(void)state;
	greet("EHLO c\r\n");
	for (i = 0; i < nitems(ends); i++) {
		say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		snprintf(mail, sizeof mail,
		    "x%sMAIL FROM:<evil@b>\r\n.\r\nNOOP\r\n", ends[i]);
		say(mail);
		hear("550 5.5.2");
		hear("250 2.0.0 OK");
		assert_int_equal(got.count, 0);
	}
	/* A command that ends in a bare LF ends the session. */
	say("NOOP\nMAIL FROM:<a@b>\r\n");
	hear("500 5.5.2");
	UNTIL(ended);
	assert_int_equal(heard.n, 0);
}

/* From one's own server: kept as they are, and they end nothing. */
static void
test_lmtp_bare(void **state)
{
	(void)state;
	hear("220");
	say("LHLO c\r\n");
	UNTIL(heard.n != 0 && strstr(heard.p, "ENHANCED") != NULL);
	buf_reset(&heard);
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("Subject: x\n\na\n.\nb\n.\r\nc\r\n.\nd\r.\r\ne\r\n.\r\n");
	UNTIL(got.count == 1);
	assert_string_equal(got.bytes + got.added,
	    "Subject: x\n\na\n.\nb\n.\r\nc\r\n\nd\r.\r\ne\r\n");
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250");
	assert_int_equal(heard.n, 0);
	assert_int_equal(got.count, 1);
}

static void
test_sizes(void **state)
{
	struct smtp_stats st;
	char		  line[3000];
	int		  i;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b> SIZE=10001\r\n");
	hear("552 5.3.4");
	for (i = 0; i < 2; i++) {
		got.count = 0;
		say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
		hear("250");
		hear("250");
		hear("354");
		memset(line, '.', sizeof line);
		memcpy(line + 998, "\r\n", 3);
		/* Ten lines of 1,000 bytes sent are 9,990 and fit. */
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(line);
		say(i == 0 ? "12345678\r\n.\r\n" : "123456789\r\n.\r\n");
		if (i == 0) {
			UNTIL(got.count == 1);
			smtp_answer(server, got.id, SMTP_DONE, NULL);
			hear("250");
		} else
			hear("552 5.3.4");
	}
	assert_int_equal(got.count, 0);
	smtp_stats(server, &st);
	assert_int_equal(st.held, 0);
	/* A command line of any length is one wrong command. */
	memset(line, 'x', sizeof line);
	say_bytes(line, sizeof line, 1000);
	say("\r\nNOOP\r\n");
	hear("500 5.5.2");
	hear("250");
}

static void
test_loop(void **state)
{
	int i;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	for (i = 0; i < 51; i++)
		say("received: by x\r\n");
	say("\r\n.\r\n");
	hear("554 5.4.6");
	assert_int_equal(got.count, 0);
}

static void
test_order_and_errors(void **state)
{
	int i;

	(void)state;
	hear("220");
	say("MAIL FROM:<a@b>\r\n");
	hear("503 5.5.1");
	say("HELO c\r\nDATA\r\nRCPT TO:<a@shop.example>\r\n");
	hear("250 mx.shop.example");
	hear("503");
	hear("503");
	say("MAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n");
	hear("250");
	hear("503");
	hear("503");
	say("RCPT TO:<a@b>\r\nDATA\r\nRSET\r\n");
	hear("550 5.1.1");
	hear("554 5.5.1");
	hear("250");
	say("STARTTLS\r\n");
	hear("503");
	busy = true;
	say("MAIL FROM:<a@b>\r\n");
	hear("451 4.3.2");
	for (i = 0; i < 13; i++) {
		say("WHAT\r\n");
		hear("500 5.5.1");
	}
	say("WHAT\r\n");
	hear("500 5.5.1");
	hear("421 4.7.0");
	UNTIL(ended);
}

static void
test_peer_gone(void **state)
{
	struct smtp_stats st;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	smtp_answer(server, got.id + 1, SMTP_DONE, NULL);
	smtp_answer(server, 0, SMTP_DONE, NULL);
	hang_up();
	/* Nothing is read while it is held, so the answer finds it out. */
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	UNTIL((smtp_stats(server, &st), st.sessions == 0));
	assert_int_equal(st.pending, 0);
}

static void
say_resets(int n)
{
	for (; n > 0; n--) {
		say("RSET\r\n");
		hear("250");
	}
}

/* Commands that bring nothing on are counted from mail to mail. */
static void
test_junk(void **state)
{
	(void)state;
	greet("EHLO c\r\n");
	say_resets(60);
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	hear("250 2.0.0");
	say_resets(100);
	say("RSET\r\n");
	hear("421 4.7.0");
	UNTIL(ended);
}

/* A browser that was made to post here is not heard to the end. */
static void
test_http(void **state)
{
	(void)state;
	hear("220 ");
	say("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO c\r\n"
	    "MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\n"
	    "DATA\r\nx\r\n.\r\n");
	hear("421 4.7.0");
	UNTIL(ended);
	assert_int_equal(got.count, 0);
}

static void
test_stop(void **state)
{
	struct smtp_stats st;
	int		  first;

	(void)state;
	greet("EHLO c\r\n");
	say("MAIL FROM:<a@b>\r\nRCPT TO:<a@shop.example>\r\nDATA\r\n");
	hear("250");
	hear("250");
	hear("354");
	first = peer;
	dial();
	hear("220");
	smtp_stop(server);
	hear("421 4.3.2");
	UNTIL(ended);
	hang_up();
	/* The mail that was under way is taken first. */
	peer = first;
	buf_reset(&heard);
	ended = false;
	say("x\r\n.\r\n");
	UNTIL(got.count == 1);
	smtp_answer(server, got.id, SMTP_DONE, NULL);
	/* He counts until he has his answer, not only until it is written. */
	conn_reap();
	smtp_stats(server, &st);
	assert_int_equal(st.sessions, 1);
	hear("250 2.0.0");
	hear("421 4.3.2");
	UNTIL(ended);
	hang_up();
	UNTIL((smtp_stats(server, &st), st.sessions == 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
#define WITH(t, s) cmocka_unit_test_setup_teardown(t, s, teardown)
		WITH(test_one_mail_cut_anyhow, setup),
		WITH(test_outcomes, setup),
		WITH(test_lmtp, setup_lmtp),
		WITH(test_lmtp_bare, setup_lmtp),
		WITH(test_chunks, setup),
		WITH(test_smuggling, setup),
		WITH(test_sizes, setup),
		WITH(test_loop, setup),
		WITH(test_order_and_errors, setup),
		WITH(test_peer_gone, setup),
		WITH(test_junk, setup),
		WITH(test_http, setup),
		WITH(test_stop, setup),
	};

	return (run_peer_tests(tests, nitems(tests)));
}
