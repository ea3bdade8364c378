/*
 * Call records: FreeSWITCH's JSON and the generic form, as posted.
 */
#include "unit.h"
#include "base/mem.h"
#include "desk/callrec.h"
#include "desk/event.h"
#include "desk/when.h"

static const struct callrec_desk home = { "84", "vi", 420 };

static bool
try_read(struct event *e, enum callrec_form form, const char *json,
    const char **member)
{
	const char *wrong = NULL;
	bool	    good;

	event_begin(e, 1 << 20);
	good = callrec_read(e, form, json, strlen(json), &home, member,
		   &wrong) == CALLREC_EVENT;
	if (!good)
		assert_non_null(wrong);
	return (good);
}

static void
must_read(struct event *e, enum callrec_form form, const char *json)
{
	const char *member = "";

	if (!try_read(e, form, json, &member))
		fail_msg("%s: member %s", json, member);
	assert_string_equal(e->channel, "call");
	assert_string_equal(e->kind, "call");
	assert_int_equal(e->ncontacts, 1);
	assert_non_null(e->text);
}

/* As mod_json_cdr posts it, values percent-encoded; shortened. */
static const char answered[] =
    "{\"core-uuid\":\"7d3\",\"channel_data\":{\"state\":\"CS_REPORTING\"},"
    "\"variables\":{\"direction\":\"inbound\",\"uuid\":\"aa-1\","
    "\"call_uuid\":\"aa-1\",\"start_stamp\":\"2026-11-21%2008%3A15%3A04\","
    "\"start_epoch\":\"1795223704\",\"answer_epoch\":\"1795223711\","
    "\"end_epoch\":\"1795223836\",\"duration\":\"132\","
    "\"billsec\":\"125\",\"hangup_cause\":\"NORMAL_CLEARING\","
    "\"dialed_user\":\"101\","
    "\"record_path\":\"%2Frec%2Faa-1.wav\"},"
    "\"callflow\":[{\"caller_profile\":{"
    "\"caller_id_name\":\"%C4%90%E1%BB%A9c\","
    "\"caller_id_number\":\"%2B84901234567\","
    "\"destination_number\":\"19001234\"}}]}";

static void
test_freeswitch_answered(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH, answered);
	assert_string_equal(e.id, "aa-1/a/ended");
	assert_string_equal(e.at, "2026-11-21T01:17:16.000000Z");
	assert_string_equal(e.contacts[0].address, "+84901234567");
	assert_string_equal(e.name, "Đức");
	assert_string_equal(e.to[0], "19001234");
	assert_string_equal(e.call->id, "aa-1");
	assert_string_equal(e.call->state, "ended");
	assert_string_equal(e.call->direction, "in");
	assert_string_equal(e.call->agent, "101");
	assert_string_equal(e.call->recording, "/rec/aa-1.wav");
	assert_string_equal(e.call->disposition, "NORMAL_CLEARING");
	assert_int_equal(e.call->duration, 125);
	assert_int_equal(e.call->wait, 7);
	assert_string_equal(e.text,
	    "Cuộc gọi đến từ +84901234567 đã kết thúc, nói 2 phút 5 giây");
	event_drop(&e);
}

static void
test_freeswitch_missed(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"variables\":{\"uuid\":\"m\",\"direction\":\"inbound\","
	    "\"caller_id_number\":\"01234567890\","
	    "\"destination_number\":\"19001234\",\"answer_epoch\":\"0\","
	    "\"start_epoch\":\"1795223704\",\"end_epoch\":\"1795223729\","
	    "\"billsec\":\"0\",\"hangup_cause\":\"ORIGINATOR_CANCEL\"}}");
	assert_string_equal(e.id, "m/a/missed");
	assert_string_equal(e.call->state, "missed");
	assert_string_equal(e.contacts[0].address, "+84834567890");
	assert_string_equal(e.contacts[0].original, "01234567890");
	assert_string_equal(e.contacts[0].flags, "renumbered");
	assert_int_equal(e.call->wait, 25);
	assert_string_equal(
	    e.text, "Cuộc gọi nhỡ từ +84834567890, chờ 25 giây");
	event_drop(&e);
}

/* One agent's telephone that nobody picked up is no call missed. */
static void
test_freeswitch_second_leg(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"variables\":{\"uuid\":\"b2\",\"call_uuid\":\"m\","
	    "\"direction\":\"outbound\",\"caller_id_number\":\"0901234567\","
	    "\"destination_number\":\"101\",\"billsec\":\"0\"}}");
	assert_string_equal(e.id, "m/b2/ended");
	assert_string_equal(e.call->id, "m");
	assert_string_equal(e.call->state, "ended");
	assert_true(e.call->part);
	event_drop(&e);
}

