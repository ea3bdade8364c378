/*
 * How quoted text begins; see quotehead.h.
 */
#include <string.h>

#include "base/utf8.h"
#include "fold.h"
#include "quotehead.h"

#define RULER_LEAST 3
#define LABEL_MAX   24 /* bytes of a field's label, folded */

struct folded {
	char   s[FOLD_ROOM(QUOTEHEAD_MAX)];
	size_t n;
};

/*
 * Folded, runs of blanks as one and none at the ends, so that a line that
 * was wrapped reads like one that was not.
 */
static void
fold_line(struct folded *f, const char *s, size_t n)
{
	size_t i, to = 0;

	n = fold_text(
	    f->s, sizeof f->s, s, n < QUOTEHEAD_MAX ? n : QUOTEHEAD_MAX);
	for (i = 0; i < n; i++) {
		if (f->s[i] != ' ' && f->s[i] != '\t' && f->s[i] != '\n')
			f->s[to++] = f->s[i];
		else if (to > 0 && f->s[to - 1] != ' ')
			f->s[to++] = ' ';
	}
	while (to > 0 && f->s[to - 1] == ' ')
		to--;
	f->s[f->n = to] = '\0';
}

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

static bool
starts(const char *s, const char *with)
{
	return (strncmp(s, with, strlen(with)) == 0);
}

bool
quotehead_time(const char *s, size_t n)
{
	size_t i;

	/* "10:12", "10h12", "10.12"; not "1:2". */
	for (i = 1; i + 2 < n; i++)
		if ((s[i] == ':' || s[i] == 'h' || s[i] == '.') &&
		    is_digit(s[i - 1]) && is_digit(s[i + 1]) &&
		    is_digit(s[i + 2]) && (i + 3 == n || !is_digit(s[i + 3])))
			return (true);
	return (false);
}

bool
quotehead_address(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);

	return (at != NULL && at > s && at[-1] != ' ' && at + 1 < s + n &&
	    at[1] != ' ');
}

static bool
has_digit(const char *s)
{
	return (s[strcspn(s, "0123456789")] != '\0');
}

/* What such a line begins with; all but the last few are followed by a date. */
static bool
is_opened(const char *s)
{
	static const char *const openers[] = { "on ", "vao ", "le ", "am ",
		"el ", "em ", "il ", "op ", "den ", "pa ", "w dniu ", "dnia ",
		"a ", "luc ", "ngay ", "thu ", "hom " };
	size_t			 i;

	if (is_digit(s[0]))
		return (true);
	for (i = 0; i < nitems(openers); i++)
		if (starts(s, openers[i]))
			return (true);
	return (false);
}

/* Those of them that nobody begins a sentence of his own with. */
static bool
is_opened_plainly(const char *s)
{
	static const char *const openers[] = { "on ", "vao ", "le ", "am ",
		"el ", "em ", "il ", "op ", "den " };
	size_t			 i;

	for (i = 0; i < nitems(openers); i++)
		if (starts(s, openers[i]))
			return (true);
	return (false);
}

static const char *const verbs[] = { "wrote", "viet", "ecrit", "escribio",
	"escreveu", "scritto", "napisal", "napisal(a)", "schreef", "skrev",
	"schrieb", "kirjoitti" };

/* The word before the colon is one of writing. */
static bool
ends_in_verb(const char *s, size_t n)
{
	size_t i, len;

	while (n > 0 && (s[n - 1] == ':' || s[n - 1] == ' '))
		n--;
	for (i = 0; i < nitems(verbs); i++) {
		len = strlen(verbs[i]);
		if (n > len && s[n - len - 1] == ' ' &&
		    memcmp(s + n - len, verbs[i], len) == 0)
			return (true);
	}
	return (false);
}

/* "Am 3.6.24 um 10:12 schrieb Shop:", "Den 3 juni kl 10:12 skrev Shop:" */
static bool
has_verb_within(const char *s)
{
	return (strstr(s, " schrieb ") != NULL ||
	    strstr(s, " skrev ") != NULL || strstr(s, " schreef ") != NULL);
}

/*
 * Bytes up to the colon: the line's end, or, as some phones write it, the
 * end of "<address> wrote:" with the quoted text behind it.  0: none.
 */
static size_t
colon_get(const char *s, size_t n)
{
	static const char *const ends[] = { "> wrote: ", "> da viet: ",
		"> viet: ", "> a ecrit : ", "> escribio: " };
	const char		*p;
	size_t			 i;

	if (n > 0 && s[n - 1] == ':')
		return (n);
	for (i = 0; i < nitems(ends); i++)
		if ((p = strstr(s, ends[i])) != NULL)
			return ((size_t)(p - s) + strlen(ends[i]) - 1);
	return (0);
}

