/*
 * What people wrote apart from what they quoted: how often it is found
 * exactly, and that nothing of theirs is lost, over the replies of
 * tests/unit/data/replies; and what no corpus asks.
 */
#include "unit.h"
#include "base/buf.h"
#include "base/mem.h"
#include "desk/htmltext.h"
#include "desk/quote.h"

#define SECTION_MAX 8192

/* A message of the corpus; "" and none are told apart for own. */
struct reply {
	char name[100];
	char subject[200];
	char text[SECTION_MAX];
	char html[SECTION_MAX];
	char own[SECTION_MAX];
	bool has_own;
};

struct score {
	unsigned replies;
	unsigned exact;
	unsigned lost; /* replies of which words of the person's are gone */
};

static char *
slurp(const char *path)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;
	long	    size;
	size_t	    n;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	p = xmalloc((size_t)size + 1);
	n = fread(p, 1, (size_t)size, f);
	p[n] = '\0';
	fclose(f);
	return (p);
}

/* Without the blanks at the ends of its lines and at its own. */
static void
tidy(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == '\n')
			while (n > 0 && out[n - 1] == ' ')
				n--;
		assert_true(n + 1 < size);
		out[n++] = *s;
	}
	while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\n'))
		n--;
	out[n] = '\0';
}

static bool
has_line(const char *text, const char *line, size_t n)
{
	const char *p;

	for (p = text; (p = strstr(p, "")) != NULL && *p != '\0';
	     p += strcspn(p, "\n"), p += *p == '\n')
		if (strcspn(p, "\n") == n && memcmp(p, line, n) == 0)
			return (true);
	return (false);
}

/* Whether each line of what must be there is there. */
static bool
has_lines(const char *have, const char *want)
{
	size_t n;

	for (; *want != '\0'; want += n + (want[n] == '\n')) {
		n = strcspn(want, "\n");
		if (n > 0 && !has_line(have, want, n))
			return (false);
	}
	return (true);
}

static void
judge(struct score *score, struct reply *r, bool shown)
{
	static char  have[SECTION_MAX], want[SECTION_MAX];
	struct arena arena;
	struct buf   b;
	const char  *own;
	bool	     exact, lost;

	if (r->text[0] == '\0') {
		buf_init(&b, SECTION_MAX - 1);
		html_text(&b, r->html, strlen(r->html));
		snprintf(r->text, sizeof r->text, "%s", b.p);
		buf_free(&b);
	}
	arena_init(&arena, 1 << 20);
	own = quote_own(
	    &arena, r->subject, r->text, r->html[0] != '\0' ? r->html : NULL);
	tidy(have, sizeof have, own != NULL ? own : r->text);
	tidy(want, sizeof want, r->has_own ? r->own : r->text);
	exact = strcmp(have, want) == 0;
	lost = !has_lines(have, want);
	score->replies++;
	score->exact += exact;
	score->lost += lost;
	if (shown && !exact)
		printf("== %s%s\n-- wanted\n%s\n-- got\n%s\n", r->name,
		    lost ? " (LOST)" : "", want, have);
	arena_free(&arena);
}

static struct score
judge_all(const char *path, bool shown)
{
	static struct reply r;
	struct score	    score = { 0 };
	char		   *data = slurp(path), *rest = data, *line, *to = NULL;

	r.name[0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "%% ", 3) == 0) {
			if (r.name[0] != '\0')
				judge(&score, &r, shown);
			memset(&r, 0, sizeof r);
			snprintf(r.name, sizeof r.name, "%s", line + 3);
			to = NULL;
		} else if (strncmp(line, "%s ", 3) == 0)
			snprintf(r.subject, sizeof r.subject, "%s", line + 3);
		else if (strcmp(line, "%t") == 0)
			to = r.text;
		else if (strcmp(line, "%h") == 0)
			to = r.html;
		else if (strcmp(line, "%o") == 0) {
			to = r.own;
			r.has_own = true;
		} else if (to != NULL) {
			assert_true(
			    strlen(to) + strlen(line) + 2 < SECTION_MAX);
			strcat(to, line);
			strcat(to, "\n");
		}
	}
	judge(&score, &r, shown);
	free(data);
	return (score);
}

static void
show(const char *set, const struct score *s)
{
	printf("%s: %u of %u replies trimmed exactly (%.1f %%), %u with words "
	       "of the person's lost\n",
	    set, s->exact, s->replies, 100.0 * s->exact / s->replies, s->lost);
}

