/*
 * desk.conf's hours and templates: when somebody answers, and what is
 * answered with.  See deskconf_parts.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "deskconf_value.h"

#define PROSE_MAX    4000 /* bytes of a template */
#define HOLIDAYS_MAX 200
#define SPANS_MAX    8 /* of a short day */

static bool
two_digits(const char *s, int most)
{
	return (s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' &&
	    (s[0] - '0') * 10 + (s[1] - '0') <= most);
}

/* "08:00"; minutes of the day, -1 when it is none. */
static int
clock_read(const char *s)
{
	if (!two_digits(s, 24) || s[2] != ':' || !two_digits(s + 3, 59))
		return (-1);
	return (((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 +
	    s[4] - '0');
}

static int
weekday_read(const char *s)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };
	int			 i;

	for (i = 0; i < (int)nitems(days); i++)
		if (strncmp(s, days[i], 3) == 0)
			return (i);
	return (-1);
}

/* "08:00-12:00"; past midnight it ends on the next day. */
static bool
span_good(const char *s, bool night)
{
	int opens = clock_read(s), closes;

	if (opens < 0 || opens >= 24 * 60 || s[5] != '-')
		return (false);
	closes = clock_read(s + 6);
	return (closes > 0 && closes <= 24 * 60 &&
	    (night ? closes != opens : closes > opens));
}

/* "mon-fri 08:00-12:00", "sat 08:00-12:00" or "fri 22:00-02:00". */
static bool
week_good(const char *s)
{
	int first, last;

	if (strlen(s) < 15 || (first = last = weekday_read(s)) == -1)
		return (false);
	s += 3;
	if (*s == '-') {
		last = weekday_read(s + 1);
		s += 4;
	}
	return (last >= first && *s == ' ' && strlen(s + 1) == 11 &&
	    span_good(s + 1, true));
}

static bool
date_good(const char *s)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int		 month, day, year;
	size_t		 i;

	for (i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return (false);
	if (sscanf(s, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return (false);
	return (year >= 2000 && month >= 1 && month <= 12 && day >= 1 &&
	    day <= days[month - 1] &&
	    (month != 2 || day < 29 ||
		(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))));
}

/*
 * A short day's own hours, "08:00-11:30,13:00-15:00": where they end, or NULL
 * when they are none.
 */
static const char *
spans_end(const char *s)
{
	const char *before = NULL;
	int	    n = 0;

	do {
		if (n++ == SPANS_MAX || strnlen(s, 11) < 11 ||
		    !span_good(s, false) ||
		    (before != NULL && strncmp(s, before, 5) <= 0))
			return (NULL);
		before = s + 6;
		s += 11;
	} while (*s++ == ',');
	return (s - 1);
}

static bool
title_good(const char *s)
{
	return (*s == '\0' || *s == ' ');
}

/* "tet 2027..2030 7d" or "gio-to 2027"; SQL knows of which years. */
static bool
moon_good(const char *s)
{
	int    first, last, days = 1, used = 0;
	size_t n;

	s += strncmp(s, "tet ", 4) == 0 ? 4 : 7;
	if (sscanf(s, "%4d%n", &first, &used) != 1 || used != 4 || first < 1000)
		return (false);
	last = first;
	s += 4;
	if (strncmp(s, "..", 2) == 0) {
		if (sscanf(s + 2, "%4d%n", &last, &used) != 1 || used != 4)
			return (false);
		s += 6;
	}
	n = *s == ' ' ? strspn(s + 1, "0123456789") : 0;
	if (n > 0 && s[n + 1] == 'd' && title_good(s + n + 2)) {
		days = n > 2 ? 0 : (int)strtol(s + 1, NULL, 10);
		s += n + 2;
	}
	return (last >= first && days >= 1 && days <= 30 && title_good(s));
}

/*
 * "2027-02-05..2027-02-11 Tết", "2026-09-02 Quốc khánh", the day alone, with
 * hours of its own ("2027-02-04 08:00-11:30 29 Tết"), or days by the moon.
 */
static bool
holiday_good(const char *s)
{
	const char *end;

	if (!conf_text_good(s))
		return (false);
	if (strncmp(s, "tet ", 4) == 0 || strncmp(s, "gio-to ", 7) == 0)
		return (moon_good(s));
	if (strlen(s) < 10 || !date_good(s))
		return (false);
	if (strncmp(s + 10, "..", 2) == 0) {
		if (strlen(s) < 22 || !date_good(s + 12) ||
		    strncmp(s + 12, s, 10) < 0)
			return (false);
		s += 12;
	}
	s += 10;
	/* What looks like hours must be some. */
	if (*s == ' ' && strspn(s + 1, "0123456789") == 2 && s[3] == ':')
		return ((end = spans_end(s + 1)) != NULL && title_good(end));
	return (title_good(s));
}

static json_t *
make_hours(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object();

	json_object_set_new(made, "week",
	    conf_list(d, sec, "week", false, week_good,
		"it must be like \"mon-fri 08:00-12:00\""));
	if (cfg_size(sec, "week") == 0)
		deskconf_fault(d, sec, NULL,
		    "Hours \"%s\" are never open: week is not set.",
		    cfg_title(sec));
	json_object_set_new(made, "holidays",
	    conf_list(d, sec, "holidays", false, holiday_good,
		"it must be like \"2026-09-02 Quốc khánh\", "
		"\"2027-02-05..2027-02-11 Tết\", \"tet 2027..2030 7d\" "
		"or \"2027-02-04 08:00-11:30 29 Tết\""));
	if (cfg_size(sec, "holidays") > HOLIDAYS_MAX)
		deskconf_fault(d, sec, "holidays",
		    "There may be at most %d holidays.", HOLIDAYS_MAX);
	conf_put_text(made, "timezone", conf_text(d, sec, "timezone"));
	return (made);
}

json_t *
deskconf_hours(struct deskconf *d)
{
	return (conf_sections(d, "hours", true, make_hours));
}

/* Lines and blanks, but no other control. */
static bool
prose_good(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > PROSE_MAX || !utf8_valid(s, n))
		return (false);
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f)
			return (false);
	return (true);
}

