/*
 * desk.conf checked and made into JSON: deskconf_make() of
 * deskconf_parts.h.  One function a section; each notes every fault that it
 * finds and goes on, so that an administrator sees all of them at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "contact.h"
#include "deskconf_parts.h"
#include "deskconf_hook.h"
#include "deskconf_source.h"
#include "deskconf_value.h"
#include "event.h"
#include "orderno.h"
#include "phone.h"

#define QUEUES_MAX 1000

/* Sections ---------------------------------------------------------------- */

static bool
timezone_good(const char *s)
{
	size_t n = strlen(s);

	/* PostgreSQL knows which exist; this is the shape. */
	return (n > 0 && n <= CONF_NAME_MAX && *s != '/' &&
	    strstr(s, "..") == NULL &&
	    strspn(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_+-/") == n);
}

static bool
country_good(const char *s)
{
	size_t n = strlen(s);

	return (n >= 1 && n <= 3 && *s != '0' && strspn(s, "0123456789") == n);
}

/* Of a web site, without a slash at its end; more is for SQL to say. */
static bool
url_good(const char *s)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/";
	size_t		  n = strlen(s);

	return (
	    (strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0) &&
	    n > 8 && n <= 200 && strspn(s, ok) == n && s[n - 1] != '/');
}

static json_t *
make_company(struct deskconf *d)
{
	static const char *const langs[] = { "vi", "en" };
	json_t			*made = json_object();
	cfg_t			*sec = cfg_getsec(d->top, "company");
	const char		*s;

	if ((s = conf_text(d, sec, "name")) == NULL)
		deskconf_fault(d, sec, "name", "The company needs a name.");
	conf_put_text(made, "name", s);
	conf_put_text(
	    made, "lang", conf_word(d, sec, "lang", langs, nitems(langs)));
	if ((s = conf_text(d, sec, "country")) != NULL && !country_good(s)) {
		deskconf_fault(d, sec, "country",
		    "country must be a calling code such as 84.");
		s = NULL;
	}
	d->country = s != NULL ? s : PHONE_HOME;
	conf_put_text(made, "country", d->country);
	if ((s = conf_text(d, sec, "timezone")) != NULL && !timezone_good(s))
		deskconf_fault(d, sec, "timezone",
		    "timezone must be a name such as Asia/Ho_Chi_Minh.");
	conf_put_text(made, "timezone", s);
	conf_put_span(d, made, sec, "close_after");
	if ((s = conf_text(d, sec, "url")) != NULL && !url_good(s))
		deskconf_fault(d, sec, "url",
		    "url must be such as https://desk.shop.example.");
	conf_put_text(made, "url", s);
	conf_put_span(d, made, sec, "link_after");
	return (made);
}

static json_t *
make_units(struct deskconf *d)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web" };
	json_t			*made = json_object();
	cfg_t			*sec = cfg_getsec(d->top, "units");
	size_t			 i;

	for (i = 0; i < nitems(channels); i++)
		conf_put_number(d, made, sec, channels[i], 1, 100);
	return (made);
}

/* What ends a loop; 0 answers: none by itself; 0 flood: there is no such. */
static json_t *
make_limits(struct deskconf *d)
{
	json_t *made = json_object();
	cfg_t  *sec = cfg_getsec(d->top, "limits");

	conf_put_number(d, made, sec, "answers", 0, 1000);
	conf_put_number(d, made, sec, "exchange", 1, 1000);
	conf_put_number(d, made, sec, "cases", 1, 10000);
	conf_put_number(d, made, sec, "flood", 0, 10000);
	return (made);
}

/* Of mail that goes out. */
static json_t *
make_mail(struct deskconf *d)
{
	json_t *made = json_object();
	cfg_t  *sec = cfg_getsec(d->top, "mail");

	conf_put_number(d, made, sec, "undo_seconds", 0, 600);
	conf_put_number(d, made, sec, "retry_hours", 1, 720);
	json_object_set_new(
	    made, "quote", json_boolean(cfg_getbool(sec, "quote")));
	return (made);
}

static bool
pattern_good(const char *s)
{
	return (orderno_wrong(s) == NULL);
}

static json_t *
make_patterns(struct deskconf *d)
{
	if (cfg_size(d->top, "order_pattern") > ORDERNO_PATTERNS)
		deskconf_fault(d, d->top, "order_pattern",
		    "There may be at most %d order patterns.",
		    ORDERNO_PATTERNS);
	return (conf_list(d, d->top, "order_pattern", false, pattern_good,
	    "a pattern is a POSIX extended regular expression of at most 64 "
	    "plain characters that matches something, with no group repeated, "
	    "no back-reference and no count above 64"));
}

static json_t *
make_queue(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *title = conf_text(d, sec, "title");

	conf_put_text(made, "title", title != NULL ? title : cfg_title(sec));
	conf_put_span(d, made, sec, "first");
	conf_put_span(d, made, sec, "next");
	conf_put_span(d, made, sec, "offer");
	json_object_set_new(made, "members_only",
	    json_boolean(cfg_getbool(sec, "members_only")));
	deskconf_put_route(d, made, sec);
	deskconf_put_answers(d, made, sec);
	return (made);
}

