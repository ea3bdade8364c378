/*
 * proto/formdata: forms as browsers post them, cut short at every place, and
 * written to deceive.
 */
#include "proto/formdata.h"
#include "unit.h"

#define TYPE "multipart/form-data; boundary=\"x y\""
#define KIND "multipart/form-data; boundary=----b"
#define MARK "------b"

static const char whole[] = "before\r\n" MARK "\r\n"
			    "Content-Disposition: form-data; name=\"text\"\r\n"
			    "\r\nm\xe1\xbb\x99t\r\n------ hai\r\n" MARK " \r\n"
			    "content-disposition:form-data; name=\"files\"; "
			    "filename=\"a\\b;name=c.png\"\r\n"
			    "Content-Type: image/png\r\n\r\n\r\n" MARK "--\r\n"
			    "after";

static void
test_browser(void **state)
{
	struct form	 f;
	struct form_part p;

	(void)state;
	assert_true(form_begin(&f, KIND, whole, sizeof whole - 1));
	assert_int_equal(form_next(&f, &p), 1);
	assert_int_equal(p.nname, 4);
	assert_memory_equal(p.name, "text", 4);
	assert_null(p.file);
	assert_int_equal(p.n, 5 + 2 + 10);
	assert_int_equal(form_next(&f, &p), 1);
	assert_int_equal(p.nname, 5);
	assert_memory_equal(p.name, "files", 5);
	assert_int_equal(p.nfile, 14);
	assert_memory_equal(p.file, "a\\b;name=c.png", 14);
	assert_int_equal(p.ntype, 9);
	assert_int_equal(p.n, 0);
	assert_int_equal(form_next(&f, &p), 0);
}

/* Cut anywhere before its end it is never whole. */
static void
test_cut(void **state)
{
	size_t		 whole_n = sizeof whole - 1 - strlen("--\r\nafter");
	struct form	 f;
	struct form_part p;
	size_t		 n;
	int		 got;

	(void)state;
	for (n = 0; n <= whole_n; n++) {
		assert_true(form_begin(&f, KIND, whole, n));
		while ((got = form_next(&f, &p)) == 1)
			assert_true(p.bytes + p.n <= whole + n);
		assert_int_equal(got, -1);
	}
}

static void
test_types(void **state)
{
	static const char *const bad[] = { "", "text/plain",
		"multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"a", TYPE,
		"multipart/form-data; xboundary=a",
		"multipart/form-data; boundary="
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaa" };
	struct form		 f;
	size_t			 i;

	(void)state;
	assert_false(form_begin(&f, NULL, "", 0));
	for (i = 0; i < nitems(bad); i++)
		assert_false(form_begin(&f, bad[i], "", 0));
	assert_true(
	    form_begin(&f, "Multipart/Form-Data; BOUNDARY=\"a\"", "", 0));
}

/* Heads that no browser writes. */
static void
test_heads(void **state)
{
	static const char *const bad[] = {
		"--a\r\n\r\nno name\r\n--a--",
		"--a\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\n"
		"x\r\n--a--",
		"--a\r\nContent-Disposition: form-data; name=\"x\r\n\r\nx\r\n"
		"--a--",
		"--a\r\nno colon\r\n\r\nx\r\n--a--",
		"--aContent-Disposition: form-data; name=x\r\n\r\nx\r\n--a--",
	};
	struct form	 f;
	struct form_part p;
	size_t		 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		assert_true(form_begin(&f, "multipart/form-data; boundary=a",
		    bad[i], strlen(bad[i])));
		assert_int_equal(form_next(&f, &p), -1);
	}
}

static void
test_many(void **state)
{
	static const char part[] = "--a\r\nContent-Disposition: form-data; "
				   "name=n\r\n\r\nv\r\n";
	static char	  all[(FORM_PARTS_MAX + 1) * sizeof part];
	struct form	  f;
	struct form_part  p;
	size_t		  i, n = 0;

	(void)state;
	for (i = 0; i <= FORM_PARTS_MAX; i++, n += sizeof part - 1)
		memcpy(all + n, part, sizeof part - 1);
	assert_true(form_begin(&f, "multipart/form-data; boundary=a", all, n));
	for (i = 0; i < FORM_PARTS_MAX; i++)
		assert_int_equal(form_next(&f, &p), 1);
	assert_int_equal(form_next(&f, &p), -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_browser),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
