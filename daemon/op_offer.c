/*
 * Operations of offers: what is offered, taken and left; and what a queue
 * assigns by itself (offer.h).  Redis holds a ticket for an agent while
 * PostgreSQL is asked to make it his.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/idmap.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon.h"
#include "dispatch.h"
#include "offer.h"
#include "opdo.h"
#include "outbox.h"
#include "route/route.h"
#include "stmts.h"
#include "store/pgparam.h"

static const char away[] = "Routing is away for the moment. Try again.";

static void
nobody_waits(uint64_t id, enum route_how how)
{
	(void)id;
	(void)how;
}

static void
offers_got(
    uint64_t id, enum route_how how, const struct route_offer *o, size_t n)
{
	struct ask *a = ask_find(id);
	json_t	   *rows, *row, *why;
	size_t	    i;

	if (a == NULL)
		return;
	if (how != ROUTE_DONE) {
		ask_refuse(a, ASK_TRYAGAIN, NULL, away);
		return;
	}
	rows = json_array();
	for (i = 0; i < n; i++) {
		row = json_pack("{s:I,s:s,s:b,s:I}", "ticket",
		    (json_int_t)o[i].ticket, "queue", o[i].queue, "held",
		    o[i].held, "seconds", (json_int_t)o[i].seconds);
		json_object_set_new(row, "expires", opdo_time(o[i].expires));
		why = json_loads(o[i].why, 0, NULL);
		if (why != NULL)
			json_object_set_new(row, "why", why);
		json_array_append_new(rows, row);
	}
	ask_done_json(a, json_pack("{s:o}", "offers", rows));
}

void
op_do_OFFER_LIST(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who != NULL && !route_offers(a->d->route, who, a->id, offers_got))
		opdo_later(a, ASK_TRYAGAIN, away);
}

/* PostgreSQL did not assign it: the offer goes back at once. */
static void
offer_give_back(struct daemon *d, int64_t ticket, const char *agent)
{
	if (!route_release(d->route, ticket, agent, 0, nobody_waits))
		return; /* the held lease lapses by itself */
}

/* What the assigning needs to end: the ask may be gone before it. */
struct accept {
	uint64_t       ask;
	struct daemon *d;
	int64_t	       ticket;
	char	       agent[65];
};

static struct idmap accepts;

static void
offer_assigned(uint64_t id, const struct pg_reply *r)
{
	struct accept *o = idmap_drop(&accepts, id);
	struct ask    *a;

	if (o == NULL)
		return;
	a = ask_find(o->ask);
	FAILPOINT("accepted");
	if (r->how == PG_DONE)
		outbox_take_json(o->d->outbox, PQgetvalue(r->res, 0, 1),
		    (size_t)PQgetlength(r->res, 0, 1));
	else if (r->how == PG_NEVER)
		offer_give_back(o->d, o->ticket, o->agent);
	if (a != NULL && r->how == PG_DONE)
		ask_done(a, PQgetvalue(r->res, 0, 0),
		    (size_t)PQgetlength(r->res, 0, 0));
	else if (a != NULL)
		ask_refuse_pg(a, r);
	free(o);
}

/*
 * Asks PostgreSQL to make a held ticket an agent's.  False: it could not be
 * asked, and the ticket is given back.
 */
static bool
offer_put(struct daemon *d, const struct caller *caller, uint64_t ask,
    int64_t ticket, const char *agent)
{
	struct pg_param p[2];
	struct accept  *o;
	struct buf	who, args;
	uint64_t	id;
	bool		asked;

	o = xcalloc(1, sizeof *o);
	o->ask = ask;
	o->d = d;
	o->ticket = ticket;
	snprintf(o->agent, sizeof o->agent, "%s", agent);
	buf_init(&who, 0);
	buf_init(&args, 0);
	caller_write(&who, caller);
	/* (A login has no sign that JSON would escape.) */
	buf_printf(&args, "{\"ticket\":%lld,\"agent\":\"%s\"}",
	    (long long)ticket, o->agent);
	p[0] = pgparam_text(who.p, who.n);
	p[1] = pgparam_text(args.p, args.n);
	id = idmap_add(&accepts, o);
	asked = pool_ask(
	    d->pg_ops, id, stmts_of(&ops[OP_OFFER_ACCEPT]), p, offer_assigned);
	if (!asked) {
		offer_give_back(d, ticket, agent);
		free(idmap_drop(&accepts, id));
	}
	buf_free(&who);
	buf_free(&args);
	return (asked);
}

static void
offer_assign(struct ask *a, int64_t ticket)
{
	if (!offer_put(a->d, &a->caller, a->id, ticket, ask_text(a, "agent")))
		ask_refuse(a, ASK_TRYAGAIN, NULL,
		    "The desk's records cannot be reached now. Try again.");
}

void
offer_assign_now(struct daemon *d, int64_t ticket, const char *agent)
{
	struct caller desk;

	caller_public(&desk, "control", "");
	desk.role = ROLE_SERVICE;
	snprintf(desk.who, sizeof desk.who, "desk");
	if (!offer_put(d, &desk, 0, ticket, agent))
		log_warn("ticket %lld not assigned: the records are away",
		    (long long)ticket);
}

static void
offer_held(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return; /* the held lease lapses by itself */
	if (how == ROUTE_DONE) {
		FAILPOINT("held");
		offer_assign(a, ask_number(a, "ticket"));
	} else if (how == ROUTE_NOT)
		ask_refuse(
		    a, ASK_CONFLICT, "ticket", "That offer has passed on.");
	else
		ask_refuse(a, ASK_TRYAGAIN, NULL, away);
}

void
op_do_OFFER_ACCEPT(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who == NULL)
		return;
	json_object_set_new(a->args, "agent", json_string(who));
	if (!route_accept(a->d->route, ask_number(a, "ticket"),
		ask_text(a, "agent"), a->id, offer_held))
		opdo_later(a, ASK_TRYAGAIN, away);
}

static void
offer_declined(uint64_t id, enum route_how how)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return;
	if (how == ROUTE_DONE)
		ask_done_json(a,
		    json_pack("{s:I,s:b}", "ticket",
			(json_int_t)ask_number(a, "ticket"), "declined", 1));
	else
		offer_held(id, how);
}

void
op_do_OFFER_DECLINE(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who != NULL &&
	    !route_decline(a->d->route, ask_number(a, "ticket"), who, a->id,
		offer_declined))
		opdo_later(a, ASK_TRYAGAIN, away);
}

static void
next_held(uint64_t id, enum route_how how, int64_t ticket)
{
	struct ask *a = ask_find(id);

	if (a == NULL)
		return; /* the held lease lapses by itself */
	if (how == ROUTE_DONE)
		offer_assign(a, ticket);
	else if (how == ROUTE_NOT)
		ask_refuse(a, ASK_NOTFOUND, NULL,
		    "Nothing waits that fits this agent.");
	else
		ask_refuse(a, ASK_TRYAGAIN, NULL, away);
}

void
op_do_TICKET_NEXT(struct ask *a)
{
	const char *who = opdo_agent(a);

	if (who == NULL)
		return;
	json_object_set_new(a->args, "agent", json_string(who));
	if (!route_next(a->d->route, ask_text(a, "agent"), a->id, next_held))
		opdo_later(a, ASK_TRYAGAIN, away);
}
