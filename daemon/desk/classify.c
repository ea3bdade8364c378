/*
 * Which queue an event belongs to, and why: rules_classify() of rules.h.
 *
 * Three questions, in this order: does the address that was contacted say it;
 * do the words say it; else the default.  Rules for customers of a segment
 * come before the answer, since only the database knows the customer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "automation.h"
#include "event.h"
#include "hearing.h"
#include "keywords.h"
#include "orderno.h"
#include "ruleset.h"

#define PRIORITY      50  /* when no rule sets one */
#define WHY_MAX	      200 /* bytes of an explanation */
#define WHY_WORDS     3	  /* keywords named in it */
#define SKILLS_MAX    500
#define PHRASE_POINTS 2 /* of a keyword of several words */

/* What one event's words and envelope say to the rules. */
struct looking {
	const struct rules *rules;
	struct event	   *e;
	uint8_t		   *found;  /* of each keyword, see keywords_scan() */
	int		   *points; /* of each rule; -1: it does not hold */
	const char **lacks; /* of each rule that does not: the condition */
};

/* The decision for everybody whom no segment rule takes. */
struct decision {
	const char *queue;
	const char *why;
	int	    priority;
	const char *skills;
};

/*
 * What decides is what the customer wrote: our own answer that he quotes
 * would say our words, and name every order that we wrote of.
 */
static const char *
own_text(const struct event *e)
{
	return (e->own != NULL ? e->own : e->text);
}

static bool
is_to(const struct event *e, const struct rules *r, const char *to)
{
	const struct served *s;
	size_t		     i;

	for (i = 0; i < e->nto; i++) {
		if (strcmp(e->to[i], to) == 0)
			return (true);
		s = rules_find_served(r, e->to[i]);
		if (s != NULL && strcmp(s->address, to) == 0)
			return (true);
	}
	return (false);
}

static int
lacking(const char **lacks, const char *condition)
{
	*lacks = condition;
	return (-1);
}

/*
 * The rule's points: what its keywords found are worth, 1 when it asks for
 * none, -1 when one of its conditions (segment apart) does not hold.
 */
static int
look_rule(const struct looking *l, const struct rule *rule, const char **lacks)
{
	const struct keywords *k = l->rules->keywords;
	size_t		       i;
	int		       points = 0;

	if (rule->channel != NULL && strcmp(rule->channel, l->e->channel) != 0)
		return (lacking(lacks, "channel"));
	if (rule->order && l->e->order_no == NULL)
		return (lacking(lacks, "order"));
	if (rule->to != NULL && !is_to(l->e, l->rules, rule->to))
		return (lacking(lacks, "to"));
	if (rule->nkeywords == 0)
		return (1);
	for (i = rule->keyword; i < rule->keyword + rule->nkeywords; i++)
		points += l->found[i] *
		    (keywords_words(k, i) > 1 ? PHRASE_POINTS : 1);
	return (points > 0 ? points : lacking(lacks, "keywords"));
}

static void
look(struct looking *l)
{
	const char *lang = l->e->lang;
	size_t	    i;

	keywords_scan(l->rules->keywords, l->e->subject, own_text(l->e),
	    lang == NULL || strcmp(lang, "en") != 0, l->found);
	for (i = 0; i < l->rules->nrules; i++)
		l->points[i] = look_rule(l, &l->rules->list[i], &l->lacks[i]);
}

/* "rule giao-tre: giao trễ, chưa nhận được hàng"; NULL: the arena is full. */
static const char *
rule_why(const struct looking *l, const struct rule *rule, int score)
{
	struct buf  b;
	size_t	    i, named = 0;
	const char *why;

	buf_init(&b, WHY_MAX);
	buf_str(&b, "rule ");
	buf_str(&b, rule->name);
	for (i = 0; i < rule->nkeywords && named < WHY_WORDS; i++) {
		if (l->found[rule->keyword + i] == 0)
			continue;
		buf_str(&b, named++ == 0 ? ": " : ", ");
		buf_str(&b, rule->words[i]);
	}
	if (score > 0)
		buf_printf(&b, " (score %d)", score);
	why = arena_dup(&l->e->arena, b.n > 0 ? b.p : "", b.n);
	buf_free(&b);
	return (why);
}

