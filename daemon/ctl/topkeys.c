/*
 * What keys do in deskctl top; see topkeys.h.  Whatever changes the desk is
 * asked for in words first, and done by y alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "topkeys.h"
#include "toptable.h"

enum target { ON_QUEUE, ON_AGENT, ON_CASE };

/* Who is named in a text that is typed: Tab completes it. */
enum naming { NAMES_NOTHING, NAMES_QUEUES, NAMES_AGENTS };

/* One row is one act: its key, its words, what it asks of the desk. */
struct act_kind {
	int	    key;
	enum target on;
	const char *operation;
	const char *type;    /* what is to be typed for it; NULL: nothing */
	const char *fixed;   /* what it says instead; NULL: nothing */
	const char *confirm; /* %s: on what, %s: what was typed */
	const char *done;
	enum naming names;
};

static const struct act_kind kinds[] = {
	{ 'p', ON_QUEUE, "QUEUE.PAUSE", NULL, NULL,
	    "Pause queue %s? Nobody is offered its cases then.", "paused",
	    NAMES_NOTHING },
	{ 'p', ON_QUEUE, "QUEUE.RESUME", NULL, NULL,
	    "Resume queue %s? Its cases are offered again.", "resumed",
	    NAMES_NOTHING },
	{ 'd', ON_QUEUE, "QUEUE.DRAIN", NULL, NULL,
	    "Drain queue %s? It takes nothing new and finishes what it has.",
	    "drained", NAMES_NOTHING },
	{ 'a', ON_AGENT, "AGENT.STATE", NULL, "away",
	    "Set agent %s away? Nothing is offered to him then.", "away",
	    NAMES_NOTHING },
	{ 'e', ON_AGENT, "AGENT.STATE", NULL, "ready",
	    "Set agent %s ready? He is offered cases then.", "ready",
	    NAMES_NOTHING },
	{ 'm', ON_AGENT, "AGENT.MESSAGE", "say to %s", NULL, "Say to %s: %s?",
	    "told", NAMES_NOTHING },
	{ 't', ON_CASE, "TICKET.TRANSFER", "transfer %s to queue", NULL,
	    "Transfer %s to queue %s?", "transferred", NAMES_QUEUES },
	{ 'g', ON_CASE, "TICKET.ASSIGN", "give %s to agent (none: its line)",
	    NULL, "Give %s to %s?", "given", NAMES_AGENTS },
	{ 'i', ON_CASE, "TICKET.PRIORITY", "priority of %s (1-99, 50 is usual)",
	    NULL, "Set the priority of %s to %s?", "priority set",
	    NAMES_NOTHING },
	{ 'n', ON_CASE, "TICKET.NOTE", "note on %s", NULL,
	    "Add to %s the note: %s?", "noted", NAMES_NOTHING },
};

size_t
utf8_tail(const char *s, size_t columns)
{
	size_t n = strlen(s), at = n;

	/* (No character is wider than two columns.) */
	while (at > 0 && columns > 1) {
		at--;
		while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
			at--;
		columns -= (unsigned char)s[at] >= 0xe1 ? 2 : 1;
	}
	return (at);
}

/* The words, with each %s in them replaced by the next of the two. */
static void
words_fill(
    char *out, size_t size, const char *words, const char *a, const char *b)
{
	const char *next[] = { a, b };
	size_t	    i = 0, at = 0, n;

	out[0] = '\0';
	while (*words != '\0' && at < size) {
		n = strcspn(words, "%");
		at += (size_t)snprintf(
		    out + at, size - at, "%.*s", (int)n, words);
		words += n;
		if (*words == '\0' || at >= size)
			break;
		at += (size_t)snprintf(
		    out + at, size - at, "%s", i < 2 ? next[i++] : "");
		words += 2;
	}
}

/* ---- moving */

static void
move_to(struct top *t, int by, bool absolute)
{
	enum top_table	which = top_focus(t);
	struct top_row *rows;
	size_t		n;
	int		at;

	if (t->page == TOP_CASE) {
		t->scroll = absolute ? by : t->scroll + by;
		if (t->scroll < 0)
			t->scroll = 0;
		return;
	}
	rows = top_rows(t, which, &n);
	at = top_place(t, which, rows, n);
	at = absolute ? by : at + by;
	if (at >= (int)n)
		at = (int)n - 1;
	if (at < 0)
		at = 0;
	if (n > 0)
		snprintf(t->at[which], sizeof t->at[which], "%s", rows[at].key);
	free(rows);
}

