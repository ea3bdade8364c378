/*
 * Asterisk's CSV: good records, each kind of bad one by its line, and the
 * same answer wherever the bytes are cut.
 */
#include "unit.h"
#include "base/mem.h"
#include "desk/cdr.h"
#include "desk/event.h"

static const struct callrec_desk home = { "84", "vi", 420 };

#define MISSED                                                             \
	"\"\",\"0901234567\",\"19001234\",\"from-trunk\","                 \
	"\"\"\"Tám, Trần\"\" <0901234567>\",\"SIP/trunk-00a\","         \
	"\"SIP/101-00b\",\"Dial\",\"SIP/101,30\",\"2026-11-21 08:15:04\"," \
	"\"\",\"2026-11-21 08:15:34\",30,0,\"NO ANSWER\","                 \
	"\"DOCUMENTATION\",\"1795223704.7\",\"\""
#define ANSWERED                                                          \
	",0912345678,19001234,ctx,,SIP/t-1,SIP/102-2,Dial,x,"             \
	"2026-11-21 09:00:00,2026-11-21 09:00:05,2026-11-21 09:01:00,60," \
	"55,ANSWERED,3"
#define HEADER "accountcode,src,dst,dcontext,clid,channel\n"

/* What was got from a text, one line each: "id" or "fault LINE". */
static void
read_all(struct buf *got, const char *s, size_t n, size_t piece)
{
	struct cdr   c;
	struct event e;
	struct buf   held;
	size_t	     used, fed = 0;

	buf_init(&held, 0);
	buf_add(&held, "", 0);
	cdr_init(&c, &home);
	for (;;) {
		event_begin(&e, 1 << 20);
		switch (cdr_next(&c, held.p, held.n, fed == n, &used, &e)) {
		case CDR_EVENT:
			assert_true(used > 0);
			buf_printf(got, "%s\n", e.id);
			break;
		case CDR_FAULT:
			assert_true(used > 0);
			assert_true(strlen(c.wrong) > 5);
			buf_printf(got, "fault %zu\n", c.csv.line);
			break;
		case CDR_MORE:
			assert_true(fed < n);
			if (piece > n - fed)
				piece = n - fed;
			buf_add(&held, s + fed, piece);
			fed += piece;
			break;
		case CDR_END:
			event_drop(&e);
			buf_free(&held);
			return;
		}
		event_drop(&e);
		buf_drop(&held, used);
	}
}

static void
check_all(const char *text, const char *want)
{
	struct buf got;

	buf_init(&got, 0);
	buf_str(&got, "");
	read_all(&got, text, strlen(text), strlen(text));
	assert_string_equal(got.p, want);
	buf_free(&got);
}

static enum cdr_got
first(struct event *e, const char *text)
{
	struct cdr c;
	size_t	   used;

	cdr_init(&c, &home);
	event_begin(e, 1 << 20);
	return (cdr_next(&c, text, strlen(text), true, &used, e));
}

static void
test_missed(void **state)
{
	struct event e;

	(void)state;
	assert_int_equal(first(&e, MISSED "\n"), CDR_EVENT);
	assert_string_equal(e.id, "1795223704.7/SIP/101-00b/missed");
	assert_string_equal(e.at, "2026-11-21T08:15:34+07:00");
	assert_string_equal(e.contacts[0].address, "+84901234567");
	assert_string_equal(e.name, "Tám, Trần");
	assert_string_equal(e.to[0], "19001234");
	assert_string_equal(e.call->state, "missed");
	assert_string_equal(e.call->agent, "101");
	assert_string_equal(e.call->disposition, "NO ANSWER");
	assert_int_equal(e.call->wait, 30);
	event_drop(&e);
}

static void
test_answered(void **state)
{
	struct event e, f;

	(void)state;
	assert_int_equal(first(&e, ANSWERED), CDR_EVENT);
	assert_string_equal(e.call->state, "ended");
	assert_int_equal(e.call->duration, 55);
	assert_int_equal(e.call->wait, 5);
	assert_string_equal(e.call->agent, "102");
	/* No uniqueid: the line's digest, whatever the line's end. */
	assert_int_equal(strncmp(e.id, "sha256:", 7), 0);
	assert_int_equal(first(&f, ANSWERED "\r\n"), CDR_EVENT);
	assert_string_equal(e.id, f.id);
	event_drop(&e);
	event_drop(&f);
}

