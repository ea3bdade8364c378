/*
 * Questions of the survey's page: scales, faces, chips, fields; see
 * surveypage.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "htmlout.h"
#include "surveyparts.h"

/* The scales that a tap answers. */
static const struct scale {
	const char     *kind;
	int		low, high;
	enum surveyword at_low, at_high;
} scales[] = {
	{ "nps", 0, 10, SW_NPS_LOW, SW_NPS_HIGH },
	{ "csat", 1, 5, SW_CSAT_1, SW_CSAT_5 },
	{ "ces", 1, 7, SW_CES_LOW, SW_CES_HIGH },
};

const char *
surveypage_str(const json_t *from, const char *name)
{
	return (json_string_value(json_object_get(from, name)));
}

void
surveypage_say(struct buf *b, const struct surveypage *p, enum surveyword w)
{
	htmlout_text(b, surveyword(w, p->english, p->staff));
}

static const struct scale *
scale_of(const json_t *q)
{
	const char *kind = surveypage_str(q, "kind");
	size_t	    i;

	for (i = 0; kind != NULL && i < nitems(scales); i++)
		if (strcmp(scales[i].kind, kind) == 0)
			return (&scales[i]);
	return (NULL);
}

bool
surveypage_is_score(const json_t *q)
{
	return (scale_of(q) != NULL);
}

static bool
is_csat(const struct scale *s)
{
	return (s->at_low == SW_CSAT_1);
}

/* ` name="n.hearty"`. */
static void
field_name(struct buf *b, char kind, const json_t *q)
{
	char name[96];

	snprintf(name, sizeof name, "%c.%s", kind,
	    surveypage_str(q, "name") != NULL ? surveypage_str(q, "name") : "");
	htmlout_attr(b, "name", name);
}

/* The face of a score from 1 to 5, as a picture beside its word. */
static void
face(struct buf *b, int score)
{
	static const char *const faces[] = { "frown", "annoyed", "meh", "smile",
		"laugh" };
	static const char *const moods[] = { "neg", "neg", "neu", "pos",
		"pos" };
	char			 href[16];

	htmlout_raw(b, "<svg aria-hidden=\"true\"");
	htmlout_attr(b, "class", moods[score - 1]);
	htmlout_raw(b, "><use");
	snprintf(href, sizeof href, "#i-%s", faces[score - 1]);
	htmlout_attr(b, "href", href);
	htmlout_raw(b, "/></svg>");
}

/* What stands on a score: its number, or a face with its word. */
static void
score_shown(
    struct buf *b, const struct surveypage *p, const struct scale *s, int score)
{
	if (!is_csat(s)) {
		buf_int(b, score);
		return;
	}
	face(b, score);
	htmlout_raw(b, "<span>");
	surveypage_say(b, p, (enum surveyword)(SW_CSAT_1 + score - 1));
	htmlout_raw(b, "</span><span class=\"n\">");
	buf_int(b, score);
	htmlout_raw(b, "</span>");
}

/* Under the scale: what its ends mean. */
static void
ends(struct buf *b, const struct surveypage *p, const struct scale *s)
{
	if (is_csat(s))
		return;
	htmlout_raw(b, "<div class=\"ends\"><span>");
	buf_int(b, s->low);
	htmlout_raw(b, " · ");
	surveypage_say(b, p, s->at_low);
	htmlout_raw(b, "</span><span>");
	buf_int(b, s->high);
	htmlout_raw(b, " · ");
	surveypage_say(b, p, s->at_high);
	htmlout_raw(b, "</span></div>\n");
}

static void
scale_name(struct buf *b, const struct surveypage *p, const struct scale *s)
{
	char name[64];

	snprintf(name, sizeof name, "%s%d%s%d",
	    surveyword(SW_SCALE, p->english, p->staff), s->low,
	    surveyword(SW_SCALE_TO, p->english, p->staff), s->high);
	htmlout_attr(b, "aria-label", name);
}

/* The scores in the order they stand: numbers from the left, faces from the
   best. */
static int
score_at(const struct scale *s, int i)
{
	return (is_csat(s) ? s->high - i : s->low + i);
}

void
surveypage_taps(struct buf *b, const struct surveypage *p, const json_t *q)
{
	const struct scale *s = scale_of(q);
	char		    value[12];
	int		    i;

	htmlout_raw(b, "<div role=\"group\"");
	htmlout_attr(b, "class", s->kind);
	scale_name(b, p, s);
	htmlout_raw(b, ">\n");
	for (i = 0; i <= s->high - s->low; i++) {
		snprintf(value, sizeof value, "%d", score_at(s, i));
		htmlout_raw(b, "<button class=\"tap\"");
		field_name(b, 'n', q);
		htmlout_attr(b, "value", value);
		if (p->score != NULL && strcmp(p->score, value) == 0)
			htmlout_attr(b, "aria-pressed", "true");
		htmlout_raw(b, ">");
		score_shown(b, p, s, score_at(s, i));
		htmlout_raw(b, "</button>\n");
	}
	htmlout_raw(b, "</div>\n");
	ends(b, p, s);
}

