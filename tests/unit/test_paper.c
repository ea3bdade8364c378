/*
 * A report as HTML and as text: what its words say never becomes markup, and
 * what is not there is passed over.
 */
#include "unit.h"
#include <jansson.h>
#include "base/buf.h"
#include "desk/paper.h"

static json_t *
read_json(const char *s)
{
	json_t *j = json_loads(s, 0, NULL);

	assert_non_null(j);
	return (j);
}

static char *
html_of(const json_t *paper)
{
	struct buf b;

	buf_init(&b, 0);
	paper_html(&b, paper);
	buf_char(&b, '\0');
	return (buf_take(&b, NULL));
}

static void
test_tables(void **state)
{
	json_t	  *paper = read_json("{\"lang\":\"vi\",\"title\":\"Báo cáo\","
					"\"lead\":\"Từ 1 tới 7\",\"foot\":\"Hết\","
					"\"sections\":[{\"title\":\"Điểm\","
					"\"columns\":[\"Bộ phận\",\"CSAT\",\"n\"],"
					"\"numbers\":[false,true,true],"
					"\"rows\":[[\"Kho\",\"4,4\",\"12\"]]},"
					"{\"title\":\"Chủ đề\",\"columns\":[],"
					"\"rows\":[],\"none\":\"Chưa có gì.\"}]}");
	char	  *html = html_of(paper);
	struct buf text;

	(void)state;
	assert_non_null(strstr(html, "<html lang=\"vi\">"));
	assert_non_null(
	    strstr(html, "text-align:right;white-space:nowrap;\">4,4</td>"));
	assert_non_null(strstr(html, ">Chưa có gì.</p>"));
	free(html);
	buf_init(&text, 0);
	paper_text(&text, paper);
	buf_char(&text, '\0');
	assert_string_equal(text.p,
	    "Báo cáo\nTừ 1 tới 7\n\nĐiểm\n* Kho: CSAT: 4,4; n: 12\n\n"
	    "Chủ đề\nChưa có gì.\n\nHết\n");
	buf_free(&text);
	json_decref(paper);
}

static void
test_hostile(void **state)
{
	static const char *const papers[] = { "{}", "[]", "{\"sections\":7}",
		"{\"sections\":[7,{\"rows\":[7,[7,{}]],\"columns\":\"x\"}]}",
		"{\"title\":{\"a\":1},\"sections\":[{\"rows\":[[]]}]}" };
	json_t			*paper = read_json(
			     "{\"title\":\"<script>\\u202e\",\"sections\":[{\"title\":\"a\","
					      "\"columns\":[\"<b>\"],\"rows\":[[\"\\\"><img src=x>\"]]}]}");
	char  *html = html_of(paper);
	size_t i;

	(void)state;
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "<img"));
	assert_null(strstr(html, "<b>"));
	assert_null(strstr(html, "\xe2\x80\xae"));
	assert_non_null(strstr(html, "&lt;script&gt;"));
	free(html);
	json_decref(paper);
	for (i = 0; i < nitems(papers); i++) {
		paper = read_json(papers[i]);
		html = html_of(paper);
		assert_non_null(strstr(html, "</html>"));
		free(html);
		json_decref(paper);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_hostile),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
