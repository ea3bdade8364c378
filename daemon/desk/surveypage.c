/*
 * The survey's page, from its head to its foot; see surveypage.h.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "htmlout.h"
#include "surveyparts.h"

#define str surveypage_str
#define say surveypage_say

static bool
yes(const json_t *from, const char *name)
{
	return (json_is_true(json_object_get(from, name)));
}

/* The five faces, drawn once (Lucide, ISC). */
static void
faces(struct buf *b)
{
	htmlout_raw(b,
	    "<svg class=\"sprite\" aria-hidden=\"true\">"
	    "<symbol id=\"i-ok\" viewBox=\"0 0 24 24\">"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/>"
	    "<path d=\"m16 9-5.5 5.5L8 12\"/></symbol>"
	    "<symbol id=\"i-laugh\" viewBox=\"0 0 24 24\">"
	    "<path d=\"M15 10V9M9 10V9M7.084 14.302a5.12 5.12 0 009.833 0 .24"
	    ".24 0 00-.235-.302H7.32a.24.24 0 00-.235.302\"/>"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/></symbol>"
	    "<symbol id=\"i-smile\" viewBox=\"0 0 24 24\">"
	    "<path d=\"M15 10V9M9 10V9M16.472 15a6 6 0 01-8.943 0\"/>"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/></symbol>"
	    "<symbol id=\"i-meh\" viewBox=\"0 0 24 24\">"
	    "<path d=\"M15 10V9M9 10V9M8 16h8\"/>"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/></symbol>"
	    "<symbol id=\"i-annoyed\" viewBox=\"0 0 24 24\">"
	    "<path d=\"M14 10h2M8 10h2M8 16h8\"/>"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/></symbol>"
	    "<symbol id=\"i-frown\" viewBox=\"0 0 24 24\">"
	    "<path d=\"M15 10V9M9 10V9M9 16a5 5 0 016 0\"/>"
	    "<circle cx=\"12\" cy=\"12\" r=\"10\"/></symbol></svg>\n");
}

static void
top(struct buf *b, const struct surveypage *p)
{
	char href[48];

	/* What was chosen in the mail stays chosen in the other language. */
	snprintf(href, sizeof href, "?lang=%s%s%.2s", p->english ? "vi" : "en",
	    p->score != NULL ? "&score=" : "",
	    p->score != NULL ? p->score : "");
	htmlout_raw(b, "<header>");
	htmlout_brand(b, p->english, str(p->seen, "company"), href,
	    surveyword(SW_OTHER_LANG, p->english, p->staff));
}

/* Of his case nothing is shown but his order's number and day. */
static void
about(struct buf *b, const struct surveypage *p)
{
	const char *order = str(p->seen, "order");
	const char *delivered = str(p->seen, "delivered");

	if (order == NULL)
		return;
	htmlout_raw(b, "<p class=\"why\">");
	say(b, p, SW_ORDER);
	htmlout_text(b, order);
	if (delivered != NULL) {
		say(b, p, SW_DELIVERED);
		htmlout_text(b, delivered);
	}
	htmlout_raw(b, ".</p>\n");
}

static void
notice(struct buf *b, const struct surveypage *p)
{
	if (p->said == SURVEYWORDS)
		return;
	if (p->failed)
		htmlout_raw(b, "<p class=\"bad\" role=\"alert\">");
	else
		htmlout_raw(b,
		    "<p class=\"ok\" role=\"status\"><svg aria-hidden=\"true\">"
		    "<use href=\"#i-ok\"/></svg><span>");
	say(b, p, p->said);
	if (!p->failed)
		htmlout_raw(b, "</span>");
	htmlout_raw(b, "</p>\n");
}

static void
form_begin(struct buf *b, const struct surveypage *p)
{
	htmlout_raw(
	    b, "<form method=\"post\"><input type=\"hidden\" name=\"once\"");
	htmlout_attr(b, "value", p->once);
	htmlout_raw(b, ">\n");
}

static void
send_button(struct buf *b, const struct surveypage *p, const char *what,
    enum surveyword w)
{
	htmlout_raw(b, "<button class=\"primary\" name=\"what\"");
	htmlout_attr(b, "value", what);
	htmlout_raw(b, ">");
	say(b, p, w);
	htmlout_raw(b, "</button>\n");
}