/* Whether that was typed before, alone or among others. */
static bool
was_typed(const json_t *typed, const char *value)
{
	const json_t *one;
	char	      number[24];
	size_t	      i;

	if (json_is_integer(typed)) {
		snprintf(number, sizeof number, "%lld",
		    (long long)json_integer_value(typed));
		return (strcmp(number, value) == 0);
	}
	json_array_foreach (typed, i, one)
		if (was_typed(one, value))
			return (true);
	return (json_is_string(typed) &&
	    strcmp(json_string_value(typed), value) == 0);
}

static const json_t *
typed_of(const struct surveypage *p, const json_t *q)
{
	const char *name = surveypage_str(q, "name");

	return (name != NULL ? json_object_get(p->typed, name) : NULL);
}

static void
pick(struct buf *b, const struct surveypage *p, const json_t *q,
    const char *type, char kind, const char *value)
{
	htmlout_raw(b, "<label class=\"tap\"><input");
	htmlout_attr(b, "type", type);
	field_name(b, kind, q);
	htmlout_attr(b, "value", value);
	if (was_typed(typed_of(p, q), value))
		htmlout_raw(b, " checked");
	if (json_is_true(json_object_get(q, "required")) && kind == 'n')
		htmlout_raw(b, " required");
	htmlout_raw(b, "><span class=\"on\">");
}

static void
scale_fields(struct buf *b, const struct surveypage *p, const json_t *q,
    const struct scale *s)
{
	char value[12];
	int  i;

	htmlout_raw(b, "<div");
	htmlout_attr(b, "class", s->kind);
	htmlout_raw(b, ">\n");
	for (i = 0; i <= s->high - s->low; i++) {
		snprintf(value, sizeof value, "%d", score_at(s, i));
		pick(b, p, q, "radio", 'n', value);
		score_shown(b, p, s, score_at(s, i));
		htmlout_raw(b, "</span></label>\n");
	}
	htmlout_raw(b, "</div>\n");
	ends(b, p, s);
}

static void
choice_fields(struct buf *b, const struct surveypage *p, const json_t *q)
{
	const json_t *c;
	const char   *text;
	size_t	      i;

	htmlout_raw(b, "<div class=\"chips\">\n");
	json_array_foreach (json_object_get(q, "choices"), i, c) {
		pick(b, p, q, "checkbox", 'c', surveypage_str(c, "name"));
		text = surveypage_str(c, "text");
		htmlout_text(
		    b, text != NULL ? text : surveypage_str(c, "name"));
		htmlout_raw(b, "</span></label>\n");
	}
	htmlout_raw(b, "</div>\n");
}

static void
number_field(struct buf *b, const struct surveypage *p, const json_t *q)
{
	const json_t *typed = typed_of(p, q);
	char	      value[24];

	htmlout_raw(b, "<input type=\"number\" step=\"1\"");
	field_name(b, 'n', q);
	htmlout_attr(b, "aria-label", surveypage_str(q, "text"));
	if (json_is_integer(typed)) {
		snprintf(value, sizeof value, "%lld",
		    (long long)json_integer_value(typed));
		htmlout_attr(b, "value", value);
	}
	if (json_is_true(json_object_get(q, "required")))
		htmlout_raw(b, " required");
	htmlout_raw(b, ">\n");
}

static void
text_field(struct buf *b, const struct surveypage *p, const json_t *q)
{
	htmlout_raw(b, "<textarea rows=\"3\" maxlength=\"4000\" dir=\"auto\"");
	field_name(b, 't', q);
	htmlout_attr(b, "aria-label", surveypage_str(q, "text"));
	if (json_is_true(json_object_get(q, "required")))
		htmlout_raw(b, " required");
	htmlout_raw(b, ">\n");
	htmlout_text(b, json_string_value(typed_of(p, q)));
	htmlout_raw(b, "</textarea>\n");
}

void
surveypage_fields(struct buf *b, const struct surveypage *p, const json_t *q)
{
	const struct scale *s = scale_of(q);
	const char	   *kind = surveypage_str(q, "kind");

	htmlout_raw(b, "<fieldset><legend>");
	htmlout_text(b, surveypage_str(q, "text"));
	if (json_is_true(json_object_get(q, "required"))) {
		htmlout_raw(b, " <span class=\"need\">");
		surveypage_say(b, p, SW_REQUIRED);
		htmlout_raw(b, "</span>");
	}
	htmlout_raw(b, "</legend>\n");
	if (s != NULL)
		scale_fields(b, p, q, s);
	else if (kind != NULL && strcmp(kind, "choice") == 0)
		choice_fields(b, p, q);
	else if (kind != NULL && strcmp(kind, "number") == 0)
		number_field(b, p, q);
	else
		text_field(b, p, q);
	htmlout_raw(b, "</fieldset>\n");
}
