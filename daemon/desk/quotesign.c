/*
 * How mails end; see quotesign.h.
 */
#include <string.h>

#include "base/def.h"
#include "fold.h"
#include "quotesign.h"

#define LINE_MAX_      300  /* bytes of a line that are looked at */
#define NOTICE_MAX     4000 /* … of a paragraph */
#define CONTACT_BYTES  160  /* of a line of a signature */
#define CONTACT_WORDS  9    /* … without a number or an address in it */
#define ADDRESS_WORDS  18   /* … with */
#define PHONE_DIGITS   8
#define NOTICE_HITS    3
#define GREETING_WORDS 5

static bool
starts(const char *s, const char *with)
{
	return (strncmp(s, with, strlen(with)) == 0);
}

/* Folded, without blanks and what `ends' has at either end. */
static char *
fold_trim(char *out, size_t size, const char *s, size_t n, const char *ends)
{
	n = fold_text(out, size, s, n);
	while (n > 0 && (out[n - 1] == ' ' || strchr(ends, out[n - 1])))
		n--;
	out[n] = '\0';
	return (out + strspn(out, " \t*_"));
}

bool
quotesign_delimiter(const char *s, size_t n)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return (n == 2 && memcmp(s, "--", 2) == 0);
}

bool
quotesign_closing(const char *s, size_t n)
{
	static const char *const closings[] = { "tran trong",
		"tran trong kinh chao", "kinh thu", "kinh chao", "than ai",
		"than men", "than", "than chao", "tran trong / best regards",
		"best regards", "best", "best wishes", "kind regards",
		"kindest regards", "warm regards", "with kind regards",
		"with best regards", "regards", "rgds", "br", "sincerely",
		"yours sincerely", "sincerely yours", "yours faithfully",
		"yours truly", "cordially", "thanks and regards",
		"thanks & regards", "thanks and best regards",
		"thanks & best regards", "thank you and best regards",
		"many thanks and best regards", "mit freundlichen grussen",
		"viele grusse", "cordialement", "saludos" };
	char			 line[FOLD_ROOM(60)];
	const char		*p;
	size_t			 i;

	if (n > 60)
		return (false);
	p = fold_trim(line, sizeof line, s, n, ",.!;*_-/\t");
	for (i = 0; i < nitems(closings); i++)
		if (strcmp(p, closings[i]) == 0)
			return (true);
	return (false);
}

/* Words, digits and the first letter's case, of a text not yet folded. */
struct measure {
	size_t words;
	size_t digits;
	bool   small; /* begins with a small letter */
};

static struct measure
measure(const char *s, size_t n)
{
	struct measure m = { 0 };
	bool	       in = false;
	size_t	       i;

	for (i = 0; i < n; i++) {
		if (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') {
			in = false;
			continue;
		}
		if (!in) {
			if (m.words++ == 0)
				m.small = s[i] >= 'a' && s[i] <= 'z';
			in = true;
		}
		if (s[i] >= '0' && s[i] <= '9')
			m.digits++;
	}
	return (m);
}

/* "500k", "300.000đ": a price, which no signature has. */
static bool
has_price(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= '0' && *s <= '9' &&
		    (s[1] == 'k' || s[1] == 'd' || starts(s + 1, " vnd") ||
			starts(s + 1, "vnd") || starts(s + 1, " d ") ||
			s[1] == '$') &&
		    !(s[2] >= 'a' && s[2] <= 'z' && s[1] != 'v'))
			return (true);
	return (false);
}

/* What a person would add below his name, and means. */
static bool
is_afterthought(const char *s)
{
	static const char *const words[] = { "p.s", "ps", "p/s", "nb", "n.b",
		"luu y", "note", "ghi chu", "by the way", "btw", "chu y",
		"quen", "a quen", "tai but" };
	static const char *const within[] = { "giao hang", "giao toi",
		"giao den", "giao ve", "nhan hang", "ship ", "deliver",
		"don hang", "ma don", "order", "please", "vui long", "giup ",
		"khong a" };
	size_t			 i, n;

	for (i = 0; i < nitems(words); i++) {
		n = strlen(words[i]);
		if (starts(s, words[i]) && strchr(" .:,;-", s[n]) != NULL)
			return (true);
	}
	for (i = 0; i < nitems(within); i++)
		if (strstr(s, within[i]) != NULL)
			return (true);
	return (false);
}