/* The row that keys act on; false: there is none. */
static bool
row_at(const struct top *t, struct top_row *row)
{
	enum top_table	which = top_focus(t);
	struct top_row *rows;
	size_t		n;
	int		at;

	rows = top_rows(t, which, &n);
	at = top_place(t, which, rows, n);
	if (at >= 0)
		*row = rows[at];
	free(rows);
	return (at >= 0);
}

static void
page_open(struct top *t)
{
	struct top_row row;

	if (t->page == TOP_CASE || !row_at(t, &row))
		return;
	t->refused[0] = '\0';
	if (t->page == TOP_LIST) {
		t->page = TOP_CASE;
		t->why = false;
		t->scroll = 0;
		snprintf(t->ticket_id, sizeof t->ticket_id, "%.23s", row.key);
		json_decref(t->ticket);
		t->ticket = NULL;
		return;
	}
	t->of_agent = t->focus == TABLE_AGENTS;
	t->page = TOP_LIST;
	snprintf(t->of, sizeof t->of, "%s", row.key);
	t->filter[TABLE_CASES][0] = t->at[TABLE_CASES][0] = '\0';
	t->first[TABLE_CASES] = 0;
	json_decref(t->list);
	t->list = NULL;
}

static void
page_leave(struct top *t)
{
	if (t->page == TOP_CASE) {
		t->page = TOP_LIST;
	} else if (t->filter[top_focus(t)][0] != '\0') {
		t->filter[top_focus(t)][0] = '\0';
	} else if (t->page == TOP_LIST) {
		t->page = TOP_DESK;
	}
	t->refused[0] = '\0';
}

/* The same column again turns it about. */
static void
sort_by(struct top *t, int column)
{
	enum top_table	which = top_focus(t);
	struct sorting *s = &t->sorting[which];

	if (t->page == TOP_CASE || column < 0 || column >= top_tables[which].n)
		return;
	s->reverse = column == s->column && !s->reverse;
	s->column = column;
}

/* ---- acts */

/* Paused or drained: what is asked is to go on. */
static bool
is_stopped(const struct top_row *row)
{
	return (json_is_true(json_object_get(row->row, "paused")) ||
	    json_object_get(row->row, "drain") != NULL);
}

static enum target
target_now(const struct top *t)
{
	if (t->page != TOP_DESK)
		return (ON_CASE);
	return (t->focus == TABLE_QUEUES ? ON_QUEUE : ON_AGENT);
}

/* The case that an act is on: of the page, or of the row. */
static bool
case_at(const struct top *t, const json_t **ticket)
{
	struct top_row row;

	if (t->page == TOP_CASE)
		*ticket = json_object_get(t->ticket, "ticket");
	else if (row_at(t, &row))
		*ticket = row.row;
	else
		*ticket = NULL;
	return (*ticket != NULL);
}

static bool
act_aim(struct top *t, struct act *a)
{
	struct top_row row;
	const json_t  *ticket;

	if (a->kind->on == ON_CASE) {
		if (!case_at(t, &ticket))
			return (false);
		snprintf(a->target, sizeof a->target, "%lld",
		    (long long)number_of(ticket, "ticket"));
		snprintf(a->shown, sizeof a->shown, "#%lld",
		    (long long)number_of(ticket, "number"));
		return (true);
	}
	if (!row_at(t, &row))
		return (false);
	/* Of the two acts of one key, the one that changes it. */
	if (a->kind == &kinds[0] && is_stopped(&row))
		a->kind = &kinds[1];
	snprintf(a->target, sizeof a->target, "%s", row.key);
	snprintf(a->shown, sizeof a->shown, "%s", row.key);
	return (true);
}

static void
act_begin(struct top *t, int key)
{
	struct act a = { 0 };
	size_t	   i;

	for (i = 0; i < nitems(kinds) && a.kind == NULL; i++)
		if (kinds[i].key == key && kinds[i].on == target_now(t))
			a.kind = &kinds[i];
	if (a.kind == NULL || t->asking || !act_aim(t, &a))
		return;
	t->act = a;
	t->said[0] = '\0';
	t->mode = a.kind->type != NULL ? MODE_TYPE : MODE_CONFIRM;
}

static void
request_add(struct request_words *r, const char *word)
{
	if (r->n < TOP_WORDS_MAX)
		snprintf(r->words[r->n++], TOP_TEXT_MAX, "%s", word);
}

static void
act_ask(struct top *t)
{
	const struct act_kind *kind = t->act.kind;

	t->request = (struct request_words){ 0 };
	request_add(&t->request, kind->operation);
	request_add(&t->request, t->act.target);
	if (kind->fixed != NULL)
		request_add(&t->request, kind->fixed);
	if (kind->type != NULL)
		request_add(&t->request, t->act.typed);
	t->to_ask = t->asking = true;
}