/* A score that the mail's own link chose: one button sends it. */
static void
chosen(struct buf *b, const struct surveypage *p, const json_t *q)
{
	char name[96];

	snprintf(name, sizeof name, "n.%s", str(q, "name"));
	htmlout_raw(b, "<button class=\"primary\" id=\"send\" autofocus");
	htmlout_attr(b, "name", name);
	htmlout_attr(b, "value", p->score);
	htmlout_raw(b, ">");
	say(b, p, SW_CHOSEN);
	htmlout_text(b, p->score);
	say(b, p, SW_CHOSEN_END);
	htmlout_raw(b, "</button>\n<p class=\"hint\">");
	say(b, p, SW_CHOSEN_HINT);
	htmlout_raw(b, "</p>\n");
}

static void
questions(struct buf *b, const struct surveypage *p)
{
	const json_t *q;
	size_t	      i;

	json_array_foreach (json_object_get(p->seen, "questions"), i, q)
		surveypage_fields(b, p, q);
}

/* One tap on the first question; or, where more must be answered, a form. */
static void
ask(struct buf *b, const struct surveypage *p)
{
	const json_t *list = json_object_get(p->seen, "questions");
	const json_t *first = json_array_get(list, 0);
	bool	      one = yes(p->seen, "one") && surveypage_is_score(first);

	htmlout_raw(b, "<h1>");
	htmlout_text(b, one ? str(first, "text") : str(p->seen, "title"));
	htmlout_raw(b, "</h1>\n");
	about(b, p);
	notice(b, p);
	form_begin(b, p);
	if (one) {
		surveypage_taps(b, p, first);
		if (p->score != NULL)
			chosen(b, p, first);
	} else {
		questions(b, p);
		send_button(b, p, "answer", SW_SEND);
	}
	htmlout_raw(b, "</form>\n");
}

/* What was counted, and thanks. */
static void
counted(struct buf *b, const struct surveypage *p)
{
	const json_t *score = json_object_get(p->seen, "score");

	htmlout_raw(b,
	    "<h1 class=\"ok\"><svg "
	    "aria-hidden=\"true\"><use href=\"#i-ok\"/></svg><span>");
	if (json_is_integer(score)) {
		say(b, p, SW_COUNTED);
		buf_int(b, json_integer_value(score));
		say(b, p, SW_COUNTED_END);
	} else
		say(b, p, SW_THANKS);
	htmlout_raw(b, "</span></h1>\n");
}

/* "Nhờ em Chi gọi lại cho anh/chị". */
static void
call_back(struct buf *b, const struct surveypage *p)
{
	const char *agent = str(p->seen, "agent");

	htmlout_raw(b,
	    "<label class=\"check\"><input type=\"checkbox\" "
	    "name=\"call\" value=\"yes\"");
	if (yes(p->typed, "call"))
		htmlout_raw(b, " checked");
	htmlout_raw(b, "> <span>");
	if (agent != NULL) {
		say(b, p, SW_CALL);
		htmlout_text(b, agent);
		say(b, p, SW_CALL_END);
	} else
		say(b, p, SW_CALL_ANY);
	htmlout_raw(b, "</span></label>\n");
}

static void
words(struct buf *b, const struct surveypage *p)
{
	htmlout_raw(b,
	    "<textarea name=\"text\" rows=\"3\" maxlength=\"4000\" "
	    "dir=\"auto\"");
	htmlout_attr(
	    b, "aria-label", surveyword(SW_WORDS, p->english, p->staff));
	htmlout_attr(
	    b, "placeholder", surveyword(SW_WORDS_HINT, p->english, p->staff));
	htmlout_raw(b, ">\n");
	htmlout_text(b, str(p->typed, "text"));
	htmlout_raw(b, "</textarea>\n");
}

/* The gift: why, in chips and words, and whether he wants to be called. */
static void
gift(struct buf *b, const struct surveypage *p)
{
	bool call = yes(p->seen, "call");

	questions(b, p);
	if (call && yes(p->seen, "words")) {
		htmlout_raw(b, "<h2>");
		say(b, p, SW_WHY_LOW);
		htmlout_raw(b, "</h2>\n");
		words(b, p);
	}
	if (call)
		call_back(b, p);
	send_button(b, p, "more", SW_SEND_MORE);
}

/* "Do you still need help?": two buttons, and his words with them. */
static void
help(struct buf *b, const struct surveypage *p)
{
	htmlout_raw(b, "<h2>");
	say(b, p, SW_HELP_ASK);
	htmlout_raw(b, "</h2>\n");
	if (yes(p->seen, "words"))
		words(b, p);
	htmlout_raw(b,
	    "<div class=\"two\"><button name=\"what\" value=\"done\" "
	    "formnovalidate>");
	say(b, p, SW_HELP_DONE);
	htmlout_raw(b,
	    "</button><button name=\"what\" value=\"help\" "
	    "formnovalidate>");
	say(b, p, SW_HELP);
	htmlout_raw(b, "</button></div>\n");
}

