/*
 * Orders as CSV: columns by their names, times and amounts as people write
 * them, each mistake by its line; and facts read from a service's JSON.
 */
#include "unit.h"
#include <jansson.h>
#include "base/buf.h"
#include "desk/event.h"
#include "desk/orderrow.h"

#define MORE 420 /* minutes: +07:00 */

/* The rows as a JSON list; a fault is {"fault":line,"wrong":"…"}. */
static json_t *
read_all(const char *s)
{
	json_t	       *list = json_array();
	struct orderrow o;
	struct buf	json;
	enum csv_got	got;
	size_t		at = 0, used;

	orderrow_init(&o, MORE);
	buf_init(&json, 0);
	do {
		json.n = 0;
		got = orderrow_next(
		    &o, s + at, strlen(s) - at, true, &used, &json);
		at += used;
		if (got == CSV_FAULT)
			json_array_append_new(list,
			    json_pack("{s:I,s:s}", "fault",
				(json_int_t)o.csv.line, "wrong", o.wrong));
		else if (got == CSV_RECORD)
			json_array_append_new(list,
			    json_loadb(
				json.p, json.n, JSON_REJECT_DUPLICATES, NULL));
	} while (got != CSV_END);
	buf_free(&json);
	return (list);
}

static const char *
at(const json_t *row, const char *part, const char *name)
{
	return (json_string_value(
	    json_object_get(json_object_get(row, part), name)));
}

static void
test_vietnamese(void **state)
{
	json_t *list =
	    read_all("\xef\xbb\xbfMã đơn,SĐT,Tên khách hàng,"
		     "Trạng thái,Ngày đặt,Hẹn giao,Tổng tiền,Ghi chú\r\n"
		     "DH1,0901 234 567,\"Lan, Trần\",Đang giao,"
		     "20/11/2026 08:15,23/11/2026,1.250.000đ,gọi trước\r\n"
		     "\r\n"
		     "DH2,0901234568,,,,,12.50,\r\n");
	json_t *one;

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	one = json_array_get(list, 0);
	assert_string_equal(at(one, "from", "address"), "0901 234 567");
	assert_string_equal(at(one, "from", "name"), "Lan, Trần");
	assert_string_equal(at(one, "order", "no"), "DH1");
	assert_string_equal(at(one, "order", "status"), "Đang giao");
	assert_string_equal(
	    at(one, "order", "promised_at"), "2026-11-23T23:59:59+07:00");
	assert_string_equal(at(one, "order", "amount"), "1250000");
	assert_string_equal(at(one, "meta", "Ghi chú"), "gọi trước");
	assert_string_equal(json_string_value(json_object_get(one, "at")),
	    "2026-11-20T08:15:00+07:00");
	one = json_array_get(list, 1);
	assert_string_equal(at(one, "order", "amount"), "12.50");
	assert_null(at(one, "order", "status"));
	assert_null(json_object_get(one, "at"));
	json_decref(list);
}

static void
test_english(void **state)
{
	json_t *list = read_all("Email,ORDER-NO,Shipped At,delivered_at\n"
				"lan@example.com,7,2026-11-21T08:15:04Z,"
				"2026-11-22 09:00:01\n");
	json_t *one = json_array_get(list, 0);

	(void)state;
	assert_string_equal(at(one, "from", "kind"), "email");
	assert_string_equal(
	    at(one, "order", "shipped_at"), "2026-11-21T08:15:04Z");
	assert_string_equal(json_string_value(json_object_get(one, "at")),
	    "2026-11-22T09:00:01+07:00");
	json_decref(list);
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *row, *says;
	} bad[] = {
		{ ",0901234567,,", "number is empty" },
		{ "DH1,,,", "neither" },
		{ "DH1,0901234567,soon,", "time" },
		{ "DH1,0901234567,31/02/2026,", "time" },
		{ "DH1,0901234567,21/11/2026 25:00,", "time" },
		{ "DH1,0901234567,,nhiều", "amount" },
		{ "DH1,0901234567,,1.2345.6", "amount" },
		{ "DH1,0901234567,,-5", "amount" },
		{ "DH1,0901234567,,", NULL },
		{ "DH1,0901234567,", "as many fields" },
		{ "DH1,\"0901234567,,", "no end" },
	};
	json_t *list, *one;
	char	text[300];
	size_t	i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		snprintf(text, sizeof text,
		    "order,phone,shipped_at,amount\n%s\n", bad[i].row);
		list = read_all(text);
		one = json_array_get(list, 0);
		if (bad[i].says == NULL) {
			assert_null(json_object_get(one, "fault"));
			json_decref(list);
			continue;
		}
		if (json_integer_value(json_object_get(one, "fault")) != 2)
			fail_msg("%s is taken", bad[i].row);
		assert_non_null(
		    strstr(json_string_value(json_object_get(one, "wrong")),
			bad[i].says));
		json_decref(list);
	}
	list = read_all("order,phone,order\n");
	assert_non_null(json_object_get(json_array_get(list, 0), "fault"));
	json_decref(list);
	list = read_all("order,phone,x,x,x\nDH1,0901234567,a,b,c\n");
	one = json_array_get(list, 0);
	assert_string_equal(at(one, "meta", "x"), "a");
	assert_string_equal(at(one, "meta", "x (4)"), "b");
	assert_string_equal(at(one, "meta", "x (5)"), "c");
	json_decref(list);
	list = read_all("\xef\xbb\xbfMã đơn;SĐT;\"Tổng, tiền\";Tổng tiền\r\n"
			"DH1;0901234567;a,b;1.250.000,50\r\n");
	one = json_array_get(list, 0);
	assert_string_equal(at(one, "order", "amount"), "1250000.50");
	assert_string_equal(at(one, "meta", "Tổng, tiền"), "a,b");
	json_decref(list);
	list = read_all("order\tphone\nDH1\t0901234567\n");
	assert_string_equal(at(json_array_get(list, 0), "order", "no"), "DH1");
	json_decref(list);
	list = read_all("order,address\nDH1,x\n");
	assert_int_equal(json_array_size(list), 2);
	json_decref(list);
}

