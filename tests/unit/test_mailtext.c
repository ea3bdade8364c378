/*
 * Mail's texts as UTF-8: Vietnamese in every charset that it comes in,
 * encoded words as senders break them, names of files as attackers write
 * them.
 */
#include <time.h>

#include "unit.h"
#include "base/def.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/mailtext.h"

#define DON_HANG     "\xc4\x90\xc6\xa1n h\xc3\xa0ng giao tr\xe1\xbb\x85"
#define UNKNOWN_BYTE "\xef\xbf\xbd"

static void
test_charsets(void **state)
{
	static const struct {
		const char *charset;
		const char *in;
		const char *out;
		unsigned    odd;
	} rows[] = {
		{ "utf-8", DON_HANG, DON_HANG, 0 },
		/* The same letters taken apart: normal form D. */
		{ "UTF-8",
		    "\xc4\x90o\xcc\x9bn ha\xcc\x80ng giao tre\xcc\x82\xcc\x83",
		    DON_HANG, 0 },
		{ "windows-1258", "\xd0\xf5n h\xe0ng giao tr\xea\xde", DON_HANG,
		    0 },
		{ "TCVN5712-1",
		    "\xa7\xac"
		    "n h\xb5ng giao tr\xd4",
		    DON_HANG, 0 },
		{ "x-viet-tcvn", "\x04", "\xe1\xbb\xaa", 0 }, /* a C0 letter */
		{ "viscii", "\xd0\xbdn h\xe0ng giao tr\xad", DON_HANG, 0 },
		{ "iso-8859-1", "caf\xe9 \x93x\x94",
		    "caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d", 0 },
		{ "gb2312", "\xc4\xe3", "\xe4\xbd\xa0", 0 },
		{ NULL, DON_HANG, DON_HANG, 0 },
		{ NULL, "caf\xe9", "caf\xc3\xa9", MAILTEXT_GUESSED },
		{ "us-ascii", DON_HANG, DON_HANG, 0 },
		{ "klingon", DON_HANG, DON_HANG, MAILTEXT_GUESSED },
		{ "klingon", "caf\xe9", "caf\xc3\xa9", MAILTEXT_GUESSED },
		{ "", "x", "x", MAILTEXT_GUESSED },
		{ "utf-8//TRANSLIT", "x", "x", MAILTEXT_GUESSED },
		{ "utf-8",
		    "a\xff"
		    "b\xc4\x91 \xc4",
		    "a" UNKNOWN_BYTE "b\xc4\x91 " UNKNOWN_BYTE,
		    MAILTEXT_GUESSED },
		/* Labels that are wrong, both ways. */
		{ "utf-8", "caf\xe9", "caf\xc3\xa9", MAILTEXT_GUESSED },
		{ "iso-8859-1", DON_HANG, DON_HANG, MAILTEXT_GUESSED },
		{ "windows-1258", DON_HANG, DON_HANG, MAILTEXT_GUESSED },
		{ "utf-7", "+ADw-script+AD4-", "+ADw-script+AD4-",
		    MAILTEXT_UTF7 },
		{ "UTF7", "+ADw-b+AD4-", "+ADw-b+AD4-", MAILTEXT_UTF7 },
		{ "utf-7-imap", "&ADw-b", "&ADw-b", MAILTEXT_UTF7 },
		{ "unicode-1-1-utf-7", "+ADw-", "+ADw-", MAILTEXT_UTF7 },
		{ "utf-8", "a\r\nb\rc\nd\te\x1b[31mf\x7f", "a\nb\nc\nd\te[31mf",
		    0 },
		{ "iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82", 0 },
		{ "iso-2022-jp", "\x1b$B$", UNKNOWN_BYTE, 0 },
	};
	struct buf b;
	unsigned   odd;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		buf_init(&b, 1000);
		odd = mailtext_add(
		    &b, rows[i].charset, rows[i].in, strlen(rows[i].in));
		if (strcmp(b.p, rows[i].out) != 0)
			fail_msg("row %zu: got \"%s\"", i, b.p);
		assert_int_equal(odd, rows[i].odd);
		buf_free(&b);
	}
}

static void
test_nul_and_cap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	mailtext_add(&b, "utf-8", "a\0b\xc4\x91", 5);
	assert_string_equal(b.p, "a?b\xc4\x91");
	buf_free(&b);
	/* No letter is cut in two. */
	buf_init(&b, 4);
	assert_int_equal(
	    mailtext_add(&b, "utf-8", "abc\xc4\x91z", 6), MAILTEXT_CUT);
	assert_string_equal(b.p, "abc");
	buf_free(&b);
}