static void
test_around(void **state)
{
	(void)state;
	check_all("", "");
	check_all("\n\r\n\n", "");
	check_all("\xef\xbb\xbf" HEADER MISSED "\r\n\r\n" MISSED,
	    "1795223704.7/SIP/101-00b/missed\n1795223704.7/SIP/101-00b/missed\n");
	check_all("\xef\xbb\xbf", "");
	/* A line end within quotes belongs to the field. */
	check_all("\"a\nb\",1\n" MISSED "\n",
	    "fault 1\n1795223704.7/SIP/101-00b/missed\n");
	check_all("\"a\n\nb\",1\nx\n", "fault 1\nfault 4\n");
}

static const struct {
	const char *from; /* part of ANSWERED … */
	const char *to;	  /* … and what is written for it */
} faults[] = {
	{ "ANSWERED,3", "ANSWERED" },
	{ "ANSWERED", "MAYBE" },
	{ "2026-11-21 09:00:00", "21/11/2026 09:00" },
	{ "2026-11-21 09:00:00", "2026-11-31 09:00:00" },
	{ ",60,", ",sixty," },
	{ ",55,", ",-1," },
	{ "19001234", "" },
	{ "ctx", "c\"tx" },
	{ "ctx", "\"ctx\"x" },
	{ "ctx", "\"ctx" },
	{ "ctx", "\xff" },
};

static void
test_faults(void **state)
{
	char	     line[1000], *at;
	struct event e;
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(faults); i++) {
		strcpy(line, ANSWERED);
		assert_non_null(at = strstr(line, faults[i].from));
		snprintf(line + (at - line), sizeof line - (size_t)(at - line),
		    "%s%s", faults[i].to,
		    &ANSWERED[(at - line) + (long)strlen(faults[i].from)]);
		if (first(&e, line) != CDR_FAULT)
			fail_msg("%s is taken", line);
		event_drop(&e);
	}
}

/* A line too long, and a quote that never closes, cost one record each. */
static void
test_long(void **state)
{
	struct buf b, got;

	(void)state;
	buf_init(&b, 0);
	buf_init(&got, 0);
	while (b.n < 3 * CSV_LINE_MAX + 17)
		buf_char(&b, 'x');
	buf_str(&b, "\n\"open,1\n");
	while (b.n < 6 * CSV_LINE_MAX)
		buf_str(&b, ANSWERED "\n");
	read_all(&got, b.p, b.n, b.n);
	assert_int_equal(strncmp(got.p, "fault 1\nfault 2\nsha256:", 23), 0);
	assert_null(strstr(got.p + 20, "fault"));
	buf_free(&b);
	buf_free(&got);
}

static void
test_too_many_fields(void **state)
{
	struct buf   b;
	struct event e;
	int	     i;

	(void)state;
	buf_init(&b, 0);
	for (i = 0; i < 10000; i++)
		buf_char(&b, ',');
	assert_int_equal(first(&e, b.p), CDR_FAULT);
	event_drop(&e);
	buf_free(&b);
}

static void
test_cut_anywhere(void **state)
{
	static const char text[] = "\xef\xbb\xbf" HEADER MISSED "\r\n"
				   "\"a\nb\"\n\n" ANSWERED "\nbad\n" ANSWERED;
	struct buf					 whole, got;
	size_t						 piece;

	(void)state;
	buf_init(&whole, 0);
	buf_init(&got, 0);
	read_all(&whole, text, sizeof text - 1, sizeof text);
	for (piece = 1; piece < sizeof text; piece++) {
		buf_reset(&got);
		read_all(&got, text, sizeof text - 1, piece);
		assert_string_equal(got.p, whole.p);
	}
	buf_free(&whole);
	buf_free(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missed),
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_too_many_fields),
		cmocka_unit_test(test_cut_anywhere),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
