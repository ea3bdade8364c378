/*
 * deskctl top without a terminal: keys go into the model, and what would be
 * on the screen is read from the grid.
 */
#include "unit.h"
#include <locale.h>
#include <stdlib.h>
#include <time.h>
#include <wchar.h>
#include <jansson.h>

#include "base/buf.h"
#include "ctl/grid.h"
#include "ctl/topkeys.h"
#include "ctl/topmodel.h"
#include "ctl/topview.h"

#define NOON INT64_C(1795348800000) /* 2026-11-22T12:00:00Z */

/* (Our own; as BOARD, TICKET.LIST and TICKET.GET answer.) */
static const char board[] =
    "{\"at\":\"2026-11-22T12:00:00.000Z\",\"live\":true,"
    "\"company\":{\"name\":\"Cửa hàng Sao\"},"
    "\"today\":{\"opened\":40,\"answered\":31,\"resolved\":22,"
    "\"abandoned\":2,\"level\":{\"kept\":9,\"n\":10,\"share\":90}},"
    "\"queues\":["
    "{\"name\":\"sales\",\"waiting\":3,\"oldest\":\"2026-11-22T11:50:00Z\","
    "\"due_next\":\"2026-11-22T12:20:00Z\",\"overdue\":1,\"opened\":20,"
    "\"paused\":false,\"level\":{\"share\":75}},"
    "{\"name\":\"kho-hàng\",\"waiting\":12,\"due_next\":"
    "\"2026-11-22T11:30:00Z\",\"overdue\":0,\"paused\":true}],"
    "\"agents\":["
    "{\"name\":\"an\",\"state\":\"ready\",\"load\":20,\"capacity\":100,"
    "\"state_since\":\"2026-11-22T10:55:00Z\",\"working\":{\"chat\":1},"
    "\"queues\":[\"sales\"],\"offered\":1},"
    "{\"name\":\"binh\",\"state\":\"break\",\"reason\":\"ăn trưa\","
    "\"load\":0,\"capacity\":100}]}";
static const char list[] =
    "{\"tickets\":["
    "{\"ticket\":7,\"number\":107,\"queue\":\"sales\",\"state\":\"new\","
    "\"due_at\":\"2026-11-22T12:20:00Z\",\"priority\":50,"
    "\"subject\":\"Đơn hàng trễ\"},"
    "{\"ticket\":8,\"number\":108,\"queue\":\"sales\",\"state\":\"open\","
    "\"due_at\":\"2026-11-22T11:00:00Z\",\"priority\":60,"
    "\"subject\":\"Giá nồi\"}]}";
static const char ticket[] =
    "{\"ticket\":{\"ticket\":8,\"number\":108,\"queue\":\"sales\","
    "\"state\":\"open\",\"assignee\":\"an\",\"priority\":60,"
    "\"channel\":\"mail\",\"subject\":\"Giá nồi\","
    "\"due_at\":\"2026-11-22T11:00:00Z\"},"
    "\"events\":[{\"at\":\"2026-11-22T10:00:00Z\",\"direction\":\"in\","
    "\"who\":\"Chị Lan\",\"text\":\"câu đầu\"},"
    "{\"at\":\"2026-11-22T11:00:00Z\",\"direction\":\"out\","
    "\"agent\":\"an\",\"text\":\"câu cuối\"}]}";

static struct buf shown;

static json_t *
json_of(const char *s)
{
	json_t *j = json_loads(s, 0, NULL);

	assert_non_null(j);
	return (j);
}

static void
begin(struct top *t)
{
	top_init(t);
	t->now = NOON;
	top_board(t, json_of(board), NULL, NOON);
}

/* The screen as text, each line no wider than it is. */
static const char *
screen_of(struct top *t, int rows, int columns, bool ascii)
{
	struct grid g = { 0 };
	char	   *line, *copy;
	wchar_t	    wide[2000];
	int	    n = 0;

	grid_make(&g, rows, columns, ascii);
	top_draw(t, &g);
	buf_reset(&shown);
	grid_text(&g, &shown);
	grid_free(&g);
	copy = strdup(shown.p);
	for (line = copy; *line != '\0'; n++) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		assert_true(mbstowcs(wide, line, 2000) != (size_t)-1);
		assert_in_range(wcswidth(wide, 2000), 0, columns);
		line += len + 1;
	}
	free(copy);
	assert_int_equal(n, rows);
	return (shown.p);
}

#define assert_shows(t, words) \
	assert_non_null(strstr(screen_of(t, 24, 80, false), words))
