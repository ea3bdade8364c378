/*
 * RESP: every request cut at every place, what must be refused, and answers
 * written and read again.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"
#include "proto/resp.h"

#define LEN(s) (sizeof(s) - 1)

/* Bytes that end where a page that may not be touched begins. */
struct fence {
	char  *map;
	size_t size;
};

static void
fence_open(struct fence *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	f->size = 32 * page;
	f->map = mmap(NULL, f->size + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(f->map != MAP_FAILED);
	assert_int_equal(mprotect(f->map + f->size, page, PROT_NONE), 0);
}

static const char *
fence_put(struct fence *f, const char *s, size_t n)
{
	assert_true(n <= f->size);
	memcpy(f->map + f->size - n, s, n);
	return (f->map + f->size - n);
}

static void
fence_close(struct fence *f)
{
	munmap(f->map, f->size + (size_t)sysconf(_SC_PAGESIZE));
}

/* What the arguments look like between bars. */
static const char *
shown(const struct resp_request *r)
{
	static char text[512];
	size_t	    i, n = 0;

	text[0] = '\0';
	for (i = 0; i < r->argc; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "|%.*s",
		    (int)r->argv[i].n, r->argv[i].p);
	return (text);
}

static void
test_request_cut_anywhere(void **state)
{
	static const struct {
		const char *bytes;
		const char *args;
	} good[] = {
		{ "*1\r\n$4\r\nPING\r\n", "|PING" },
		{ "*3\r\n$0\r\n\r\n$1\r\n*\r\n$2\r\n\r\n\r\n", "||*|\r\n" },
		{ "*0\r\n", "" },
		{ "\r\n", "" },
		{ "PING\r\n", "|PING" },
		{ "PING\n", "|PING" },
		{ "  get \t a  b \r\n", "|get|a|b" },
		{ "EVENT.ADD '{\"text\":\"it\\n\"}'\r\n",
		    "|EVENT.ADD|{\"text\":\"it\\n\"}" },
		{ "TICKET.NOTE 5 \"two words\" ''\r\n",
		    "|TICKET.NOTE|5|two words|" },
		{ "EVENT.ADD {\"a\":1}\n", "|EVENT.ADD|{\"a\":1}" },
		{ "CUSTOMER.FIND \xc4\x91\xc6\xa1n\r\n",
		    "|CUSTOMER.FIND|\xc4\x91\xc6\xa1n" },
	};
	struct resp_request r;
	struct fence	    f;
	const char	   *p;
	size_t		    i, n, cut;

	(void)state;
	fence_open(&f);
	for (i = 0; i < nitems(good); i++) {
		n = strlen(good[i].bytes);
		for (cut = 0; cut < n; cut++) {
			p = fence_put(&f, good[i].bytes, cut);
			assert_int_equal(
			    resp_request(&r, p, cut, &resp_stranger), 0);
			assert_int_equal(r.argc, 0);
		}
		p = fence_put(&f, good[i].bytes, n);
		assert_int_equal(
		    resp_request(&r, p, n, &resp_stranger), (ssize_t)n);
		assert_string_equal(shown(&r), good[i].args);
	}
	fence_close(&f);
}

/* Lengths rule: what is inside may be anything. */
static void
test_request_binary(void **state)
{
	static const char   bytes[] = "*2\r\n$4\r\nECHO\r\n$6\r\na\r\nb\0c\r\n";
	struct resp_request r;

	(void)state;
	assert_int_equal(resp_request(&r, bytes, LEN(bytes), &resp_stranger),
	    (ssize_t)LEN(bytes));
	assert_int_equal(r.argv[1].n, 6);
	assert_memory_equal(r.argv[1].p, "a\r\nb\0c", 6);
}

static void
test_request_bad(void **state)
{
	static const char *const bad[] = {
		"*-1\r\n",
		"*+1\r\n",
		"*01\r\n",
		"*65\r\n",
		"*1 \r\n",
		"*1\n",
		"*1\r\r",
		"*99999999999999999999999999\r\n",
		"*1\r\nPING\r\n",
		"*1\r\n+PING\r\n",
		"*1\r\n$-1\r\n",
		"*1\r\n$04\r\nPING\r\n",
		"*1\r\n$4\nPING\r\n",
		"*1\r\n$4\r\nPINGS\r\n",
		"*1\r\n$5\r\nPING\r\n!",
		"*1\r\n$1025\r\n",
		"*1\r\n$18446744073709551615\r\n",
		"*1\r\n*1\r\n",
		"\x16\x03\x01",
		"PI\001NG",
		"PING\r\r\n",
		"SAY \"half\r\n",
		"SAY 'half\r\n",
		"SAY 'a'b\r\n",
		"SAY \"a\\nb\"\r\n",
		"GET / HTTP/1.1\r\n",
		"POST /x HTTP/1.0\r\n",
	};
	struct resp_request r;
	size_t		    i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		if (resp_request(&r, bad[i], strlen(bad[i]), &resp_stranger) !=
		    -1)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(r.wrong);
		assert_int_equal(r.argc, 0);
	}
}

