/*
 * Everything that anyone can ask of deskd, as rows: operations.def is the
 * one place where an operation is written down, and the TCP protocol, the
 * HTTP API, deskctl, COMMAND DOCS, the OpenAPI document and the reference
 * page are all read from the table that it becomes here.
 */
#ifndef PROTO_OPERATION_H
#define PROTO_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

/*
 * Who may ask, least first.  A service is a program with a key: it may do
 * what an agent may, and name the agent it does it for.
 */
enum role {
	ROLE_PUBLIC = 1, /* anybody who can connect */
	ROLE_VISITOR,	 /* a chat visitor, for his own conversation */
	ROLE_AGENT,
	ROLE_SERVICE,
	ROLE_SUPERVISOR,
	ROLE_ADMIN
};

enum http_method {
	HTTP_NONE, /* not offered over HTTP */
	HTTP_GET,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE
};

/* How an operation is carried out. */
enum op_way {
	BY_SQL,	   /* one call of its SQL function */
	BY_INGEST, /* it becomes an event on the one path of all events */
	BY_SPINE,  /* a function of the daemon's own, op_do_<id>() */
	/*
	 * The same, and what is posted is bytes, not JSON: the arguments stand
	 * in the query.  Over HTTP only.
	 */
	BY_UPLOAD
};

enum arg_type {
	ARG_END,
	ARG_ID,	    /* a positive 63-bit number */
	ARG_INT,    /* a number from min to max */
	ARG_NAME,   /* a short word: letters, digits, . _ - @ +; max bytes */
	ARG_TEXT,   /* UTF-8 of at most max bytes, without U+0000 */
	ARG_LABEL,  /* as text, one line without blanks at its ends */
	ARG_SECRET, /* as text, never logged or echoed */
	ARG_ENUM,   /* one of words, written "a|b|c" */
	ARG_BOOL,   /* yes or no; in JSON true or false */
	ARG_UUID,   /* RFC 4122, 36 characters, lower case */
	ARG_OFFSET, /* a place in the feed: "0", "$" or "<ms>-<n>" */
	ARG_JSON,   /* a JSON object of at most max bytes */
	ARG_LIST,   /* a JSON list of objects, of at most max bytes */
	ARG_TEXTS   /* a JSON list of texts, of at most max bytes */
};

/* One argument.  Required ones stand first, in order; the rest are named. */
struct op_arg {
	const char   *name;
	enum arg_type type;
	bool	      optional;
	int64_t	      min;
	int64_t	      max;   /* a number's, or bytes of a text */
	const char   *words; /* of an ARG_ENUM */
	const char   *help;
};

struct op {
	const char	    *name; /* "TICKET.TRANSFER" */
	enum role	     role; /* least role that may ask */
	enum op_way	     way;
	enum http_method     method;
	const char	    *path; /* "/api/v1/tickets/{ticket}/transfer" */
	const char	    *sql;  /* function in schema desk, or NULL */
	bool		     writes;
	const char	    *help; /* one sentence */
	const struct op_arg *args; /* ends with ARG_END */
};

/* OP_TICKET_TRANSFER and so on: the rows' places in ops[]. */
enum op_id {
#define OP(id, ...) OP_##id,
#include "operations.def"
#undef OP
	OP_COUNT
};

extern const struct op ops[OP_COUNT];

/* By name, any letter case; NULL when there is none. */
const struct op *op_find(const char *name, size_t n);
enum op_id	 op_id(const struct op *);
size_t		 op_nrequired(const struct op *);
const char	*role_name(enum role);
/* 0 when it is no role's name. */
enum role   role_find(const char *);
const char *method_name(enum http_method);
const char *arg_type_name(enum arg_type);

/*
 * Matches a path with the rows' templates.  On a match, values[i] and
 * lengths[i] hold what stood for the i-th {name} in the path's order, still
 * percent-encoded, and names[i] its argument.  allowed is the set (BIT of
 * enum http_method) of methods that the path knows, for 405 and Allow.
 */
#define OP_PATH_MAX 4
struct op_match {
	const struct op	    *op;
	size_t		     n;
	const struct op_arg *names[OP_PATH_MAX];
	const char	    *values[OP_PATH_MAX];
	size_t		     lengths[OP_PATH_MAX];
	unsigned	     allowed;
};
bool op_match(struct op_match *, enum http_method, const char *path, size_t n);

/* Whether the value is right for the argument; else what is wrong with it. */
bool arg_check(const struct op_arg *, const char *, size_t, const char **wrong);

#endif