/* A queue's music picked up; then he gave up. */
static void
test_freeswitch_abandoned(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"variables\":{\"uuid\":\"q\",\"direction\":\"inbound\","
	    "\"caller_id_number\":\"0901234567\",\"cc_cause\":\"cancel\","
	    "\"destination_number\":\"19001234\",\"billsec\":\"31\","
	    "\"answer_epoch\":\"1795223711\","
	    "\"start_epoch\":\"1795223704\",\"end_epoch\":\"1795223742\","
	    "\"hold_accum_seconds\":\"0\"}}");
	assert_string_equal(e.call->state, "missed");
	assert_int_equal(e.call->wait, 38);
	assert_int_equal(e.call->hold, 0);
	event_drop(&e);
}

/*
 * Events as FreeSWITCH's own JSON has them (mod_event_socket, `event json');
 * shortened.  id: what it is filed as, NULL when it tells nothing.
 */
static const struct {
	const char *json;
	const char *id;
	const char *state;
	const char *agent;
	bool	    part;
} events[] = {
	{ "{\"Event-Name\":\"CHANNEL_CREATE\",\"Unique-ID\":\"a\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"inbound\","
	  "\"Event-Date-Timestamp\":\"1795223704123456\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"19001234\"}",
	    "a/a/ringing", "ringing", NULL, false },
	{ "{\"Event-Name\":\"CHANNEL_CREATE\",\"Unique-ID\":\"b\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"outbound\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"101\"}",
	    "a/b/ringing", "ringing", "101", false },
	{ "{\"Event-Name\":\"CHANNEL_ANSWER\",\"Unique-ID\":\"a\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"inbound\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\"}",
	    NULL, NULL, NULL, false },
	{ "{\"Event-Name\":\"CHANNEL_ANSWER\",\"Unique-ID\":\"b\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"outbound\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"101\"}",
	    "a/b/answered", "answered", "101", false },
	{ "{\"Event-Name\":\"CHANNEL_BRIDGE\",\"Unique-ID\":\"a\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"inbound\","
	  "\"Other-Leg-Unique-ID\":\"b\","
	  "\"Other-Leg-Destination-Number\":\"101\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"19001234\"}",
	    "a/b/answered", "answered", "101", false },
	{ "{\"Event-Name\":\"CHANNEL_HANGUP_COMPLETE\",\"Unique-ID\":\"b\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"outbound\","
	  "\"variable_billsec\":\"12\",\"variable_dialed_user\":\"101\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"101\"}",
	    "a/b/ended", "ended", "101", true },
	{ "{\"Event-Name\":\"CHANNEL_HANGUP_COMPLETE\",\"Unique-ID\":\"a\","
	  "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"inbound\","
	  "\"variable_billsec\":\"0\","
	  "\"Caller-Caller-ID-Number\":\"0901234567\","
	  "\"Caller-Destination-Number\":\"19001234\"}",
	    "a/a/missed", "missed", NULL, false },
	{ "{\"Event-Name\":\"HEARTBEAT\",\"Unique-ID\":\"a\"}", NULL, NULL,
	    NULL, false },
};

/* A case is named once, and its call does not ring for ever. */
static void
test_subject(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_GENERIC,
	    "{\"call\":\"c\",\"state\":\"ringing\",\"from\":\"0901234567\"}");
	assert_string_equal(e.subject, "Cuộc gọi đến từ +84901234567");
	assert_string_equal(
	    e.text, "Cuộc gọi đến từ +84901234567 đang đổ chuông");
	event_drop(&e);
	must_read(&e, CALLREC_GENERIC,
	    "{\"call\":\"c\",\"state\":\"missed\",\"from\":\"0901234567\"}");
	assert_null(e.subject);
	event_drop(&e);
}

