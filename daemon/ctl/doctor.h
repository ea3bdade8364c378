/*
 * deskctl doctor: findings, each with how to mend it.
 */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include <stdint.h>
#include <jansson.h>
#include "base/def.h"
#include "deskdconf.h"

struct wire;

enum finding { FIND_OK, FIND_WARN, FIND_BAD };

struct doctor {
	const struct ctl *ctl;
	const char	 *sql;	    /* directory of the SQL files */
	json_t		 *findings; /* for -j */
	unsigned	  warned, bad;
	long		  waiting; /* mails for the relay, as far as known */
};

/* Notes one finding; mend is what to do, or NULL when all is well. */
void doctor_note(struct doctor *, enum finding, const char *what,
    const char *mend, const char *fmt, ...) PRINTFLIKE(5, 6);
/* What another's clock says against ours; around: how long asking took. */
void doctor_clock(
    struct doctor *, const char *what, int64_t theirs, int64_t asked_at);

void doctor_postgres(struct doctor *, const struct deskdconf *);
void doctor_redis(struct doctor *, const struct deskdconf *);
void doctor_relay(struct doctor *, const struct deskdconf *);
/* keys: how many second factors each key seals, {"key":n}; or NULL. */
void doctor_seal(struct doctor *, const char *dir, const json_t *keys);
/* The secrets of sources, hooks and the widget, in this directory. */
void doctor_secrets(struct doctor *, struct wire *, const char *dir);

#endif