bool
quotehead_ends(const char *s, size_t n)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	/* The full-width colon, too. */
	return (n > 0 &&
	    (s[n - 1] == ':' ||
		(n > 2 && memcmp(s + n - 3, "\xef\xbc\x9a", 3) == 0) ||
		memmem(s, n, ">", 1) != NULL));
}

static bool
is_attribution(struct folded *f, bool marked, bool wrapped)
{
	bool address, timed, verb;

	if ((f->n = colon_get(f->s, f->n)) == 0)
		return (false);
	f->s[f->n] = '\0';
	address = quotehead_address(f->s, f->n);
	timed = quotehead_time(f->s, f->n);
	verb = ends_in_verb(f->s, f->n) || has_verb_within(f->s);
	if (!has_digit(f->s) || (wrapped && !is_opened(f->s)))
		return (false);
	if (marked)
		return ((address && timed) || (is_opened(f->s) && verb));
	if (is_opened_plainly(f->s))
		return (verb && (address || timed));
	return (is_opened(f->s) && address && timed);
}

bool
quotehead_attribution(const char *s, size_t n, bool marked, bool wrapped)
{
	struct folded f;

	if (n > QUOTEHEAD_MAX)
		return (false);
	fold_line(&f, s, n);
	return (is_attribution(&f, marked, wrapped));
}

/* "On Mon, 03 Jun 2024 … wrote " of Zoho, which sets it between hyphens. */
static bool
is_between(const char *inner, size_t n)
{
	struct folded f;

	if (n > QUOTEHEAD_MAX - 1)
		return (false);
	while (n > 0 && inner[n - 1] == ' ')
		n--;
	memcpy(f.s, inner, n);
	memcpy(f.s + n, ":", 2);
	f.n = n + 1;
	return (is_attribution(&f, false, false));
}

enum quote_divider
quotehead_divider(const char *s, size_t n)
{
	static const struct {
		const char	  *phrase;
		enum quote_divider divider;
	} phrases[] = {
		{ "forwarded", DIVIDER_FORWARD },
		{ "chuyen tiep", DIVIDER_FORWARD },
		{ "weitergeleitete", DIVIDER_FORWARD },
		{ "transfere", DIVIDER_FORWARD },
		{ "reenviado", DIVIDER_FORWARD }, { "original", DIVIDER_REPLY },
		{ "thu goc", DIVIDER_REPLY }, { "tin nhan goc", DIVIDER_REPLY },
		{ "tin goc", DIVIDER_REPLY }, { "email goc", DIVIDER_REPLY },
		{ "ursprungliche", DIVIDER_REPLY },
		{ "message d'origine", DIVIDER_REPLY },
		{ "messaggio originale", DIVIDER_REPLY },
		{ "\xe5\x8e\x9f\xe5\xa7\x8b", DIVIDER_REPLY },	 /* 原始 */
		{ "\xe8\xbd\xac\xe5\x8f\x91", DIVIDER_FORWARD }, /* 转发 */
	};
	static const char *const plain[] = { "begin forwarded message:",
		"bat dau chuyen tiep thu:", "bat dau thu chuyen tiep:",
		"bat dau tin nhan duoc chuyen tiep:",
		"bat dau thu duoc chuyen tiep:", "anfang der weitergeleiteten",
		"debut du message transfere" };
	struct folded		 f;
	const char		*end;
	char			*inner;
	size_t			 i;

	fold_line(&f, s, n);
	for (i = 0; i < nitems(plain); i++)
		if (starts(f.s, plain[i]))
			return (DIVIDER_FORWARD);
	if (f.s[0] == '\0' || strchr("-_=*", f.s[0]) == NULL ||
	    f.s[1] != f.s[0])
		return (DIVIDER_NONE);
	inner = f.s + strspn(f.s, "-_=* ");
	if ((end = strstr(inner, "--")) != NULL &&
	    is_between(inner, (size_t)(end - inner)))
		return (DIVIDER_REPLY);
	if ((end = strpbrk(inner, "-_=*")) == NULL || end[1] != end[0] ||
	    end - inner > 60)
		return (DIVIDER_NONE);
	inner[end - inner] = '\0';
	for (i = 0; i < nitems(phrases); i++)
		if (strstr(inner, phrases[i].phrase) != NULL)
			return (phrases[i].divider);
	return (DIVIDER_NONE);
}

