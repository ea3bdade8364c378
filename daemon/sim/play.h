/*
 * Plays a day: a company's agents answer the cases that come, and the desk's
 * library (server.h) decides who gets what, in virtual time.
 *
 * What people do is simple: an agent looks at an offer for the pattern's
 * `answer', takes it or declines it, and works as long as the case takes: at
 * chats and the like at the same time, at mails and the like one after the
 * other (company_at_once()), and answered is a case when he begins with it.  He
 * ends what he has in hand when his shift is over.  Whom the desk set away comes
 * back after `back'.  Who has waited longer than his patience goes.  In a queue
 * whose mode is "pull" agents ask for the next case as soon as they have none.
 */
#ifndef SIM_PLAY_H
#define SIM_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"
#include "company.h"
#include "day.h"
#include "server.h"
#include "tally.h"

#define PLAY_AFTER 86400000LL /* ms for which it goes on after `until' */

struct play {
	struct server	     *server;
	const struct company *company;
	const struct pattern *pattern;
	/* Whose shifts hold: another pattern's, or the same. */
	const struct pattern *shifts;
	const struct day     *day;
	uint64_t	      seed; /* of what agents do */
};

/*
 * The tally of it (tally_free() it, whatever came of it); false: the server
 * failed, see server_wrong().
 */
bool play_day(const struct play *, struct tally *) MUSTCHECK;
/* The queue or the agent that the company does not have, or NULL. */
const char *play_unknown(
    const struct company *, const struct pattern *, bool *is_queue);

#endif