#define assert_hides(t, words) \
	assert_null(strstr(screen_of(t, 24, 80, false), words))

static void
type(struct top *t, const char *s)
{
	for (; *s != '\0'; s++)
		top_key(t, (unsigned char)*s);
}

static bool
before(struct top *t, const char *a, const char *b)
{
	const char *s = screen_of(t, 24, 100, false);

	assert_non_null(strstr(s, a));
	assert_non_null(strstr(s, b));
	return (strstr(s, a) < strstr(s, b));
}

static void
test_desk(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	assert_shows(&t, "Cửa hàng Sao");
	assert_shows(&t, "in 40");
	assert_shows(&t, "in time 90%");
	assert_shows(&t, "kho-hàng (paused)");
	assert_shows(&t, "-30m");
	assert_shows(&t, "75%");
	assert_shows(&t, "break: ăn trưa");
	assert_shows(&t, "1h05");
	assert_shows(&t, "20/100");
	top_free(&t);
}

static void
test_sort(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	/* By what is due, the latest first; then by name, and back. */
	assert_true(before(&t, "kho-hàng", "sales  "));
	top_key(&t, '3');
	assert_true(before(&t, "sales  ", "kho-hàng"));
	top_key(&t, '2');
	assert_true(before(&t, "kho-hàng", "sales  "));
	top_key(&t, '2');
	assert_true(before(&t, "sales  ", "kho-hàng"));
	top_key(&t, 'r');
	assert_true(before(&t, "kho-hàng", "sales  "));
	top_free(&t);
}

static void
test_filter(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	type(&t, "/HANG");
	assert_shows(&t, "filter: HANG_");
	assert_shows(&t, "kho-hàng");
	assert_hides(&t, " sales  ");
	type(&t, "x");
	assert_shows(&t, "nothing fits the filter");
	top_key(&t, TOP_RUBOUT);
	top_key(&t, TOP_ENTER);
	assert_shows(&t, "/HANG 1");
	top_key(&t, TOP_BACK);
	assert_shows(&t, " sales  ");
	top_free(&t);
}

static void
test_drill(void **state)
{
	struct request_words want;
	struct top	     t;

	(void)state;
	begin(&t);
	assert_false(top_wants(&t, &want));
	top_key(&t, TOP_DOWN);
	top_key(&t, TOP_ENTER);
	assert_true(top_wants(&t, &want));
	assert_string_equal(want.words[0], "TICKET.LIST");
	assert_string_equal(want.words[2], "sales");
	/* What was asked for another page comes too late. */
	top_list(&t, "kho-hàng", json_of("{\"tickets\":[]}"));
	assert_null(t.list);
	top_list(&t, "sales", json_of(list));
	assert_true(before(&t, "#108", "#107"));
	top_key(&t, TOP_ENTER);
	assert_true(top_wants(&t, &want));
	assert_string_equal(want.words[0], "TICKET.GET");
	assert_string_equal(want.words[1], "8");
	top_ticket(&t, "8", json_of(ticket));
	assert_shows(&t, "open, with an, priority 60");
	assert_true(before(&t, "câu cuối", "câu đầu"));
	top_key(&t, TOP_BACK);
	assert_shows(&t, "#107");
	top_key(&t, TOP_BACK);
	assert_false(top_wants(&t, &want));
	top_key(&t, 'q');
	assert_true(t.quit);
	top_free(&t);
}

static void
test_act(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	top_key(&t, TOP_END);
	top_key(&t, 'p');
	assert_shows(&t, "Pause queue sales?");
	top_key(&t, 'x');
	assert_false(t.to_ask);
	assert_shows(&t, "nothing was done");
	type(&t, "py");
	assert_true(t.to_ask);
	assert_string_equal(t.request.words[0], "QUEUE.PAUSE");
	assert_string_equal(t.request.words[1], "sales");
	assert_int_equal(t.request.n, 2);
	/* Nothing else before there is an answer. */
	top_key(&t, 'p');
	assert_int_equal(t.mode, MODE_PLAIN);
	top_acted(&t, false, "You may not.");
	assert_shows(&t, "You may not.");
	top_key(&t, TOP_HOME);
	type(&t, "p");
	assert_shows(&t, "Resume queue kho-hàng?");
	top_key(&t, TOP_BACK);
	type(&t, "d");
	assert_shows(&t, "Drain queue kho-hàng?");
	top_key(&t, TOP_BACK);
	top_key(&t, TOP_TAB);
	type(&t, "m");
	assert_shows(&t, "say to ");
	type(&t, "ve");
	top_key(&t, TOP_ENTER);
	assert_shows(&t, ": ve? [y/n]");
	top_key(&t, 'y');
	assert_string_equal(t.request.words[0], "AGENT.MESSAGE");
	assert_string_equal(t.request.words[2], "ve");
	top_acted(&t, true, "");
	top_key(&t, TOP_TAB);

	top_key(&t, TOP_DOWN);
	top_key(&t, TOP_ENTER);
	top_list(&t, "sales", json_of(list));
	t.to_ask = false;
	type(&t, "gb");
	top_key(&t, TOP_TAB);
	assert_shows(&t, "give #108 to agent (none: its line): binh_");
	top_key(&t, TOP_ENTER);
	assert_shows(&t, "Give #108 to binh? [y/n]");
	top_key(&t, 'y');
	assert_string_equal(t.request.words[0], "TICKET.ASSIGN");
	assert_string_equal(t.request.words[1], "8");
	assert_string_equal(t.request.words[2], "binh");
	top_free(&t);
}

