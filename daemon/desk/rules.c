/*
 * The applied configuration, read from its JSON; see rules.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <jansson.h>

#include "automation.h"
#include "base/buf.h"
#include "contact.h"
#include "event.h"
#include "hearing.h"
#include "jsonin.h"
#include "keywords.h"
#include "orderno.h"
#include "phone.h"
#include "provider.h"
#include "routeword.h"
#include "ruleset.h"

#define RULES_BYTES (8 << 20) /* strings of one configuration */
#define RULES_LIST  10000     /* members of any list */

static const char *const channels[] = { [CHANNEL_MAIL] = "mail",
	[CHANNEL_CHAT] = "chat",
	[CHANNEL_CALL] = "call",
	[CHANNEL_SOCIAL] = "social",
	[CHANNEL_ORDER] = "order",
	[CHANNEL_STORE] = "store",
	[CHANNEL_WEB] = "web" };

static const int default_units[] = { [CHANNEL_MAIL] = 5,
	[CHANNEL_CHAT] = 20,
	[CHANNEL_CALL] = 100,
	[CHANNEL_SOCIAL] = 20,
	[CHANNEL_ORDER] = 5,
	[CHANNEL_STORE] = 5,
	[CHANNEL_WEB] = 5 };

struct loading {
	struct rules *rules;
	char	     *wrong;
	size_t	      size;
};

enum channel_no
channel_find(const char *s)
{
	size_t i;

	for (i = 0; i < CHANNELS; i++)
		if (strcmp(channels[i], s) == 0)
			break;
	return ((enum channel_no)i);
}

/* Names the place by our own words only: what was sent is not repeated. */
static bool
load_wrong(struct loading *l, const char *list, size_t i, const char *what)
{
	snprintf(l->wrong, l->size, "%s[%zu]: %s", list, i, what);
	return (false);
}

static const char *
load_keep(struct loading *l, const char *s)
{
	return (s != NULL ? arena_str(&l->rules->arena, s) : NULL);
}

/*
 * The list's members, or true with none when it is absent; each must be an
 * object, save in lists of texts.
 */
static bool
load_list(struct loading *l, const json_t *from, const char *name,
    const json_t **list, size_t *n)
{
	*list = json_object_get(from, name);
	*n = 0;
	if (*list == NULL || json_is_null(*list))
		return (true);
	if (!json_is_array(*list) || json_array_size(*list) > RULES_LIST)
		return (load_wrong(l, name, 0, "this is no list, or too long"));
	*n = json_array_size(*list);
	return (true);
}

static void *
load_room(struct loading *l, size_t n, size_t size)
{
	return (arena_get(&l->rules->arena, (n != 0 ? n : 1) * size));
}

/* A list of texts in the arena; NULL when it is none or the arena full. */
static const char **
load_texts(struct loading *l, const json_t *list, size_t *n)
{
	const char **texts;
	size_t	     i;

	*n = json_array_size(list);
	if (*n > RULES_LIST ||
	    (texts = load_room(l, *n, sizeof *texts)) == NULL)
		return (NULL);
	for (i = 0; i < *n; i++) {
		texts[i] =
		    load_keep(l, json_string_value(json_array_get(list, i)));
		if (texts[i] == NULL)
			return (NULL);
	}
	return (texts);
}

/* false: a member is not what a ticket can need. */
static bool
load_needed(struct buf *b, const json_t *list, bool preferred)
{
	char	    need[ROUTEWORD_MAX];
	const char *s;
	size_t	    i;

	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if (s == NULL || !routeword_need(need, s, preferred))
			return (false);
		if (b->n > 0)
			buf_char(b, ' ');
		buf_str(b, need);
	}
	return (true);
}

/*
 * What the rule asks for and what it would like, in a ticket's encoding, blank
 * between; NULL when nothing.
 */
static bool
load_needs(struct loading *l, struct rule *rule, const json_t *from)
{
	struct buf b;
	bool	   good;

	buf_init(&b, 4096);
	good = load_needed(&b, json_object_get(from, "skills"), false) &&
	    load_needed(&b, json_object_get(from, "prefer"), true);
	rule->skills =
	    good && b.n > 0 ? arena_dup(&l->rules->arena, b.p, b.n) : NULL;
	buf_free(&b);
	return (good);
}

static int
load_int(const json_t *from, const char *name, int least, int most, int def)
{
	const json_t *v = json_object_get(from, name);
	json_int_t    i = json_integer_value(v);

	return (json_is_integer(v) && i >= least && i <= most ? (int)i : def);
}

