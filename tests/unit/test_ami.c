/*
 * Asterisk's manager interface: messages cut anywhere, and the calls that its
 * events tell of.
 */
#include "unit.h"
#include "base/buf.h"
#include "desk/ami.h"
#include "desk/amicall.h"

static struct ami_message message;

static void
test_banner(void **state)
{
	static const char good[] = "Asterisk Call Manager/7.0.3\r\nEvent";
	size_t		  cut;

	(void)state;
	for (cut = 0; cut < 29; cut++)
		assert_int_equal(ami_banner(good, cut), AMI_MORE);
	assert_int_equal(ami_banner(good, sizeof good - 1), 29);
	assert_int_equal(ami_banner("SSH-2.0", 7), AMI_BAD);
	assert_int_equal(ami_banner("Asterisk Call Manager/777777777777777777"
				    "777777777777777777777777777777777777777"
				    "7777777777777777777777777777777777777777"
				    "777777777777777777777",
			     AMI_BANNER_MAX),
	    AMI_BAD);
}

static void
test_cut_anywhere(void **state)
{
	static const char text[] = "Event: Newchannel\r\nCallerIDName:  \xff"
				   "Tám: x\r\nno colon\r\nEmpty:\r\n\r\nEv";
	size_t		  cut, whole = sizeof text - 3;

	(void)state;
	for (cut = 0; cut < whole; cut++)
		assert_int_equal(ami_parse(&message, text, cut), AMI_MORE);
	assert_int_equal(
	    ami_parse(&message, text, sizeof text - 1), (ssize_t)whole);
	assert_int_equal(message.n, 3);
	assert_string_equal(ami_get(&message, "event"), "Newchannel");
	assert_string_equal(ami_get(&message, "CallerIDName"), "?Tám: x");
	assert_string_equal(ami_get(&message, "Empty"), "");
	assert_string_equal(ami_get(&message, "Absent"), "");
	assert_int_equal(ami_parse(&message, "A: b\n\nC", 7), 6);
	assert_string_equal(ami_get(&message, "A"), "b");
}

/* One that is too long is passed over, wherever its bytes are cut. */
static void
test_too_long(void **state)
{
	static char text[AMI_MESSAGE_MAX + 200];
	size_t	    n = AMI_MESSAGE_MAX + 100, step, at, have, took;
	bool	    over = false;

	(void)state;
	memset(text, 'x', n);
	memcpy(text + n, "\r\n\r\nA: b\r\n\r\n", 12);
	assert_int_equal(ami_parse(&message, text, n), AMI_BAD);
	for (step = 1; step < 9; step++) {
		over = false;
		for (at = 0, have = step; !over; have += step) {
			assert_true(have <= n + 12);
			took = ami_skip(text + at, have - at, &over);
			at += took;
		}
		assert_int_equal(at, n + 4);
	}
}

/* What was told: "call/leg/state agent>by+;" */
static void
on_told(void *arg, const struct callrec *r)
{
	buf_printf(arg, "%s/%s/%s %s%s%s%s%s%s;", r->call,
	    r->leg != NULL ? r->leg : "-", r->state,
	    r->agent != NULL ? r->agent : "-", r->by != NULL ? "<" : "",
	    r->by != NULL ? r->by : "", r->attended ? "+" : "",
	    r->part ? "." : "", strcmp(r->direction, "out") == 0 ? "^" : "");
}

/* Events, one a line: "Event Channel Uniqueid Linkedid Number Exten More". */
static void
hear(struct amicall *a, const char *text, int64_t wall)
{
	ssize_t took;
	size_t	n = strlen(text);

	while (n > 0) {
		took = ami_parse(&message, text, n);
		assert_true(took > 0);
		amicall_event(a, &message, wall);
		text += took;
		n -= (size_t)took;
	}
}

#define CHANNEL(prefix, name, id, linked)                               \
	prefix "Channel: " name "\n" prefix "Uniqueid: " id "\n" prefix \
	       "Linkedid: " linked "\n"
#define COMES                                                     \
	"Event: Newchannel\n" CHANNEL("", "PJSIP/trunk-1", "c.1", \
	    "c.1") "CallerIDNum: 0901234567\nExten: 19001234\n\n"
#define RINGS(ext, id)                                                  \
	"Event: DialBegin\n" CHANNEL("", "PJSIP/trunk-1", "c.1", "c.1") \
	    CHANNEL("Dest", "PJSIP/" ext "-2", id, "c.1") "\n"
#define ANSWERS(ext, id)                                                    \
	"Event: DialEnd\nDialStatus: ANSWER\n" CHANNEL("", "PJSIP/trunk-1", \
	    "c.1", "c.1") CHANNEL("Dest", "PJSIP/" ext "-2", id, "c.1") "\n"
#define HANGS(id) \
	"Event: Hangup\nCause-txt: Normal Clearing\nUniqueid: " id "\n\n"

