/*
 * Latin letters with marks; see foldtab.h.  The arrays were made from the
 * Unicode Character Database (NFKD of each letter's lower case): the letter
 * that is left, '.' where it is not one ASCII letter, and its marks as
 * quality + 8 * tone.
 */
#include "foldtab.h"

enum { PLAIN, CIRCUMFLEX, BREVE, HORN, STROKE };
enum { LEVEL, GRAVE, ACUTE, HOOK_TILDE, DOT };

/* One mark of each kind, in its byte of fold_marks. */
static const fold_marks quality[] = {
	[PLAIN] = 0,
	[CIRCUMFLEX] = (fold_marks)1 << 32,
	[BREVE] = (fold_marks)1 << 40,
	[HORN] = (fold_marks)1 << 48,
	[STROKE] = (fold_marks)1 << 56,
};
static const fold_marks tone[] = {
	[LEVEL] = 0,
	[GRAVE] = (fold_marks)1 << 0,
	[ACUTE] = (fold_marks)1 << 8,
	[HOOK_TILDE] = (fold_marks)1 << 16,
	[DOT] = (fold_marks)1 << 24,
};

/* clang-format off */
/* U+00C0 to U+024F */
static const char latin_letter[] =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzzs"
    "................................oo.............uu..............."
    ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa...."
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";
static const uint8_t latin_marks[] = {
	8, 16, 1, 24, 0, 0, 0, 0, 8, 16, 1, 0, 8, 16, 1, 0,
	0, 24, 8, 16, 1, 24, 0, 0, 0, 8, 16, 1, 0, 16, 0, 0,
	8, 16, 1, 24, 0, 0, 0, 0, 8, 16, 1, 0, 8, 16, 1, 0,
	0, 24, 8, 16, 1, 24, 0, 0, 0, 8, 16, 1, 0, 16, 0, 0,
	0, 0, 2, 2, 0, 0, 16, 16, 1, 1, 0, 0, 0, 0, 0, 0,
	4, 4, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2,
	0, 0, 0, 0, 1, 1, 0, 0, 24, 24, 0, 0, 2, 2, 0, 0,
	0, 0, 0, 0, 1, 1, 0, 0, 0, 16, 16, 0, 0, 0, 0, 0,
	0, 0, 0, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2,
	0, 0, 0, 0, 16, 16, 0, 0, 0, 0, 16, 16, 1, 1, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 24, 24, 0, 0, 2, 2, 0, 0,
	0, 0, 0, 0, 1, 1, 1, 1, 0, 16, 16, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3,
	3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 16, 16, 0, 0, 8, 8, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 16, 16, 0, 0, 8, 8, 16, 16, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24, 24, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* U+1E00 to U+1EFF */
static const char viet_letter[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
static const uint8_t viet_marks[] = {
	0, 0, 0, 0, 32, 32, 0, 0, 16, 16, 0, 0, 32, 32, 0, 0,
	0, 0, 0, 0, 8, 8, 16, 16, 0, 0, 0, 0, 2, 2, 0, 0,
	0, 0, 0, 0, 32, 32, 0, 0, 0, 0, 0, 0, 0, 0, 16, 16,
	16, 16, 32, 32, 0, 0, 32, 32, 32, 32, 0, 0, 0, 0, 16, 16,
	0, 0, 32, 32, 0, 0, 32, 32, 0, 0, 0, 0, 24, 24, 24, 24,
	8, 8, 16, 16, 16, 16, 0, 0, 0, 0, 32, 32, 32, 32, 0, 0,
	0, 0, 32, 32, 16, 16, 0, 0, 32, 32, 0, 0, 32, 32, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 24, 24, 0, 0, 24, 24, 32, 32,
	8, 8, 16, 16, 0, 0, 0, 0, 32, 32, 0, 0, 0, 0, 0, 0,
	1, 1, 32, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	32, 32, 24, 24, 17, 17, 9, 9, 25, 25, 25, 25, 33, 33, 18, 18,
	10, 10, 26, 26, 26, 26, 34, 34, 32, 32, 24, 24, 24, 24, 17, 17,
	9, 9, 25, 25, 25, 25, 33, 33, 24, 24, 32, 32, 32, 32, 24, 24,
	17, 17, 9, 9, 25, 25, 25, 25, 33, 33, 19, 19, 11, 11, 27, 27,
	27, 27, 35, 35, 32, 32, 24, 24, 19, 19, 11, 11, 27, 27, 27, 27,
	35, 35, 8, 8, 32, 32, 24, 24, 24, 24, 0, 0, 0, 0, 0, 0,
};
/* clang-format on */

char
foldtab_letter(uint32_t c, fold_marks *marks)
{
	uint8_t m;
	char	letter;

	if (c >= 0xc0 && c < 0x250) {
		letter = latin_letter[c - 0xc0];
		m = latin_marks[c - 0xc0];
	} else if (c >= 0x1e00 && c < 0x1f00) {
		letter = viet_letter[c - 0x1e00];
		m = viet_marks[c - 0x1e00];
	} else
		return (0);
	if (letter == '.')
		return (0);
	*marks = quality[m & 7] + tone[m >> 3];
	return (letter);
}

bool
foldtab_mark(uint32_t c, fold_marks *marks)
{
	if (c < 0x300 || c > 0x36f)
		return (false);
	switch (c) {
	case 0x300:
		*marks = tone[GRAVE];
		break;
	case 0x301:
		*marks = tone[ACUTE];
		break;
	case 0x303:
	case 0x309:
		*marks = tone[HOOK_TILDE];
		break;
	case 0x323:
		*marks = tone[DOT];
		break;
	case 0x302:
		*marks = quality[CIRCUMFLEX];
		break;
	case 0x306:
		*marks = quality[BREVE];
		break;
	case 0x31b:
		*marks = quality[HORN];
		break;
	default:
		*marks = 0;
	}
	return (true);
}