static bool
load_company(struct loading *l, const json_t *body)
{
	const json_t   *from = json_object_get(body, "company");
	struct company *c = &l->rules->company;
	const char     *lang;

	c->name = load_keep(l, jsonin_str(from, "name"));
	c->timezone = load_keep(l, jsonin_str(from, "timezone"));
	c->country = load_keep(l, jsonin_str(from, "country"));
	lang = jsonin_str(from, "lang");
	c->lang = lang != NULL && strcmp(lang, "en") == 0 ? "en" : "vi";
	if (c->name == NULL)
		c->name = "";
	if (c->timezone == NULL)
		c->timezone = "Asia/Ho_Chi_Minh";
	if (c->country == NULL)
		c->country = PHONE_HOME;
	if (strlen(c->country) > 3 || *c->country == '\0' ||
	    strspn(c->country, "0123456789") != strlen(c->country))
		return (
		    load_wrong(l, "company", 0, "country is no calling code"));
	return (true);
}

static bool
load_units(struct loading *l, const json_t *body)
{
	const json_t *from = json_object_get(body, "units");
	size_t	      i;

	for (i = 0; i < CHANNELS; i++)
		l->rules->units[i] =
		    load_int(from, channels[i], 1, 1000, default_units[i]);
	return (true);
}

static const char *
find_queue(const struct rules *r, const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < r->nqueues; i++)
		if (strcmp(r->queues[i], name) == 0)
			return (r->queues[i]);
	return (NULL);
}

static bool
load_queues(struct loading *l, const json_t *body)
{
	struct rules *r = l->rules;
	const json_t *list;
	size_t	      i, n;

	if (!load_list(l, body, "queues", &list, &n))
		return (false);
	if ((r->queues = load_room(l, n, sizeof *r->queues)) == NULL)
		return (load_wrong(l, "queues", 0, "this is too large"));
	for (i = 0; i < n; i++) {
		r->queues[i] =
		    load_keep(l, jsonin_str(json_array_get(list, i), "name"));
		if (r->queues[i] == NULL)
			return (load_wrong(l, "queues", i, "no name"));
		r->nqueues++;
	}
	r->default_queue = find_queue(r, jsonin_str(body, "default_queue"));
	if (r->default_queue == NULL)
		return (load_wrong(
		    l, "default_queue", 0, "this is none of the queues"));
	return (true);
}

/* The address in the form in which contacts are compared. */
static const char *
load_address(struct loading *l, const char *kind, const char *address)
{
	struct arena  *a = &l->rules->arena;
	struct contact c;
	const char    *wrong;

	if (address == NULL ||
	    contact_read(a, &c, kind, address, l->rules->company.country,
		&wrong) != CONTACT_OK)
		return (NULL);
	return (c.address);
}

static int
served_order(const void *a, const void *b)
{
	const struct served *x = a, *y = b;

	return (strcmp(x->address, y->address));
}

static bool
load_served(struct loading *l, const json_t *body)
{
	static const char *const kinds[] = { "email", "phone", "page" };
	struct rules		*r = l->rules;
	const json_t		*list, *from;
	const char		*kind, *queue;
	struct served		*s;
	size_t			 i, k, n;

	if (!load_list(l, body, "served", &list, &n))
		return (false);
	if ((r->served = load_room(l, n, sizeof *r->served)) == NULL)
		return (load_wrong(l, "served", 0, "this is too large"));
	for (i = 0; i < n; i++) {
		from = json_array_get(list, i);
		kind = jsonin_str(from, "kind");
		for (k = 0; kind != NULL && k < nitems(kinds); k++)
			if (strcmp(kinds[k], kind) == 0)
				break;
		if (kind == NULL || k == nitems(kinds))
			return (load_wrong(l, "served", i, "an unknown kind"));
		s = &r->served[r->nserved];
		s->kind = kinds[k];
		s->address = load_address(l, kind, jsonin_str(from, "address"));
		if (s->address == NULL)
			return (load_wrong(l, "served", i, "no such address"));
		queue = jsonin_str(from, "queue");
		s->queue = find_queue(r, queue);
		if (queue != NULL && s->queue == NULL)
			return (load_wrong(l, "served", i, "no such queue"));
		r->nserved++;
	}
	qsort(r->served, r->nserved, sizeof *r->served, served_order);
	return (true);
}

static bool
load_keywords(
    struct loading *l, struct rule *rule, const json_t *from, size_t i)
{
	struct rules *r = l->rules;
	const json_t *list;
	const char  **words;
	size_t	      k, n;

