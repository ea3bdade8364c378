/*
 * HTML as text: what a reader sees, and what a writer of bombs does not get.
 */
#include <time.h>

#include "unit.h"
#include "base/buf.h"
#include "base/def.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/htmltext.h"

#define NBSP "\xc2\xa0"

static void
test_readable(void **state)
{
	static const struct {
		const char *html;
		const char *text;
	} rows[] = {
		{ "", "" },
		{ "plain  text\n here", "plain text here" },
		{ "<p>one</p><p>two</p>", "one\n\ntwo" },
		{ "<div>one<div>two</div></div>three", "one\ntwo\nthree" },
		{ "one<br>two<br/><br>three", "one\ntwo\n\nthree" },
		{ "<P CLASS=x>one<BR/>two", "one\ntwo" },
		{ "<b>bo</b>ld <i>it</i>", "bold it" },
		{ "a" NBSP "b&nbsp;c&#160;d", "a b c d" },
		{ "&lt;b&gt; &amp;amp; &quot;&apos;&eacute;&#x111;&#150;",
		    "<b> &amp; \"'\xc3\xa9\xc4\x91\xe2\x80\x93" },
		{ "AT&T &unknown; & &#; &#xZ;", "AT&T &unknown; & &#; &#xZ;" },
		{ "&#0;&#xd800;&#x110000;&#99999999999;",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "<a href=\"https://shop.example/?a=1&amp;b=2\">here</a>!",
		    "here (https://shop.example/?a=1&b=2)!" },
		{ "<a href='https://shop.example/'>https://shop.example/</a>",
		    "https://shop.example/" },
		{ "<a href=mailto:an@shop.example>An</a>",
		    "An (an@shop.example)" },
		{ "<a href=\"javascript:alert(1)\">x</a><a name=y>z</a>",
		    "xz" },
		{ "<a href=https://a/>one<a href=https://b/>two</a>",
		    "one (https://a/)two (https://b/)" },
		{ "<ul><li>one<li>two</ul>",
		    "\xe2\x80\xa2 one\n\xe2\x80\xa2 two" },
		{ "<table><tr><td>a</td><td>b</td></tr>"
		  "<tr><td>c</td><td>d</td></tr></table>",
		    "a | b\nc | d" },
		{ "<pre>a  b\n c</pre>d", "a  b\n c\n\nd" },
		{ "<img alt=\"a &amp; cat\" src=x><img src=y>", "a & cat" },
		{ "a<hr>b", "a\n---\nb" },
		{ "<head><title>no</title><style>p{}</style></head>yes",
		    "yes" },
		{ "<script>if (a<b) { \"</p>\" }</script>yes", "yes" },
		{ "<script>no</scripture>no</script >yes", "yes" },
		{ "<!doctype html><!-- <p>no --><?xml no?>yes", "yes" },
		{ "<!-->a<!--->b<!-- c --!>d<!-- -- >e -->f", "abdf" },
		{ "<svg><text>no</text></svg>yes", "yes" },
		{ "<p title='>'>a</p", "a" },
		{ "a < b <3 <> </> c", "a < b <3 <> c" },
		{ "<style>never closed", "" },
		{ "zero\xe2\x80\x8bwidth so\xc2\xad"
		  "ft",
		    "zerowidth soft" },
		{ "bad \xff bytes", "bad \xef\xbf\xbd bytes" },
		{ "\xc4\x91\xc6\xa1n <b>h\xc3\xa0ng</b>",
		    "\xc4\x91\xc6\xa1n h\xc3\xa0ng" },
	};
	struct buf b;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		buf_init(&b, 1000);
		html_text(&b, rows[i].html, strlen(rows[i].html));
		if (strcmp(b.n != 0 ? b.p : "", rows[i].text) != 0)
			fail_msg("%s: got \"%s\", not \"%s\"", rows[i].html,
			    b.n != 0 ? b.p : "", rows[i].text);
		buf_free(&b);
	}
}

/* Cut anywhere it is still UTF-8 and nothing is read past the end. */
static void
test_cut_anywhere(void **state)
{
	static const char html[] = "<p id='a\"'>\xc4\x91&eacute;&#x111;"
				   "<a href=\"https://b/?c=%20\">d</a>"
				   "<!-- e --><style>f</style><img alt=g>";
	char		 *copy;
	struct buf	  b;
	size_t		  n;

	(void)state;
	for (n = 0; n < sizeof html; n++) {
		copy = xmalloc(n); /* no NUL behind it: ASan sees a slip */
		memcpy(copy, html, n);
		buf_init(&b, 1000);
		html_text(&b, copy, n);
		assert_true(b.n == 0 || utf8_valid(b.p, b.n));
		buf_free(&b);
		free(copy);
	}
}

static void
test_stops_at_the_cap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	html_text(&b, "12345678", 8);
	assert_true(buf_full(&b));
	assert_string_equal(b.p, "12345");
	buf_free(&b);
}

/* Each of these brings a tree builder down; here time is as their length. */
static void
test_bombs(void **state)
{
	static const char *const bits[] = { "<b>", "<b x=1>",
		"<a href=", "<div>", "</p>", "<table>", "<svg>", "<!--", "<",
		"&", "&#", "<p a", " a", "<script>", "<a><p>",
		"<a href='https://x'>" };
	enum { LENGTH = 1 << 20 };
	struct buf in, out;
	clock_t	   began;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(bits); i++) {
		buf_init(&in, LENGTH);
		buf_str(&in, "<div ");
		while (!buf_full(&in))
			buf_str(&in, bits[i]);
		buf_init(&out, LENGTH);
		began = clock();
		html_text(&out, in.p, in.n);
		/*
		 * Of the processor's time, which is the same however busy the
		 * machine is: a second is a hundred times too much, and what
		 * is quadratic takes hours.
		 */
		assert_true(clock() - began < 30 * CLOCKS_PER_SEC);
		assert_true(out.n <= LENGTH);
		buf_free(&in);
		buf_free(&out);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_stops_at_the_cap),
		cmocka_unit_test(test_bombs),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
