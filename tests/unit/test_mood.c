/*
 * Feelings read from words: how a text is taken apart, what turns a feeling
 * round, what is shown for it, and what a lexicon's file may have wrong.
 */
#include "unit.h"
#include "desk/lexicon.h"
#include "desk/mood.h"
#include "desk/moodtext.h"
#include "moodfile.h"

static struct mood
mood_of(const struct lexicon *l, const char *lang, const char *s)
{
	struct mood m;

	mood_read(&m, l, lang, s, strlen(s));
	return (m);
}

static void
test_values(void **state)
{
	static const struct {
		int	    value;
		const char *lang;
		const char *text;
	} rows[] = {
		{ 0, "vi", "" },
		{ 0, NULL, "12345" },
		{ 0, "vi", "bao giờ giao hàng?" },
		{ -1, "vi", "bao giờ mới giao, đợi 2 tuần rồi" },
		/* Turned round, and twice. */
		{ 1, "vi", "không tệ" },
		{ -1, "vi", "chẳng ai trả lời" },
		{ -1, "vi", "ko ưng" },
		{ -1, "en", "not happy" },
		{ -1, "en", "never arrived" },
		{ -1, "en", "I don\xe2\x80\x99t like it, it doesn't work" },
		/* The same without marks, in NFD, in capitals, drawn out. */
		{ -1, "vi", "that vong qua" },
		{ -1, "vi", "tha\xcc\x82\xcc\x81t vo\xcc\xa3ng qua\xcc\x81" },
		{ -1, "vi", "THẤT VỌNG QUÁ" },
		{ -1, "vi", "tệeeee!!!" },
		{ 1, "vi", "đẹpppp lunnn" },
		/* A courtesy is none, nor is what is asked about. */
		{ 0, "vi", "Dạ em cảm ơn shop" },
		{ -1, "vi", "Cảm ơn shop, nhưng hàng giao thiếu một cái" },
		{ 0, "vi", "Máy này có tốt không shop?" },
		{ 0, "vi", "may nay co tot ko a" },
		{ 0, "en", "thank you" },
		/* Words that lack their marks may be others. */
		{ 0, "vi", "áo màu hồng còn không ạ" },
		{ 0, "vi", "con em size nao" },
		{ 0, "vi", "tôi ở quận 3" },
		{ -1, "vi", "cái này hỏng" },
		/* What comes after "but" is what is meant. */
		{ 1, "vi", "giao hơi chậm nhưng hàng rất đẹp" },
		{ -1, "en", "nice colour, but it broke after a day" },
		/* Praise that a fact belies; who weighs says "but". */
		{ -1, "vi", "tuyệt vời ghê, ba tuần chưa thấy hàng" },
		{ -1, "en", "lovely, another automatic reply" },
		{ 0, "vi", "hàng đẹp, hơi chậm" },
		{ -1, "vi", "đặt 10 ngày rồi chưa giao" },
		/* Signs, of any tongue, drawn out. */
		{ -1, NULL, "😡😡😡" },
		{ 1, NULL, "❤️" },
		{ -1, "vi", "sao shop :((((" },
		{ 0, "en", "see https://shop.example/a:b" },
		/* Degrees. */
		{ 0, "en", "solved quickly" },
		{ 1, "en", "solved very quickly" },
	};
	struct lexicon *l = moodfile_lexicon();
	size_t		i;

	(void)state;
	for (i = 0; i < nitems(rows); i++)
		if (mood_of(l, rows[i].lang, rows[i].text).value !=
		    rows[i].value)
			fail_msg(
			    "\"%s\" is not %d", rows[i].text, rows[i].value);
	assert_int_equal(mood_of(l, "vi", "hơi buồn").strength, 0);
	assert_int_equal(mood_of(l, "vi", "chán").strength, 1);
	assert_int_equal(mood_of(l, "vi", "cực kỳ thất vọng").strength, 2);
	assert_int_equal(
	    mood_of(l, "vi", "thất vọng quá, tệ quá, bực mình quá").strength,
	    3);
	lexicon_free(l);
}

/* The words that show it are bytes of the text as it was typed. */
static void
test_evidence(void **state)
{
	static const char text[] = "Cảm ơn shop 👋 nhưng tôi RẤT THẤT VỌNG, "
				   "hàng bị vỡ :((";
	static const char *const shown[] = { "THẤT VỌNG", "bị vỡ", ":((" };
	struct lexicon		*l = moodfile_lexicon();
	struct mood		 m = mood_of(l, "vi", text);
	size_t			 i;

	(void)state;
	assert_int_equal(m.value, -1);
	assert_int_equal(m.nwords, nitems(shown));
	for (i = 0; i < m.nwords; i++) {
		assert_int_equal(m.word[i].n, strlen(shown[i]));
		assert_memory_equal(text + m.word[i].at, shown[i], m.word[i].n);
	}
	/* An abbreviation's place is where it stands. */
	m = mood_of(l, "vi", "shop ko rep");
	assert_int_equal(m.value, -1);
	assert_int_equal(m.nwords, 1);
	assert_int_equal(m.word[0].at, 5);
	assert_int_equal(m.word[0].n, 6);
	lexicon_free(l);
}