	if (!load_list(l, from, "keywords", &list, &n))
		return (false);
	if ((words = load_texts(l, list, &n)) == NULL)
		return (load_wrong(l, "rules", i, "keywords are texts"));
	rule->words = words;
	rule->keyword = (uint32_t)keywords_count(r->keywords);
	for (k = 0; k < n; k++)
		if (!keywords_add(r->keywords, words[k]))
			return (load_wrong(l, "rules", i,
			    "a keyword is empty or too long, or there are "
			    "too many"));
	rule->nkeywords = (uint32_t)n;
	return (true);
}

static bool
load_rule(struct loading *l, struct rule *rule, const json_t *from, size_t i)
{
	const char *channel = jsonin_str(from, "channel");
	const char *queue = jsonin_str(from, "queue");
	const char *to = jsonin_str(from, "to");

	if ((rule->name = load_keep(l, jsonin_str(from, "name"))) == NULL)
		return (load_wrong(l, "rules", i, "no name"));
	if (channel != NULL) {
		if (channel_find(channel) == CHANNELS)
			return (load_wrong(l, "rules", i, "no such channel"));
		rule->channel = channels[channel_find(channel)];
	}
	if (to != NULL) {
		rule->to = load_address(l,
		    strchr(to, '@') != NULL			   ? "email"
			: strspn(to, "+0123456789 ") == strlen(to) ? "phone"
								   : "page",
		    to);
		if (rule->to == NULL)
			return (load_wrong(l, "rules", i, "no such address"));
	}
	rule->queue = find_queue(l->rules, queue);
	if (queue != NULL && rule->queue == NULL)
		return (load_wrong(l, "rules", i, "no such queue"));
	rule->segment = load_keep(l, jsonin_str(from, "segment"));
	rule->order = json_is_true(json_object_get(from, "order"));
	rule->priority = load_int(from, "priority", 1, 99, 0);
	rule->weight = load_int(from, "weight", 1, 1000, 1);
	if (!load_needs(l, rule, from))
		return (load_wrong(l, "rules", i, "a skill is no name"));
	return (load_keywords(l, rule, from, i));
}

static bool
load_rules(struct loading *l, const json_t *body)
{
	struct rules *r = l->rules;
	const json_t *list;
	size_t	      i, n;

	if (!load_list(l, body, "rules", &list, &n))
		return (false);
	if ((r->list = load_room(l, n, sizeof *r->list)) == NULL)
		return (load_wrong(l, "rules", 0, "this is too large"));
	for (i = 0; i < n; i++) {
		if (!load_rule(l, &r->list[i], json_array_get(list, i), i))
			return (false);
		r->nrules++;
	}
	keywords_ready(r->keywords);
	return (true);
}

static bool
load_patterns(struct loading *l, const json_t *body)
{
	const json_t *list;
	const char   *pattern, *what;
	size_t	      i, n;

	if (!load_list(l, body, "order_pattern", &list, &n))
		return (false);
	for (i = 0; i < n; i++) {
		pattern = json_string_value(json_array_get(list, i));
		what = pattern == NULL ? "this is no text"
				       : orderno_wrong(pattern);
		if (i == ORDERNO_PATTERNS)
			what = "there are too many";
		if (what != NULL)
			return (load_wrong(l, "order_pattern", i, what));
		orderno_add(l->rules->orderno, pattern);
	}
	return (true);
}

static bool
load_provider(struct loading *l, struct source *s, const json_t *from, size_t i)
{
	struct provider_fault fault;

	if (s->form != SOURCE_DATA)
		return (true);
	s->provider = provider_load(
	    &l->rules->arena, json_object_get(from, "provider"), &fault);
	if (s->provider != NULL)
		return (true);
	snprintf(l->wrong, l->size, "sources[%zu]: %s.%s: %s", i, fault.part,
	    fault.member, fault.what);
	return (false);
}

static enum source_form
source_form(const char *form)
{
	return (strcmp(form, "freeswitch") == 0 ? SOURCE_FREESWITCH
		: strcmp(form, "data") == 0	? SOURCE_DATA
		: strcmp(form, "ami") == 0	? SOURCE_AMI
						: SOURCE_GENERIC);
}