bool
quotesign_contact(const char *s, size_t n)
{
	char	       line[FOLD_ROOM(CONTACT_BYTES)];
	const char    *p;
	struct measure m;
	size_t	       len;

	if (n > CONTACT_BYTES)
		return (false);
	m = measure(s, n);
	p = fold_trim(line, sizeof line, s, n, "\t");
	len = strlen(p);
	if (len == 0 || is_afterthought(p) || p[len - 1] == '?' ||
	    p[len - 1] == '!' || p[len - 1] == ':')
		return (false);
	if (m.digits >= PHONE_DIGITS || strchr(p, '@') != NULL ||
	    strstr(p, "www.") != NULL || strstr(p, "http") != NULL)
		return (m.words <= ADDRESS_WORDS);
	if (has_price(p))
		return (false);
	if (starts(p, "dia chi") || starts(p, "d/c") || starts(p, "add"))
		return (m.words <= ADDRESS_WORDS);
	if (m.small)
		return (m.words <= 3 && p[len - 1] != '.');
	return (
	    m.words <= CONTACT_WORDS && !(p[len - 1] == '.' && m.words > 4));
}

/* Words of such lines; those of a device count, the others may be there. */
static const char *const devices[] = { "android", "at&t", "blackberry",
	"galaxy", "gmail", "google", "htc", "huawei", "ios", "ipad", "iphone",
	"lg", "lumia", "mac", "macbook", "mail", "mobile", "nokia", "oppo",
	"outlook", "phone", "pixel", "proton", "protonmail", "realme", "redmi",
	"samsung", "smartphone", "sony", "tablet", "thoai", "vivo", "windows",
	"xiaomi", "yahoo", "zalo", "zoho", "device", "bi" };
static const char *const fillers[] = { "a", "an", "bang", "cho", "cua", "di",
	"dien", "do", "dong", "em", "email", "for", "hop", "max", "meu", "mi",
	"minh", "mini", "mon", "my", "nay", "new", "note", "on", "plus", "pro",
	"secure", "the", "thiet", "thong", "thu", "to", "toi", "tren", "tu",
	"ultra", "ung", "dung", "un", "using", "via", "app", "with" };

static bool
is_among(const char *w, size_t n, const char *const *list, size_t items)
{
	size_t i;

	for (i = 0; i < items; i++)
		if (strlen(list[i]) == n && memcmp(list[i], w, n) == 0)
			return (true);
	return (false);
}

/* Every word is one of these, and one of them a device's. */
static bool
is_device(const char *s)
{
	bool   found = false, model;
	size_t n, i;

	for (; *s != '\0'; s += n + strspn(s + n, " .,")) {
		n = strcspn(s, " .,");
		for (i = 0, model = false; i < n; i++)
			model |= s[i] >= '0' && s[i] <= '9';
		if (is_among(s, n, devices, nitems(devices)))
			found = true;
		else if (!is_among(s, n, fillers, nitems(fillers)) &&
		    !(model && found && n <= 6)) /* "S24", "K-9" */
			return (false);
	}
	return (found);
}

/* Cuts a link at the line's end: "(https://…)", "<https://…>". */
static void
link_cut(char *s)
{
	char *p = strstr(s, "http");

	if (p == NULL)
		return;
	while (p > s && strchr(" <([", p[-1]) != NULL)
		p--;
	*p = '\0';
}

/* Cuts "Please excuse my brevity" and the like off what a phone adds. */
static void
excuse_cut(char *s)
{
	static const char *const excuses[] = { "please excuse",
		"please forgive", "please pardon", "excuse my", "excuse any",
		"xin loi", "xin thu loi", "mong thong cam", "thong cam" };
	char			*p;
	size_t			 i;

	for (i = 0; i < nitems(excuses); i++)
		if ((p = strstr(s, excuses[i])) != NULL) {
			while (p > s && strchr(" ,.-;", p[-1]) != NULL)
				p--;
			*p = '\0';
		}
}

bool
quotesign_device(const char *s, size_t n)
{
	static const char *const begins[] = { "sent from ", "sent via ",
		"sent with ", "sent using ", "sent on ", "get ", "tai ",
		"gui tu ", "da gui tu ", "duoc gui tu ", "thu gui tu ",
		"da duoc gui tu ", "gui bang ", "gui qua ", "envoye de ",
		"envoye depuis ", "enviado desde ", "enviado do ",
		"inviato da ", "gesendet von ", "gesendet mit " };
	char			 line[FOLD_ROOM(LINE_MAX_)], *p;
	size_t			 i;

	if (n > LINE_MAX_)
		return (false);
	p = fold_trim(line, sizeof line, s, n, "\t");
	link_cut(p);
	excuse_cut(p);
	for (i = strlen(p); i > 0 && strchr(" .!*_", p[i - 1]) != NULL; i--)
		p[i - 1] = '\0';
	for (i = 0; i < nitems(begins); i++)
		if (starts(p, begins[i]))
			return (is_device(p + strlen(begins[i])));
	if (starts(p, "von meinem ") && strstr(p, " gesendet") != NULL)
		return (strlen(p) < 60);
	return (false);
}

