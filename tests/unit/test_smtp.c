/*
 * SMTP as bytes: lines, commands and DATA, cut at every place; what is
 * smuggled does not end a mail.
 */
#include "unit.h"
#include "base/def.h"
#include "proto/smtp.h"

static ssize_t
line(const char *s, size_t max)
{
	return (smtp_line((const uint8_t *)s, strlen(s), max));
}

static void
test_lines(void **state)
{
	static const char noop[] = "NOOP\r\n";
	size_t		  cut;

	(void)state;
	for (cut = 0; cut < sizeof noop - 1; cut++)
		assert_int_equal(
		    smtp_line((const uint8_t *)noop, cut, 100), SMTP_LINE_MORE);
	assert_int_equal(line(noop, 100), 6);
	assert_int_equal(line("NOOP\r\nQUIT\r\n", 100), 6);
	assert_int_equal(line("\r\n", 100), 2);
	/* Exactly as long as it may be, and one more. */
	assert_int_equal(line(noop, 6), 6);
	assert_int_equal(line(noop, 5), SMTP_LINE_LONG);
	assert_int_equal(line("NOOPS", 5), SMTP_LINE_LONG);
	assert_int_equal(line("NOOP", 5), SMTP_LINE_MORE);
	assert_int_equal(line("NOOP\n", 100), SMTP_LINE_BARE);
	assert_int_equal(line("NO\rOP\r\n", 100), SMTP_LINE_BARE);
	assert_int_equal(line("NOOP\r\r\n", 100), SMTP_LINE_BARE);
}

/* One row: what is said, and the address or the start of the refusal. */
static void
test_paths(void **state)
{
	static const char long_local[] =
	    "RCPT TO:<1234567890123456789012345678901234567890"
	    "1234567890123456789012345@b.example>";
	static const struct {
		const char *said;
		const char *address; /* or NULL */
		const char *refused;
	} rows[] = {
		{ "MAIL FROM:<>", "", NULL },
		{ "mail from:<an@shop.example>", "an@shop.example", NULL },
		{ "MAIL FROM: <an@shop.example>", "an@shop.example", NULL },
		{ "MAIL FROM:<@a.example,@b.example:an@shop.example>",
		    "an@shop.example", NULL },
		{ "MAIL FROM:<\"an\"@shop.example>", "an@shop.example", NULL },
		{ "MAIL FROM:<\"a\\n\"@shop.example>", "an@shop.example",
		    NULL },
		{ "MAIL FROM:<\"a b\"@shop.example>", "\"a b\"@shop.example",
		    NULL },
		{ "RCPT TO:<postmaster>", "postmaster", NULL },
		{ "RCPT TO:<PostMaster>", "PostMaster", NULL },
		{ "RCPT TO:<a+b=c@shop.example>", "a+b=c@shop.example", NULL },
		{ "RCPT TO:<h\xe1\xbb\x8fi@c\xe1\xbb\xad.example>",
		    "h\xe1\xbb\x8fi@c\xe1\xbb\xad.example", NULL },
		{ "RCPT TO:<>", NULL, "501 5.1.3" },
		{ "RCPT TO:<an>", NULL, "501 5.1.3" },
		{ "RCPT TO:an@shop.example", NULL, "501 5.1.3" },
		{ "RCPT TO:<an@shop.example", NULL, "501 5.1.3" },
		{ "RCPT TO:<an@shop.example> NOTIFY=NEVER", NULL, "555" },
		{ "RCPT TO:<an@[127.0.0.1]>", NULL, "550 5.1.2" },
		{ "RCPT TO:<.an@shop.example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<a..n@shop.example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<an@shop..example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<an@-shop.example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<an@>", NULL, "501 5.1.3" },
		{ "RCPT TO:<@a.example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<\"an@shop.example>", NULL, "501 5.1.3" },
		{ "RCPT TO:<\"an\\", NULL, "501 5.1.3" },
		{ long_local, NULL, "501 5.1.3" },
		{ "MAIL FROM:<an@shop.example>SIZE=1", NULL, "501 5.1.7" },
		{ "MAIL FROM:<an@shop.example> SIZE=x", NULL, "501 5.5.4" },
		{ "MAIL FROM:<an@shop.example> SIZE=", NULL, "501 5.5.4" },
		{ "MAIL FROM:<an@shop.example> RET=HDRS", NULL, "555 5.5.4" },
		{ "MAIL FROM:<an@shop.example> BODY=BINARYMIME", NULL,
		    "555 5.5.4" },
		{ "MAIL TO:<an@shop.example>", NULL, "501 5.1.7" },
		{ "MAIL", NULL, "501 5.1.7" },
	};
	struct smtp_command cmd;
	const char	   *wrong;
	size_t		    i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		wrong = smtp_parse(
		    &cmd, (const uint8_t *)rows[i].said, strlen(rows[i].said));
		if (rows[i].address != NULL) {
			if (wrong != NULL)
				fail_msg("%s: %s", rows[i].said, wrong);
			assert_string_equal(cmd.address, rows[i].address);
		} else {
			if (wrong == NULL)
				fail_msg("%s: taken", rows[i].said);
			assert_memory_equal(
			    wrong, rows[i].refused, strlen(rows[i].refused));
		}
	}
}

