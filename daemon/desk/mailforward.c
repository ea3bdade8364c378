/*
 * Mails passed on; see mailforward.h.
 */
#include <string.h>

#include "base/def.h"
#include "base/utf8.h"
#include "fold.h"
#include "mailforward.h"

#define LINES_MAX 400 /* looked at */
#define LINE_MAX_ 200 /* bytes of each */

/* Folded: Gmail, Yahoo, Apple Mail, Thunderbird, Outlook for the Mac. */
static const char *const marks[] = { "---------- forwarded message",
	"---------- thu duoc chuyen tiep", "---------- tin nhan da chuyen tiep",
	"---------- thu chuyen tiep", "----- forwarded message",
	"----- thu da chuyen tiep", "----- thu chuyen tiep",
	"-------- forwarded message", "-------- thu chuyen tiep",
	"-------- thu da chuyen tiep",
	"begin forwarded message:", "bat dau thu duoc chuyen tiep:",
	"bat dau tin nhan duoc chuyen tiep:", "thu da duoc chuyen tiep:" };

static const char *const forwards[] = {
	"fwd:", "fw:", "chuyen tiep:", "ct:", "tr:", "wg:"
};
static const char *const answers[] = {
	"re:", "tra loi:", "phan hoi:", "tl:", "aw:", "ang:"
};

/* The fields with which a mail's head is written into a text. */
static const char *const froms[] = { "from:", "tu:", "nguoi gui:", "*from:*",
	"*tu:*" };
static const char *const subjects[] = {
	"subject:", "chu de:", "tieu de:", "*subject:*", "*chu de:*"
};

static bool
begins(const char *s, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return (true);
	return (false);
}

/* The beginning of a text folded, without the blanks before it. */
static void
fold_line(char out[FOLD_ROOM(LINE_MAX_)], const char *s, size_t n)
{
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	fold_text(out, FOLD_ROOM(LINE_MAX_), s, utf8_cut(s, n, LINE_MAX_));
}

bool
mail_is_forward(const char *subject, const char *text)
{
	char	 line[FOLD_ROOM(LINE_MAX_)];
	bool	 says = false, from = false;
	unsigned lines;
	size_t	 n;

	if (text == NULL)
		return (false);
	if (subject != NULL) {
		fold_line(line, subject, strlen(subject));
		if (begins(line, answers, nitems(answers)))
			return (false);
		says = begins(line, forwards, nitems(forwards));
	}
	for (lines = 0; *text != '\0' && lines < LINES_MAX; lines++) {
		n = strcspn(text, "\n");
		if (n > 3 && *text != '>' &&
		    (says || strchr("-BbTt ", *text) != NULL)) {
			fold_line(line, text, n);
			if (begins(line, marks, nitems(marks)))
				return (true);
			if (says && from &&
			    begins(line, subjects, nitems(subjects)))
				return (true);
			from |= begins(line, froms, nitems(froms));
		}
		text += n + (text[n] == '\n');
	}
	return (false);
}
