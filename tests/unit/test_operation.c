/*
 * The table of operations itself: what its rows promise to everything that is
 * read from them, and the questions asked of it.
 */
#include <ctype.h>

#include "unit.h"
#include "proto/openapi.h"
#include "proto/operation.h"

static const struct op_arg *
arg_named(const struct op *op, const char *name, size_t n)
{
	const struct op_arg *a;

	for (a = op->args; a->type != ARG_END; a++)
		if (strlen(a->name) == n && memcmp(a->name, name, n) == 0)
			return (a);
	return (NULL);
}

static void
test_rows_are_whole(void **state)
{
	const struct op *op;
	size_t		 i;

	(void)state;
	for (i = 0; i < OP_COUNT; i++) {
		op = &ops[i];
		assert_non_null(op->name);
		assert_non_null(op->args);
		assert_int_equal(op_id(op), i);
		assert_ptr_equal(op_find(op->name, strlen(op->name)), op);
		assert_true(op->role >= ROLE_PUBLIC && op->role <= ROLE_ADMIN);
		/* A sentence: a capital letter, a full stop, one line. */
		assert_true(isupper((unsigned char)op->help[0]));
		assert_int_equal(op->help[strlen(op->help) - 1], '.');
		assert_true(strlen(op->help) <= 80);
		/* By SQL: a function; read by GET, written by others. */
		if (op->way == BY_SQL)
			assert_non_null(op->sql);
		if (op->method == HTTP_GET)
			assert_false(op->writes);
		else if (op->method != HTTP_NONE)
			assert_true(op->writes);
	}
}

static void
test_args_are_whole(void **state)
{
	const struct op_arg *a, *b;
	const char	    *p;
	bool		     optional;
	size_t		     i;

	(void)state;
	for (i = 0; i < OP_COUNT; i++) {
		optional = false;
		for (a = ops[i].args; a->type != ARG_END; a++) {
			assert_true(a->help != NULL && a->help[0] != '\0');
			for (p = a->name; *p != '\0'; p++)
				assert_true(
				    *p == '_' || islower((unsigned char)*p));
			/* Required ones first. */
			assert_false(optional && !a->optional);
			optional = a->optional;
			assert_true(a->min <= a->max);
			assert_int_equal(a->type == ARG_ENUM, a->words != NULL);
			for (b = ops[i].args; b < a; b++)
				assert_string_not_equal(a->name, b->name);
		}
		assert_true(op_nrequired(&ops[i]) < 64 / 2);
	}
}

/* No two rows can be meant by one name or one request. */
static void
test_rows_differ(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < OP_COUNT; i++)
		for (j = 0; j < i; j++) {
			assert_true(strcasecmp(ops[i].name, ops[j].name) != 0);
			if (ops[i].sql != NULL && ops[j].sql != NULL)
				assert_string_not_equal(ops[i].sql, ops[j].sql);
			if (ops[i].method == HTTP_NONE ||
			    ops[i].method != ops[j].method)
				continue;
			assert_string_not_equal(ops[i].path, ops[j].path);
		}
}

/* A sample of each path is that row's and no other's. */
static void
test_paths_match_their_rows(void **state)
{
	struct op_match m;
	char		path[256];
	const char     *t;
	size_t		i, n, holes;

	(void)state;
	for (i = 0; i < OP_COUNT; i++) {
		if (ops[i].method == HTTP_NONE)
			continue;
		assert_int_equal(ops[i].path[0], '/');
		for (n = holes = 0, t = ops[i].path; *t != '\0'; t++) {
			path[n++] = *t == '{' ? '7' : *t;
			if (*t == '{') {
				holes++;
				assert_non_null(arg_named(
				    &ops[i], t + 1, strcspn(t + 1, "}")));
				t = strchr(t, '}');
			}
		}
		assert_true(holes <= OP_PATH_MAX);
		assert_true(op_match(&m, ops[i].method, path, n));
		assert_ptr_equal(m.op, &ops[i]);
		assert_int_equal(m.n, holes);
		assert_true(m.allowed & BIT(ops[i].method));
	}
}