static void
test_headers(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{ "plain", "plain" },
		{ " folded\r\n\t here  and there\n", "folded here and there" },
		{ "=?utf-8?Q?=C4=90=C6=A1n_h=C3=A0ng?=",
		    "\xc4\x90\xc6\xa1n h\xc3\xa0ng" },
		{ "=?UTF-8?b?xJDGoW4=?= tail", "\xc4\x90\xc6\xa1n tail" },
		{ "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab" },
		{ "=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E9?=", "a\xc3\xa9" },
		{ "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c" },
		/* A letter split over two words, in both encodings. */
		{ "=?utf-8?Q?=C4?= =?utf-8?Q?=90?=", "\xc4\x90" },
		{ "=?utf-8?B?xA==?= =?UTF-8?B?kA==?=", "\xc4\x90" },
		{ "=?windows-1258?Q?tr=EA=DE?=", "tr\xe1\xbb\x85" },
		{ "=?tcvn?Q?=A7=ACn?=", "\xc4\x90\xc6\xa1n" },
		{ "=?utf-8*vi?Q?x?=", "x" },
		{ "=?utf-8?Q?a b?=", "a b" }, /* wrong, and common */
		{ "=?utf-8?Q?=ZZ=4?=", "=ZZ=4" },
		{ "=?klingon?Q?=E9?=", "\xc3\xa9" },
		{ "=?utf-7?Q?+ADw-?=", "+ADw-" },
		{ "=?utf-8?X?a?=", "=?utf-8?X?a?=" },
		/* Words that were cut off. */
		{ "=?utf-8?Q?a", "a" },
		{ "=?utf-8?Q?=C4=90=C6=A1n b", "\xc4\x90\xc6\xa1n b" },
		{ "=?utf-8?B?xJDGoW4=?", "\xc4\x90\xc6\xa1n" },
		{ "=?utf-8?B?xJDGoW4=", "\xc4\x90\xc6\xa1n" },
		{ "=?utf-8?B?xJDG!?", "=?utf-8?B?xJDG!?" },
		{ "=?utf-8?Q?", "=?utf-8?Q?" },
		/* base64 without its end, cut anywhere, with blanks in it. */
		{ "=?utf-8?B?xJDGoW4?=", "\xc4\x90\xc6\xa1n" },
		{ "=?utf-8?B?xJDGo?= =?utf-8?B?W4=?=", "\xc4\x90\xc6\xa1n" },
		{ "=?utf-8?B?xJDG oW4=?=", "\xc4\x90\xc6\xa1n" },
		/* One letter in both encodings, none between the words. */
		{ "=?utf-8?Q?=C4?==?UTF-8?b?kA==?=", "\xc4\x90" },
		{ "=?utf-8?Q?sao?=E1=BA=ADy?=", "sao?\xe1\xba\xady" },
		{ "=?utf-8?q?x?=fact", "xfact" },
		{ "=?=?=?", "=?=?=?" },
		{ "=??Q?a?=", "=??Q?a?=" },
		{ "\xc4\x91", "\xc4\x91" }, /* RFC 6532 */
		{ "caf\xe9", "caf\xc3\xa9" },
		/* What changes how a line is shown does not get in. */
		{ "=?utf-8?Q?a=00b=0D=0AX:_y=E2=80=AEz?=", "a?b X: yz" },
		{ "", "" },
	};
	struct buf b;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		buf_init(&b, 1000);
		mailtext_header(&b, rows[i].in);
		if (strcmp(b.n != 0 ? b.p : "", rows[i].out) != 0)
			fail_msg("%s: got \"%s\"", rows[i].in, b.p);
		buf_free(&b);
	}
}

static void
test_filenames(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{ "h\xc3\xb3"
		  "a \xc4\x91\xc6\xa1n.pdf",
		    "h\xc3\xb3"
		    "a \xc4\x91\xc6\xa1n.pdf" },
		{ "../../etc/passwd", "passwd" },
		{ "C:\\temp\\a.txt", "a.txt" },
		{ "a/", "unnamed" },
		{ "", "unnamed" },
		{ "..", "unnamed" },
		{ "a.exe. . ", "a.exe" },
		{ "gpj.\xe2\x80\xae"
		  "exe",
		    "gpj.exe" },
		{ "=?utf-8?Q?=C4=91.txt?=", "\xc4\x91.txt" },
		{ "a\x1b[2Jb\n.txt", "a[2Jb .txt" },
	};
	char	   name[1024];
	struct buf b;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		buf_init(&b, 1000);
		mailtext_filename(&b, rows[i].in);
		assert_string_equal(b.p, rows[i].out);
		buf_free(&b);
	}
	memset(name, 'a', sizeof name);
	memcpy(name + 254, "\xc4\x91", 2); /* across the limit */
	name[sizeof name - 1] = '\0';
	buf_init(&b, 1000);
	mailtext_filename(&b, name);
	assert_int_equal(b.n, 254);
	buf_free(&b);
}

/*
 * Each is quadratic, or worse, in a careless reader: that takes hours.  (Of the
 * processor's time, which is the same however busy the machine is.)
 */
static void
test_bombs(void **state)
{
	static const char *const bits[] = { "=?", "=?a?B?", "=?a?Q?",
		"=?utf-8?Q?a?= ", "=?utf-8?Q?=CC?= =?utf-8?B?gQ==?= ",
		"a\xcc\xa3", "\xcc\xa3\xcc\x81", " ", "?=" };
	enum { LENGTH = 1 << 20 };
	struct buf in, out;
	clock_t	   began;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(bits); i++) {
		buf_init(&in, LENGTH);
		while (!buf_full(&in))
			buf_str(&in, bits[i]);
		buf_init(&out, LENGTH);
		began = clock();
		mailtext_header(&out, in.p);
		mailtext_add(&out, "utf-8", in.p, in.n);
		if (clock() - began > 30 * CLOCKS_PER_SEC)
			fail_msg("%s takes too long", bits[i]);
		assert_true(out.n == 0 || utf8_valid(out.p, out.n));
		buf_free(&in);
		buf_free(&out);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_nul_and_cap),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_filenames),
		cmocka_unit_test(test_bombs),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