/* The limits hold to the byte, and before the bytes have come. */
static void
test_request_limits(void **state)
{
	static const char   three[] = "*3\r\n$10\r\n0123456789\r\n"
				      "$10\r\n0123456789\r\n$1\r\nx\r\n";
	struct resp_limits  limits = { 10, 40 };
	struct resp_request r;
	char		    line[200];
	size_t		    i;

	(void)state;
	assert_int_equal(resp_request(&r, "*1\r\n$10\r\n", 9, &limits), 0);
	assert_int_equal(resp_request(&r, "*1\r\n$11", 7, &limits), -1);
	assert_int_equal(
	    resp_request(&r, three, LEN(three), &resp_stranger), LEN(three));
	assert_int_equal(resp_request(&r, three, LEN(three), &limits), -1);
	assert_int_equal(resp_request(&r, three, 38, &limits), 0);
	limits.total = 38;
	assert_int_equal(resp_request(&r, three, 38, &limits), -1);
	/* A line without an end. */
	memset(line, 'x', sizeof line);
	assert_int_equal(resp_request(&r, line, 37, &limits), 0);
	assert_int_equal(resp_request(&r, line, 38, &limits), -1);
	/* 64 words are taken, 65 are not. */
	for (i = 0; i < sizeof line; i++)
		line[i] = i % 2 == 0 ? 'x' : ' ';
	line[128] = '\n';
	assert_int_equal(resp_request(&r, line, 129, &resp_stranger), 129);
	assert_int_equal(r.argc, RESP_ARGC_MAX);
	line[128] = 'x';
	line[129] = '\n';
	assert_int_equal(resp_request(&r, line, 130, &resp_stranger), -1);
}

static void
test_request_pipelined(void **state)
{
	static const char   two[] = "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n"
				    "$1\r\nx\r\nPING\r\n";
	struct resp_request r;
	ssize_t		    took;
	size_t		    at = 0;

	(void)state;
	took = resp_request(&r, two, LEN(two), &resp_known);
	assert_int_equal(took, 14);
	at += (size_t)took;
	took = resp_request(&r, two + at, LEN(two) - at, &resp_known);
	assert_true(resp_is(&r, 0, "echo"));
	assert_false(resp_is(&r, 0, "ECH"));
	assert_false(resp_is(&r, 2, "x"));
	at += (size_t)took;
	took = resp_request(&r, two + at, LEN(two) - at, &resp_known);
	assert_int_equal(at + (size_t)took, LEN(two));
	assert_string_equal(shown(&r), "|PING");
}

static void
test_error_is_one_line(void **state)
{
	struct buf b = { 0 };
	char	   longer[2000];

	(void)state;
	resp_error(&b, "INVALID", "a\r\n+OK\r\n\x1b[2J \xe2\x80\xae");
	assert_memory_equal(b.p, "-INVALID a", 10);
	assert_ptr_equal(memchr(b.p, '\r', b.n), b.p + b.n - 2);
	assert_ptr_equal(memchr(b.p, '\n', b.n), b.p + b.n - 1);
	assert_null(memchr(b.p, 0x1b, b.n));
	assert_null(strstr(b.p, "\xe2\x80\xae"));
	buf_reset(&b);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	resp_error(&b, "ERR", longer);
	assert_true(b.n < 520);
	buf_free(&b);
}

static json_t *
sample(void)
{
	json_t *j = json_loads("{\"n\":-5,\"t\":true,\"f\":false,\"z\":null,"
			       "\"r\":1.5,\"s\":\"\xc4\x91\\r\\n\",\"o\":{},"
			       "\"a\":[1,[],{\"x\":[\"\"]}]}",
	    0, NULL);

	assert_non_null(j);
	return (j);
}

static void
test_json_as_resp(void **state)
{
	static const char v2[] =
	    "*16\r\n$1\r\nn\r\n:-5\r\n$1\r\nt\r\n:1\r\n$1\r\nf\r\n:0\r\n"
	    "$1\r\nz\r\n$-1\r\n$1\r\nr\r\n$3\r\n1.5\r\n"
	    "$1\r\ns\r\n$4\r\n\xc4\x91\r\n\r\n$1\r\no\r\n*0\r\n"
	    "$1\r\na\r\n*3\r\n:1\r\n*0\r\n*2\r\n$1\r\nx\r\n*1\r\n$0\r\n\r\n";
	static const char v3[] =
	    "%8\r\n$1\r\nn\r\n:-5\r\n$1\r\nt\r\n#t\r\n$1\r\nf\r\n#f\r\n"
	    "$1\r\nz\r\n_\r\n$1\r\nr\r\n,1.5\r\n"
	    "$1\r\ns\r\n$4\r\n\xc4\x91\r\n\r\n$1\r\no\r\n%0\r\n"
	    "$1\r\na\r\n*3\r\n:1\r\n*0\r\n%1\r\n$1\r\nx\r\n*1\r\n$0\r\n\r\n";
	struct buf b = { 0 };
	json_t	  *j = sample();

	(void)state;
	resp_json(&b, 2, j);
	assert_string_equal(b.p, v2);
	buf_reset(&b);
	resp_json(&b, 3, j);
	assert_string_equal(b.p, v3);
	buf_free(&b);
	json_decref(j);
}