/* The first address contacted whose queue is settled. */
static const struct served *
decide_by_address(const struct looking *l)
{
	const struct served *s;
	size_t		     i;

	for (i = 0; i < l->e->nto; i++) {
		s = rules_find_served(l->rules, l->e->to[i]);
		if (s != NULL && s->queue != NULL)
			return (s);
	}
	return (NULL);
}

static int
queue_score(const struct looking *l, const char *queue)
{
	const struct rule *rule;
	size_t		   i;
	int		   score = 0;

	for (i = 0; i < l->rules->nrules; i++) {
		rule = &l->rules->list[i];
		if (l->points[i] > 0 && rule->segment == NULL &&
		    rule->queue == queue)
			score += l->points[i] * rule->weight;
	}
	return (score);
}

/*
 * The rule that decides: of the queue that scores highest, the one that
 * gives it most.  At equal scores the configuration's order decides.
 */
static const struct rule *
decide_by_words(const struct looking *l, int *score)
{
	const struct rule *rule, *best = NULL;
	size_t		   i;
	int		   s, own, best_own = 0;

	*score = 0;
	for (i = 0; i < l->rules->nrules; i++) {
		rule = &l->rules->list[i];
		if (l->points[i] <= 0 || rule->queue == NULL ||
		    rule->segment != NULL)
			continue;
		s = queue_score(l, rule->queue);
		own = l->points[i] * rule->weight;
		if (best != NULL && rule->queue == best->queue ? own <= best_own
							       : s <= *score)
			continue;
		best = rule;
		best_own = own;
		*score = s;
	}
	return (best);
}

static bool
has_word(const char *list, const char *word, size_t n)
{
	size_t len;

	for (; *list != '\0'; list += len + strspn(list + len, " ")) {
		len = strcspn(list, " ");
		if (len == n && memcmp(list, word, n) == 0)
			return (true);
	}
	return (false);
}

/* The words of both lists, each once; NULL only when the arena is full. */
static const char *
skills_join(struct event *e, const char *a, const char *b)
{
	struct buf  all;
	const char *joined;
	size_t	    n;

	if (a == NULL)
		return (b);
	buf_init(&all, SKILLS_MAX);
	buf_str(&all, a);
	for (; *b != '\0'; b += n + strspn(b + n, " ")) {
		n = strcspn(b, " ");
		if (has_word(a, b, n))
			continue;
		buf_char(&all, ' ');
		buf_add(&all, b, n);
	}
	joined = arena_dup(&e->arena, all.p, all.n);
	buf_free(&all);
	return (joined);
}

/* Priority and skills of the rules that hold and do not speak of others. */
static bool
decide_terms(const struct looking *l, struct decision *d)
{
	const struct rule *rule;
	size_t		   i;

	for (i = 0; i < l->rules->nrules; i++) {
		rule = &l->rules->list[i];
		if (l->points[i] <= 0 || rule->segment != NULL ||
		    (rule->queue != NULL && rule->queue != d->queue))
			continue;
		if (rule->priority > d->priority)
			d->priority = rule->priority;
		if (rule->skills == NULL)
			continue;
		d->skills = skills_join(l->e, d->skills, rule->skills);
		if (d->skills == NULL)
			return (false);
	}
	if (d->priority == 0)
		d->priority = PRIORITY;
	/* A copy: the configuration may be replaced before the event goes. */
	if (d->skills != NULL)
		d->skills = arena_str(&l->e->arena, d->skills);
	return (true);
}

static bool
decide(const struct looking *l, struct decision *d)
{
	const struct served *s;
	const struct rule   *rule;
	int		     score;

	*d = (struct decision){ 0 };
	if ((s = decide_by_address(l)) != NULL) {
		d->queue = s->queue;
		d->why = arena_printf(&l->e->arena, "recipient %s", s->address);
	} else if ((rule = decide_by_words(l, &score)) != NULL) {
		d->queue = rule->queue;
		d->why = rule_why(l, rule, score);
	} else {
		d->queue = l->rules->default_queue;
		d->why = "default queue";
	}
	return (d->why != NULL && decide_terms(l, d));
}