static void
test_commands(void **state)
{
	struct smtp_command cmd;
	static const char   mail[] = "MAIL FROM:<a@b> SIZE=1234 SMTPUTF8 "
				     "BODY=8bitmime";
	static const char   nul[] = "NOOP \0x";
	const char	   *wrong;

	(void)state;
#define PARSE(s) smtp_parse(&cmd, (const uint8_t *)(s), sizeof(s) - 1)
	assert_null(PARSE(mail));
	assert_int_equal(cmd.size, 1234);
	assert_true(cmd.smtputf8 && cmd.body8);
	/* Too large for any number: too large for any limit. */
	assert_null(PARSE("MAIL FROM:<a@b> SIZE=99999999999999999999"));
	assert_true(cmd.size > UINT64_MAX / 20);
	assert_null(PARSE("EHLO [127.0.0.1]"));
	assert_string_equal(cmd.name, "[127.0.0.1]");
	assert_null(PARSE("ehlo a_b.example "));
	assert_string_equal(cmd.name, "a_b.example");
	assert_non_null(PARSE("EHLO"));
	assert_non_null(PARSE("EHLO a b"));
	assert_non_null(PARSE("EHLO <script>"));
	assert_null(PARSE("BDAT 10 LAST"));
	assert_true(cmd.last && cmd.size == 10);
	assert_null(PARSE("BDAT 10"));
	assert_false(cmd.last);
	assert_non_null(PARSE("BDAT 10 FIRST"));
	assert_non_null(PARSE("BDAT -1"));
	assert_non_null(PARSE("BDAT"));
	assert_non_null(PARSE("DATA now"));
	assert_null(PARSE("NOOP whatever"));
	wrong = PARSE(nul);
	assert_memory_equal(wrong, "500 5.5.2", 9);
	wrong = PARSE("NOOP \xff");
	assert_memory_equal(wrong, "500 5.5.2", 9);
	wrong = PARSE("GET / HTTP/1.1");
	assert_memory_equal(wrong, "500 5.5.1", 9);
	assert_non_null(PARSE(""));
#undef PARSE
}

/* The whole input in pieces of the given size; what came out. */
static size_t
decode(struct smtp_data *d, const char *in, size_t n, size_t piece,
    uint8_t *out, size_t *nout)
{
	size_t at = 0, got, len, took;

	smtp_data_start(d);
	for (*nout = 0; at < n && !d->done; at += took) {
		len = n - at < piece ? n - at : piece;
		took = smtp_data_read(
		    d, (const uint8_t *)in + at, len, out + *nout, &got);
		assert_true(got <= len + SMTP_DATA_HELD);
		assert_true(took == len || d->done);
		*nout += got;
	}
	return (at);
}

static void
test_data_cut_anywhere(void **state)
{
	static const struct {
		const char *in;
		const char *out;
		bool	    done;
		bool	    bare;
		size_t	    left; /* bytes after the end mark */
	} rows[] = {
		{ "hi\r\n.\r\nQUIT\r\n", "hi\r\n", true, false, 6 },
		{ ".\r\n", "", true, false, 0 },
		{ "..\r\n.\r\n", ".\r\n", true, false, 0 },
		{ "..hi\r\n.\r\n", ".hi\r\n", true, false, 0 },
		{ ".hi\r\n.\r\n", "hi\r\n", true, false, 0 },
		{ "a\r\n\r\n..b\r\n.\r\n", "a\r\n\r\n.b\r\n", true, false, 0 },
		{ "a.\r\n.\r\n", "a.\r\n", true, false, 0 },
		{ "a\r\n", "a\r\n", false, false, 0 },
		/* What others take for an end (CVE-2023-51764 and kin). */
		{ "a\n.\nMAIL\r\n.\r\n", "a\n.\nMAIL\r\n", true, true, 0 },
		{ "a\n.\r\nMAIL\r\n.\r\n", "a\n.\r\nMAIL\r\n", true, true, 0 },
		{ "a\r\n.\nMAIL\r\n.\r\n", "a\r\n\nMAIL\r\n", true, true, 0 },
		{ "a\r.\r\nMAIL\r\n.\r\n", "a\r.\r\nMAIL\r\n", true, true, 0 },
		{ "a\r\n.\rMAIL\r\n.\r\n", "a\r\n\rMAIL\r\n", true, true, 0 },
		{ "a\r\r\n.\r\n", "a\r\r\n", true, true, 0 },
		{ "a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", true, true, 0 },
		{ "a\r\n.\r.\r\n.\r\n", "a\r\n\r.\r\n", true, true, 0 },
	};
	struct smtp_data d;
	uint8_t		 out[64];
	size_t		 i, piece, n, took, len;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		len = strlen(rows[i].in);
		for (piece = 1; piece <= len; piece++) {
			took = decode(&d, rows[i].in, len, piece, out, &n);
			assert_int_equal(n, strlen(rows[i].out));
			assert_memory_equal(out, rows[i].out, n);
			assert_int_equal(d.done, rows[i].done);
			assert_int_equal(d.bare, rows[i].bare);
			assert_int_equal(took, len - rows[i].left);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_data_cut_anywhere),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