static void
test_match(void **state)
{
	struct op_match m;
	const char     *p;

	(void)state;
	p = "/api/v1/tickets/12/transfer";
	assert_true(op_match(&m, HTTP_POST, p, strlen(p)));
	assert_int_equal(op_id(m.op), OP_TICKET_TRANSFER);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.names[0]->name, "ticket");
	assert_ptr_equal(m.values[0], p + 16);
	assert_int_equal(m.lengths[0], 2);
	/* Known, but not by this method: what is allowed is told. */
	assert_false(op_match(&m, HTTP_GET, p, strlen(p)));
	assert_null(m.op);
	assert_int_equal(m.allowed, BIT(HTTP_POST));
	/* A path is whole, nothing in it is empty, case counts. */
	assert_false(op_match(&m, HTTP_POST, p, strlen(p) - 1));
	assert_int_equal(m.allowed, 0);
	assert_false(op_match(&m, HTTP_GET, "/api/v1/tickets/", 16));
	assert_false(op_match(&m, HTTP_GET, "/API/v1/tickets", 15));
	assert_false(op_match(&m, HTTP_GET, "/api/v1/tickets/1/", 18));
	assert_false(op_match(&m, HTTP_GET, "", 0));
	assert_true(op_match(&m, HTTP_GET, "/api/v1/tickets", 15));
}

static void
test_find(void **state)
{
	(void)state;
	assert_ptr_equal(op_find("ticket.get", 10), &ops[OP_TICKET_GET]);
	assert_ptr_equal(op_find("TICKET.GET!", 10), &ops[OP_TICKET_GET]);
	assert_null(op_find("TICKET.GET", 9));
	assert_null(op_find("", 0));
	assert_int_equal(role_find("agent"), ROLE_AGENT);
	assert_int_equal(role_find(role_name(ROLE_ADMIN)), ROLE_ADMIN);
	assert_int_equal(role_find("Agent"), 0);
	assert_int_equal(role_find(""), 0);
}

