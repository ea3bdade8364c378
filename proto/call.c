/*
 * The arguments of an operation, from RESP and from HTTP; see call.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shallow.h"
#include "base/utf8.h"
#include "call.h"
#include "http.h"

#define CALL_NAME_SHOWN 64 /* bytes of an unknown name that are repeated */

struct call {
	const struct op *op;
	json_t		*args;
	const char	*member;
	const char	*wrong;
};

static bool
call_fail(struct call *c, const char *member, const char *wrong)
{
	c->member = member;
	c->wrong = wrong;
	return (false);
}

/* The name is the peer's: it is shown, not used. */
static bool
call_unknown(struct call *c, const char *name, size_t n)
{
	static struct buf shown;

	buf_reset(&shown);
	buf_shown(&shown, name, n, CALL_NAME_SHOWN);
	return (
	    call_fail(c, shown.p != NULL ? shown.p : "", "is not known here"));
}

static const struct op_arg *
call_arg(const struct call *c, const char *name, size_t n)
{
	const struct op_arg *a;

	for (a = c->op->args; a->type != ARG_END; a++)
		if (strlen(a->name) == n && strncasecmp(a->name, name, n) == 0)
			return (a);
	return (NULL);
}

/* Takes the value over. */
static bool
call_put(struct call *c, const struct op_arg *a, json_t *value)
{
	if (json_object_get(c->args, a->name) != NULL) {
		json_decref(value);
		return (call_fail(c, a->name, "is given twice"));
	}
	json_object_set_new_nocheck(c->args, a->name, value);
	return (true);
}

static const char no_json[] = "must be a JSON object";

json_t *
call_json(const char *s, size_t n, const char **wrong)
{
	json_error_t error;
	json_t	    *json;

	if (!utf8_valid(s, n)) {
		*wrong = "must be UTF-8 without NUL";
		return (NULL);
	}
	if (!json_shallow(s, n, CALL_JSON_DEPTH)) {
		*wrong = "is nested too deeply";
		return (NULL);
	}
	if ((json = json_loadb(s, n, JSON_REJECT_DUPLICATES, &error)) != NULL)
		return (json);
	switch (json_error_code(&error)) {
	case json_error_duplicate_key:
		*wrong = "has the same member twice";
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		*wrong = "must not hold U+0000";
		break;
	case json_error_numeric_overflow:
		*wrong = "has a number that is too large";
		break;
	default:
		*wrong = no_json;
	}
	return (NULL);
}

/* What an argument of JSON must be. */
static const char *
call_shape(const struct op_arg *a)
{
	return (a->type == ARG_JSON ? "must be a JSON object"
		: a->type == ARG_LIST
		? "must be a JSON list of objects"
		: "must be a JSON list of texts: [\"one\", \"two\"]");
}

static bool
call_is(const struct op_arg *a, const json_t *value)
{
	const json_t *part;
	size_t	      i;

	if (a->type == ARG_JSON)
		return (json_is_object(value));
	if (!json_is_array(value))
		return (false);
	json_array_foreach (value, i, part)
		if (a->type == ARG_LIST ? !json_is_object(part)
					: !json_is_string(part))
			return (false);
	return (true);
}

static bool
call_put_json(struct call *c, const struct op_arg *a, const char *s, size_t n)
{
	const char *wrong;
	json_t	   *json;

	if ((json = call_json(s, n, &wrong)) == NULL)
		return (call_fail(c, a->name,
		    strcmp(wrong, no_json) == 0 ? call_shape(a) : wrong));
	if (!call_is(a, json)) {
		json_decref(json);
		return (call_fail(c, a->name, call_shape(a)));
	}
	return (call_put(c, a, json));
}

