/*
 * The customer's page, from its head to its foot; see casepage.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "casepage.h"
#include "htmlout.h"

static const char *
str(const json_t *from, const char *name)
{
	return (json_string_value(json_object_get(from, name)));
}

static bool
yes(const json_t *from, const char *name)
{
	return (json_is_true(json_object_get(from, name)));
}

static void
say(struct buf *b, const struct casepage *p, enum caseword w)
{
	htmlout_text(b, caseword(w, p->english));
}

static void
top(struct buf *b, const struct casepage *p)
{
	htmlout_raw(b, "<a class=\"skip\" href=\"#write\">");
	say(b, p, CW_SKIP);
	htmlout_raw(b, "</a>\n<header class=\"top\">");
	htmlout_brand(b, p->english, str(p->seen, "company"),
	    p->english ? "?lang=vi" : "?lang=en",
	    caseword(CW_OTHER_LANG, p->english));
}

/* Where it stands, in a sentence, and when more is to be expected. */
static void
standing(struct buf *b, const struct casepage *p)
{
	const char *state = str(p->seen, "state");
	const char *agent = str(p->seen, "agent");
	const char *expected = str(p->seen, "expected");

	htmlout_raw(b, "<p class=\"now\">");
	if (state == NULL || strcmp(state, "new") == 0)
		say(b, p, CW_NEW);
	else if (strcmp(state, "closed") == 0)
		say(b, p, CW_CLOSED);
	else if (strcmp(state, "resolved") == 0)
		say(b, p, CW_RESOLVED);
	else if (strcmp(state, "pending") == 0)
		say(b, p, CW_PENDING);
	else if (!yes(p->seen, "owed"))
		say(b, p, CW_ANSWERED);
	else if (agent != NULL) {
		say(b, p, CW_SEEN_BY);
		htmlout_raw(b, "<bdi>");
		htmlout_text(b, agent);
		htmlout_raw(b, "</bdi>");
		say(b, p, CW_SEEN_BY_END);
	} else
		say(b, p, CW_OPEN);
	htmlout_raw(b, "</p>\n");
	if (expected == NULL && !yes(p->seen, "late"))
		return;
	htmlout_raw(b, "<p class=\"when\">");
	if (expected != NULL) {
		say(b, p, CW_EXPECTED);
		htmlout_text(b, expected);
		say(b, p, CW_EXPECTED_END);
	} else
		say(b, p, CW_LATE);
	htmlout_raw(b, "</p>\n");
}

static void
steps(struct buf *b, const struct casepage *p)
{
	static const struct {
		const char   *name;
		enum caseword word;
	} all[] = { { "received", CW_STEP_RECEIVED },
		{ "working", CW_STEP_WORKING },
		{ "answered", CW_STEP_ANSWERED }, { "done", CW_STEP_DONE } };
	const json_t *had = json_object_get(p->seen, "steps");
	const char   *at;
	size_t	      i, last = 0;

	for (i = 0; i < nitems(all); i++)
		if (str(had, all[i].name) != NULL)
			last = i;
	htmlout_raw(b, "<ol class=\"steps\"");
	htmlout_attr(b, "aria-label", caseword(CW_STEPS, p->english));
	htmlout_raw(b, ">\n");
	for (i = 0; i < nitems(all); i++) {
		htmlout_raw(b, "<li");
		htmlout_attr(b, "class", i <= last ? "done" : "todo");
		htmlout_attr(b, "aria-current", i == last ? "step" : NULL);
		htmlout_raw(b, "><span class=\"step\">");
		say(b, p, all[i].word);
		htmlout_raw(b, "</span>");
		if ((at = str(had, all[i].name)) != NULL && at[0] != '\0') {
			htmlout_raw(b, "<span class=\"at\">");
			htmlout_text(b, at);
			htmlout_raw(b, "</span>");
		}
		htmlout_raw(b, "</li>\n");
	}
	htmlout_raw(b, "</ol>\n");
}

