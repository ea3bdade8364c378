/*
 * Which function carries out which row, and answers put off to the turn's
 * end; see opdo.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "opdo.h"

#define BY_SQL_ROW(id)
#define BY_SPINE_ROW(id)	     [OP_##id] = op_do_##id,
#define BY_INGEST_ROW(id)	     [OP_##id] = op_do_##id,
#define BY_UPLOAD_ROW(id)	     [OP_##id] = op_do_##id,
#define OP(id, name, role, way, ...) way##_ROW(id)
static void (*const runs[OP_COUNT])(struct ask *) = {
#include "proto/operations.def"
};
#undef OP

/* An answer put off. */
struct later {
	struct later *next;
	uint64_t      ask;
	enum ask_code code;
	char	     *words;
	char	     *member; /* "": none */
	json_t	     *json;
	bool	      live;  /* words is the offset */
	bool	      plain; /* words is the answer */
};

static struct later  *laters;
static struct later **laters_end = &laters;

void
opdo_run(struct ask *a)
{
	runs[op_id(a->op)](a);
}

static void
later_add(struct ask *a, enum ask_code code, const char *member,
    const char *words, json_t *j)
{
	struct later *l;

	l = xcalloc(1, sizeof *l);
	*l = (struct later){ .ask = a->id,
		.code = code,
		.words = xstrdup(words),
		.member = xstrdup(member),
		.json = j };
	*laters_end = l;
	laters_end = &l->next;
}

void
opdo_later(struct ask *a, enum ask_code code, const char *words)
{
	later_add(a, code, "", words, NULL);
}

void
opdo_later_member(
    struct ask *a, enum ask_code code, const char *member, const char *words)
{
	later_add(a, code, member, words, NULL);
}

void
opdo_done_later(struct ask *a, json_t *j)
{
	later_add(a, ASK_OK, "", "", j);
}

void
opdo_text_later(struct ask *a, const char *text)
{
	struct later *l;

	l = xcalloc(1, sizeof *l);
	*l = (struct later){ .ask = a->id,
		.words = xstrdup(text),
		.member = xstrdup(""),
		.plain = true };
	*laters_end = l;
	laters_end = &l->next;
}

void
opdo_live_later(struct ask *a, const char *offset)
{
	struct later *l;

	l = xcalloc(1, sizeof *l);
	*l = (struct later){ .ask = a->id,
		.words = xstrdup(offset),
		.member = xstrdup(""),
		.live = true };
	*laters_end = l;
	laters_end = &l->next;
}

void
opdo_turn(void)
{
	struct later *l, *next;
	struct ask   *a;

	l = laters;
	laters = NULL;
	laters_end = &laters;
	for (; l != NULL; l = next) {
		next = l->next;
		if ((a = ask_find(l->ask)) == NULL)
			json_decref(l->json);
		else if (l->live)
			ask_answer(a,
			    &(struct answer){ .json = "{}",
				.n = 2,
				.live = true,
				.offset = l->words });
		else if (l->plain)
			ask_answer(a,
			    &(struct answer){ .json = l->words,
				.n = strlen(l->words),
				.plain = true });
		else if (l->code == ASK_OK)
			ask_done_json(a, l->json);
		else
			ask_refuse(a, l->code,
			    l->member[0] != '\0' ? l->member : NULL, "%s",
			    l->words);
		free(l->words);
		free(l->member);
		free(l);
	}
}

bool
opdo_pending(void)
{
	return (laters != NULL);
}

const char *
opdo_agent(struct ask *a)
{
	const char *agent = ask_text(a, "agent");

	if (agent == NULL || strcmp(agent, "me") == 0) {
		if (a->caller.agent != 0)
			return (a->caller.who);
		opdo_later(a, ASK_INVALID,
		    "Say for which agent: this key is nobody's own.");
		return (NULL);
	}
	if (a->caller.role >= ROLE_SERVICE || strcmp(agent, a->caller.who) == 0)
		return (agent);
	opdo_later(a, ASK_DENIED, "Only a supervisor acts for another agent.");
	return (NULL);
}

json_t *
opdo_time(int64_t ms)
{
	char s[32];

	if (ms <= 0)
		return (json_null());
	clock_rfc3339(s, sizeof s, ms);
	return (json_string(s));
}