/* The digits were checked: they fit. */
static json_int_t
number_of(const char *s, size_t n)
{
	json_int_t v = 0;
	size_t	   i;

	for (i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return (v);
}

/* A value that came as text: in RESP, a path or a query. */
static bool
call_put_text(struct call *c, const struct op_arg *a, const char *s, size_t n)
{
	const char *wrong;

	if (!arg_check(a, s, n, &wrong))
		return (call_fail(c, a->name, wrong));
	switch (a->type) {
	case ARG_ID:
	case ARG_INT:
		return (call_put(c, a, json_integer(number_of(s, n))));
	case ARG_BOOL:
		return (call_put(c, a, json_boolean(s[0] == 'y')));
	case ARG_JSON:
	case ARG_LIST:
	case ARG_TEXTS:
		return (call_put_json(c, a, s, n));
	case ARG_END:
	case ARG_NAME:
	case ARG_TEXT:
	case ARG_LABEL:
	case ARG_SECRET:
	case ARG_ENUM:
	case ARG_UUID:
	case ARG_OFFSET:
		break;
	}
	return (call_put(c, a, json_stringn_nocheck(s, n)));
}

static bool
call_put_number(struct call *c, const struct op_arg *a, const json_t *value)
{
	struct buf  b = { 0 };
	const char *wrong;
	bool	    good;

	if (!json_is_integer(value))
		return (call_fail(c, a->name, "must be a whole number"));
	buf_int(&b, json_integer_value(value));
	good = arg_check(a, b.p, b.n, &wrong);
	buf_free(&b);
	if (!good)
		return (call_fail(c, a->name, wrong));
	return (call_put(c, a, json_integer(json_integer_value(value))));
}

/* A value that came as a member of a JSON body. */
static bool
call_put_value(struct call *c, const struct op_arg *a, json_t *value)
{
	switch (a->type) {
	case ARG_ID:
	case ARG_INT:
		return (call_put_number(c, a, value));
	case ARG_BOOL:
		if (!json_is_boolean(value))
			return (call_fail(c, a->name, "must be true or false"));
		return (call_put(c, a, json_incref(value)));
	case ARG_JSON:
	case ARG_LIST:
	case ARG_TEXTS:
		if (!call_is(a, value))
			return (call_fail(c, a->name, call_shape(a)));
		if (json_dumpb(value, NULL, 0, JSON_COMPACT) > (size_t)a->max)
			return (call_fail(c, a->name, "is too long"));
		return (call_put(c, a, json_incref(value)));
	case ARG_END:
	case ARG_NAME:
	case ARG_TEXT:
	case ARG_LABEL:
	case ARG_SECRET:
	case ARG_ENUM:
	case ARG_UUID:
	case ARG_OFFSET:
		break;
	}
	if (!json_is_string(value))
		return (call_fail(c, a->name, "must be a string"));
	return (call_put_text(
	    c, a, json_string_value(value), json_string_length(value)));
}

static bool
call_complete(struct call *c)
{
	const struct op_arg *a;

	for (a = c->op->args; a->type != ARG_END; a++)
		if (!a->optional && json_object_get(c->args, a->name) == NULL)
			return (call_fail(c, a->name, "is missing"));
	return (true);
}

static void
call_begin(struct call *c, const struct op *op)
{
	*c = (struct call){
		.op = op, .args = json_object(), .member = "", .wrong = ""
	};
}

static bool
call_end(struct call *c, bool good, json_t **args, const char **member,
    const char **wrong)
{
	*member = c->member;
	*wrong = c->wrong;
	*args = good ? c->args : NULL;
	if (!good)
		json_decref(c->args);
	return (good);
}

/* Required ones by place, then names and values. */
static bool
resp_map_args(struct call *c, const struct resp_request *r)
{
	const struct op_arg   *a;
	const struct resp_arg *v;
	size_t		       i = 1;

	for (a = c->op->args; a->type != ARG_END && !a->optional; a++) {
		if (a->type == ARG_JSON && resp_is(r, i, "JSON") &&
		    i + 1 < r->argc)
			i++;
		if (i == r->argc)
			return (call_fail(c, a->name, "is missing"));
		v = &r->argv[i++];
		if (!call_put_text(c, a, v->p, v->n))
			return (false);
	}
	for (; i < r->argc; i += 2) {
		v = &r->argv[i];
		if ((a = call_arg(c, v->p, v->n)) == NULL || !a->optional)
			return (call_unknown(c, v->p, v->n));
		if (i + 1 == r->argc)
			return (call_fail(c, a->name, "has no value"));
		if (!call_put_text(c, a, v[1].p, v[1].n))
			return (false);
	}
	return (true);
}

bool
call_from_resp(const struct op *op, const struct resp_request *r, json_t **args,
    const char **member, const char **wrong)
{
	struct call c;

	call_begin(&c, op);
	return (call_end(&c, resp_map_args(&c, r), args, member, wrong));
}

bool
call_event(const struct resp_request *r, const char **p, size_t *n)
{
	size_t at = r->argc == 3 && resp_is(r, 1, "JSON") ? 2 : 1;

	if (r->argc != at + 1)
		return (false);
	*p = r->argv[at].p;
	*n = r->argv[at].n;
	return (true);
}

static bool
call_put_encoded(
    struct call *c, const struct op_arg *a, const char *s, size_t n, bool form)
{
	char   *out = xmalloc(n + 1);
	ssize_t len = http_decode(out, s, n, form);
	bool	good;

	if (len < 0)
		good = call_fail(
		    c, a->name, "must be percent-encoded, without NUL");
	else
		good = call_put_text(c, a, out, (size_t)len);
	free(out);
	return (good);
}

static bool
http_map_path(struct call *c, const struct op_match *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (!call_put_encoded(
			c, m->names[i], m->values[i], m->lengths[i], false))
			return (false);
	return (true);
}

static bool
http_map_query(struct call *c, const char *query)
{
	const struct op_arg *a;
	const char	    *next, *equals;
	size_t		     n;

	for (; query != NULL && *query != '\0'; query = next) {
		n = strcspn(query, "&");
		next = query[n] == '&' ? query + n + 1 : NULL;
		if (n == 0)
			continue;
		equals = memchr(query, '=', n);
		if (equals == NULL)
			return (call_unknown(c, query, n));
		a = call_arg(c, query, (size_t)(equals - query));
		if (a == NULL)
			return (
			    call_unknown(c, query, (size_t)(equals - query)));
		if (!call_put_encoded(c, a, equals + 1,
			n - (size_t)(equals + 1 - query), true))
			return (false);
	}
	return (true);
}

/* An operation whose only argument is an object takes it as the body. */
static bool
body_is_argument(const struct op *op)
{
	return (op->args[0].type == ARG_JSON && op->args[1].type == ARG_END);
}

static bool
http_map_members(struct call *c, json_t *body)
{
	const struct op_arg *a;
	const char	    *name;
	void		    *i;

	for (i = json_object_iter(body); i != NULL;
	     i = json_object_iter_next(body, i)) {
		name = json_object_iter_key(i);
		a = call_arg(c, name, strlen(name));
		if (a == NULL || strcmp(a->name, name) != 0)
			return (call_unknown(c, name, strlen(name)));
		if (!call_put_value(c, a, json_object_iter_value(i)))
			return (false);
	}
	return (true);
}

static bool
http_map_body(struct call *c, const char *s, size_t n)
{
	const char *wrong;
	json_t	   *body;
	bool	    good;

	if (c->op == &ops[OP_HOOK])
		return (true); /* in its sender's form: not ours to read */
	if (body_is_argument(c->op))
		return (call_put_text(c, &c->op->args[0], s, n));
	if (n == 0)
		return (true);
	if ((body = call_json(s, n, &wrong)) == NULL)
		return (call_fail(c, "", wrong));
	if (json_is_object(body))
		good = http_map_members(c, body);
	else
		good = call_fail(c, "", "must be a JSON object");
	json_decref(body);
	return (good);
}

static bool
http_map_args(struct call *c, const struct op_match *m, const char *query,
    const char *body, size_t nbody)
{
	bool reads;

	if (!http_map_path(c, m))
		return (false);
	reads = c->op->method == HTTP_GET || c->op->method == HTTP_DELETE;
	if (c->op == &ops[OP_HOOK_VERIFY])
		return (true); /* asked in its provider's form */
	if (reads) {
		if (nbody != 0)
			return (call_fail(c, "", "must have no body"));
		return (http_map_query(c, query) && call_complete(c));
	}
	if (c->op->way == BY_UPLOAD) /* the body is not ours to read */
		return (http_map_query(c, query) && call_complete(c));
	if (query != NULL && *query != '\0')
		return (call_unknown(c, query, strcspn(query, "=&")));
	return (http_map_body(c, body, nbody) && call_complete(c));
}

bool
call_from_http(const struct op *op, const struct op_match *m, const char *query,
    const char *body, size_t nbody, json_t **args, const char **member,
    const char **wrong)
{
	struct call c;

	call_begin(&c, op);
	return (call_end(
	    &c, http_map_args(&c, m, query, body, nbody), args, member, wrong));
}