static json_t *
make_agent(struct deskconf *d, cfg_t *sec)
{
	static const char *const roles[] = { "agent", "supervisor", "admin" };
	json_t			*made = json_object();
	const char		*s;

	s = conf_text(d, sec, "display");
	conf_put_text(made, "display", s != NULL ? s : cfg_title(sec));
	conf_put_text(
	    made, "role", conf_word(d, sec, "role", roles, nitems(roles)));
	conf_put_text(made, "email", conf_text(d, sec, "email"));
	s = conf_text(d, sec, "extension");
	if (s != NULL &&
	    (strlen(s) > 8 || strspn(s, "0123456789") != strlen(s)))
		deskconf_fault(d, sec, "extension",
		    "extension must be of at most 8 digits.");
	conf_put_text(made, "extension", s);
	conf_put_number(d, made, sec, "capacity", 1, 10000);
	deskconf_put_hours(d, made, sec, "schedule");
	deskconf_put_serving(d, made, sec);
	return (made);
}

/* A rule that asks for nothing, or does nothing, is a mistake. */
static void
check_rule(struct deskconf *d, cfg_t *sec)
{
	if (cfg_size(sec, "channel") + cfg_size(sec, "to") +
		    cfg_size(sec, "segment") + cfg_size(sec, "keywords") ==
		0 &&
	    !cfg_getbool(sec, "order"))
		deskconf_fault(d, sec, NULL,
		    "Rule \"%s\" has no condition: channel, to, segment, "
		    "order or keywords.",
		    cfg_title(sec));
	if (cfg_size(sec, "queue") + cfg_size(sec, "priority") +
		cfg_size(sec, "skills") + cfg_size(sec, "prefer") ==
	    0)
		deskconf_fault(d, sec, NULL,
		    "Rule \"%s\" does nothing: it sets no queue, priority or "
		    "skills.",
		    cfg_title(sec));
}

static json_t *
make_rule(struct deskconf *d, cfg_t *sec)
{
	static const char *const channels[] = { "mail", "chat", "call",
		"social", "order", "store", "web" };
	json_t			*made = json_object();
	const char		*s;

	check_rule(d, sec);
	conf_put_text(made, "channel",
	    conf_word(d, sec, "channel", channels, nitems(channels)));
	conf_put_text(made, "to", conf_text(d, sec, "to"));
	s = conf_text(d, sec, "segment");
	if (s != NULL && !conf_name_good(s))
		deskconf_fault(d, sec, "segment", "segment must be a name.");
	conf_put_text(made, "segment", s);
	if (cfg_getbool(sec, "order"))
		json_object_set_new(made, "order", json_true());
	json_object_set_new(made, "keywords",
	    conf_list(d, sec, "keywords", false, conf_keyword_good,
		"a keyword has letters or digits and at most 100 bytes"));
	conf_put_text(made, "queue", conf_queue(d, sec, "queue"));
	conf_put_number(d, made, sec, "priority", 1, 99);
	deskconf_put_asked(d, made, sec);
	conf_put_number(d, made, sec, "weight", 1, 1000);
	return (made);
}

/* Addresses ---------------------------------------------------------------- */

/* The addresses of one kind in a section, as served by its queue. */
static void
add_served(struct deskconf *d, json_t *served, cfg_t *sec, const char *kind,
    const char *queue)
{
	struct arena   a;
	struct contact c;
	const char    *s, *wrong = "This cannot be.";
	char	       key[CONTACT_KIND_MAX + CONTACT_ADDRESS_MAX + 2];
	json_t	      *made;
	size_t	       i;

	for (i = 0; i < cfg_size(sec, kind); i++) {
		s = conf_str(cfg_getnstr(sec, kind, (unsigned)i));
		arena_init(&a, 8192);
		if (!conf_text_good(s) ||
		    contact_read(&a, &c, kind, s, d->country, &wrong) !=
			CONTACT_OK)
			deskconf_fault(d, sec, kind, "\"%s\": %s", s, wrong);
		else if (strcmp(kind, "email") == 0 && strchr(s, '+') != NULL)
			deskconf_fault(d, sec, kind,
			    "\"%s\": an address is given without its plus "
			    "tag.",
			    s);
		else {
			/* Sorted as PostgreSQL keeps them: kind, address. */
			snprintf(key, sizeof key, "%s %s", kind, c.address);
			if (json_object_get(served, key) != NULL)
				deskconf_fault(d, sec, kind,
				    "\"%s\" is served already.", s);
			made = json_object();
			conf_put_text(made, "kind", kind);
			conf_put_text(made, "address", c.address);
			conf_put_text(made, "queue", queue);
			json_object_set_new(served, key, made);
		}
		arena_free(&a);
	}
}

static void
add_all_served(
    struct deskconf *d, json_t *served, cfg_t *sec, const char *queue)
{
	add_served(d, served, sec, "email", queue);
	add_served(d, served, sec, "phone", queue);
	add_served(d, served, sec, "page", queue);
}