/* Written and read again, cut at every place on the way. */
static void
test_reply_cut_anywhere(void **state)
{
	struct resp_reply reply;
	struct buf	  b = { 0 };
	struct fence	  f;
	json_t		 *j = sample();
	size_t		  cut;

	(void)state;
	fence_open(&f);
	resp_json(&b, 3, j);
	for (cut = 0; cut < b.n; cut++) {
		assert_int_equal(
		    resp_read(&reply, fence_put(&f, b.p, cut), cut, 4096), 0);
		assert_null(reply.value);
	}
	assert_int_equal(resp_read(&reply, fence_put(&f, b.p, b.n), b.n, 4096),
	    (ssize_t)b.n);
	assert_int_equal(reply.kind, RESP_VALUE);
	assert_true(json_equal(reply.value, j));
	json_decref(reply.value);
	/* Past what the caller takes it is refused, whole or not. */
	assert_int_equal(resp_read(&reply, b.p, b.n, b.n - 1), -1);
	assert_int_equal(resp_read(&reply, b.p, 10, 10), -1);
	fence_close(&f);
	buf_free(&b);
	json_decref(j);
}

static void
test_reply_kinds(void **state)
{
	struct resp_reply r;
	ssize_t		  n;

	(void)state;
	n = resp_read(&r, "-NOTFOUND no such ticket\r\nrest", 30, 1000);
	assert_int_equal(n, 26);
	assert_int_equal(r.kind, RESP_REFUSED);
	assert_string_equal(r.code, "NOTFOUND");
	assert_string_equal(json_string_value(r.value), "no such ticket");
	json_decref(r.value);
	n = resp_read(&r, "-odd\r\n", 6, 1000);
	assert_int_equal(n, 6);
	assert_string_equal(r.code, "ERR");
	json_decref(r.value);
	n = resp_read(&r, ">2\r\n$4\r\nfeed\r\n:1\r\n", 18, 1000);
	assert_int_equal(n, 18);
	assert_int_equal(r.kind, RESP_PUSH);
	json_decref(r.value);
	n = resp_read(&r, "$-1\r\n", 5, 1000);
	assert_int_equal(n, 5);
	assert_true(json_is_null(r.value));
	/* No UTF-8, and a NUL: still text. */
	n = resp_read(&r, "$3\r\na\xff\0\r\n", 9, 1000);
	assert_int_equal(n, 9);
	assert_string_equal(json_string_value(r.value), "a??");
	json_decref(r.value);
}

static void
test_reply_bad(void **state)
{
	static const char *const bad[] = { "x\r\n", ":1x\r\n", ":\r\n",
		":9223372036854775808\r\n", "$-2\r\n", "$1\r\nab\r\n",
		"*1\r\n?\r\n", "%1\r\n:1\r\n:2\r\n", "#x\r\n", "_x\r\n",
		",1.5x\r\n", ":1\rx", "*-2\r\n", "*9999999999\r\n" };
	struct resp_reply	 r;
	struct buf		 deep = { 0 };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++)
		if (resp_read(&r, bad[i], strlen(bad[i]), 1000) != -1)
			fail_msg("taken: %s", bad[i]);
	for (i = 0; i <= RESP_DEPTH_MAX; i++)
		buf_str(&deep, "*1\r\n");
	buf_str(&deep, ":1\r\n");
	assert_int_equal(resp_read(&r, deep.p, deep.n, 1000), -1);
	assert_int_equal(
	    resp_read(&r, deep.p + 4, deep.n - 4, 1000), (ssize_t)deep.n - 4);
	json_decref(r.value);
	buf_free(&deep);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_cut_anywhere),
		cmocka_unit_test(test_request_binary),
		cmocka_unit_test(test_request_bad),
		cmocka_unit_test(test_request_limits),
		cmocka_unit_test(test_request_pipelined),
		cmocka_unit_test(test_error_is_one_line),
		cmocka_unit_test(test_json_as_resp),
		cmocka_unit_test(test_reply_cut_anywhere),
		cmocka_unit_test(test_reply_kinds),
		cmocka_unit_test(test_reply_bad),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
