/*
 * Folding: every Vietnamese letter in both normal forms, other scripts, the
 * edges of the room given, and the words of the index.
 */
#include "unit.h"
#include <glib.h>
#include "base/utf8.h"
#include "desk/event.h"
#include "desk/fold.h"
#include "desk/lang.h"
#include "desk/syllable.h"

/* The 67 small letters with marks; the capitals make it 134. */
static const struct {
	const char *plain;
	const char *marked;
} letters[] = {
	{ "a", "àáảãạăằắẳẵặâầấẩẫậ" },
	{ "e", "èéẻẽẹêềếểễệ" },
	{ "i", "ìíỉĩị" },
	{ "o", "òóỏõọôồốổỗộơờớởỡợ" },
	{ "u", "ùúủũụưừứửữự" },
	{ "y", "ỳýỷỹỵ" },
	{ "d", "đ" },
};

static void
check_fold(const char *text, const char *want)
{
	char   out[1000];
	size_t n;

	n = fold_text(out, sizeof out, text, strlen(text));
	assert_string_equal(out, want);
	assert_int_equal(n, strlen(want));
}

static void
test_vietnamese_letters(void **state)
{
	const char *s;
	char	   *nfc, *nfd, *up;
	char	    one[5];
	size_t	    i, n, count = 0;

	(void)state;
	for (i = 0; i < nitems(letters); i++) {
		for (s = letters[i].marked; *s != '\0'; s += n) {
			n = (size_t)(g_utf8_next_char(s) - s);
			memcpy(one, s, n);
			one[n] = '\0';
			nfc = g_utf8_normalize(one, -1, G_NORMALIZE_NFC);
			nfd = g_utf8_normalize(one, -1, G_NORMALIZE_NFD);
			up = g_utf8_strup(one, -1);
			check_fold(nfc, letters[i].plain);
			check_fold(nfd, letters[i].plain);
			check_fold(up, letters[i].plain);
			g_free(up);
			up = g_utf8_strup(nfd, -1);
			check_fold(up, letters[i].plain);
			g_free(up);
			g_free(nfc);
			g_free(nfd);
			count += 2;
		}
	}
	assert_int_equal(count, 134);
}

static void
test_texts(void **state)
{
	(void)state;
	check_fold("Đơn hàng giao trễ!", "don hang giao tre!");
	check_fold("", "");
	check_fold("0901 ABC\tx", "0901 abc\tx");
	check_fold("ＡＢ１２", "ab12"); /* full-width */
	check_fold("①②³", "123");	/* compatibility digits */
	check_fold("٠١٢", "012");	/* Arabic-Indic digits */
	check_fold("ﬁn", "fin");	/* a ligature */
	check_fold("Straße Ø", "straße ø");
	check_fold("a\xe2\x80\x8b"
		   "b",
	    "ab"); /* zero-width space */
	check_fold("\xff\xc3", "??");
	check_fold("ДОМ й", "дом и");
	check_fold("\xef\xb7\xba", "\xef\xb7\xba"); /* would be 18 letters */
}

/* Cutting anywhere leaves whole characters and never writes past the room. */
static void
test_room(void **state)
{
	const char *text = "Ảnh 東京 ΑΒΓ ﬁ đ 한글";
	char	    whole[200], out[200];
	size_t	    size, n;

	(void)state;
	fold_text(whole, sizeof whole, text, strlen(text));
	for (size = 0; size < 100; size++) {
		memset(out, 'X', sizeof out);
		n = fold_text(out, size, text, strlen(text));
		assert_true(size == 0 ? n == 0 : n < size);
		assert_memory_equal(out, whole, n);
		assert_true(utf8_valid(out, n));
		assert_int_equal(out[size], 'X');
	}
	/* The longest that there is: FOLD_ROOM holds it. */
	assert_true(strlen(whole) < FOLD_ROOM(strlen(text)));
}

static void
check_words(const char *text, size_t size, const char *want)
{
	char   out[EVENT_WORDS_MAX + 1];
	size_t n;

	n = fold_words(out, size, text, strlen(text));
	assert_string_equal(out, want);
	assert_int_equal(n, strlen(want));
}