/* Every address with the queue it belongs to, sorted. */
static json_t *
make_served(struct deskconf *d)
{
	json_t	    *served = json_object(), *list = json_array(), *part;
	const char **names, *key;
	cfg_t	    *sec;
	size_t	     i, n = 0;

	add_all_served(d, served, d->top, NULL);
	for (i = 0; i < cfg_size(d->top, "queue"); i++) {
		sec = cfg_getnsec(d->top, "queue", (unsigned)i);
		add_all_served(d, served, sec, cfg_title(sec));
	}
	names = xcalloc(json_object_size(served), sizeof *names);
	json_object_foreach (served, key, part)
		names[n++] = key;
	qsort(names, n, sizeof *names, conf_text_order);
	for (i = 0; i < n; i++)
		json_array_append(list, json_object_get(served, names[i]));
	free(names);
	json_decref(served);
	return (list);
}

/* A call's agent is known by the extension: two may not share one. */
static void
check_extensions(struct deskconf *d)
{
	json_t	   *seen = json_object();
	cfg_t	   *sec;
	const char *s;
	size_t	    i;

	for (i = 0; i < cfg_size(d->top, "agent"); i++) {
		sec = cfg_getnsec(d->top, "agent", (unsigned)i);
		if (cfg_size(sec, "extension") == 0 ||
		    (s = cfg_getstr(sec, "extension")) == NULL ||
		    !conf_text_good(s))
			continue;
		if (json_object_get(seen, s) != NULL)
			deskconf_fault(d, sec, "extension",
			    "Extension %s is another agent's.", s);
		json_object_set_new(seen, s, json_true());
	}
	json_decref(seen);
}

/* A list that configurations from before do not have; left out when empty. */
static void
put_some(json_t *to, const char *member, json_t *list)
{
	if (json_array_size(list) > 0)
		json_object_set(to, member, list);
	json_decref(list);
}

json_t *
deskconf_make(struct deskconf *d)
{
	json_t *made, *presence, *late;

	/* Whatever names a queue is looked up among them. */
	if (cfg_size(d->top, "queue") > QUEUES_MAX) {
		deskconf_fault(d, cfg_getnsec(d->top, "queue", QUEUES_MAX),
		    NULL, "There may be at most %d queues.", QUEUES_MAX);
		return (NULL);
	}
	made = json_object();
	json_object_set_new(made, "company", make_company(d));
	json_object_set_new(made, "units", make_units(d));
	json_object_set_new(made, "limits", make_limits(d));
	json_object_set_new(made, "mail", make_mail(d));
	if (cfg_size(d->top, "queue") == 0)
		deskconf_fault(d, d->top, NULL, "There is no queue.");
	else if (cfg_size(d->top, "default_queue") == 0)
		deskconf_fault(d, d->top, NULL, "default_queue is not set.");
	conf_put_text(
	    made, "default_queue", conf_queue(d, d->top, "default_queue"));
	json_object_set_new(made, "order_pattern", make_patterns(d));
	json_object_set_new(
	    made, "queues", conf_sections(d, "queue", true, make_queue));
	deskconf_overflows(d, json_object_get(made, "queues"));
	json_object_set_new(made, "served", make_served(d));
	json_object_set_new(
	    made, "agents", conf_sections(d, "agent", true, make_agent));
	check_extensions(d);
	json_object_set_new(
	    made, "rules", conf_sections(d, "rule", false, make_rule));
	json_object_set_new(made, "sources",
	    conf_sections(d, "source", true, conf_source_make));
	json_object_set_new(
	    made, "hooks", conf_sections(d, "hook", true, conf_hook_make));
	json_object_set_new(made, "hours", deskconf_hours(d));
	json_object_set_new(made, "targets", deskconf_targets(d));
	json_object_set_new(made, "widget", deskconf_widget(d));
	presence = deskconf_presence(d);
	if (json_object_size(presence) > 0)
		json_object_set(made, "presence", presence);
	json_decref(presence);
	json_object_set_new(made, "templates", deskconf_templates(d));
	json_object_set_new(made, "macros", deskconf_macros(d));
	put_some(made, "automations", deskconf_automations(d));
	put_some(made, "surveys", deskconf_surveys(d));
	put_some(made, "segments", deskconf_segments(d));
	put_some(made, "stages", deskconf_stages(d));
	put_some(made, "touchpoints", deskconf_touchpoints(d));
	put_some(made, "journeys", deskconf_journeys(d));
	put_some(made, "themes", deskconf_themes(d));
	put_some(made, "objectives", deskconf_objectives(d));
	put_some(made, "classes", deskconf_classes(d));
	put_some(made, "reasons", deskconf_reasons(d));
	put_some(made, "factors", deskconf_factors(d));
	late = deskconf_late(d);
	if (json_object_size(late) > 0)
		json_object_set(made, "late_notice", late);
	json_decref(late);
	put_some(made, "followups", deskconf_followups(d));
	put_some(made, "reports", deskconf_reports(d));
	if (d->faults == 0)
		return (made);
	json_decref(made);
	return (NULL);
}