static bool
load_sources(struct loading *l, const json_t *body)
{
	struct rules  *r = l->rules;
	const json_t  *list, *from;
	const char    *form;
	struct source *s;
	size_t	       i, n;

	if (!load_list(l, body, "sources", &list, &n))
		return (false);
	if ((r->sources = load_room(l, n, sizeof *r->sources)) == NULL)
		return (load_wrong(l, "sources", 0, "this is too large"));
	for (i = 0; i < n; i++) {
		from = json_array_get(list, i);
		s = &r->sources[r->nsources++];
		s->name = load_keep(l, jsonin_str(from, "name"));
		form = jsonin_str(from, "form");
		if (s->name == NULL || form == NULL)
			return (load_wrong(l, "sources", i, "no name or form"));
		s->form = source_form(form);
		s->host = load_keep(l, jsonin_str(from, "host"));
		s->user = load_keep(l, jsonin_str(from, "user"));
		s->secret_file = load_keep(l, jsonin_str(from, "secret_file"));
		/* Whoever may configure the desk may not read the host. */
		if (s->secret_file != NULL &&
		    (*s->secret_file == '/' ||
			strstr(s->secret_file, "..") != NULL))
			return (load_wrong(l, "sources", i,
			    "secret_file is no file's name under state_dir"));
		if (s->form == SOURCE_AMI &&
		    (s->host == NULL || s->user == NULL ||
			s->secret_file == NULL))
			return (load_wrong(l, "sources", i,
			    "ami needs host, user and secret_file"));
		s->trust =
		    load_texts(l, json_object_get(from, "trust"), &s->ntrust);
		if (s->trust == NULL)
			return (load_wrong(l, "sources", i, "trust is texts"));
		if (!load_provider(l, s, from, i))
			return (false);
	}
	return (true);
}

static bool
load_automations(struct loading *l, const json_t *body)
{
	l->rules->automation = automation_load(&l->rules->arena,
	    json_object_get(body, "automations"), l->wrong, l->size);
	return (l->rules->automation != NULL);
}

static bool
load_themes(struct loading *l, const json_t *body)
{
	const json_t *list = json_object_get(body, "themes");

	if (json_array_size(list) > THEMES_MAX) {
		snprintf(l->wrong, l->size, "themes: at most %d.", THEMES_MAX);
		return (false);
	}
	l->rules->themes =
	    hearing_load(&l->rules->arena, list, "themes", l->wrong, l->size);
	return (l->rules->themes != NULL);
}

struct rules *
rules_load(const char *bytes, size_t n, char *wrong, size_t size)
{
	struct loading l = { .wrong = wrong, .size = size };
	const char    *what;
	json_t	      *body;
	bool	       good;

	if ((body = jsonin_object(bytes, n, &what)) == NULL) {
		snprintf(wrong, size, "%s", what);
		return (NULL);
	}
	l.rules = xcalloc(1, sizeof *l.rules);
	arena_init(&l.rules->arena, RULES_BYTES);
	l.rules->keywords = keywords_new();
	l.rules->orderno = orderno_new();
	good = load_company(&l, body) && load_units(&l, body) &&
	    load_queues(&l, body) && load_served(&l, body) &&
	    load_rules(&l, body) && load_patterns(&l, body) &&
	    load_sources(&l, body) && load_automations(&l, body) &&
	    load_themes(&l, body);
	json_decref(body);
	if (good)
		return (l.rules);
	rules_free(l.rules);
	return (NULL);
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	keywords_free(r->keywords);
	orderno_free(r->orderno);
	automation_free(r->automation);
	hearing_free(r->themes);
	arena_free(&r->arena);
	free(r);
}

void
rules_feel(struct rules *r, const struct lexicon *l)
{
	r->lexicon = l;
}

const struct lexicon *
rules_lexicon(const struct rules *r)
{
	return (r->lexicon);
}

const struct company *
rules_company(const struct rules *r)
{
	return (&r->company);
}

const struct source *
rules_source_at(const struct rules *r, size_t n)
{
	return (n < r->nsources ? &r->sources[n] : NULL);
}

const struct source *
rules_source(const struct rules *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nsources; i++)
		if (strcmp(r->sources[i].name, name) == 0)
			return (&r->sources[i]);
	return (NULL);
}

const struct served *
rules_find_served(const struct rules *r, const char *address)
{
	char	      base[CONTACT_ADDRESS_MAX + 1];
	struct served key = { .address = base };
	char	     *plus, *at;
	size_t	      i, n = strlen(address);

	if (n >= sizeof base || r->nserved == 0)
		return (NULL);
	memcpy(base, address, n + 1);
	if ((at = strrchr(base, '@')) != NULL) {
		for (i = 0; i < n; i++)
			base[i] = g_ascii_tolower(base[i]);
		plus = memchr(base, '+', (size_t)(at - base));
		if (plus != NULL && plus > base)
			memmove(plus, at, strlen(at) + 1);
	}
	return (bsearch(
	    &key, r->served, r->nserved, sizeof *r->served, served_order));
}

bool
rules_serves(const struct rules *r, const char *email)
{
	const struct served *s = rules_find_served(r, email);

	return (s != NULL && strcmp(s->kind, "email") == 0);
}
