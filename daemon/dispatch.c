/*
 * From an ask to whoever carries it out; see dispatch.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "outbox.h"
#include "stmts.h"
#include "store/pgparam.h"
#include "store/pool.h"

/* What a statement under way needs to end its ask. */
struct errand {
	uint64_t       ask;
	struct daemon *d;
	void (*got)(struct ask *, const char *, size_t);
};

static struct idmap errands;

static void
dispatch_audit(struct ask *a)
{
	struct pg_param p[5];
	struct buf	who;

	buf_init(&who, 0);
	caller_write(&who, &a->caller);
	p[0] = pgparam_text(who.p, who.n);
	p[1] = pgparam_str(a->op->name);
	p[2] = pgparam_str(NULL);
	p[3] = pgparam_str("refused");
	p[4] = pgparam_str(NULL);
	/* An audit that cannot be written must not open the door: the refusal
	   stands either way, and the log has it. */
	if (!pool_ask(a->d->pg_ops, 0, ST_AUDIT, p, NULL))
		log_warn(
		    "audit lost: %s refused to %s", a->op->name, a->caller.who);
	buf_free(&who);
}

/* Who has to change his password may do that, and go. */
static bool
may_now(const struct ask *a)
{
	return (!a->caller.must_change || a->op->role <= ROLE_VISITOR ||
	    a->op == &ops[OP_WHOAMI] || a->op == &ops[OP_LOGOUT] ||
	    a->op == &ops[OP_USER_PASSWORD]);
}

void
dispatch_ask(struct ask *a)
{
	const struct op *op = a->op;

	if (!may_now(a)) {
		opdo_later_member(a, ASK_DENIED, "must_change",
		    "Change your password first: nothing else is possible "
		    "until then.");
		return;
	}
	if (a->caller.role < op->role) {
		if (a->caller.role <= ROLE_VISITOR) {
			opdo_later(a, ASK_NOAUTH, "Log in, or give a key.");
			return;
		}
		log_info("%s refused: %s is %s, needs %s", op->name,
		    a->caller.who, role_name(a->caller.role),
		    role_name(op->role));
		dispatch_audit(a);
		opdo_later(a, ASK_DENIED, "Your role may not do this.");
		return;
	}
	switch (op->way) {
	case BY_SQL:
		dispatch_sql(a);
		break;
	case BY_INGEST:
	case BY_SPINE:
	case BY_UPLOAD:
		opdo_run(a);
		break;
	}
}

static void
errand_got(uint64_t id, const struct pg_reply *r)
{
	struct errand *e = idmap_drop(&errands, id);
	struct ask    *a;
	const char    *json;

	if (e == NULL)
		return;
	a = ask_find(e->ask);
	if (r->how == PG_DONE && PQnfields(r->res) > 1)
		outbox_take_json(e->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
	if (a == NULL) {
		log_debug("answer dropped: its asker is gone");
	} else if (r->how != PG_DONE) {
		ask_refuse_pg(a, r);
	} else {
		json = PQgetisnull(r->res, 0, 0) ? "null"
						 : PQgetvalue(r->res, 0, 0);
		if (e->got != NULL)
			e->got(a, json, strlen(json));
		else
			ask_done(a, json, strlen(json));
	}
	free(e);
}

static void
dispatch_on(struct pool *pool, size_t stmt, struct ask *a,
    void (*got)(struct ask *, const char *, size_t))
{
	struct pg_param p[2];
	struct errand  *e;
	struct buf	who;
	uint64_t	id;
	char	       *args;

	e = xcalloc(1, sizeof *e);
	*e = (struct errand){ a->id, a->d, got };
	id = idmap_add(&errands, e);
	buf_init(&who, 0);
	caller_write(&who, &a->caller);
	args = json_dumps(a->args, JSON_COMPACT);
	p[0] = pgparam_text(who.p, who.n);
	p[1] = pgparam_str(args != NULL ? args : "{}");
	if (!pool_ask(pool, id, stmt, p, errand_got)) {
		free(idmap_drop(&errands, id));
		opdo_later(a, ASK_TRYAGAIN,
		    "The desk's records cannot be reached now. Try again.");
	}
	free(args);
	buf_free(&who);
}

void
dispatch_sql_then(
    struct ask *a, void (*got)(struct ask *, const char *, size_t))
{
	dispatch_on(a->d->pg_ops, stmts_of(a->op), a, got);
}

void
dispatch_sql(struct ask *a)
{
	dispatch_sql_then(a, NULL);
}

void
dispatch_search(struct ask *a)
{
	dispatch_on(a->d->pg_search, 0, a, NULL);
}