/* A text may be of any length; its beginning is read. */
static void
test_long(void **state)
{
	struct lexicon *l = moodfile_lexicon();
	static char	text[100000];
	size_t		i;

	(void)state;
	for (i = 0; i + 4 < sizeof text; i += 4)
		memcpy(text + i, "tot ", 4);
	assert_int_equal(mood_of(l, "vi", text).value, 1);
	assert_int_equal(mood_of(l, "vi", text).nwords, MOOD_WORDS);
	memset(text, '!', sizeof text - 1);
	assert_int_equal(mood_of(l, "vi", text).value, 0);
	memset(text, 'e', sizeof text - 1);
	assert_int_equal(mood_of(l, NULL, text).value, 0);
	lexicon_free(l);
}

static void
test_pieces(void **state)
{
	static struct moodtext t;

	(void)state;
	moodtext_read(&t, NULL, "Ko  tệeee, 2!!\n", 17, true);
	assert_int_equal(t.n, 5);
	assert_memory_equal(t.piece[0].p, "ko", 2);
	assert_string_equal(t.piece[0].meant, "khong");
	assert_int_equal(t.piece[1].at, 4);
	assert_int_equal(t.piece[1].n, 7);
	assert_true(t.piece[1].drawn);
	assert_int_equal(t.piece[1].np, 2);
	assert_int_equal(t.piece[2].kind, MOODTEXT_PAUSE);
	assert_int_equal(t.piece[4].kind, MOODTEXT_STOP);
	assert_int_equal(t.piece[4].times, 2);
	/* "dvvc" means four words, all of them there where it stands. */
	moodtext_read(&t, NULL, "dvvc", 4, true);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.piece[3].at, 0);
	assert_true(t.piece[3].spelt);
	/* In another tongue it is a word. */
	moodtext_read(&t, NULL, "dvvc", 4, false);
	assert_int_equal(t.n, 1);
}

static void
test_faults(void **state)
{
	static const struct {
		const char *file;
		unsigned    line;
	} rows[] = {
		{ "# comment\n\ntệ\n", 3 },
		{ "[feel]\n[nothing]\n", 2 },
		{ "[feel]\n-2 tệ\ntệ\n", 3 },
		{ "[feel]\n-5 tệ\n", 2 },
		{ "[feel]\n-2  tệ\n", 2 },
		{ "[feel]\n-2 tệ..\n", 2 },
		{ "[feel]\n-2 .. tệ\n", 2 },
		{ "[feel]\n-2 tệ ..\n", 2 },
		{ "[feel]\n-2 a b c d e f g h i\n", 2 },
		{ "[not]\nkh\xff\n", 2 },
	};
	struct lexicon_fault fault;
	struct lexicon	    *l;
	size_t		     i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		l = lexicon_new();
		assert_false(lexicon_read(
		    l, TONGUE_VI, rows[i].file, strlen(rows[i].file), &fault));
		assert_int_equal(fault.line, rows[i].line);
		assert_non_null(fault.words);
		lexicon_free(l);
	}
	l = lexicon_new();
	assert_false(lexicon_read(l, TONGUES, "[not]\n:(\n", 9, &fault));
	assert_int_equal(fault.line, 2);
	lexicon_free(l);
	/* Nothing at all is a lexicon, too. */
	l = lexicon_new();
	assert_true(lexicon_read(l, TONGUE_VI, "", 0, &fault));
	lexicon_ready(l);
	assert_int_equal(lexicon_count(l), 0);
	assert_int_equal(mood_of(l, "vi", "tệ quá :(").value, 0);
	lexicon_free(l);
}

/* Of phrases that begin alike the longest counts, through gaps and figures. */
static void
test_phrases(void **state)
{
	static const char    file[] = "[feel]\n"
				      "-2 đợi\n"
				      "+3 đợi N ngày\n"
				      "-3 gọi .. máy\n"
				      "0 máy giặt\n"
				      "[number]\nhai\n";
	struct lexicon_fault fault;
	struct lexicon	    *l = lexicon_new();

	(void)state;
	assert_true(lexicon_read(l, TONGUE_VI, file, sizeof file - 1, &fault));
	lexicon_ready(l);
	assert_int_equal(mood_of(l, "vi", "đợi").value, -1);
	assert_int_equal(mood_of(l, "vi", "đợi hai ngày").value, 1);
	assert_int_equal(mood_of(l, "vi", "đợi 12 ngày").value, 1);
	assert_int_equal(mood_of(l, "vi", "đợi mấy ngày").value, -1);
	assert_int_equal(mood_of(l, "vi", "gọi máy").value, -1);
	assert_int_equal(mood_of(l, "vi", "gọi a b c d máy").value, -1);
	assert_int_equal(mood_of(l, "vi", "gọi a b c d e máy").value, 0);
	assert_int_equal(mood_of(l, "vi", "gọi a. máy").value, 0);
	assert_int_equal(lexicon_count(l), 5);
	lexicon_free(l);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_phrases),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