static void
test_replies(void **state)
{
	struct score tune, held, later, blind;

	(void)state;
	tune = judge_all(
	    "unit/data/replies/tune.txt", getenv("SHOW_TUNE") != NULL);
	show("tune", &tune);
	held = judge_all(
	    "unit/data/replies/held.txt", getenv("SHOW_HELD") != NULL);
	show("held", &held);
	later = judge_all(
	    "unit/data/replies/later.txt", getenv("SHOW_LATER") != NULL);
	show("later", &later);
	blind = judge_all(
	    "unit/data/replies/blind.txt", getenv("SHOW_BLIND") != NULL);
	show("blind", &blind);
	assert_true(tune.replies >= 70 && held.replies >= 70);
	assert_true(tune.exact * 100 >= tune.replies * 95);
	assert_true(held.exact * 100 >= held.replies * 90);
	assert_int_equal(tune.lost, 0);
	assert_int_equal(held.lost, 0);
	assert_true(later.exact * 100 >= later.replies * 90);
	assert_int_equal(later.lost, 0);
	assert_true(blind.exact * 100 >= blind.replies * 90);
	assert_int_equal(blind.lost, 0);
}

/* What is left of a text without HTML; "(all)" when nothing is trimmed. */
static const char *
own_of(const char *subject, const char *text)
{
	static char  out[SECTION_MAX];
	struct arena arena;
	const char  *own;

	arena_init(&arena, 1 << 24);
	own = quote_own(&arena, subject, text, NULL);
	snprintf(out, sizeof out, "%s", own != NULL ? own : "(all)");
	arena_free(&arena);
	return (out);
}

#define WROTE "On Mon, Jun 3, 2024 at 10:12 AM Shop <a@shop.example> wrote:\n"

static void
test_edges(void **state)
{
	(void)state;
	assert_string_equal(own_of(NULL, ""), "(all)");
	assert_string_equal(own_of(NULL, "\n\n\n"), "(all)");
	assert_string_equal(own_of(NULL, "ok"), "(all)");
	assert_string_equal(own_of("Re: a", "ok\n" WROTE "> a"), "ok");
	assert_string_equal(
	    own_of("Re: a", "On Friday, please.\nAt 10:12\n" WROTE "> a"),
	    "On Friday, please.\nAt 10:12");
	/* Lines that end as JSON's may. */
	assert_string_equal(
	    own_of("Re: a",
		"ok\r\n\r\nOn Mon, Jun 3, 2024 at 10:12 AM Shop "
		"<a@shop.example> wrote:\r\n> a\r\n"),
	    "ok");
	/* Only a quote, only a signature: there is nothing else to show. */
	assert_string_equal(own_of("Re: a", WROTE "> a\n> b"), "(all)");
	assert_string_equal(own_of("Re: a", "> a\n> b"), "(all)");
	assert_string_equal(own_of("a", "Best regards,\nLan"), "(all)");
	assert_string_equal(own_of("a", "-- \nLan\n0912345678"), "(all)");
	/* Handed on: what was quoted is what it is about. */
	assert_string_equal(own_of("Fwd: a", "see\n" WROTE "> a"), "(all)");
	assert_string_equal(own_of("FW: a", "see\n" WROTE "> a"), "(all)");
	/* Who only greets has answered below, or within. */
	assert_string_equal(own_of("Re: a",
				"Dear shop,\n\nFrom: Shop <a@shop.example>\n"
				"Sent: Monday, June 3, 2024 10:12 AM\nTo: Lan\n"
				"Subject: a\n\nWhich size?\nSize M."),
	    "(all)");
	/* No header of a mail: the names of places. */
	assert_string_equal(
	    own_of("a", "Gửi giúp em\nTừ: Hà Nội\nNgày: 3/6\nĐến: Huế"),
	    "(all)");
}

/* The HTML tells where plain text does not: answers stay where they are. */
static void
test_html(void **state)
{
	static const char text[] =
	    "Yes, please.\n\n"
	    "2024. 6. 3. 10:12, Shop wrote (translated)\n"
	    "Shall we send the parcel today?";
	static const char html[] =
	    "<div>Yes, please.</div><div class=\"protonmail_quote\">2024. 6. "
	    "3. 10:12, Shop wrote (translated)<br>Shall we send the parcel "
	    "today?</div>";
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_null(quote_own(&arena, "Re: a", text, NULL));
	assert_string_equal(
	    quote_own(&arena, "Re: a", text, html), "Yes, please.");
	arena_free(&arena);
}

/* A stranger's bytes: many lines, many marks, and ends without end. */
static void
test_many(void **state)
{
	static const char *const lines[] = { "Sent from my iPhone\n", "> a\n",
		WROTE, "Best regards,\n", "-- \n", "From: a@b\n",
		"On 3 June at 10:12\n", "\n", ">", "--", "<blockquote>",
		"<div id=signature>a</div>", "-----Original Message-----\n" };
	struct arena		 arena;
	struct buf		 b;
	size_t			 i, k;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		buf_init(&b, 262144);
		while (!buf_full(&b))
			buf_str(&b, lines[i]);
		arena_init(&arena, 1 << 24);
		for (k = 0; k < 2; k++) {
			const char *own = quote_own(
			    &arena, "Re: a", b.p, k == 0 ? NULL : b.p);

			assert_true(own == NULL || strlen(own) <= b.n);
		}
		arena_free(&arena);
		buf_free(&b);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