static void
test_arg_check(void **state)
{
	static const char words[] = "new|open";
	static const struct {
		struct op_arg arg;
		const char   *value;
		bool	      good;
	} cases[] = {
		{ { .type = ARG_ID, .min = 1, .max = INT64_MAX }, "1", true },
		{ { .type = ARG_ID, .min = 1, .max = INT64_MAX }, "01", false },
		{ { .type = ARG_ID, .min = 1, .max = INT64_MAX }, "+1", false },
		{ { .type = ARG_ID, .min = 1, .max = INT64_MAX }, "", false },
		{ { .type = ARG_ID, .min = 1, .max = INT64_MAX }, " 1", false },
		{ { .type = ARG_INT, .min = 0, .max = 9 }, "0", true },
		{ { .type = ARG_INT, .min = 0, .max = 9 }, "10", false },
		{ { .type = ARG_INT, .min = 0, .max = INT64_MAX },
		    "99999999999999999999", false },
		{ { .type = ARG_NAME, .min = 1, .max = 3 }, "a.b", true },
		{ { .type = ARG_NAME, .min = 1, .max = 3 }, "a.bc", false },
		{ { .type = ARG_NAME, .min = 1, .max = 3 }, "a b", false },
		{ { .type = ARG_NAME, .min = 1, .max = 3 }, "", false },
		{ { .type = ARG_NAME, .min = 1, .max = 9 }, "đ", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "Gấp", true },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "a b", true },
		{ { .type = ARG_LABEL, .min = 1, .max = 4 }, "Gấp", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, " a", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "a ", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "a\tb", false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "\xc2\x85",
		    false },
		{ { .type = ARG_LABEL, .min = 1, .max = 9 }, "\xc4", false },
		{ { .type = ARG_TEXT, .min = 0, .max = 2 }, "", true },
		{ { .type = ARG_TEXT, .min = 1, .max = 2 }, "", false },
		{ { .type = ARG_TEXT, .min = 0, .max = 2 }, "đ", true },
		{ { .type = ARG_TEXT, .min = 0, .max = 2 }, "đa", false },
		{ { .type = ARG_TEXT, .min = 0, .max = 2 }, "\xc4", false },
		{ { .type = ARG_ENUM, .words = words }, "open", true },
		{ { .type = ARG_ENUM, .words = words }, "ope", false },
		{ { .type = ARG_ENUM, .words = words }, "new|open", false },
		{ { .type = ARG_ENUM, .words = words }, "", false },
		{ { .type = ARG_BOOL }, "yes", true },
		{ { .type = ARG_BOOL }, "YES", false },
		{ { .type = ARG_BOOL }, "1", false },
		{ { .type = ARG_UUID }, "3f2b8c1e-0000-4000-8000-0123456789ab",
		    true },
		{ { .type = ARG_UUID }, "3F2b8c1e-0000-4000-8000-0123456789ab",
		    false },
		{ { .type = ARG_UUID }, "3f2b8c1e00000-4000-8000-0123456789a",
		    false },
		{ { .type = ARG_OFFSET, .max = 41 }, "$", true },
		{ { .type = ARG_OFFSET, .max = 41 }, "0", true },
		{ { .type = ARG_OFFSET, .max = 41 }, "17-3", true },
		{ { .type = ARG_OFFSET, .max = 41 }, "17-", false },
		{ { .type = ARG_OFFSET, .max = 41 }, "-3", false },
		{ { .type = ARG_OFFSET, .max = 41 }, "17", false },
		{ { .type = ARG_OFFSET, .max = 41 }, "1-2-3", false },
		{ { .type = ARG_LIST, .max = 4 }, "[{}]", true },
		{ { .type = ARG_LIST, .max = 4 }, "[{} ]", false },
	};
	const char *wrong;
	size_t	    i;

	(void)state;
	for (i = 0; i < nitems(cases); i++) {
		if (arg_check(&cases[i].arg, cases[i].value,
			strlen(cases[i].value), &wrong) != cases[i].good)
			fail_msg("%s as %s", cases[i].value,
			    arg_type_name(cases[i].arg.type));
	}
	assert_false(arg_check(&cases[13].arg, "a\0", 2, &wrong));
}

/* Every row stands in both documents, and the references lead somewhere. */
static void
test_documents(void **state)
{
	struct buf  page = { 0 }, usage = { 0 };
	json_t	   *doc = openapi_make("1"), *paths, *path, *o;
	const char *method;
	size_t	    i, count = 0;

	(void)state;
	paths = json_object_get(doc, "paths");
	reference_page(&page);
	for (i = 0; i < OP_COUNT; i++) {
		buf_reset(&usage);
		reference_usage(&usage, &ops[i]);
		assert_non_null(strstr(page.p, usage.p));
		if (ops[i].method == HTTP_NONE)
			continue;
		path = json_object_get(paths, ops[i].path);
		json_object_foreach (path, method, o)
			if (strcmp(json_string_value(
				       json_object_get(o, "operationId")),
				ops[i].name) == 0) {
				count++;
				assert_int_equal(
				    strcasecmp(
					method, method_name(ops[i].method)),
				    0);
			}
	}
	for (i = 0; i < OP_COUNT; i++)
		count -= ops[i].method != HTTP_NONE;
	assert_int_equal(count, 0);
	assert_string_equal(
	    json_string_value(json_object_get(doc, "openapi")), "3.1.0");
	json_decref(doc);
	buf_free(&page);
	buf_free(&usage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_args_are_whole),
		cmocka_unit_test(test_rows_differ),
		cmocka_unit_test(test_paths_match_their_rows),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_arg_check),
		cmocka_unit_test(test_documents),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
