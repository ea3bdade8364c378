/*
 * A survey's mail: what can be tapped, the way out, and that no word becomes
 * markup or a header.
 */
#include "unit.h"
#include "base/def.h"
#include "desk/compose.h"
#include "desk/surveymail.h"

#define URL "https://desk.example/survey/tok-EN_1"

static const struct surveymail nps = {
	.company = "An T\u00e2m",
	.question = "D\u1ea1, gi\u1edbi thi\u1ec7u ch\u1ee9 \u1ea1?",
	.about = "\u0110\u01a1n DH1, giao ng\u00e0y 21/11.",
	.nscores = 3,
	.scores = { 0, 1, 2 },
	.urls = { URL "?score=0", URL "?score=1", URL "?score=2" },
	.low = "0 \u00b7 kh\u00f4ng \u0111\u00e2u",
	.high = "10 \u00b7 ch\u1eafc ch\u1eafn",
	.url = URL,
	.open = "Tr\u1ea3 l\u1eddi",
	.foot = "M\u1ed9t ch\u1ea1m.",
	.leave_url = URL "/leave",
	.leave = "Kh\u00f4ng nh\u1eadn n\u1eefa",
};

static struct buf out;

static size_t
count(const char *what)
{
	const char *s = out.p;
	size_t	    n = 0;

	for (; s != NULL && (s = strstr(s, what)) != NULL; s++)
		n++;
	return (n);
}

static void
write_one(const struct surveymail *m)
{
	buf_free(&out);
	buf_init(&out, 0);
	surveymail(&out, m);
	buf_char(&out, '\0');
}

static void
test_scale(void **state)
{
	(void)state;
	write_one(&nps);
	assert_int_equal(count("<a href=\""), 4);
	assert_int_equal(count("href=\"" URL "?score=2\""), 1);
	assert_int_equal(count("href=\"" URL "/leave\""), 1);
	assert_int_equal(count("lang=\"vi\""), 1);
	assert_int_equal(count("kh\u00f4ng \u0111\u00e2u"), 1);
	assert_int_equal(count("<script"), 0);
	assert_int_equal(count("<style"), 0);
}

/* Eleven scores stand in two rows: a telephone is 320 px wide. */
static void
test_rows(void **state)
{
	struct surveymail m = nps;
	size_t		  i;

	(void)state;
	for (i = 0; i < 11; i++) {
		m.scores[i] = (int)i;
		m.urls[i] = URL;
	}
	m.nscores = 11;
	write_one(&m);
	assert_int_equal(count("</tr><tr><td align=\"center\""), 1);
	m.nscores = 7;
	write_one(&m);
	assert_int_equal(count("</tr><tr><td align=\"center\""), 0);
}

static void
test_words(void **state)
{
	struct surveymail m = nps;

	(void)state;
	m.words[0] = "R\u1ea5t t\u1ed1t";
	m.words[1] = "<b>";
	m.words[2] = "x";
	m.english = true;
	write_one(&m);
	assert_int_equal(count("<tr><td style=\"border:1px"), 3);
	assert_int_equal(count("&lt;b&gt;"), 1);
	assert_int_equal(count("lang=\"en\""), 1);
}

/* A question without a scale has a button. */
static void
test_button(void **state)
{
	struct surveymail m = nps;

	(void)state;
	m.nscores = 0;
	m.company = NULL;
	m.about = NULL;
	write_one(&m);
	assert_int_equal(count("href=\"" URL "\""), 1);
	assert_int_equal(count("Tr\u1ea3 l\u1eddi"), 1);
}

static void
test_escaped(void **state)
{
	struct surveymail m = nps;

	(void)state;
	m.company = "</td><script>alert(1)</script>";
	m.question = "\"><img src=x>\r\nBcc: a@b";
	m.about = "\xe2\x80\xae reversed";
	m.foot = "<a href='x'>";
	m.leave = "&amp;";
	write_one(&m);
	assert_int_equal(count("<script"), 0);
	assert_int_equal(count("<img"), 0);
	assert_int_equal(count("\xe2\x80\xae"), 0);
	assert_int_equal(count("<a href='x'>"), 0);
	assert_int_equal(count("&amp;amp;"), 1);
}

static void
compose_one(const struct surveymail *m)
{
	struct composing w;
	const char	*wrong;
	struct compose	 c = { .from = "hello@shop.example",
		  .to = "lan@customer.example",
		  .subject = "M\u1ed9t c\u00e2u h\u1ecfi",
		  .message_id = "t1.00112233445566778899@shop.example",
		  .text = "Hello " URL,
		  .automatic = "auto-generated",
		  .survey = m,
		  .leave_url = m != NULL ? m->leave_url : NULL };

	buf_free(&out);
	buf_init(&out, 0);
	assert_true(compose_begin(&w, &out, &c, &wrong));
	compose_end(&w, &out);
	buf_char(&out, '\0');
	/* Its head alone. */
	*strstr(out.p, "\r\n\r\n") = '\0';
}

static void
test_leave(void **state)
{
	static const char *const bad[] = { "https://x.example/\r\nBcc: a@b.c",
		"https://x.example/a b", "javascript:alert(1)",
		"https://x.example/>", "https://x.example/\u0111", "" };
	struct surveymail	 m = nps;
	size_t			 i;

	(void)state;
	compose_one(&m);
	assert_int_equal(count("\r\nList-Unsubscribe: <" URL "/leave>\r\n"), 1);
	assert_int_equal(count("\r\nList-Unsubscribe-Post: "
			       "List-Unsubscribe=One-Click\r\n"),
	    1);
	assert_int_equal(count("\r\nAuto-Submitted: auto-generated\r\n"), 1);
	assert_int_equal(count("multipart/alternative"), 1);
	/* One tap that is not safe is none (RFC 8058 section 3.1). */
	m.leave_url = "http://desk.example/survey/x/leave";
	compose_one(&m);
	assert_int_equal(count("\r\nList-Unsubscribe: <http://"), 1);
	assert_int_equal(count("List-Unsubscribe-Post"), 0);
	for (i = 0; i < nitems(bad); i++) {
		m.leave_url = bad[i];
		compose_one(&m);
		assert_int_equal(count("List-Unsubscribe"), 0);
		assert_int_equal(count("\nBcc:"), 0);
	}
	compose_one(NULL);
	assert_int_equal(count("List-Unsubscribe"), 0);
}

static int
end(void **state)
{
	(void)state;
	buf_free(&out);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_button),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_leave),
	};

	return (cmocka_run_group_tests(tests, NULL, end));
}
