/*
 * One operation under way: who asks what, and where the answer goes.  A
 * front (HTTP, RESP) makes an ask and hands it to dispatch_ask(); it is
 * answered exactly once, never before dispatch_ask() has returned, and is
 * freed by that answer.  What is in flight knows it by its id.
 */
#ifndef ASK_H
#define ASK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "caller.h"
#include "proto/operation.h"

struct cookies;
struct daemon;
struct pg_reply;
struct upload_head;

/* A refusal's code and what HTTP calls it. */
enum ask_code {
	ASK_OK,
	ASK_INVALID,
	ASK_NOAUTH,
	ASK_DENIED,
	ASK_NOTFOUND,
	ASK_CONFLICT,
	ASK_TOOLARGE,
	ASK_TOOMANY,
	ASK_TRYAGAIN,
	ASK_INTERNAL
};

/* What a front tells the asker; pointers are good during the call. */
struct answer {
	enum ask_code code;
	const char   *json; /* ASK_OK: the result, one JSON value */
	size_t	      n;
	bool	      made;   /* something new stands (HTTP 201) */
	const char   *words;  /* else: one sentence */
	const char   *member; /* at fault, or NULL */
	int	      retry;  /* seconds to wait, 0: not told */
	const char   *cookie; /* a session to set; "": to end it; or NULL */
	const char   *device; /* a device to remember, or NULL */
	bool	      body;   /* the front is to take the body that waits */
	bool	      file;   /* .json says which file's bytes to send */
	bool	      live;   /* the front is to open a stream from .offset */
	const char   *offset;
	bool	      plain; /* ASK_OK: json is a plain text and no JSON */
};

/* What a hook's sender showed; NULL: nothing. */
struct proof {
	const char *id, *timestamp, *signature; /* Standard Webhooks */
	const char *secret;    /* X-Hook-Secret, or a Basic password */
	bool	    forwarded; /* by a proxy or a browser: not its own word */
	const char *head; /* every field: name, NUL, value, NUL; then a NUL */
};

/* The header's value, or NULL; name in any letter case. */
const char *proof_header(const struct proof *, const char *name);

struct ask {
	uint64_t	 id;
	struct daemon	*d;
	const struct op *op;
	json_t		*args;
	struct caller	 caller;
	void (*answer)(void *front, uint64_t ref, const struct ask *,
	    const struct answer *);
	void	*front;
	uint64_t ref;
	char	*kept;	 /* an op's own text between two steps */
	uint64_t posted; /* the form whose files come along; 0: none */
	/*
	 * While dispatch_ask() runs, and not after it: the argument's bytes
	 * as they came (EVENT.ADD, HOOK; HOOK.VERIFY: the query), and what
	 * proves a hook's sender.
	 */
	const char		 *raw;
	size_t			  nraw;
	const struct proof	 *proof;
	const struct upload_head *upload;  /* the same, of BY_UPLOAD */
	const struct cookies	 *cookies; /* the same, of a browser */
	int64_t			  began;   /* microseconds */
};

/* Takes over args (may be NULL). */
struct ask *ask_new(struct daemon *, const struct op *, json_t *args,
    const struct caller *) MUSTCHECK;
/* The ask of that id, or NULL when it is over. */
struct ask *ask_find(uint64_t id);
size_t	    ask_count(void);
/* Drops those under way unanswered: their fronts are gone. */
void ask_close(void);

/* The ends of an ask: each answers and frees it. */
void ask_answer(struct ask *, const struct answer *);
void ask_done(struct ask *, const char *json, size_t n);
void ask_done_json(struct ask *, json_t *); /* takes it over */
void ask_refuse(struct ask *, enum ask_code, const char *member,
    const char *words, ...) PRINTFLIKE(4, 5);

/*
 * What PostgreSQL said when it was no success: answers the ask with it.
 * DK001 is a refusal of ours (DETAIL: code, HINT: member).
 */
void ask_refuse_pg(struct ask *, const struct pg_reply *);

const char *ask_code_name(enum ask_code);
int	    ask_code_status(enum ask_code); /* of HTTP */

/* Arguments; NULL, 0 or false when absent. */
const char *ask_text(const struct ask *, const char *name);
int64_t	    ask_number(const struct ask *, const char *name);
bool	    ask_flag(const struct ask *, const char *name);

#endif