static void
test_freeswitch_events(void **state)
{
	const char	*member, *wrong;
	enum callrec_got got;
	struct event	 e;
	size_t		 i;

	(void)state;
	for (i = 0; i < nitems(events); i++) {
		event_begin(&e, 1 << 16);
		got = callrec_read(&e, CALLREC_FREESWITCH, events[i].json,
		    strlen(events[i].json), &home, &member, &wrong);
		if (events[i].id == NULL) {
			assert_int_equal(got, CALLREC_NOTHING);
			event_drop(&e);
			continue;
		}
		assert_int_equal(got, CALLREC_EVENT);
		assert_string_equal(e.id, events[i].id);
		assert_string_equal(e.call->state, events[i].state);
		assert_int_equal(e.call->part, events[i].part);
		if (events[i].agent != NULL)
			assert_string_equal(e.call->agent, events[i].agent);
		else
			assert_null(e.call->agent);
		assert_string_equal(e.contacts[0].address, "+84901234567");
		event_drop(&e);
	}
}

/* Our own call on its way out: the number that we show is nobody's. */
static void
test_freeswitch_out(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"Event-Name\":\"CHANNEL_ANSWER\",\"Unique-ID\":\"b\","
	    "\"Channel-Call-UUID\":\"a\",\"Call-Direction\":\"outbound\","
	    "\"Caller-Caller-ID-Number\":\"19001234\","
	    "\"Caller-Destination-Number\":\"0901234567\"}");
	assert_string_equal(e.call->direction, "out");
	assert_string_equal(e.contacts[0].address, "+84901234567");
	event_drop(&e);
}

/* Handed on, held, and one phone's share, as the generic form has them. */
static void
test_generic_more(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_GENERIC,
	    "{\"call\":\"c\",\"leg\":\"x\",\"state\":\"transferred\","
	    "\"from\":\"0901234567\",\"by\":\"101\",\"agent\":\"102\","
	    "\"attended\":true,\"part\":true,\"hold\":9}");
	assert_string_equal(e.id, "c/x/transferred");
	assert_string_equal(e.call->by, "101");
	assert_true(e.call->attended && e.call->part);
	assert_int_equal(e.call->hold, 9);
	assert_null(e.meta);
	assert_string_equal(
	    e.text, "Cuộc gọi đến từ +84901234567 được chuyển cho 102");
	event_drop(&e);
}

/* An extension that dials a number: the customer is the one called. */
static void
test_outgoing(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"uuid\":\"o\",\"direction\":\"inbound\","
	    "\"caller_id_number\":\"102\","
	    "\"destination_number\":\"0912345678\",\"billsec\":\"0\","
	    "\"end_stamp\":\"2026-11-21 08:15:04\"}");
	assert_string_equal(e.call->direction, "out");
	assert_string_equal(e.call->state, "ended");
	assert_string_equal(e.contacts[0].address, "+84912345678");
	assert_string_equal(e.to[0], "102");
	assert_string_equal(e.at, "2026-11-21T08:15:04+07:00");
	event_drop(&e);
}

static void
test_generic(void **state)
{
	static const char *const states[] = { "ringing", "answered", "ended",
		"missed" };
	struct event		 e;
	char			 json[400], id[40];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(states); i++) {
		snprintf(json, sizeof json,
		    "{\"call\":\"c\",\"leg\":\"b\",\"state\":\"%s\","
		    "\"from\":\"0901234567\",\"to\":\"19001234\","
		    "\"at\":\"2026-11-21T08:15:04+07:00\",\"agent\":\"an\","
		    "\"duration\":61,\"wait\":3,\"recording\":\"r\","
		    "\"disposition\":\"ok\",\"campaign\":\"tet\"}",
		    states[i]);
		must_read(&e, CALLREC_GENERIC, json);
		snprintf(id, sizeof id, "c/b/%s", states[i]);
		assert_string_equal(e.id, id);
		assert_string_equal(e.call->state, states[i]);
		assert_string_equal(e.call->direction, "in");
		assert_string_equal(e.at, "2026-11-21T08:15:04+07:00");
		assert_string_equal(e.meta, "{\"campaign\":\"tet\"}");
		event_drop(&e);
	}
}

static void
test_withheld(void **state)
{
	struct callrec_desk en = { NULL, "en", 0 };
	const char	   *member, *wrong;
	const char	   *json = "{\"call\":\"c7\",\"state\":\"missed\","
				   "\"from\":\"anonymous\",\"wait\":5}";
	struct event	    e;

	(void)state;
	event_begin(&e, 1 << 16);
	assert_int_equal(callrec_read(&e, CALLREC_GENERIC, json, strlen(json),
			     &en, &member, &wrong),
	    CALLREC_EVENT);
	assert_string_equal(e.contacts[0].kind, "anonymous");
	assert_string_equal(e.contacts[0].address, "c7");
	assert_null(e.at);
	assert_int_equal(e.nto, 0);
	assert_string_equal(
	    e.text, "Missed call from a withheld number, waited 5 s");
	assert_string_equal(e.lang, "en");
	event_drop(&e);
}