void
top_act_done(const struct top *t, char *out, size_t size)
{
	snprintf(out, size, "%s: %s%s%s", t->act.shown, t->act.kind->done,
	    t->act.kind->names != NAMES_NOTHING ? " to " : "",
	    t->act.kind->names != NAMES_NOTHING ? t->act.typed : "");
}

/* ---- typing */

static void
type_key(char *text, size_t size, int key)
{
	size_t n = strlen(text);
	char   put[4];
	size_t len;

	if (key == TOP_RUBOUT && n > 0) {
		while (n > 0 && ((unsigned char)text[--n] & 0xc0) == 0x80)
			;
		text[n] = '\0';
		return;
	}
	if (key < ' ' || key == 0x7f || key > 0x10ffff ||
	    (key >= 0xd800 && key < 0xe000) || utf8_is_unshown((uint32_t)key))
		return;
	len = utf8_put(put, (uint32_t)key);
	if (n + len < size) {
		memcpy(text + n, put, len);
		text[n + len] = '\0';
	}
}

/* The next name after this one that begins with what was typed of it. */
static void
type_complete(struct top *t)
{
	enum naming   names = t->act.kind->names;
	const json_t *rows = json_object_get(
	    t->board, names == NAMES_QUEUES ? "queues" : "agents");
	const char *name;
	char	   *text = t->act.typed;
	size_t	    i, n = json_array_size(rows), from = 0, typed;

	if (names == NAMES_NOTHING || n == 0)
		return;
	/* A whole name: the one after it. */
	for (i = 0; i < n; i++)
		if (strcmp(text_of(json_array_get(rows, i), "name"), text) == 0)
			from = i + 1;
	typed = from == 0 ? strlen(text) : 0;
	for (i = 0; i < n; i++) {
		name = text_of(json_array_get(rows, (from + i) % n), "name");
		if (strncmp(name, text, typed) == 0) {
			snprintf(text, sizeof t->act.typed, "%s", name);
			return;
		}
	}
}

bool
top_prompt(const struct top *t, char *out, size_t size)
{
	char words[200];

	switch (t->mode) {
	case MODE_FILTER:
		snprintf(out, size, "filter: %s_", t->filter[top_focus(t)]);
		return (true);
	case MODE_TYPE:
		words_fill(
		    words, sizeof words, t->act.kind->type, t->act.shown, "");
		snprintf(out, size, "%s: %s_", words, t->act.typed);
		return (true);
	case MODE_CONFIRM:
		words_fill(out, size - 8, t->act.kind->confirm, t->act.shown,
		    t->act.typed);
		strcat(out, " [y/n]");
		return (true);
	default:
		return (false);
	}
}

/* ---- keys by mode */

static void
key_filter(struct top *t, int key)
{
	char *filter = t->filter[top_focus(t)];

	if (key == TOP_ENTER || key == TOP_BACK) {
		if (key == TOP_BACK)
			filter[0] = '\0';
		t->mode = MODE_PLAIN;
		return;
	}
	type_key(filter, TOP_TEXT_MAX, key);
}

static void
key_type(struct top *t, int key)
{
	if (key == TOP_BACK)
		t->mode = MODE_PLAIN;
	else if (key == TOP_TAB)
		type_complete(t);
	else if (key == TOP_ENTER && t->act.typed[0] != '\0')
		t->mode = MODE_CONFIRM;
	else
		type_key(t->act.typed, sizeof t->act.typed, key);
}

static void
key_confirm(struct top *t, int key)
{
	t->mode = MODE_PLAIN;
	if (key == 'y' || key == 'Y') {
		act_ask(t);
		return;
	}
	t->said_bad = false;
	snprintf(t->said, sizeof t->said, "nothing was done");
}

