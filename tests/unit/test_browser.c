/*
 * Browsers in words.  The lines are in the form that each browser documents.
 */
#include "unit.h"
#include "base/def.h"
#include "desk/browser.h"

static void
test_words(void **state)
{
	static const char *const known[][2] = {
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) "
		  "Gecko/20100101 Firefox/128.0",
		    "Firefox, Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
		  "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
		  "Safari/537.36",
		    "Chrome, Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
		  "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
		  "Safari/537.36 Edg/126.0.0.0",
		    "Edge, Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
		  "AppleWebKit/537.36 (KHTML, like Gecko) "
		  "coc_coc_browser/126.0 Chrome/120.0.0.0 Safari/537.36",
		    "Cốc Cốc, Windows" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
		  "Safari/605.1.15",
		    "Safari, macOS" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
		  "Mobile/15E148 Safari/604.1",
		    "Safari, iPhone" },
		{ "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 "
		  "(KHTML, like Gecko) SamsungBrowser/25.0 "
		  "Chrome/121.0.0.0 Mobile Safari/537.36",
		    "Samsung Internet, Android" },
		{ "curl/7.88.1", "curl" },
		{ "Mozilla/5.0 (X11; Linux x86_64)", "Linux" },
		{ "", "" },
		{ NULL, "" },
		{ "<script>alert(1)</script>\r\nX: y\xff", "" },
	};
	char   out[BROWSER_WORDS];
	size_t i;

	(void)state;
	for (i = 0; i < nitems(known); i++) {
		browser_words(out, known[i][0]);
		assert_string_equal(out, known[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