static void
test_words(void **state)
{
	(void)state;
	check_words("", 100, "");
	check_words(" ,.;! ", 100, "");
	check_words("Giao hàng, giao HÀNG; giao-trễ", 100, "giao hang tre");
	check_words("a b a c b", 100, "a b c");
	check_words("an@shop.example #12345", 100, "an shop example 12345");
	check_words("abc abcd ab", 100, "abc abcd ab"); /* no prefix counts */
	check_words("abc def", 4, "abc");
	check_words("abc def", 7, "abc");
	check_words("abc def", 8, "abc def");
	check_words("abc", 3, "");
	check_words("abc", 0 + 1, "");
}

/* More words than any table holds, and a word longer than any. */
static void
test_words_many(void **state)
{
	struct buf b;
	char	   out[EVENT_WORDS_MAX + 1], *word, *rest, *end;
	size_t	   i, n, count = 0;

	(void)state;
	buf_init(&b, 0);
	for (i = 0; i < 200; i++)
		buf_str(&b, "long");
	for (i = 0; i < 30000; i++)
		buf_printf(&b, " w%zu w%zu", i, i / 2);
	n = fold_words(out, sizeof out, b.p, b.n);
	assert_true(n > EVENT_WORDS_MAX - 200 || n > 4000 * 4);
	assert_true(n <= EVENT_WORDS_MAX);
	for (rest = out; (word = strsep(&rest, " ")) != NULL; count++) {
		assert_true(strlen(word) <= FOLD_WORD_MAX);
		if (count == 0)
			continue;
		/* In order and once each: w0 w1 w2 … */
		assert_int_equal(strtol(word + 1, &end, 10), count - 1);
		assert_int_equal(*end, '\0');
	}
	assert_true(count > 2000);
	buf_free(&b);
}

static fold_marks
marks_of(const char *s)
{
	struct fold_word w;
	char		 buf[2 * FOLD_WORD_MAX];

	assert_int_equal(fold_split(&w, 1, buf, sizeof buf, s, strlen(s)), 1);
	return (w.marks);
}

static void
test_marks(void **state)
{
	char *nfd;

	(void)state;
	assert_true(marks_of("hang") == 0);
	assert_true(marks_of("hàng") != 0);
	assert_true(marks_of("hoà") == marks_of("hòa"));
	assert_true(marks_of("trễ") == marks_of("trể")); /* ~ and ? */
	assert_true(marks_of("mua") != marks_of("mưa"));
	assert_true(fold_marks_within(marks_of("đon"), marks_of("đơn")));
	assert_true(fold_marks_within(0, marks_of("đơn")));
	assert_false(fold_marks_within(marks_of("đơn"), marks_of("đon")));
	assert_false(fold_marks_within(marks_of("bảo"), marks_of("báo")));
	nfd = g_utf8_normalize("Đường", -1, G_NORMALIZE_NFD);
	assert_true(marks_of("Đường") == marks_of(nfd));
	g_free(nfd);
}

/* A thousand marks on one letter are a word of one letter, and no more. */
static void
test_marks_piled(void **state)
{
	struct buf b;
	int	   i;

	(void)state;
	buf_init(&b, 0);
	buf_char(&b, 'a');
	for (i = 0; i < 1000; i++)
		buf_str(&b, "\xcc\x81");
	check_words(b.p, 100, "a");
	assert_true(marks_of(b.p) < (fold_marks)1 << 16);
	buf_free(&b);
}

static void
test_syllables(void **state)
{
	static const char *const are[] = { "nghieng", "khuyen", "thuoc",
		"quynh", "gia", "giao", "oanh", "xoong", "a" };
	static const char *const are_not[] = { "refund", "", "ng", "delivry",
		"conhang", "thx", "w", "giaohang" };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(are); i++)
		if (!syllable_is(are[i], strlen(are[i])))
			fail_msg("%s is one", are[i]);
	for (i = 0; i < nitems(are_not); i++)
		if (syllable_is(are_not[i], strlen(are_not[i])))
			fail_msg("%s is none", are_not[i]);
}

static void
test_lang(void **state)
{
	(void)state;
	assert_string_equal(lang_guess(NULL, "Đơn hàng tới đâu rồi"), "vi");
	assert_string_equal(lang_guess(NULL, "don hang cua minh dau"), "vi");
	assert_string_equal(lang_guess(NULL, "sp nay ko dc r"), "vi");
	assert_string_equal(
	    lang_guess("Order", "where is my order, please?"), "en");
	assert_null(lang_guess(NULL, NULL));
	assert_null(lang_guess(NULL, "12345 !!!"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vietnamese_letters),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_many),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_marks_piled),
		cmocka_unit_test(test_syllables),
		cmocka_unit_test(test_lang),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