/* Every {name} must be one that is known; NULL, or the first that is not. */
static const char *
variable_wrong(const char *s, bool automatic, char *name, size_t size)
{
	static const char *const known[] = { "company", "queue", "ticket",
		"expected", "opens", "agent", "case_link", "review_link",
		"referral_link", "order_number", "promised", "carrier",
		"customer", "subject", "order" };
	const size_t		 safe = 12; /* of them: no stranger's words */
	size_t			 n, i, last = automatic ? safe : nitems(known);

	while ((s = strchr(s, '{')) != NULL) {
		n = strspn(++s, "abcdefghijklmnopqrstuvwxyz_");
		if (n == 0 || (s[n] != '}' && s[n] != '|'))
			continue;
		if (s[n] == '|' && s[n + 1 + strcspn(s + n + 1, "{}")] != '}')
			continue;
		for (i = 0; i < last; i++)
			if (strlen(known[i]) == n &&
			    strncmp(known[i], s, n) == 0)
				break;
		if (i == last) {
			snprintf(name, size, "%.*s", (int)n, s);
			return (name);
		}
	}
	return (NULL);
}

/* Is the template sent without a person's looking at it? */
static bool
is_automatic(struct deskconf *d, const char *template)
{
	static const char *const by[] = { "acknowledge", "acknowledge_closed",
		"turned_away" };
	cfg_t			*sec;
	size_t			 i, k;

	for (i = 0; i < cfg_size(d->top, "queue"); i++) {
		sec = cfg_getnsec(d->top, "queue", (unsigned)i);
		for (k = 0; k < nitems(by); k++)
			if (cfg_size(sec, by[k]) != 0 &&
			    strcmp(conf_str(cfg_getstr(sec, by[k])),
				template) == 0)
				return (true);
	}
	return (deskconf_sends(d, template) ||
	    deskconf_class_sends(d, template) ||
	    deskconf_late_sends(d, template) ||
	    deskconf_followup_sends(d, template));
}

static void
put_prose(struct deskconf *d, json_t *to, cfg_t *sec, const char *option,
    bool (*good)(const char *), bool automatic)
{
	const char *s;
	char	    name[40];

	if (cfg_size(sec, option) == 0 || (s = cfg_getstr(sec, option)) == NULL)
		return;
	if (!good(s))
		deskconf_fault(d, sec, option,
		    good == prose_good ? "%s must be a text of 1 to %d bytes."
				       : "%s must be one line.",
		    option, PROSE_MAX);
	else if (variable_wrong(s, false, name, sizeof name) != NULL)
		deskconf_fault(
		    d, sec, option, "{%s} stands for nothing.", name);
	else if (automatic && variable_wrong(s, true, name, sizeof name))
		deskconf_fault(d, sec, option,
		    "{%s} cannot stand in what is sent by itself.", name);
	else
		conf_put_text(to, option, s);
}

void
deskconf_put_prose(
    struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	put_prose(d, to, sec, option, prose_good, false);
}

static json_t *
make_template(struct deskconf *d, cfg_t *sec)
{
	json_t *made = json_object();
	bool	automatic = is_automatic(d, cfg_title(sec));

	put_prose(d, made, sec, "vi", prose_good, automatic);
	put_prose(d, made, sec, "en", prose_good, automatic);
	put_prose(d, made, sec, "subject_vi", conf_text_good, automatic);
	put_prose(d, made, sec, "subject_en", conf_text_good, automatic);
	deskconf_put_promise(d, made, sec);
	if (cfg_size(sec, "vi") + cfg_size(sec, "en") == 0)
		deskconf_fault(d, sec, NULL,
		    "Template \"%s\" has no text: set vi, en or both.",
		    cfg_title(sec));
	return (made);
}

json_t *
deskconf_templates(struct deskconf *d)
{
	return (conf_sections(d, "template", true, make_template));
}

void
deskconf_put_hours(
    struct deskconf *d, json_t *to, cfg_t *sec, const char *option)
{
	const char *s = conf_text(d, sec, option);

	if (s != NULL && cfg_gettsec(d->top, "hours", s) == NULL)
		deskconf_fault(d, sec, option, "There are no hours \"%s\".", s);
	conf_put_text(to, option, s);
}

/* A queue's options that name hours or a template. */
void
deskconf_put_answers(struct deskconf *d, json_t *to, cfg_t *queue)
{
	static const char *const options[] = { "signature", "acknowledge",
		"acknowledge_closed", "turned_away" };
	const char		*s;
	size_t			 i;

	deskconf_put_hours(d, to, queue, "hours");
	for (i = 0; i < nitems(options); i++) {
		s = conf_text(d, queue, options[i]);
		if (s != NULL && cfg_gettsec(d->top, "template", s) == NULL)
			deskconf_fault(d, queue, options[i],
			    "There is no template \"%s\".", s);
		conf_put_text(to, options[i], s);
	}
}