static void
order_date(struct buf *b, const struct casepage *p, const json_t *o,
    const char *name, enum caseword w, bool *any)
{
	const char *day = str(o, name);

	if (day == NULL)
		return;
	if (*any)
		htmlout_raw(b, ", ");
	*any = true;
	say(b, p, w);
	htmlout_text(b, day);
}

static void
orders(struct buf *b, const struct casepage *p)
{
	const json_t *list = json_object_get(p->seen, "orders"), *o;
	size_t	      i;
	bool	      any;

	if (json_array_size(list) == 0)
		return;
	htmlout_raw(b,
	    "<section class=\"orders\" aria-labelledby=\"h-orders\">"
	    "<h2 id=\"h-orders\">");
	say(b, p, CW_ORDERS);
	htmlout_raw(b, "</h2>\n");
	json_array_foreach (list, i, o) {
		any = false;
		htmlout_raw(b, "<p class=\"order\"><span class=\"no\">");
		htmlout_text(b, str(o, "order"));
		htmlout_raw(b, "</span> <span class=\"dates\">");
		order_date(b, p, o, "promised", CW_ORDER_PROMISED, &any);
		if (str(o, "delivered") == NULL)
			order_date(b, p, o, "shipped", CW_ORDER_SHIPPED, &any);
		order_date(b, p, o, "delivered", CW_ORDER_DELIVERED, &any);
		htmlout_raw(b, "</span>");
		if (yes(o, "late")) {
			htmlout_raw(b, " <span class=\"late\">");
			say(b, p, CW_ORDER_LATE);
			htmlout_raw(b, "</span>");
		}
		if (str(o, "carrier") != NULL || str(o, "tracking") != NULL) {
			htmlout_raw(b, " <span class=\"carrier\">");
			htmlout_text(b, str(o, "carrier"));
			htmlout_raw(b, " ");
			htmlout_text(b, str(o, "tracking"));
			htmlout_raw(b, "</span>");
		}
		htmlout_raw(b, "</p>\n");
	}
	htmlout_raw(b, "</section>\n");
}

static void
size_said(struct buf *b, json_int_t n)
{
	if (n >= 1048576)
		buf_printf(b, "%lld,%lld MB", (long long)(n / 1048576),
		    (long long)(n % 1048576 * 10 / 1048576));
	else
		buf_printf(b, "%lld KB", (long long)((n + 1023) / 1024));
}

static void
files(struct buf *b, const struct casepage *p, const json_t *item)
{
	const json_t *list = json_object_get(item, "files"), *f;
	char	      path[160];
	size_t	      i;

	if (json_array_size(list) == 0)
		return;
	htmlout_raw(b, "<ul class=\"files\">");
	json_array_foreach (list, i, f) {
		snprintf(path, sizeof path, "/case/%.64s/files/%lld/%lld",
		    p->token,
		    (long long)json_integer_value(
			json_object_get(item, "event")),
		    (long long)json_integer_value(json_object_get(f, "place")));
		htmlout_raw(b, "<li><a");
		htmlout_attr(b, "href", path);
		htmlout_raw(b, " download><bdi>");
		htmlout_text(b, str(f, "name"));
		htmlout_raw(b, "</bdi></a> <span class=\"at\">");
		size_said(b, json_integer_value(json_object_get(f, "size")));
		htmlout_raw(b, "</span></li>");
	}
	htmlout_raw(b, "</ul>");
}

static void
stamp(struct buf *b, const json_t *item)
{
	htmlout_raw(b, "<time");
	htmlout_attr(b, "datetime", str(item, "at"));
	htmlout_raw(b, ">");
	htmlout_text(b, str(item, "stamp"));
	htmlout_raw(b, "</time>");
}

