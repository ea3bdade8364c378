/*
 * The OpenAPI document, from the table of operations; see openapi.h.
 */
#include <ctype.h>
#include <string.h>

#include "openapi.h"

/* The uuid of RFC 9562, and a feed's offset, as JSON Schema patterns. */
#define OFFSET_PATTERN "^(0|\\$|[0-9]+-[0-9]+)$"
#define NAME_PATTERN   "^[A-Za-z0-9._@+-]+$"
#define LABEL_PATTERN                         \
	"^[^\\u0000-\\u0020\\u007f-\\u009f]"  \
	"([^\\u0000-\\u001f\\u007f-\\u009f]*" \
	"[^\\u0000-\\u0020\\u007f-\\u009f])?$"

/* Every status that an operation may be refused with, and its code. */
static const struct {
	const char *status;
	const char *code;
	const char *text;
} refusals[] = {
	{ "400", "INVALID", "An argument is wrong; member names it." },
	{ "401", "NOAUTH", "No session, key or token, or not a good one." },
	{ "403", "DENIED", "The role does not allow it." },
	{ "404", "NOTFOUND", "There is no such thing, or it is not yours." },
	{ "409", "CONFLICT", "It has changed meanwhile, or is in the way." },
	{ "413", "TOOLARGE", "The request is larger than is taken." },
	{ "429", "TOOMANY", "Too many attempts; see Retry-After." },
	{ "503", "TRYAGAIN", "A store is away; see Retry-After." },
};

static json_t *
words_make(const char *words)
{
	json_t	   *list = json_array();
	const char *w, *bar;

	for (w = words; w != NULL; w = bar != NULL ? bar + 1 : NULL) {
		bar = strchr(w, '|');
		json_array_append_new(list,
		    bar != NULL ? json_stringn(w, (size_t)(bar - w))
				: json_string(w));
	}
	return (list);
}

static json_t *
schema_text(const struct op_arg *a, const char *name, const char *value)
{
	return (json_pack("{s:s, s:I, s:I, s:s*}", "type", "string",
	    "minLength", (json_int_t)a->min, "maxLength", (json_int_t)a->max,
	    name, value));
}

/* JSON Schema 2020-12; in_body: booleans are true and false there. */
static json_t *
schema_make(const struct op_arg *a, bool in_body)
{
	switch (a->type) {
	case ARG_ID:
	case ARG_INT:
		return (json_pack("{s:s, s:s, s:I, s:I}", "type", "integer",
		    "format", "int64", "minimum", (json_int_t)a->min, "maximum",
		    (json_int_t)a->max));
	case ARG_NAME:
		return (schema_text(a, "pattern", NAME_PATTERN));
	case ARG_LABEL:
		return (schema_text(a, "pattern", LABEL_PATTERN));
	case ARG_TEXT:
		return (schema_text(a, "format", NULL));
	case ARG_SECRET:
		return (schema_text(a, "format", "password"));
	case ARG_UUID:
		return (schema_text(a, "format", "uuid"));
	case ARG_OFFSET:
		return (schema_text(a, "pattern", OFFSET_PATTERN));
	case ARG_ENUM:
		return (json_pack("{s:s, s:o}", "type", "string", "enum",
		    words_make(a->words)));
	case ARG_BOOL:
		if (in_body)
			return (json_pack("{s:s}", "type", "boolean"));
		return (json_pack("{s:s, s:o}", "type", "string", "enum",
		    words_make("no|yes")));
	case ARG_LIST:
		return (json_pack("{s:s, s:{s:s}}", "type", "array", "items",
		    "type", "object"));
	case ARG_TEXTS:
		return (json_pack("{s:s, s:{s:s}}", "type", "array", "items",
		    "type", "string"));
	case ARG_JSON:
	case ARG_END:
		break;
	}
	return (json_pack("{s:s}", "type", "object"));
}

static bool
in_path(const struct op *op, const struct op_arg *a)
{
	size_t	    n = strlen(a->name);
	const char *p;

	for (p = op->path; (p = strchr(p, '{')) != NULL; p++)
		if (strncmp(p + 1, a->name, n) == 0 && p[n + 1] == '}')
			return (true);
	return (false);
}

static bool
has_body(const struct op *op)
{
	return (op->method == HTTP_POST || op->method == HTTP_PUT);
}

static json_t *
parameters_make(const struct op *op)
{
	const struct op_arg *a;
	json_t		    *list = json_array();
	bool		     path;

	for (a = op->args; a->type != ARG_END; a++) {
		path = in_path(op, a);
		if (!path && has_body(op) && op->way != BY_UPLOAD)
			continue;
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", a->name,
			"in", path ? "path" : "query", "required",
			path || !a->optional, "description", a->help, "schema",
			schema_make(a, false)));
	}
	return (list);
}

/* The members of the body; NULL when there are none. */
static json_t *
body_schema(const struct op *op)
{
	const struct op_arg *a;
	json_t		    *members, *needed, *schema;

	if (op->args[0].type == ARG_JSON && op->args[1].type == ARG_END)
		return (schema_make(&op->args[0], true));
	members = json_object();
	needed = json_array();
	for (a = op->args; a->type != ARG_END; a++) {
		if (in_path(op, a))
			continue;
		schema = schema_make(a, true);
		json_object_set_new(
		    schema, "description", json_string(a->help));
		json_object_set_new(members, a->name, schema);
		if (!a->optional)
			json_array_append_new(needed, json_string(a->name));
	}
	if (json_object_size(members) == 0) {
		json_decref(members);
		json_decref(needed);
		return (NULL);
	}
	schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties",
	    members, "additionalProperties", 0);
	if (json_array_size(needed) > 0)
		json_object_set_new(schema, "required", needed);
	else
		json_decref(needed);
	return (schema);
}