static void
more(struct buf *b, const struct surveypage *p)
{
	/* Who has said what there is to say reads thanks, and no form. */
	bool over =
	    !p->failed && (p->said == SW_SAID_HELP || p->said == SW_SAID_DONE);
	bool gifts = !over && (p->failed || p->said != SW_SAID_MORE) &&
	    (yes(p->seen, "call") ||
		json_array_size(json_object_get(p->seen, "questions")) != 0);
	bool helps = !over && yes(p->seen, "help");

	counted(b, p);
	notice(b, p);
	if (!gifts && !helps)
		return;
	htmlout_raw(b, "<div class=\"more\">\n");
	form_begin(b, p);
	if (gifts)
		gift(b, p);
	if (helps)
		help(b, p);
	htmlout_raw(b, "</form>\n</div>\n");
}

static void
reach_field(struct buf *b, const struct surveypage *p, const char *name,
    const char *type, const char *fill, enum surveyword w)
{
	htmlout_raw(b, "<label");
	htmlout_attr(b, "for", name);
	htmlout_raw(b, ">");
	say(b, p, w);
	htmlout_raw(b, "</label><input maxlength=\"200\"");
	htmlout_attr(b, "id", name);
	htmlout_attr(b, "name", name);
	htmlout_attr(b, "type", type);
	htmlout_attr(b, "autocomplete", fill);
	htmlout_attr(b, "value", str(p->typed, name));
	htmlout_raw(b, ">\n");
}

/* Who he is, when he wants an answer; and a field that only robots fill in. */
static void
reach(struct buf *b, const struct surveypage *p)
{
	htmlout_raw(b, "<fieldset class=\"reach\"><legend>");
	say(b, p, SW_YOU);
	htmlout_raw(b, "</legend>\n<p class=\"hint\">");
	say(b, p, SW_YOU_HINT);
	htmlout_raw(b, "</p>\n");
	reach_field(b, p, "name", "text", "name", SW_NAME);
	reach_field(b, p, "email", "email", "email", SW_EMAIL);
	reach_field(b, p, "phone", "tel", "tel", SW_PHONE);
	htmlout_raw(b,
	    "</fieldset>\n<div class=\"trap\" aria-hidden=\"true\">"
	    "<label for=\"website\">");
	say(b, p, SW_TRAP);
	htmlout_raw(b,
	    "</label><input id=\"website\" name=\"website\" tabindex=\"-1\" "
	    "autocomplete=\"off\"></div>\n");
}

static void
feedback(struct buf *b, const struct surveypage *p)
{
	htmlout_raw(b, "<h1>");
	htmlout_text(b, str(p->seen, "title"));
	htmlout_raw(b, "</h1>\n");
	notice(b, p);
	if (p->said == SW_SAID_SENT)
		return;
	form_begin(b, p);
	questions(b, p);
	reach(b, p);
	send_button(b, p, "answer", SW_SEND);
	htmlout_raw(b, "</form>\n");
}

static void
foot(struct buf *b, const struct surveypage *p, bool form)
{
	const char *until = str(p->seen, "until");

	htmlout_raw(b, "<footer>");
	if (form)
		say(b, p, SW_FORM_FOOT);
	else if (until != NULL) {
		if (yes(p->seen, "one")) {
			say(b, p, SW_ONE_TAP);
			htmlout_raw(b, " ");
		}
		say(b, p, SW_ONCE);
		say(b, p, SW_UNTIL);
		htmlout_text(b, until);
		htmlout_raw(b, ".");
	}
	htmlout_raw(b, "</footer>\n");
}

void
surveypage_write(struct buf *b, const struct surveypage *p)
{
	const char *step = str(p->seen, "step");
	bool	    form = step != NULL && strcmp(step, "form") == 0;

	htmlout_head(b, p->english, "/survey", false, str(p->seen, "title"),
	    str(p->seen, "company"));
	faces(b);
	htmlout_raw(b, "<div class=\"q\">\n");
	top(b, p);
	htmlout_raw(b, "<main>\n");
	if (form)
		feedback(b, p);
	else if (step != NULL && strcmp(step, "more") == 0)
		more(b, p);
	else
		ask(b, p);
	htmlout_raw(b, "</main>\n");
	foot(b, p, form);
	htmlout_raw(b, "</div>\n</body>\n</html>\n");
}