static enum caseword
channel_word(const char *channel)
{
	static const struct {
		const char   *name;
		enum caseword word;
	} all[] = { { "mail", CW_BY_MAIL }, { "chat", CW_BY_CHAT },
		{ "social", CW_BY_SOCIAL }, { "web", CW_BY_WEB } };
	size_t i;

	for (i = 0; channel != NULL && i < nitems(all); i++)
		if (strcmp(all[i].name, channel) == 0)
			return (all[i].word);
	return (CASEWORDS);
}

static void
message(struct buf *b, const struct casepage *p, const json_t *item, bool his)
{
	enum caseword by = channel_word(str(item, "channel"));
	const char   *who = str(item, "agent"), *text = str(item, "text");

	htmlout_raw(b, "<li");
	htmlout_attr(b, "class", his ? "mine" : "ours");
	htmlout_raw(b, "><p class=\"who\"><bdi>");
	if (his)
		say(b, p, CW_YOU);
	else
		htmlout_text(b, who != NULL ? who : str(p->seen, "company"));
	htmlout_raw(b, "</bdi> <span class=\"at\">");
	stamp(b, item);
	if (by != CASEWORDS) {
		htmlout_raw(b, " · ");
		say(b, p, by);
	}
	htmlout_raw(b, "</span></p>");
	if (text != NULL && text[0] != '\0') {
		htmlout_raw(b, "<div class=\"said\" dir=\"auto\">");
		htmlout_text(b, text);
		htmlout_raw(b, "</div>");
	}
	files(b, p, item);
	htmlout_raw(b, "</li>\n");
}

/* A call, or what became of the case: one thin line. */
static void
line(struct buf *b, const struct casepage *p, const json_t *item)
{
	const json_t *call = json_object_get(item, "call");
	const char   *to = str(item, "to"), *way = str(call, "direction");
	json_int_t    s = json_integer_value(json_object_get(call, "seconds"));

	htmlout_raw(b, "<li class=\"line\"><span>");
	if (call == NULL)
		say(b, p,
		    to != NULL && strcmp(to, "resolved") == 0
			? CW_EVENT_RESOLVED
			: to != NULL && strcmp(to, "closed") == 0
			? CW_EVENT_CLOSED
			: CW_EVENT_REOPENED);
	else if (yes(call, "missed"))
		say(b, p, CW_CALL_MISSED);
	else {
		say(b, p,
		    way != NULL && strcmp(way, "out") == 0 ? CW_CALL_OUT
							   : CW_CALL_IN);
		if (s > 0) {
			buf_printf(b, " · %lld", (long long)((s + 59) / 60));
			say(b, p, CW_CALL_MINUTES);
		}
	}
	htmlout_raw(b, "</span> <span class=\"at\">");
	stamp(b, item);
	htmlout_raw(b, "</span></li>\n");
}

static void
talk(struct buf *b, const struct casepage *p)
{
	const json_t *list = json_object_get(p->seen, "items"), *item;
	const char   *what;
	size_t	      i;

	htmlout_raw(b,
	    "<section class=\"talk\" aria-labelledby=\"h-talk\">"
	    "<h2 id=\"h-talk\">");
	say(b, p, CW_TALK);
	htmlout_raw(b, "</h2>\n");
	if (yes(p->seen, "more") || json_array_size(list) == 0) {
		htmlout_raw(b, "<p class=\"hint\">");
		say(b, p, yes(p->seen, "more") ? CW_MORE : CW_NONE);
		htmlout_raw(b, "</p>\n");
	}
	htmlout_raw(b, "<ol class=\"items\">\n");
	json_array_foreach (list, i, item) {
		what = str(item, "what");
		if (what != NULL && strcmp(what, "in") == 0)
			message(b, p, item, true);
		else if (what != NULL && strcmp(what, "out") == 0)
			message(b, p, item, false);
		else
			line(b, p, item);
	}
	htmlout_raw(b, "</ol>\n</section>\n");
}