static void
key_plain(struct top *t, int key)
{
	int page = t->seen > 1 ? t->seen - 1 : 1;

	switch (key) {
	case 'q':
		t->quit = true;
		break;
	case '?':
	case 'h':
		t->mode = MODE_HELP;
		break;
	case '/':
		if (t->page != TOP_CASE)
			t->mode = MODE_FILTER;
		break;
	case TOP_TAB:
		t->focus = t->focus == TABLE_QUEUES && t->page == TOP_DESK
		    ? TABLE_AGENTS
		    : TABLE_QUEUES;
		break;
	case 'k':
	case TOP_UP:
		move_to(t, -1, false);
		break;
	case 'j':
	case TOP_DOWN:
		move_to(t, 1, false);
		break;
	case TOP_PAGE_UP:
		move_to(t, -page, false);
		break;
	case TOP_PAGE_DOWN:
	case ' ':
		move_to(t, page, false);
		break;
	case TOP_HOME:
		move_to(t, 0, true);
		break;
	case TOP_END:
		move_to(t, 1000000, true);
		break;
	case TOP_ENTER:
		page_open(t);
		break;
	case TOP_BACK:
	case TOP_RUBOUT:
		page_leave(t);
		break;
	case 'r':
		sort_by(t, t->sorting[top_focus(t)].column);
		break;
	case '<':
		sort_by(t, t->sorting[top_focus(t)].column - 1);
		break;
	case '>':
		sort_by(t, t->sorting[top_focus(t)].column + 1);
		break;
	case 'w':
		t->why = t->page == TOP_CASE && !t->why;
		break;
	default:
		if (key >= '1' && key <= '9')
			sort_by(t, key - '1');
		else
			act_begin(t, key);
	}
}

void
top_key(struct top *t, int key)
{
	switch (t->mode) {
	case MODE_FILTER:
		key_filter(t, key);
		break;
	case MODE_TYPE:
		key_type(t, key);
		break;
	case MODE_CONFIRM:
		key_confirm(t, key);
		break;
	case MODE_HELP:
		t->mode = MODE_PLAIN;
		break;
	case MODE_PLAIN:
		key_plain(t, key);
		break;
	}
}

/* ---- what is said about them */

static const struct hint queue_hints[] = { { "Enter", "cases" },
	{ "p", "pause/resume" }, { "d", "drain" }, { "Tab", "agents" },
	{ "/", "filter" }, { "1-9", "sort" }, { "?", "keys" }, { "q", "leave" },
	{ 0 } };
static const struct hint agent_hints[] = { { "Enter", "his cases" },
	{ "a", "away" }, { "e", "ready" }, { "m", "say" }, { "Tab", "queues" },
	{ "/", "filter" }, { "1-9", "sort" }, { "?", "keys" }, { "q", "leave" },
	{ 0 } };
static const struct hint case_hints[] = { { "t", "transfer" }, { "g", "give" },
	{ "i", "priority" }, { "n", "note" }, { "Esc", "back" },
	{ "/", "filter" }, { "?", "keys" }, { "q", "leave" }, { 0 } };
static const struct hint page_hints[] = { { "w", "why" }, { "t", "transfer" },
	{ "g", "give" }, { "i", "priority" }, { "n", "note" },
	{ "Esc", "back" }, { "?", "keys" }, { "q", "leave" }, { 0 } };
static const struct hint type_hints[] = { { "Enter", "goes on" },
	{ "Tab", "completes" }, { "Esc", "leaves it" }, { 0 } };
static const struct hint confirm_hints[] = { { "y", "does it" },
	{ "n", "does not" }, { 0 } };
static const struct hint filter_hints[] = { { "Enter", "keeps it" },
	{ "Esc", "drops it" }, { 0 } };
static const struct hint any_hints[] = { { "any key", "goes back" }, { 0 } };

const struct hint *
top_hint(const struct top *t, int i)
{
	const struct hint *h = queue_hints;

	if (t->mode == MODE_HELP)
		h = any_hints;
	else if (t->mode == MODE_FILTER)
		h = filter_hints;
	else if (t->mode == MODE_TYPE)
		h = type_hints;
	else if (t->mode == MODE_CONFIRM)
		h = confirm_hints;
	else if (t->page == TOP_CASE)
		h = page_hints;
	else if (t->page == TOP_LIST)
		h = case_hints;
	else if (t->focus == TABLE_AGENTS)
		h = agent_hints;
	return (h[i].key != NULL ? &h[i] : NULL);
}

static const struct hint help[] = {
	{ "Up Down, j k", "another row; PgUp PgDn Home End further" },
	{ "Tab", "from the queues to the agents and back" },
	{ "Enter", "a queue's cases, an agent's, a case" },
	{ "Esc", "back; drops the filter first" },
	{ "1-9, < >", "sort by that column; r the other way about" },
	{ "/", "only rows with these letters, marks or none" },
	{ "p, d", "queue: pause or resume it, drain it" },
	{ "a, e, m", "agent: set away, set ready, say something to him" },
	{ "w", "case: why it is where it is, and its clocks" },
	{ "t, g", "case: transfer to a queue, give to an agent" },
	{ "i, n", "case: priority, note" },
	{ "q", "leave" },
	{ 0 },
};

const struct hint *
top_help(int i)
{
	return (help[i].key != NULL ? &help[i] : NULL);
}