/* A percent sign is no format, and nothing typed leaves its line. */
static void
test_typed(void **state)
{
	char	   text[1000];
	struct top t;
	int	   i;

	(void)state;
	begin(&t);
	top_key(&t, TOP_ENTER);
	top_list(&t, "kho-hàng", json_of(list));
	type(&t, "n100%s%n ");
	top_key(&t, 0x111); /* đ */
	top_key(&t, 0xd800);
	top_key(&t, 0x202e);
	top_key(&t, TOP_NOTHING);
	assert_shows(&t, "note on #108: 100%s%n đ_");
	top_key(&t, TOP_ENTER);
	assert_shows(&t, "Add to #108 the note: 100%s%n đ?");
	top_key(&t, 'n');
	top_key(&t, 'n');
	for (i = 0; i < 1000; i++)
		top_key(&t, 0x1ec7); /* ệ */
	assert_true(strlen(t.act.typed) < TOP_TEXT_MAX);
	assert_true(top_prompt(&t, text, sizeof text));
	screen_of(&t, 24, 80, false);
	top_key(&t, TOP_ENTER);
	screen_of(&t, 24, 60, true);
	top_free(&t);
}

static void
test_away(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	top_away(&t, "the daemon closed the connection", NOON);
	t.now = NOON + 65000;
	top_away(&t, "No such file", t.now);
	assert_shows(&t, "away since 12:00:00 (1m)");
	assert_shows(&t, "No such file");
	assert_shows(&t, "kho-hàng");
	top_board(&t, json_of(board), NULL, t.now);
	assert_hides(&t, "away");
	top_free(&t);
}

static void
test_rates(void **state)
{
	json_t	  *in = json_of("{\"kind\":\"event\",\"direction\":\"in\"}");
	struct top t;
	int	   i;

	(void)state;
	begin(&t);
	for (i = 0; i < 5; i++)
		top_notice(&t, in, NOON - 60000);
	top_notice(&t, in, NOON);
	assert_int_equal(rates_at(&t.rates, RATE_IN, NOON / 60000), 1);
	assert_int_equal(rates_at(&t.rates, RATE_IN, NOON / 60000 - 1), 5);
	assert_shows(&t, "in/min 1 ");
	assert_shows(&t, "█▃");
	/* Long after: all that was is over; long before: not counted. */
	top_notice(&t, in, NOON + INT64_C(100000) * 60000);
	assert_int_equal(rates_at(&t.rates, RATE_IN, NOON / 60000), 0);
	top_notice(&t, in, NOON);
	assert_int_equal(rates_at(&t.rates, RATE_IN, NOON / 60000), 0);
	assert_int_equal(rates_at(&t.rates, RATE_IN, NOON / 60000 + 100000), 1);
	top_notice(&t, in, -5);
	json_decref(in);
	top_free(&t);
}

