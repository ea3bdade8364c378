/*
 * One inbound event: its beginning, its end, and what every event needs
 * before it is filed; see event.h.
 */
#include <string.h>

#include "base/utf8.h"
#include "event.h"
#include "fold.h"
#include "lang.h"
#include "mood.h"
#include "rules.h"
#include "surveylink.h"

/* An agent's capacity is 100; what an event takes when nothing is set. */
#define EVENT_UNITS 5

void
event_begin(struct event *e, size_t cap)
{
	*e = (struct event){ 0 };
	arena_init(&e->arena, cap);
}

void
event_drop(struct event *e)
{
	arena_free(&e->arena);
	spill_free(&e->files);
	spill_free(&e->source);
}

static bool
is_blank(char c)
{
	return (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

/* The text's beginning as one line. */
static bool
event_preview(struct event *e)
{
	const char *s = e->own != NULL ? e->own : e->text;
	char	   *p;
	size_t	    n = 0;

	if (e->preview != NULL || s == NULL)
		return (true);
	if ((p = arena_get(&e->arena, EVENT_PREVIEW_MAX + 5)) == NULL)
		return (false);
	for (; *s != '\0' && n < EVENT_PREVIEW_MAX + 4; s++) {
		if (!is_blank(*s))
			p[n++] = *s;
		else if (n > 0 && p[n - 1] != ' ')
			p[n++] = ' ';
	}
	n = utf8_cut(p, n, EVENT_PREVIEW_MAX);
	while (n > 0 && p[n - 1] == ' ')
		n--;
	p[n] = '\0';
	if (n > 0)
		e->preview = p;
	return (true);
}

/* Everything that a search should find the event by, folded. */
static bool
event_words(struct event *e)
{
	/* What he wrote comes first: the room may not do for what he quoted. */
	const char *part[] = { e->subject, e->name, e->order_no, e->own,
		e->text };
	char	    words[EVENT_WORDS_MAX + 1];
	struct buf  all;
	size_t	    i, n;

	if (e->words != NULL)
		return (true);
	buf_init(&all, 0);
	for (i = 0; i < nitems(part); i++) {
		if (part[i] == NULL)
			continue;
		buf_str(&all, part[i]);
		buf_char(&all, '\n');
	}
	n = fold_words(words, sizeof words, all.n > 0 ? all.p : "", all.n);
	buf_free(&all);
	if (n > 0)
		e->words = arena_dup(&e->arena, words, n);
	return (n == 0 || e->words != NULL);
}

static bool
event_name(struct event *e)
{
	char   folded[256];
	size_t n;

	if (e->name == NULL || e->name_folded != NULL)
		return (true);
	n = fold_text(folded, sizeof folded, e->name, strlen(e->name));
	e->name_folded = arena_dup(&e->arena, folded, n);
	return (e->name_folded != NULL);
}

static bool
event_names(const char *const *list, size_t n, const char *address)
{
	while (n > 0)
		if (strcmp(list[--n], address) == 0)
			return (true);
	return (false);
}

/*
 * Of the addresses that a mail names, ours come first in to, in the mail's
 * own order: however many copies of it come, by whatever way, each is
 * classified alike.
 */
static void
event_recipients(struct event *e, const struct rules *rules)
{
	const char *to[EVENT_CONTACTS];
	size_t	    i, n = 0, others = 0;

	for (i = 0; i < e->nothers; i++)
		if (!rules_serves(rules, e->others[i]))
			e->others[others++] = e->others[i];
		else if (n < nitems(to))
			to[n++] = e->others[i];
	for (i = 0; i < e->nto && n < nitems(to); i++)
		if (!event_names(to, n, e->to[i]))
			to[n++] = e->to[i];
	e->nothers = others;
	e->nto = n;
	memcpy(e->to, to, n * sizeof *to);
}

/* Whether a customer wrote this himself, in words. */
static bool
event_feels(const struct event *e)
{
	static const char *const channels[] = { "mail", "chat", "social",
		"web" };
	size_t			 i;

	if (e->automatic || e->quarantine != NULL || e->text == NULL ||
	    e->kind == NULL || strcmp(e->kind, "message") != 0)
		return (false);
	for (i = 0; i < nitems(channels); i++)
		if (strcmp(e->channel, channels[i]) == 0)
			return (true);
	return (false);
}

/*
 * {"value":-1,"strength":2,"words":["…"],"at":[12]}: at is where each stands
 * in own, or in text where own is absent, in bytes.
 */
static bool
event_mood(struct event *e, const struct lexicon *l)
{
	const char *s = e->own != NULL ? e->own : e->text;
	struct mood m;
	struct buf  b;
	size_t	    i;

	if (l == NULL || e->mood != NULL || !event_feels(e))
		return (true);
	mood_read(&m, l, e->lang, s, strlen(s));
	buf_init(&b, 0);
	buf_printf(&b, "{\"value\":%d", m.value);
	if (m.value != 0)
		buf_printf(&b, ",\"strength\":%d", m.strength);
	for (i = 0; i < m.nwords; i++) {
		buf_str(&b, i == 0 ? ",\"words\":[" : ",");
		buf_json(&b, s + m.word[i].at, m.word[i].n);
	}
	for (i = 0; i < m.nwords; i++)
		buf_printf(&b, "%s%u", i == 0 ? "],\"at\":[" : ",",
		    (unsigned)m.word[i].at);
	buf_str(&b, m.nwords > 0 ? "]}" : "}");
	e->mood = arena_dup(&e->arena, b.p, b.n);
	buf_free(&b);
	return (e->mood != NULL);
}

/* What answers a survey is nobody's to read but his who was asked. */
static bool
event_hide(struct event *e)
{
	const char **texts[] = { &e->text, &e->own, &e->html };
	const char  *had;
	size_t	     i;

	for (i = 0; i < nitems(texts); i++) {
		had = *texts[i];
		*texts[i] = surveylink_hide(&e->arena, had);
		if (had != NULL && *texts[i] == NULL)
			return (false);
	}
	return (true);
}

bool
event_finish(struct event *e, const struct rules *rules)
{
	if (!event_hide(e))
		return (false);
	if (e->lang == NULL)
		e->lang =
		    lang_guess(e->subject, e->own != NULL ? e->own : e->text);
	if (e->lang == NULL && e->own != NULL) /* "ok" says nothing */
		e->lang = lang_guess(NULL, e->text);
	if (rules != NULL) {
		if (e->nothers > 0)
			event_recipients(e, rules);
		if (!rules_classify(rules, e) ||
		    !event_mood(e, rules_lexicon(rules)))
			return (false);
	} else {
		e->nothers = 0; /* nobody knows which of them are ours */
		if (e->units == 0)
			e->units = EVENT_UNITS;
	}
	return (event_preview(e) && event_name(e) && event_words(e));
}
