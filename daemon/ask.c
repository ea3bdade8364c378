/*
 * One operation under way; see ask.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/pool.h"
#include "ask.h"
#include "stats.h"

static struct idmap asks;

static const struct {
	const char *name;
	int	    status;
} codes[] = {
	[ASK_OK] = { "OK", 200 },
	[ASK_INVALID] = { "INVALID", 400 },
	[ASK_NOAUTH] = { "NOAUTH", 401 },
	[ASK_DENIED] = { "DENIED", 403 },
	[ASK_NOTFOUND] = { "NOTFOUND", 404 },
	[ASK_CONFLICT] = { "CONFLICT", 409 },
	[ASK_TOOLARGE] = { "TOOLARGE", 413 },
	[ASK_TOOMANY] = { "TOOMANY", 429 },
	[ASK_TRYAGAIN] = { "TRYAGAIN", 503 },
	[ASK_INTERNAL] = { "INTERNAL", 500 },
};

struct ask *
ask_new(struct daemon *d, const struct op *op, json_t *args,
    const struct caller *caller)
{
	struct ask *a;

	a = xcalloc(1, sizeof *a);
	a->d = d;
	a->op = op;
	a->args = args != NULL ? args : json_object();
	a->caller = *caller;
	a->began = clock_micros();
	a->id = idmap_add(&asks, a);
	return (a);
}

struct ask *
ask_find(uint64_t id)
{
	return (idmap_get(&asks, id));
}

size_t
ask_count(void)
{
	return (asks.used);
}

static void
ask_free(struct ask *a)
{
	idmap_drop(&asks, a->id);
	json_decref(a->args);
	free(a->kept);
	free(a);
}

static void
ask_drop(uint64_t id, void *p, void *arg)
{
	(void)id;
	(void)arg;
	ask_free(p);
}

void
ask_close(void)
{
	idmap_each(&asks, ask_drop, NULL);
	idmap_free(&asks);
}

void
ask_answer(struct ask *a, const struct answer *answer)
{
	idmap_drop(&asks, a->id);
	stats_asked(a->op, answer->code, clock_micros() - a->began);
	a->answer(a->front, a->ref, a, answer);
	ask_free(a);
}

void
ask_done(struct ask *a, const char *json, size_t n)
{
	ask_answer(a, &(struct answer){ .json = json, .n = n });
}

void
ask_done_json(struct ask *a, json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);

	json_decref(j);
	if (text == NULL) {
		log_error("%s fails: its answer is no JSON", a->op->name);
		ask_refuse(
		    a, ASK_INTERNAL, NULL, "The answer could not be written.");
		return;
	}
	ask_done(a, text, strlen(text));
	free(text);
}

void
ask_refuse(
    struct ask *a, enum ask_code code, const char *member, const char *fmt, ...)
{
	char	words[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	ask_answer(a,
	    &(struct answer){ .code = code,
		.words = words,
		.member = member,
		.retry = code == ASK_TRYAGAIN ? 2 : 0 });
}

void
ask_refuse_pg(struct ask *a, const struct pg_reply *r)
{
	size_t i;

	if (r->how == PG_LATER) {
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The desk's records cannot be reached now; nothing was "
		    "lost. Try again.");
		return;
	}
	if (strcmp(r->sqlstate, "DK001") == 0) {
		for (i = ASK_INVALID; i <= ASK_INTERNAL; i++)
			if (strcmp(codes[i].name, r->detail) == 0) {
				ask_refuse(a, (enum ask_code)i,
				    r->hint != NULL && r->hint[0] != '\0'
					? r->hint
					: NULL,
				    "%s", r->message);
				return;
			}
	}
	log_error("%s fails: %s %s", a->op->name, r->sqlstate,
	    log_shown(r->message, strlen(r->message)));
	ask_refuse(a, ASK_INTERNAL, NULL,
	    "The desk could not do this; its log says why.");
}

const char *
ask_code_name(enum ask_code code)
{
	return (codes[code].name);
}

int
ask_code_status(enum ask_code code)
{
	return (codes[code].status);
}

const char *
proof_header(const struct proof *p, const char *name)
{
	const char *s = p->head, *value;

	for (; s != NULL && *s != '\0'; s = value + strlen(value) + 1) {
		value = s + strlen(s) + 1;
		if (strcasecmp(s, name) == 0)
			return (value);
	}
	return (NULL);
}

const char *
ask_text(const struct ask *a, const char *name)
{
	return (json_string_value(json_object_get(a->args, name)));
}

int64_t
ask_number(const struct ask *a, const char *name)
{
	return (json_integer_value(json_object_get(a->args, name)));
}

bool
ask_flag(const struct ask *a, const char *name)
{
	return (json_is_true(json_object_get(a->args, name)));
}