/* Whatever stands in a name: no control reaches the grid, no line is wider. */
static void
test_hostile(void **state)
{
	static const char *const names[] = { "\x1b[31mred\x1b]0;t\x07",
		"a\xc2\x9b"
		"2Jb",
		"\xe2\x80\xae"
		"abc",
		"\xe2\x80\x8b\xe2\x80\x8d\xef\xb8\x8f",
		"漢字漢字漢字漢字漢字漢字漢字",
		"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc"
		"\x81\xcc\x81\xcc\x81",
		"\xcc\x81", "line\nline\ttab\r",
		"👩‍👩‍👧‍👦🇻🇳", "", "\xf4\x8f\xbf\xbf" };
	static const int sizes[][2] = { { 24, 80 }, { 12, 40 }, { 60, 200 },
		{ 1, 1 }, { 16, 60 }, { 3, 300 }, { 0, 0 } };
	char		 longest[3001];
	struct top	 t;
	size_t		 i, s;
	json_t		*b, *q, *l;
	const char	*text;

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	begin(&t);
	b = json_of(board);
	for (i = 0; i <= nitems(names); i++) {
		q = json_pack("{s:s, s:i}", "name",
		    i < nitems(names) ? names[i] : longest, "waiting", 1);
		json_array_append_new(json_object_get(b, "queues"), q);
		q = json_pack("{s:s, s:s, s:s}", "name",
		    i < nitems(names) ? names[i] : longest, "state",
		    i < nitems(names) ? names[i] : longest, "reason",
		    i < nitems(names) ? names[i] : longest);
		json_array_append_new(json_object_get(b, "agents"), q);
	}
	top_board(&t, b, NULL, NOON);
	for (s = 0; s < 2 * nitems(sizes); s++) {
		text =
		    screen_of(&t, sizes[s / 2][0], sizes[s / 2][1], s % 2 == 1);
		for (; *text != '\0'; text++) {
			assert_true(
			    *text == '\n' || (unsigned char)*text >= ' ');
			assert_true(*text != 0x7f);
			assert_true(s % 2 == 0 || (unsigned char)*text < 0x80);
		}
		assert_null(strstr(shown.p, "\xc2\x9b"));
		assert_null(strstr(shown.p, "\xe2\x80\xae"));
	}
	/* And in a case, in whatever is missing or of another kind. */
	top_key(&t, TOP_ENTER);
	l = json_pack("{s:[{s:i}, {s:s, s:i}, n]}", "tickets", "ticket", 1,
	    "ticket", "x", "subject", 5);
	top_list(&t, t.of, l);
	screen_of(&t, 24, 80, false);
	top_key(&t, TOP_ENTER);
	for (i = 0; i <= nitems(names); i++) {
		text = i < nitems(names) ? names[i] : longest;
		top_ticket(&t, t.ticket_id,
		    json_pack("{s:{s:s, s:s}, s:[{s:s, s:s}]}", "ticket",
			"subject", text, "customer_name", text, "events",
			"text", text, "who", text));
		screen_of(&t, 24, 80, false);
		screen_of(&t, 60, 200, true);
		top_key(&t, TOP_PAGE_DOWN);
	}
	top_free(&t);
}

static void
test_ascii(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	assert_non_null(strstr(screen_of(&t, 24, 80, true), "Cua hang Sao"));
	assert_non_null(strstr(shown.p, "break: an trua"));
	top_free(&t);
}

/* A wide character is whole or not there, where it is cut. */
static void
test_wide(void **state)
{
	struct grid g = { 0 };

	(void)state;
	grid_make(&g, 1, 10, false);
	assert_int_equal(grid_put(&g, 0, 0, 4, PAINT_PLAIN, "漢字漢"), 3);
	assert_string_equal(grid_at(&g, 0, 2)->text, "…");
	assert_int_equal(grid_put(&g, 0, 9, 4, PAINT_PLAIN, "漢"), 1);
	assert_string_equal(grid_at(&g, 0, 9)->text, "…");
	assert_int_equal(grid_width(&g, "e\xcc\x81漢"), 3);
	grid_free(&g);
}

/* Ten thousand agents are one screen. */
static void
test_many(void **state)
{
	json_t	  *b = json_of(board);
	char	   name[20];
	struct top t;
	int	   i;

	(void)state;
	begin(&t);
	for (i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "agent-%05d", i);
		json_array_append_new(json_object_get(b, "agents"),
		    json_pack("{s:s, s:s}", "name", name, "state", "ready"));
	}
	top_board(&t, b, NULL, NOON);
	top_key(&t, TOP_TAB);
	top_key(&t, TOP_END);
	assert_shows(&t, "binh");
	top_key(&t, TOP_UP);
	top_key(&t, TOP_UP);
	assert_shows(&t, "of 10002");
	assert_shows(&t, "agent-09999");
	top_free(&t);
}

static void
test_help(void **state)
{
	struct top t;

	(void)state;
	begin(&t);
	top_key(&t, '?');
	assert_shows(&t, "pause or resume it");
	top_key(&t, 'q');
	assert_false(t.quit);
	assert_shows(&t, "sales");
	top_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_desk),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_drill),
		cmocka_unit_test(test_act),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_help),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