static json_t *
body_make(const struct op *op)
{
	json_t *schema;

	if (op->way == BY_UPLOAD)
		return (json_pack(
		    "{s:b, s:{s:{}}}", "required", 1, "content", "*/*"));
	if (!has_body(op) || (schema = body_schema(op)) == NULL)
		return (NULL);
	return (json_pack("{s:b, s:{s:{s:o}}}", "required",
	    json_object_get(schema, "required") != NULL, "content",
	    "application/json", "schema", schema));
}

static json_t *
responses_make(const struct op *op)
{
	json_t *all = json_object();
	size_t	i;
	bool	made = op->way == BY_INGEST || op->way == BY_UPLOAD;

	json_object_set_new(all, made ? "201" : "200",
	    json_pack("{s:s, s:{s:{s:{s:s}}}}", "description",
		made ? "Taken in and committed." : "Done.", "content",
		"application/json", "schema", "type", "object"));
	if (op->way == BY_INGEST)
		json_object_set_new(all, "200",
		    json_pack("{s:s}", "description",
			"It was there before: the same answer again."));
	for (i = 0; i < nitems(refusals); i++)
		json_object_set_new(all, refusals[i].status,
		    json_pack("{s:s+}", "$ref", "#/components/responses/",
			refusals[i].code));
	return (all);
}

/* "TICKET.TRANSFER" as a tag: "ticket". */
static json_t *
tag_make(const struct op *op)
{
	char   tag[32];
	size_t i;

	for (i = 0;
	     i < sizeof tag - 1 && op->name[i] != '\0' && op->name[i] != '.';
	     i++)
		tag[i] = (char)tolower((unsigned char)op->name[i]);
	tag[i] = '\0';
	return (json_string(tag));
}

static json_t *
security_make(const struct op *op)
{
	if (op->role == ROLE_PUBLIC)
		return (json_array());
	if (op->role == ROLE_VISITOR)
		return (json_pack("[{s:[]}]", "visitor"));
	return (json_pack("[{s:[]}, {s:[]}]", "key", "session"));
}

static json_t *
operation_make(const struct op *op)
{
	json_t *o, *body;

	o = json_pack("{s:s, s:s, s:[o], s:s, s:o, s:o, s:o}", "operationId",
	    op->name, "summary", op->help, "tags", tag_make(op), "x-least-role",
	    role_name(op->role), "parameters", parameters_make(op), "responses",
	    responses_make(op), "security", security_make(op));
	if ((body = body_make(op)) != NULL)
		json_object_set_new(o, "requestBody", body);
	return (o);
}

static json_t *
paths_make(void)
{
	json_t	   *paths = json_object(), *path;
	const char *name;
	char	    method[8];
	size_t	    i, n;

	for (i = 0; i < OP_COUNT; i++) {
		if (ops[i].method == HTTP_NONE)
			continue;
		if ((path = json_object_get(paths, ops[i].path)) == NULL) {
			path = json_object();
			json_object_set_new(paths, ops[i].path, path);
		}
		name = method_name(ops[i].method);
		for (n = 0; name[n] != '\0'; n++)
			method[n] = (char)tolower((unsigned char)name[n]);
		method[n] = '\0';
		json_object_set_new(path, method, operation_make(&ops[i]));
	}
	return (paths);
}

static json_t *
components_make(void)
{
	json_t *responses = json_object();
	size_t	i;

	for (i = 0; i < nitems(refusals); i++)
		json_object_set_new(responses, refusals[i].code,
		    json_pack("{s:s, s:{s:{s:{s:s}}}}", "description",
			refusals[i].text, "content", "application/problem+json",
			"schema", "$ref", "#/components/schemas/Problem"));
	return (json_pack(
	    "{s:o, s:{s:{s:s, s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, "
	    "s:{s:s}, s:{s:s}}}}, s:{s:{s:s, s:s}, s:{s:s, s:s, s:s}, "
	    "s:{s:s, s:s}}}",
	    "responses", responses, "schemas", "Problem", "type", "object",
	    "description", "RFC 9457", "properties", "type", "type", "string",
	    "title", "type", "string", "status", "type", "integer", "detail",
	    "type", "string", "code", "type", "string", "member", "type",
	    "string", "securitySchemes", "key", "type", "http", "scheme",
	    "bearer", "session", "type", "apiKey", "in", "cookie", "name",
	    "session", "visitor", "type", "http", "scheme", "bearer"));
}

json_t *
openapi_make(const char *version)
{
	return (
	    json_pack("{s:s, s:{s:s, s:s, s:s}, s:o, s:o}", "openapi", "3.1.0",
		"info", "title", "deskd", "version", version, "description",
		"An omni-channel contact center's tickets. Errors are RFC 9457 "
		"problem documents with a stable code.",
		"paths", paths_make(), "components", components_make()));
}