static const struct {
	enum callrec_form form;
	const char	 *member;
	const char	 *json;
} refusals[] = {
	{ CALLREC_GENERIC, "", "no" },
	{ CALLREC_GENERIC, "", "[]" },
	{ CALLREC_GENERIC, "call", "{}" },
	{ CALLREC_GENERIC, "call", "{\"call\":7}" },
	{ CALLREC_GENERIC, "state", "{\"call\":\"c\",\"from\":\"1\"}" },
	{ CALLREC_GENERIC, "state",
	    "{\"call\":\"c\",\"from\":\"1\",\"state\":\"gone\"}" },
	{ CALLREC_GENERIC, "from", "{\"call\":\"c\",\"state\":\"ended\"}" },
	{ CALLREC_GENERIC, "at",
	    "{\"call\":\"c\",\"state\":\"ended\",\"from\":\"101\","
	    "\"at\":\"now\"}" },
	{ CALLREC_GENERIC, "wait",
	    "{\"call\":\"c\",\"state\":\"ended\",\"from\":\"101\","
	    "\"wait\":\"5\"}" },
	{ CALLREC_GENERIC, "direction",
	    "{\"call\":\"c\",\"state\":\"ended\",\"from\":\"101\","
	    "\"direction\":\"sideways\"}" },
	{ CALLREC_FREESWITCH, "variables.uuid", "{\"variables\":{}}" },
	{ CALLREC_FREESWITCH, "variables.uuid", "{\"variables\":7}" },
};

static void
test_refusals(void **state)
{
	struct event e;
	const char  *member;
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(refusals); i++) {
		if (try_read(&e, refusals[i].form, refusals[i].json, &member))
			fail_msg("%s is taken", refusals[i].json);
		if (strcmp(member, refusals[i].member) != 0)
			fail_msg("%s: %s", refusals[i].json, member);
		event_drop(&e);
	}
}

/* Percent signs that decode to anything stay UTF-8. */
static void
test_encoding(void **state)
{
	struct event e;

	(void)state;
	must_read(&e, CALLREC_FREESWITCH,
	    "{\"uuid\":\"u\",\"caller_id_number\":\"0901234567\","
	    "\"caller_id_name\":\"100%25 %zz %ff%00 %4\"}");
	assert_string_equal(e.name, "100% %zz ?? %4");
	event_drop(&e);
}

static void
test_times(void **state)
{
	char out[WHEN_MAX];
	int  offset;

	(void)state;
	when_epoch(out, 0);
	assert_string_equal(out, "1970-01-01T00:00:00.000000Z");
	when_epoch(out, 951782400123456);
	assert_string_equal(out, "2000-02-29T00:00:00.123456Z");
	when_epoch(out, 4107542399000000);
	assert_string_equal(out, "2100-02-28T23:59:59.000000Z");
	when_epoch(out, INT64_MAX);
	assert_int_equal(strncmp(out, "9999-12-31T23:59:59", 19), 0);
	assert_true(when_valid("2024-02-29T23:59:60.5-03:30", 27));
	assert_false(when_valid("2023-02-29T23:59:60Z", 20));
	assert_false(when_valid("2024-13-01T00:00:00Z", 20));
	assert_false(when_valid("2024-12-01 00:00:00Z", 20));
	assert_false(when_valid("2024-12-01T00:00:00", 19));
	assert_false(when_valid("2024-12-01T00:00:00+7:00", 24));
	assert_true(when_offset("-03:30", &offset));
	assert_int_equal(offset, -210);
	assert_true(when_local(out, "2026-11-21 08:15:04", 19, -210));
	assert_string_equal(out, "2026-11-21T08:15:04-03:30");
	assert_false(when_local(out, "2026-11-21 08:15", 16, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freeswitch_answered),
		cmocka_unit_test(test_freeswitch_missed),
		cmocka_unit_test(test_freeswitch_second_leg),
		cmocka_unit_test(test_freeswitch_abandoned),
		cmocka_unit_test(test_freeswitch_events),
		cmocka_unit_test(test_subject),
		cmocka_unit_test(test_freeswitch_out),
		cmocka_unit_test(test_generic_more),
		cmocka_unit_test(test_outgoing),
		cmocka_unit_test(test_generic),
		cmocka_unit_test(test_withheld),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_encoding),
		cmocka_unit_test(test_times),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