static void
notice(struct buf *b, const struct casepage *p)
{
	htmlout_raw(b, "<div id=\"notice\">");
	if (p->said != CASEWORDS) {
		htmlout_raw(b, "<p");
		htmlout_attr(b, "class", p->failed ? "bad" : "good");
		htmlout_attr(b, "role", p->failed ? "alert" : "status");
		htmlout_raw(b, ">");
		say(b, p, p->said);
		if (p->failed && p->files) {
			htmlout_raw(b, " ");
			say(b, p, CW_FILES_AGAIN);
		}
		htmlout_raw(b, "</p>");
	}
	/* What the page's script says when the desk is out of its reach. */
	htmlout_raw(b,
	    "</div>\n<template id=\"lost\">"
	    "<p class=\"bad\" role=\"alert\">");
	say(b, p, CW_FAILED);
	htmlout_raw(b, "</p></template>\n");
}

/* The action names no path: the browser adds it to the page's own. */
static void
form_begin(struct buf *b, const struct casepage *p, const char *what)
{
	htmlout_raw(b, "<form method=\"post\" enctype=\"multipart/form-data\"");
	htmlout_attr(b, "class", what);
	htmlout_attr(b, "action", p->english ? "?lang=en" : "?lang=vi");
	htmlout_raw(b, ">\n<input type=\"hidden\" name=\"what\"");
	htmlout_attr(b, "value", what);
	htmlout_raw(b, ">\n");
}

static void
write_form(struct buf *b, const struct casepage *p)
{
	const char *state = str(p->seen, "state");
	bool	    closed = state != NULL && strcmp(state, "closed") == 0;

	htmlout_raw(b,
	    "<section class=\"write\" id=\"write\" "
	    "aria-labelledby=\"h-write\"><h2 id=\"h-write\">");
	say(b, p, CW_WRITE);
	htmlout_raw(b, "</h2>\n");
	notice(b, p);
	if (closed) {
		htmlout_raw(b, "<p class=\"hint\">");
		say(b, p, CW_WRITE_CLOSED);
		htmlout_raw(b, "</p>\n");
	}
	form_begin(b, p, "write");
	htmlout_raw(b, "<input type=\"hidden\" name=\"id\"");
	htmlout_attr(b, "value", p->id);
	htmlout_raw(b, ">\n<label for=\"text\">");
	say(b, p, CW_WRITE_LABEL);
	htmlout_raw(b,
	    "</label>\n<textarea id=\"text\" name=\"text\" rows=\"4\" "
	    "maxlength=\"16000\" dir=\"auto\">\n");
	htmlout_text(b, p->typed);
	htmlout_raw(b, "</textarea>\n<label for=\"files\">");
	say(b, p, CW_FILES);
	htmlout_raw(b,
	    "</label>\n<input id=\"files\" type=\"file\" name=\"files\" "
	    "multiple aria-describedby=\"files-hint\">\n"
	    "<p class=\"hint\" id=\"files-hint\">");
	say(b, p, CW_FILES_HINT);
	htmlout_raw(b, "</p>\n<button class=\"primary\">");
	say(b, p, CW_SEND);
	htmlout_raw(b, "</button>\n</form>\n</section>\n");
}

/* Done, or not done: for him whose case it is, while that can be said. */
static void
done_form(struct buf *b, const struct casepage *p)
{
	const char *state = str(p->seen, "state");
	bool	    resolved = state != NULL && strcmp(state, "resolved") == 0;

	if (!yes(p->seen, "his") || state == NULL ||
	    strcmp(state, "closed") == 0)
		return;
	htmlout_raw(b,
	    "<section class=\"over\" aria-labelledby=\"h-over\">"
	    "<h2 id=\"h-over\">");
	say(b, p, resolved ? CW_AGAIN_ASK : CW_DONE_ASK);
	htmlout_raw(b, "</h2>\n");
	form_begin(b, p, resolved ? "again" : "done");
	htmlout_raw(b, "<button>");
	say(b, p, resolved ? CW_AGAIN : CW_DONE);
	htmlout_raw(b, "</button>\n</form>\n</section>\n");
}