/* Rules of segments that hold, in the configuration's order. */
static bool
add_segments(const struct looking *l, const struct decision *d)
{
	const struct rule *rule;
	struct candidate  *c;
	size_t		   i;

	for (i = 0; i < l->rules->nrules; i++) {
		rule = &l->rules->list[i];
		if (rule->segment == NULL || l->points[i] <= 0)
			continue;
		/* The last place is the decision's. */
		if (l->e->ncandidates == EVENT_CANDIDATES - 1)
			return (true);
		c = &l->e->candidates[l->e->ncandidates];
		c->segment = arena_str(&l->e->arena, rule->segment);
		c->queue = arena_str(
		    &l->e->arena, rule->queue != NULL ? rule->queue : d->queue);
		c->priority =
		    rule->priority != 0 ? rule->priority : d->priority;
		c->skills = rule->skills != NULL
		    ? arena_str(&l->e->arena, rule->skills)
		    : d->skills;
		c->why = rule_why(l, rule, 0);
		if (c->segment == NULL || c->queue == NULL || c->why == NULL)
			return (false);
		l->e->ncandidates++;
	}
	return (true);
}

static bool
classify(struct looking *l)
{
	struct event	*e = l->e;
	struct candidate last = { 0 };
	struct decision	 d;

	look(l);
	if (!decide(l, &d))
		return (false);
	e->ncandidates = 0;
	if (!add_segments(l, &d))
		return (false);
	/* Copies: the configuration may be replaced before the event goes. */
	last.queue = arena_str(&e->arena, d.queue);
	last.priority = d.priority;
	last.skills = d.skills != NULL ? arena_str(&e->arena, d.skills) : NULL;
	last.why = d.why;
	e->candidates[e->ncandidates++] = last;
	return (
	    last.queue != NULL && (d.skills == NULL || last.skills != NULL));
}

static void
looking_begin(struct looking *l, const struct rules *r, struct event *e)
{
	*l = (struct looking){ .rules = r, .e = e };
	l->found = xcalloc(keywords_count(r->keywords), 1);
	l->points = xcalloc(r->nrules, sizeof *l->points);
	l->lacks = xcalloc(r->nrules, sizeof *l->lacks);
}

static void
looking_end(struct looking *l)
{
	free(l->found);
	free(l->points);
	free(l->lacks);
}

bool
rules_classify(const struct rules *r, struct event *e)
{
	struct looking	l;
	enum channel_no channel = channel_find(e->channel);
	bool		good;

	if (e->units == 0)
		e->units =
		    r->units[channel != CHANNELS ? channel : CHANNEL_MAIL];
	if (e->order_no == NULL)
		e->order_no = orderno_find(r->orderno, &e->arena, e->subject);
	if (e->order_no == NULL)
		e->order_no = orderno_find(r->orderno, &e->arena, own_text(e));
	looking_begin(&l, r, e);
	good = classify(&l);
	looking_end(&l);
	return (good && automation_hear(r->automation, e) &&
	    hearing_note(r->themes, e, "themes"));
}

json_t *
rules_themes(const struct rules *r, const char *text)
{
	return (hearing_names(r->themes, NULL, text, NULL));
}

/* What one rule made of it, as people read it. */
static json_t *
each(const struct looking *l, const struct rule *rule, int points,
    const char *lacks)
{
	json_t *words = json_array();
	size_t	i;

	for (i = 0; i < rule->nkeywords; i++)
		if (l->found[rule->keyword + i] != 0)
			json_array_append_new(
			    words, json_string(rule->words[i]));
	return (json_pack("{s:s,s:b,s:s*,s:s*,s:s*,s:i,s:o}", "name",
	    rule->name, "holds", points > 0, "lacks", lacks, "segment",
	    rule->segment, "queue", rule->queue, "score",
	    points > 0 && rule->queue != NULL ? points * rule->weight : 0,
	    "words", words));
}

json_t *
rules_each(const struct rules *r, const struct event *e)
{
	struct event   copy = *e;
	struct looking l;
	json_t	      *list = json_array();
	size_t	       i;

	looking_begin(&l, r, &copy);
	look(&l);
	for (i = 0; i < r->nrules; i++)
		json_array_append_new(
		    list, each(&l, &r->list[i], l.points[i], l.lacks[i]));
	looking_end(&l);
	return (list);
}