unsigned
quotehead_field(const char *s, size_t n)
{
	static const struct {
		const char *label;
		unsigned    field;
	} labels[] = {
		{ "from", FIELD_FROM },
		{ "tu", FIELD_FROM },
		{ "nguoi gui", FIELD_FROM },
		{ "von", FIELD_FROM },
		{ "de", FIELD_FROM },
		{ "da", FIELD_FROM },
		{ "van", FIELD_FROM },
		{ "fran", FIELD_FROM },
		{ "\xe5\xb7\xae\xe5\x87\xba\xe4\xba\xba", FIELD_FROM },
		{ "\xe5\x8f\x91\xe4\xbb\xb6\xe4\xba\xba", FIELD_FROM },
		{ "sent", FIELD_SENT },
		{ "date", FIELD_SENT },
		{ "da gui", FIELD_SENT },
		{ "da gui luc", FIELD_SENT },
		{ "gui", FIELD_SENT },
		{ "gui luc", FIELD_SENT },
		{ "ngay gui", FIELD_SENT },
		{ "ngay", FIELD_SENT },
		{ "thoi gian", FIELD_SENT },
		{ "gesendet", FIELD_SENT },
		{ "datum", FIELD_SENT },
		{ "envoye", FIELD_SENT },
		{ "enviado", FIELD_SENT },
		{ "enviado el", FIELD_SENT },
		{ "fecha", FIELD_SENT },
		{ "inviato", FIELD_SENT },
		{ "verzonden", FIELD_SENT },
		{ "skickat", FIELD_SENT },
		{ "\xe9\x80\x81\xe4\xbf\xa1\xe6\x97\xa5\xe6\x99\x82",
		    FIELD_SENT },
		{ "\xe5\x8f\x91\xe9\x80\x81\xe6\x97\xb6\xe9\x97\xb4",
		    FIELD_SENT },
		{ "to", FIELD_TO },
		{ "den", FIELD_TO },
		{ "toi", FIELD_TO },
		{ "nguoi nhan", FIELD_TO },
		{ "an", FIELD_TO },
		{ "a", FIELD_TO },
		{ "para", FIELD_TO },
		{ "aan", FIELD_TO },
		{ "till", FIELD_TO },
		{ "\xe5\xae\x9b\xe5\x85\x88", FIELD_TO },
		{ "\xe6\x94\xb6\xe4\xbb\xb6\xe4\xba\xba", FIELD_TO },
		{ "cc", FIELD_CC },
		{ "bcc", FIELD_CC },
		{ "dong gui", FIELD_CC },
		{ "subject", FIELD_SUBJECT },
		{ "chu de", FIELD_SUBJECT },
		{ "tieu de", FIELD_SUBJECT },
		{ "betreff", FIELD_SUBJECT },
		{ "objet", FIELD_SUBJECT },
		{ "asunto", FIELD_SUBJECT },
		{ "assunto", FIELD_SUBJECT },
		{ "oggetto", FIELD_SUBJECT },
		{ "onderwerp", FIELD_SUBJECT },
		{ "amne", FIELD_SUBJECT },
		{ "\xe4\xbb\xb6\xe5\x90\x8d", FIELD_SUBJECT },
		{ "\xe4\xb8\xbb\xe9\xa2\x98", FIELD_SUBJECT },
		{ "importance", FIELD_OTHER },
		{ "tam quan trong", FIELD_OTHER },
		{ "reply-to", FIELD_OTHER },
		{ "tra loi toi", FIELD_OTHER },
		{ "attachments", FIELD_OTHER },
		{ "tep dinh kem", FIELD_OTHER },
		{ "dinh kem", FIELD_OTHER },
	};
	struct folded f;
	char	     *label, *colon;
	size_t	      i;

	fold_line(&f, s, n < 4 * LABEL_MAX ? n : utf8_cut(s, n, 4 * LABEL_MAX));
	label = f.s + strspn(f.s, "* ");
	/* Folding makes the full-width colon a plain one, where it knows it. */
	if ((colon = strchr(label, ':')) == NULL || colon - label > LABEL_MAX)
		return (0);
	while (colon > label && (colon[-1] == ' ' || colon[-1] == '*'))
		colon--;
	*colon = '\0';
	for (i = 0; i < nitems(labels); i++)
		if (strcmp(label, labels[i].label) == 0)
			return (labels[i].field);
	return (0);
}

bool
quotehead_ruler(const char *s, size_t n)
{
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		if (s[i] == ' ' || s[i] == '\t')
			continue;
		if (strchr("-_=*", s[i]) == NULL || s[i] == '\0')
			return (false);
		len++;
	}
	return (len >= RULER_LEAST);
}

bool
quotehead_forwards(const char *subject)
{
	static const char *const marks[] = { "fw:", "fwd:", "chuyen tiep:",
		"chuyen tiep thu:", "wg:", "tr:", "rv:", "enc:",
		"\xe8\xbd\xac\xe5\x8f\x91:" };
	struct folded		 f;
	const char		*s;
	size_t			 i;

	if (subject == NULL)
		return (false);
	fold_line(&f, subject, strnlen(subject, 100));
	s = f.s[0] == '[' ? strchr(f.s, ']') : NULL; /* "[shop] Fwd: …" */
	s = s != NULL ? s + 1 + strspn(s + 1, " ") : f.s;
	for (i = 0; i < nitems(marks); i++)
		if (starts(s, marks[i]))
			return (true);
	return (false);
}