/* The same row has the same id, another row another. */
static void
test_ids(void **state)
{
	json_t	   *list = read_all("order,phone,status\nDH1,0901234567,new\n"
					"DH1,0901234567,new\nDH1,0901234567,sent\n");
	const char *id[3];
	size_t	    i;

	(void)state;
	for (i = 0; i < 3; i++)
		id[i] = json_string_value(
		    json_object_get(json_array_get(list, i), "id"));
	assert_string_equal(id[0], id[1]);
	assert_string_not_equal(id[1], id[2]);
	json_decref(list);
}

static const struct {
	const char *more;
	const char *member; /* at fault; NULL: good */
	const char *facts;
} told[] = {
	{ "\"order\":\"DH1\"", NULL, NULL },
	{ "\"order\":{\"no\":\"DH1\"}", NULL, "{\"order\":{}}" },
	{ "\"order\":{\"no\":\"DH1\",\"status\":\"sent\",\"amount\":5}", NULL,
	    "{\"order\":{\"amount\":5,\"status\":\"sent\"}}" },
	{ "\"order\":{\"no\":\"DH1\",\"carrier\":null}", NULL,
	    "{\"order\":{}}" },
	{ "\"order\":{\"status\":\"sent\"}", "order.no", NULL },
	{ "\"order\":{\"no\":\"\"}", "order.no", NULL },
	{ "\"order\":{\"no\":\"D\",\"colour\":\"red\"}", "order", NULL },
	{ "\"order\":{\"no\":\"D\",\"shipped_at\":\"now\"}", "order.shipped_at",
	    NULL },
	{ "\"order\":{\"no\":\"D\",\"amount\":-1}", "order.amount", NULL },
	{ "\"order\":{\"no\":\"D\",\"amount\":1.5}", "order.amount", NULL },
	{ "\"order\":{\"no\":\"D\",\"amount\":\"1.5\"}", NULL,
	    "{\"order\":{\"amount\":\"1.5\"}}" },
	{ "\"order\":{\"no\":\"D\",\"amount\":\"1.\"}", "order.amount", NULL },
	{ "\"order\":{\"no\":\"D\",\"currency\":\"dong\"}", "order.currency",
	    NULL },
	{ "\"order\":{\"no\":\"D\",\"status\":\"a\\nb\"}", "order.status",
	    NULL },
	{ "\"order\":[]", "order", NULL },
	{ "\"rating\":4", NULL, "{\"rating\":{\"of\":5,\"value\":4}}" },
	{ "\"rating\":{\"value\":9,\"of\":10}", NULL,
	    "{\"rating\":{\"of\":10,\"value\":9}}" },
	{ "\"rating\":6", "rating", NULL },
	{ "\"rating\":{\"value\":1,\"of\":1000}", "rating", NULL },
	{ "\"rating\":\"4\"", "rating", NULL },
	{ "\"touchpoint\":\"counter\"", NULL, "{\"touchpoint\":\"counter\"}" },
	{ "\"touchpoint\":5", "touchpoint", NULL },
};

static void
test_facts(void **state)
{
	const char  *member, *wrong;
	struct event e;
	char	     text[400];
	size_t	     i;
	bool	     good;

	(void)state;
	for (i = 0; i < nitems(told); i++) {
		snprintf(text, sizeof text,
		    "{\"channel\":\"store\",\"from\":{\"kind\":\"phone\","
		    "\"address\":\"0901234567\"},%s}",
		    told[i].more);
		event_begin(&e, 1 << 20);
		good = event_from_json(
		    &e, text, strlen(text), "84", &member, &wrong);
		if (good != (told[i].member == NULL))
			fail_msg(
			    "%s: %s", told[i].more, good ? "taken" : wrong);
		if (!good)
			assert_string_equal(member, told[i].member);
		else if (told[i].facts == NULL)
			assert_null(e.facts);
		else
			assert_string_equal(e.facts, told[i].facts);
		if (good && strstr(told[i].more, "rating") != NULL)
			assert_string_equal(e.kind, "feedback");
		event_drop(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vietnamese),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_facts),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
