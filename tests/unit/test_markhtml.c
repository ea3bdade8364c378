/*
 * Light marks as HTML.  The rows within a line are those of the client's
 * lib/marks.test.ts.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/def.h"
#include "base/mem.h"
#include "desk/markhtml.h"

static void
becomes(const char *text, const char *html)
{
	struct buf b = { 0 };
	char	  *exact;
	size_t	   n = strlen(text);

	/* Nothing is read past the end. */
	exact = xmalloc(n > 0 ? n : 1);
	memcpy(exact, text, n);
	markhtml(&b, exact, n);
	assert_string_equal(b.p != NULL ? b.p : "", html);
	buf_free(&b);
	free(exact);
}

static void
test_within_a_line(void **state)
{
	static const char *const rows[][2] = {
		{ "gọi lại lúc **15:00** nhé",
		    "gọi lại lúc <strong>15:00</strong> nhé" },
		{ "*rất* tiếc", "<em>rất</em> tiếc" },
		{ "**đậm *và nghiêng***",
		    "<strong>đậm <em>và nghiêng</em></strong>" },
		{ "2 * 3 * 4", "2 * 3 * 4" },
		{ "a*b*c", "a*b*c" },
		{ "**", "**" },
		{ "****", "****" },
		{ "** không **", "** không **" },
		{ "**chưa hết", "**chưa hết" },
		{ "xem https://shop.example/a).",
		    "xem <a href=\"https://shop.example/a\">"
		    "https://shop.example/a</a>)." },
		{ "[đơn hàng](https://shop.example/d)",
		    "<a href=\"https://shop.example/d\">đơn hàng</a>" },
		{ "[x](javascript:alert(1))", "[x](javascript:alert(1))" },
		{ "[x](https://a\"b)",
		    "[x](<a href=\"https://a\">https://a</a>&quot;b)" },
		{ "**[x](https://a.example)**",
		    "<strong><a href=\"https://a.example\">x</a></strong>" },
		{ "https://", "https://" },
		{ "😀 **ờ** ừ", "😀 <strong>ờ</strong> ừ" },
		{ "<b>*&*", "&lt;b&gt;<em>&amp;</em>" },
		{ "[<](https://a.example/?b&c)",
		    "<a href=\"https://a.example/?b&amp;c\">&lt;</a>" },
		{ "[https://b.example](https://a.example)",
		    "<a href=\"https://a.example\">https://b.example</a>" },
		{ "[", "[" },
		{ "[]()", "[]()" },
		{ "[a](", "[a](" },
	};
	struct buf want;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		want = (struct buf){ 0 };
		buf_str(&want, "<p>");
		buf_str(&want, rows[i][1]);
		buf_str(&want, "</p>\n");
		becomes(rows[i][0], want.p);
		buf_free(&want);
	}
}

static void
test_blocks(void **state)
{
	(void)state;
	becomes("", "");
	becomes("\n \n\t\n", "");
	becomes("một\r\nhai\n\nba", "<p>một<br>\nhai</p>\n<p>ba</p>\n");
	becomes("- một\n* hai\n• ba\n",
	    "<ul>\n<li>một</li>\n<li>hai</li>\n<li>ba</li>\n</ul>\n");
	becomes("1. một\n22) *hai*\nxong",
	    "<ol>\n<li>một</li>\n<li><em>hai</em></li>\n</ol>\n<p>xong</p>\n");
	becomes("> trích\n>dẫn\n- a",
	    "<blockquote style=\"margin:0 0 0 .8ex;"
	    "border-left:1px solid #ccc;padding-left:1ex\">\n"
	    "trích<br>\ndẫn</blockquote>\n<ul>\n<li>a</li>\n</ul>\n");
	becomes("-\n- \n-x\n1.\n1234. x\n1.x",
	    "<p>-<br>\n- <br>\n-x<br>\n1.<br>\n1234. x<br>\n1.x</p>\n");
}

/* Marks that open and never close cost no more than their length. */
static void
test_many_that_never_close(void **state)
{
	struct buf text = { 0 }, html = { 0 };
	size_t	   i;

	(void)state;
	for (i = 0; i < 200000; i++)
		buf_str(&text, i % 2 ? " *a" : " **b [c");
	markhtml(&html, text.p, text.n);
	assert_int_equal(html.n, text.n + strlen("<p></p>\n"));
	buf_free(&text);
	buf_free(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_within_a_line),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_many_that_never_close),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