static void
foot(struct buf *b, const struct casepage *p)
{
	htmlout_raw(b, "<footer>");
	htmlout_raw(b, "<p>");
	say(b, p, CW_FOOT);
	htmlout_raw(b, "</p>");
	if (str(p->seen, "for") != NULL) {
		htmlout_raw(b, "<p>");
		say(b, p, CW_FOOT_FOR);
		htmlout_raw(b, "<bdi>");
		htmlout_text(b, str(p->seen, "for"));
		htmlout_raw(b, "</bdi>.");
		if (str(p->seen, "until") != NULL) {
			htmlout_raw(b, " ");
			say(b, p, CW_FOOT_UNTIL);
			htmlout_text(b, str(p->seen, "until"));
			htmlout_raw(b, ".");
		}
		htmlout_raw(b, "</p>");
	}
	htmlout_raw(b, "</footer>\n");
}

static void
title(char *out, size_t size, const struct casepage *p)
{
	snprintf(out, size, "%s #%lld", caseword(CW_CASE, p->english),
	    (long long)json_integer_value(json_object_get(p->seen, "number")));
}

void
casepage_write(struct buf *b, const struct casepage *p)
{
	const char *subject = str(p->seen, "subject");
	char	    name[64];
	char	    version[24];

	if (p->seen == NULL) {
		htmlout_head(b, p->english, "/case", true,
		    caseword(CW_AWAY, p->english), NULL);
		htmlout_raw(b, "<main class=\"case\"><h1>");
		say(b, p, CW_AWAY);
		htmlout_raw(b, "</h1>\n");
		write_form(b, p);
		htmlout_raw(b, "</main>\n</body>\n</html>\n");
		return;
	}
	title(name, sizeof name, p);
	snprintf(version, sizeof version, "%lld",
	    (long long)json_integer_value(json_object_get(p->seen, "version")));
	htmlout_head(
	    b, p->english, "/case", true, name, str(p->seen, "company"));
	top(b, p);
	htmlout_raw(b, "<main class=\"case\"");
	htmlout_attr(b, "data-version", version);
	htmlout_raw(b, ">\n<div id=\"shown\">\n<p class=\"number\">");
	htmlout_text(b, name);
	htmlout_raw(b, "</p>\n<h1 dir=\"auto\">");
	htmlout_text(b, subject != NULL && subject[0] != '\0' ? subject : name);
	htmlout_raw(b, "</h1>\n<section class=\"standing\">\n");
	standing(b, p);
	steps(b, p);
	htmlout_raw(b, "</section>\n");
	orders(b, p);
	talk(b, p);
	htmlout_raw(b, "</div>\n");
	write_form(b, p);
	htmlout_raw(b, "<div id=\"over\">\n");
	done_form(b, p);
	htmlout_raw(b, "</div>\n</main>\n");
	foot(b, p);
	htmlout_raw(b, "</body>\n</html>\n");
}

void
casepage_notice(struct buf *b, enum caseword w, bool english)
{
	struct casepage p = { .english = english, .said = CASEWORDS };

	htmlout_head(b, english, "/case", true, caseword(w, english), NULL);
	htmlout_raw(b, "<main class=\"case notice\"><h1>");
	say(b, &p, w);
	htmlout_raw(b, "</h1>\n<p>");
	say(b, &p,
	    w == CW_GONE	? CW_GONE_WHY
		: w == CW_OFTEN ? CW_OFTEN_WHY
				: CW_AWAY_WHY);
	htmlout_raw(b, "</p>\n");
	if (w != CW_GONE) {
		htmlout_raw(b, "<p><a class=\"button\" href=\"?\">");
		say(b, &p, CW_RETRY);
		htmlout_raw(b, "</a></p>\n");
	}
	htmlout_raw(b, "</main>\n</body>\n</html>\n");
}
