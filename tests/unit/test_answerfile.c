/*
 * Answers that were given elsewhere: rows of CSV and of JSON, each mistake by
 * its line; columns by what people call them.
 */
#include "unit.h"
#include <jansson.h>
#include "base/buf.h"
#include "desk/answerfile.h"
#include "desk/answerrow.h"

/* The rows, given piece bytes at a time; a fault as {"fault":line,"wrong"}. */
static json_t *
read_by(const char *s, size_t piece)
{
	static struct answerfile f;
	json_t			*list = json_array();
	struct buf		 json;
	enum csv_got		 got;
	size_t			 at = 0, to = 0, all = strlen(s), used;

	answerfile_init(&f);
	buf_init(&json, 0);
	do {
		json.n = 0;
		got = answerfile_next(
		    &f, s + at, to - at, to == all, &used, &json);
		at += used;
		if (got == CSV_MORE)
			to = to + piece < all ? to + piece : all;
		else if (got == CSV_FAULT)
			json_array_append_new(list,
			    json_pack("{s:I,s:s}", "fault",
				(json_int_t)f.csv.line, "wrong", f.wrong));
		else if (got == CSV_RECORD)
			json_array_append_new(
			    list, json_loadb(json.p, json.n, 0, NULL));
	} while (got != CSV_END);
	buf_free(&json);
	return (list);
}

/* The same however it comes in pieces. */
static json_t *
read_all(const char *s)
{
	json_t *whole = read_by(s, strlen(s) + 1), *bytes = read_by(s, 1);

	assert_true(json_equal(whole, bytes));
	json_decref(bytes);
	return (whole);
}

static const char *
said(const json_t *list, size_t i, const char *name)
{
	return (
	    json_string_value(json_object_get(json_array_get(list, i), name)));
}

static json_int_t
line_of(const json_t *list, size_t i)
{
	return (json_integer_value(
	    json_object_get(json_array_get(list, i), "fault")));
}

static void
test_csv(void **state)
{
	json_t *list =
	    read_all("\xef\xbb\xbfMã;Hài lòng;Vì sao\r\n"
		     "a1;5;\"nhanh;\ntốt\"\r\n\r\na2;4\r\na3;;x\r\n");

	(void)state;
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(said(list, 0, "Mã"), "a1");
	assert_string_equal(said(list, 0, "Vì sao"), "nhanh;\ntốt");
	assert_int_equal(line_of(list, 1), 5);
	assert_null(said(list, 2, "Hài lòng"));
	json_decref(list);

	list = read_all("a,b,a\n1,2,3\n");
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(line_of(list, 0), 1);
	json_decref(list);
}

static void
test_json(void **state)
{
	json_t *list = read_all("\xef\xbb\xbf [\n{\"id\":\"a\\n\"},\n7,\n"
				"{\"id\":\n\"b\"}]\n");

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(said(list, 0, "id"), "a\n");
	/* A broken array ends: where its next row begins nobody knows. */
	assert_int_equal(line_of(list, 1), 3);
	json_decref(list);

	list = read_all("{\"id\":\"a\"}\n{\"id\"\n[1]\n{\"id\":\"b\"}\n");
	assert_int_equal(json_array_size(list), 4);
	assert_int_equal(line_of(list, 1), 2);
	assert_int_equal(line_of(list, 2), 3);
	assert_string_equal(said(list, 3, "id"), "b");
	json_decref(list);

	list = read_all("[]\n");
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	list = read_all("[{\"a\":");
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(line_of(list, 0), 1);
	json_decref(list);
}

/* The same as the other, which is taken. */
static bool
is(const json_t *one, json_t *other)
{
	bool same = json_equal(one, other);

	json_decref(other);
	return (same);
}

static void
test_columns(void **state)
{
	json_t *args = json_object();
	json_t *row = json_pack("{s:s,s:i,s:s,s:s,s:n,s:i}", "Số điện thoại",
	    "0901 234 567", "HỒ SƠ", 1001, "Thời_gian", "21/11/2026", "nps",
	    "  ", "why", "gioi-thieu", 9);
	const char *member, *wrong;

	(void)state;
	assert_true(answerrow_read(args, row, "84", &member, &wrong));
	assert_true(is(json_object_get(args, "head"),
	    json_pack("{s:s,s:s,s:s}", "phone", "+84901234567", "ticket",
		"1001", "at", "21/11/2026")));
	assert_true(is(json_object_get(args, "rest"),
	    json_pack("{s:i}", "gioi-thieu", 9)));
	json_object_set_new(row, "SĐT", json_string("0901234568"));
	assert_false(answerrow_read(args, row, "84", &member, &wrong));
	assert_string_equal(member, "phone");
	json_object_clear(row);
	json_object_set_new(row, "email", json_string("nobody"));
	assert_false(answerrow_read(args, row, "84", &member, &wrong));
	assert_string_equal(member, "email");
	json_object_set_new(row, "email", json_true());
	assert_false(answerrow_read(args, row, "84", &member, &wrong));
	json_decref(row);
	json_decref(args);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_columns),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