bool
quotesign_link(const char *s, size_t n)
{
	while (n > 0 && (*s == ' ' || *s == '<' || *s == '(')) {
		s++;
		n--;
	}
	return (n > 7 && n < LINE_MAX_ && memcmp(s, "http", 4) == 0 &&
	    memchr(s, ' ', n) == NULL);
}

bool
quotesign_notice(const char *s, size_t n)
{
	static const char *const begins[] = { "this e-mail", "this email",
		"this message", "this communication", "this transmission",
		"the information", "the contents of this",
		"the content of this", "confidential", "disclaimer",
		"important notice", "notice", "legal notice", "khuyen cao",
		"thong tin trong", "thong tin chua", "noi dung cua",
		"noi dung email", "noi dung thu", "email nay", "e-mail nay",
		"thu nay", "thu dien tu nay", "luu y bao mat", "luu y",
		"tuyen bo", "thong bao bao mat", "mien tru" };
	static const char *const whole[] = { "please consider the environment",
		"virus-free", "khong co virus",
		"you received this message because", "hay nghi den moi truong",
		"hay can nhac truoc khi in", "vui long can nhac truoc khi in" };
	static const char *const speaks[] = { "confidential", "privileged",
		"intended recipient", "named recipient", "intended solely",
		"intended only", "intended for", "received this", "in error",
		"notify", "delete", "attachment", "bao mat", "chi danh cho",
		"danh rieng", "khong phai la nguoi nhan",
		"khong phai nguoi nhan", "nguoi nhan", "xoa", "nguoi gui",
		"dinh kem", "nham lan", "gui nham", "trach nhiem" };
	char			 text[FOLD_ROOM(NOTICE_MAX)];
	const char		*p;
	size_t			 i, hits = 0;
	bool			 begun = false;

	if (n > NOTICE_MAX)
		return (false);
	p = fold_trim(text, sizeof text, s, n, "\t");
	for (i = 0; i < nitems(whole); i++)
		if (starts(p, whole[i]))
			return (true);
	for (i = 0; i < nitems(begins); i++)
		begun |= starts(p, begins[i]);
	if (!begun)
		return (false);
	for (i = 0; i < nitems(speaks); i++)
		hits += strstr(p, speaks[i]) != NULL;
	return (hits >= NOTICE_HITS);
}

/* "Dear shop,", "Chào shop": a few words that only greet. */
static bool
is_greeting(const char *folded, size_t words)
{
	static const char *const greetings[] = { "hi", "hello", "dear", "chao",
		"xin chao", "kinh gui", "kinh chao", "gui", "alo", "good",
		"thua" };
	size_t			 i, n;

	for (i = 0; i < nitems(greetings) && words <= GREETING_WORDS; i++) {
		n = strlen(greetings[i]);
		if (starts(folded, greetings[i]) &&
		    strchr(" ,.!:\n", folded[n]) != NULL)
			return (true);
	}
	return (false);
}

bool
quotesign_answers_below(const char *s, size_t n)
{
	static const char *const answers[] = { "answer", "comment", "repl",
		"respon", "see ", "tra loi", "phan hoi", "xem ", "ghi chu",
		"giai dap", "y kien" };
	static const char *const where[] = { "inline", "in-line", "in line",
		"in red", "in blue", "in green", "in bold", "in capital",
		"below", "ben duoi", "phia duoi", "o duoi", "duoi day",
		"mau do", "mau xanh", "chu do", "in dam", "tung muc",
		"tung cau", "ngay trong" };
	char			 text[FOLD_ROOM(NOTICE_MAX)];
	bool			 answered = false, placed = false;
	size_t			 i;

	fold_text(text, sizeof text, s, n < NOTICE_MAX ? n : NOTICE_MAX);
	for (i = 0; i < nitems(answers); i++)
		answered |= strstr(text, answers[i]) != NULL;
	for (i = 0; i < nitems(where); i++)
		placed |= strstr(text, where[i]) != NULL;
	return ((answered && placed) || is_greeting(text, measure(s, n).words));
}