void
surveypage_notice(struct buf *b, enum surveyword w, bool english)
{
	struct surveypage p = { .english = english, .said = SURVEYWORDS };

	htmlout_head(
	    b, english, "/survey", false, surveyword(w, english, false), NULL);
	htmlout_raw(b, "<div class=\"q\"><main><h1>");
	say(b, &p, w);
	htmlout_raw(b, "</h1>\n<p class=\"why\">");
	say(b, &p, (enum surveyword)(w + 1));
	htmlout_raw(b, "</p>\n");
	if (w == SW_LEAVE || w == SW_UNWANTED) {
		htmlout_raw(
		    b, "<form method=\"post\"><button class=\"primary\">");
		say(b, &p, w == SW_LEAVE ? SW_LEAVE_DO : SW_UNWANTED_DO);
		htmlout_raw(b, "</button></form>\n");
	} else if (w == SW_UNLEFT) {
		htmlout_raw(
		    b, "<form method=\"post\"><button class=\"primary\">");
		say(b, &p, SW_RETRY);
		htmlout_raw(b, "</button></form>\n");
	} else if (w == SW_AWAY || w == SW_OFTEN) {
		/* The same page: what its link chose stays chosen. */
		htmlout_raw(b, "<p><a class=\"button\" href=\"\">");
		say(b, &p, SW_RETRY);
		htmlout_raw(b, "</a></p>\n");
	}
	htmlout_raw(b, "</main></div>\n</body>\n</html>\n");
}

static void
hidden(struct buf *b, const char *kind, const char *name, const char *value)
{
	char whole[96];

	snprintf(whole, sizeof whole, "%s%s", kind, name);
	htmlout_raw(b, "<input type=\"hidden\"");
	htmlout_attr(b, "name", whole);
	htmlout_attr(b, "value", value);
	htmlout_raw(b, ">\n");
}

/* His own words are seen: he may want them elsewhere. */
static void
shown(struct buf *b, const char *kind, const char *name, const char *value,
    bool english)
{
	char whole[96];

	snprintf(whole, sizeof whole, "%s%s", kind, name);
	htmlout_raw(b, "<textarea rows=\"3\" dir=\"auto\"");
	htmlout_attr(b, "name", whole);
	htmlout_attr(
	    b, "aria-label", surveyword(SW_KEPT_WORDS, english, false));
	htmlout_raw(b, ">\n");
	htmlout_text(b, value);
	htmlout_raw(b, "</textarea>\n");
}

static void
kept_answer(struct buf *b, const char *name, const json_t *a, bool english)
{
	const json_t *one;
	char	      number[24];
	size_t	      i;

	if (json_is_string(a))
		shown(b, "t.", name, json_string_value(a), english);
	else if (json_is_integer(a)) {
		snprintf(number, sizeof number, "%lld",
		    (long long)json_integer_value(a));
		hidden(b, "n.", name, number);
	} else
		json_array_foreach (a, i, one)
			hidden(b, "c.", name, json_string_value(one));
}

void
surveypage_kept(struct buf *b, const char *once, const char *what,
    const json_t *answers, const json_t *besides, bool english)
{
	struct surveypage p = { .english = english, .once = once };
	const char	 *name;
	json_t		 *value;

	htmlout_head(b, english, "/survey", false,
	    surveyword(SW_KEPT, english, false), NULL);
	htmlout_raw(b, "<div class=\"q\"><main><h1>");
	say(b, &p, SW_KEPT);
	htmlout_raw(b, "</h1>\n<p class=\"bad\" role=\"alert\">");
	say(b, &p, SW_KEPT_WHY);
	htmlout_raw(b, "</p>\n");
	form_begin(b, &p);
	json_object_foreach ((json_t *)(uintptr_t)answers, name, value)
		kept_answer(b, name, value, english);
	json_object_foreach ((json_t *)(uintptr_t)besides, name, value)
		if (strcmp(name, "text") == 0)
			shown(b, "", name, json_string_value(value), english);
		else if (json_is_string(value))
			hidden(b, "", name, json_string_value(value));
		else if (json_is_true(value))
			hidden(b, "", name, "yes");
	send_button(b, &p, what, SW_SEND);
	htmlout_raw(b, "</form>\n</main></div>\n</body>\n</html>\n");
}