static const struct {
	const char *events;
	const char *told;
} stories[] = {
	{ COMES RINGS("101", "c.2") ANSWERS("101", "c.2") HANGS("c.2")
		HANGS("c.1"),
	    "c.1/a/ringing -;c.1/c.2/ringing 101;c.1/c.2/answered 101;"
	    "c.1/live/ended 101;" },
	{ COMES HANGS("c.1"), "c.1/a/ringing -;c.1/live/missed -;" },
	{ COMES COMES HANGS("c.1") HANGS("c.1"),
	    "c.1/a/ringing -;c.1/live/missed -;" },
	/* Our own telephones among themselves, and what is no call. */
	{ "Event: Newchannel\n" CHANNEL(
	      "", "PJSIP/101-1", "i.1", "i.1") "Exten: 102\n\n" HANGS("i.1"),
	    "" },
	{ "Event: Newchannel\n" CHANNEL(
	      "", "PJSIP/101-1", "i.1", "i.1") "Exten: *97\n\n" HANGS("i.1"),
	    "" },
	{ "Event: Newchannel\n" CHANNEL("", "PJSIP/101-1", "o.1",
	      "o.1") "Exten: 0901234567\n\n" HANGS("o.1"),
	    "o.1/a/ringing 101^;o.1/live/missed -^;" },
	/* A channel that begins while the list is on its way is not over. */
	{ COMES "Event: CoreShowChannelsComplete\n\n", "c.1/a/ringing -;" },
	{ "Event: CoreShowChannel\nChannelStateDesc: Up\nBridgeId: b\n" CHANNEL(
	      "", "PJSIP/101-2", "c.2",
	      "c.1") "\n"
		     "Event: CoreShowChannel\nChannelStateDesc: Up\nBridgeId: b\n" CHANNEL(
			 "", "PJSIP/trunk-1", "c.1",
			 "c.1") "CallerIDNum: 0901234567\nExten: 19001234\n\n"
				"Event: CoreShowChannelsComplete\n\n",
	    "c.1/a/ringing -;c.1/c.2/answered 101;" },
	/* A pickup: nobody dialled him. */
	{ COMES "Event: BridgeEnter\n" CHANNEL(
	      "", "PJSIP/104-9", "c.9", "c.1") "\n",
	    "c.1/a/ringing -;c.1/c.9/answered 104;" },
	/* Queue() with a Local channel before the telephone. */
	{ COMES RINGS("101",
	      "c.2") "Event: AgentConnect\nInterface: Local/101@q/n\n" CHANNEL("",
	      "PJSIP/trunk-1", "c.1",
	      "c.1") "DestUniqueid: l.1\n\n" ANSWERS("101", "c.2"),
	    "c.1/a/ringing -;c.1/c.2/ringing 101;c.1/l.1/answered 101;" },
	{ COMES ANSWERS("101",
	      "c.2") "Event: BlindTransfer\nResult: Success\nExtension: 102\n" CHANNEL("Transferer",
	      "PJSIP/101-2", "c.2", "c.1") "\n",
	    "c.1/a/ringing -;c.1/c.2/answered 101;"
	    "c.1/c.2>102/transferred 102<101;" },
	{ COMES ANSWERS("101",
	      "c.2") "Event: AttendedTransfer\nResult: Success\n" CHANNEL("OrigTransferer",
	      "PJSIP/101-2", "c.2", "c.1") CHANNEL("TransferTarget",
	      "PJSIP/102-3", "t.3", "t.1") "\n" HANGS("c.2") HANGS("c.1")
		HANGS("t.3"),
	    "c.1/a/ringing -;c.1/c.2/answered 101;"
	    "c.1/c.2>t.3/transferred 102<101+;c.1/live/ended 102;" },
	{ "Event: Newchannel\nUniqueid: x\n\nEvent: DialEnd\n\nEvent: Hold\n\n"
	  "Event: AttendedTransfer\nResult: Success\n\nEvent: Cdr\n\n"
	  "Event: Nobody\n\n",
	    "" },
};

static void
test_stories(void **state)
{
	static const struct callrec_desk desk = { "84", "vi", 420 };
	struct amicall			*a;
	struct buf			 told;
	size_t				 i;

	(void)state;
	for (i = 0; i < nitems(stories); i++) {
		buf_init(&told, 0);
		buf_str(&told, "");
		a = amicall_new(&desk, on_told, &told);
		amicall_list(a);
		hear(a, stories[i].events, 1795223704000);
		if (strcmp(told.p, stories[i].told) != 0)
			fail_msg("story %zu: %s", i, told.p);
		amicall_free(a);
		buf_free(&told);
	}
}

/* He hangs up and the call goes on: he is free after two seconds. */
static void
test_left(void **state)
{
	static const struct callrec_desk desk = { "84", "vi", 420 };
	struct amicall			*a;
	struct buf			 told;

	(void)state;
	buf_init(&told, 0);
	a = amicall_new(&desk, on_told, &told);
	hear(a, COMES ANSWERS("101", "c.2") HANGS("c.2"), 1795223704000);
	told.n = 0;
	buf_str(&told, "");
	amicall_tick(a, 1795223705000);
	assert_int_equal(told.n, 0);
	amicall_tick(a, 1795223707000);
	amicall_tick(a, 1795223709000);
	assert_string_equal(told.p, "c.1/c.2/ended 101.;");
	assert_int_equal(amicall_channels(a), 1);
	amicall_free(a);
	buf_free(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_banner),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_left),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
