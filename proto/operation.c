/*
 * The table of operations and the questions asked of it; see operation.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "operation.h"

/* The columns of an argument, by what most arguments need. */
#define ARG(n, type, max, help)                     \
	{                                           \
#n, type, false, 0, max, NULL, help \
	}
#define ID(n, help)                                         \
	{                                                   \
#n, ARG_ID, false, 1, INT64_MAX, NULL, help \
	}
#define OPT_ID(n, help)                                    \
	{                                                  \
#n, ARG_ID, true, 1, INT64_MAX, NULL, help \
	}
#define INT(n, min, max, help)                           \
	{                                                \
#n, ARG_INT, false, min, max, NULL, help \
	}
#define OPT_INT(n, min, max, help)                      \
	{                                               \
#n, ARG_INT, true, min, max, NULL, help \
	}
#define NAME(n, max, help)                              \
	{                                               \
#n, ARG_NAME, false, 1, max, NULL, help \
	}
#define OPT_NAME(n, max, help)                         \
	{                                              \
#n, ARG_NAME, true, 1, max, NULL, help \
	}
#define TEXT(n, max, help)                              \
	{                                               \
#n, ARG_TEXT, false, 1, max, NULL, help \
	}
/* Required, so that it keeps its place, but it may say nothing. */
#define TEXT_OR_FILES(n, max, help)                     \
	{                                               \
#n, ARG_TEXT, false, 0, max, NULL, help \
	}
#define OPT_TEXT(n, max, help)                         \
	{                                              \
#n, ARG_TEXT, true, 0, max, NULL, help \
	}
#define LABEL(n, max, help)                              \
	{                                                \
#n, ARG_LABEL, false, 1, max, NULL, help \
	}
#define OPT_LABEL(n, max, help)                         \
	{                                               \
#n, ARG_LABEL, true, 1, max, NULL, help \
	}
#define SECRET(n, max, help)                              \
	{                                                 \
#n, ARG_SECRET, false, 1, max, NULL, help \
	}
#define OPT_SECRET(n, max, help)                         \
	{                                                \
#n, ARG_SECRET, true, 0, max, NULL, help \
	}
#define ENUM(n, words, help)                           \
	{                                              \
#n, ARG_ENUM, false, 0, 0, words, help \
	}
#define OPT_ENUM(n, words, help)                      \
	{                                             \
#n, ARG_ENUM, true, 0, 0, words, help \
	}
#define OPT_BOOL(n, help)                            \
	{                                            \
#n, ARG_BOOL, true, 0, 0, NULL, help \
	}
#define UUID(n, help)                                   \
	{                                               \
#n, ARG_UUID, false, 36, 36, NULL, help \
	}
#define OFFSET(n, help)                                  \
	{                                                \
#n, ARG_OFFSET, false, 1, 41, NULL, help \
	}
#define OPT_OFFSET(n, help)                             \
	{                                               \
#n, ARG_OFFSET, true, 1, 41, NULL, help \
	}

#define OPT_JSON(n, max, help)                         \
	{                                              \
#n, ARG_JSON, true, 0, max, NULL, help \
	}
#define OPT_LIST(n, max, help)                         \
	{                                              \
#n, ARG_LIST, true, 0, max, NULL, help \
	}
#define OPT_TEXTS(n, max, help)                         \
	{                                               \
#n, ARG_TEXTS, true, 0, max, NULL, help \
	}

#define OP(id, name, role, way, writes, method, path, sql, help, ...)   \
	[OP_##id] = { name, role, way, method, path, sql, writes, help, \
		(const struct op_arg[]){ __VA_ARGS__ __VA_OPT__(, ){ 0 } } },

const struct op ops[OP_COUNT] = {
#include "operations.def"
};
#undef OP

static const char *const role_names[] = {
	[ROLE_PUBLIC] = "public",
	[ROLE_VISITOR] = "visitor",
	[ROLE_AGENT] = "agent",
	[ROLE_SERVICE] = "service",
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_ADMIN] = "admin",
};

const struct op *
op_find(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < OP_COUNT; i++)
		if (strlen(ops[i].name) == n &&
		    strncasecmp(ops[i].name, name, n) == 0)
			return (&ops[i]);
	return (NULL);
}

enum op_id
op_id(const struct op *op)
{
	return ((enum op_id)(op - ops));
}

size_t
op_nrequired(const struct op *op)
{
	size_t n = 0;

	while (op->args[n].type != ARG_END && !op->args[n].optional)
		n++;
	return (n);
}

const char *
role_name(enum role role)
{
	return (role_names[role]);
}

enum role
role_find(const char *name)
{
	size_t i;

	for (i = 1; i < nitems(role_names); i++)
		if (strcmp(role_names[i], name) == 0)
			return ((enum role)i);
	return (0);
}

const char *
method_name(enum http_method m)
{
	static const char *const names[] = { "", "GET", "POST", "PUT",
		"DELETE" };

	return (names[m]);
}

const char *
arg_type_name(enum arg_type type)
{
	static const char *const names[] = { "", "id", "number", "name", "text",
		"label", "secret", "choice", "yes|no", "uuid", "offset", "json",
		"list", "list" };

	return (names[type]);
}

static const struct op_arg *
op_arg_find(const struct op *op, const char *name, size_t n)
{
	const struct op_arg *a;

	for (a = op->args; a->type != ARG_END; a++)
		if (strlen(a->name) == n && memcmp(a->name, name, n) == 0)
			return (a);
	return (NULL);
}

/* Whether the path fits this row's template; fills in the values. */
static bool
op_fits(struct op_match *m, const struct op *op, const char *p, size_t n)
{
	const char *t = op->path, *end = p + n, *close;

	m->n = 0;
	while (*t != '\0') {
		if (*t != '{') {
			if (p == end || *p++ != *t++)
				return (false);
			continue;
		}
		close = strchr(t, '}');
		m->names[m->n] =
		    op_arg_find(op, t + 1, (size_t)(close - t - 1));
		m->values[m->n] = p;
		while (p < end && *p != '/')
			p++;
		m->lengths[m->n] = (size_t)(p - m->values[m->n]);
		if (m->lengths[m->n] == 0)
			return (false);
		m->n++;
		t = close + 1;
	}
	return (p == end);
}

bool
op_match(
    struct op_match *m, enum http_method method, const char *path, size_t n)
{
	struct op_match at;
	unsigned	allowed = 0;
	bool		found = false;
	size_t		i;

	for (i = 0; i < OP_COUNT; i++) {
		if (ops[i].method == HTTP_NONE ||
		    !op_fits(&at, &ops[i], path, n))
			continue;
		allowed |= BIT(ops[i].method);
		if (ops[i].method == method && !found) {
			*m = at;
			m->op = &ops[i];
			found = true;
		}
	}
	m->allowed = allowed;
	if (!found)
		m->op = NULL;
	return (found);
}

static bool
is_digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return (false);
	return (n > 0);
}

/* A number without sign, blanks or leading zeros, that fits 63 bits. */
static bool
is_number(const char *s, size_t n, int64_t min, int64_t max)
{
	int64_t v = 0;
	size_t	i;

	if (!is_digits(s, n) || n > 19 || (n > 1 && s[0] == '0'))
		return (false);
	for (i = 0; i < n; i++) {
		if (v > (INT64_MAX - (s[i] - '0')) / 10)
			return (false);
		v = v * 10 + (s[i] - '0');
	}
	return (v >= min && v <= max);
}

static bool
is_word_char(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("._-@+", c)));
}

static bool
is_word(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_word_char(s[i]))
			return (false);
	return (n > 0);
}

static bool
is_one_of(const char *words, const char *s, size_t n)
{
	const char *w, *bar;
	size_t	    len;

	for (w = words; w != NULL; w = bar != NULL ? bar + 1 : NULL) {
		bar = strchr(w, '|');
		len = bar != NULL ? (size_t)(bar - w) : strlen(w);
		if (len == n && memcmp(w, s, n) == 0)
			return (true);
	}
	return (false);
}

static bool
is_uuid(const char *s, size_t n)
{
	size_t i;

	if (n != 36)
		return (false);
	for (i = 0; i < n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return (false);
		} else if ((s[i] < '0' || s[i] > '9') &&
		    (s[i] < 'a' || s[i] > 'f'))
			return (false);
	}
	return (true);
}

static bool
is_offset(const char *s, size_t n)
{
	const char *dash;

	if (n == 1 && (s[0] == '0' || s[0] == '$'))
		return (true);
	if ((dash = memchr(s, '-', n)) == NULL)
		return (false);
	return (is_number(s, (size_t)(dash - s), 0, INT64_MAX) &&
	    is_number(dash + 1, n - (size_t)(dash + 1 - s), 0, INT64_MAX));
}

/* Visible text on one line: no control character, no blank at an end. */
static bool
is_label(const char *s, size_t n)
{
	uint32_t c;
	size_t	 i, len;

	if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
		return (false);
	for (i = 0; i < n; i += len)
		if ((len = utf8_get(s + i, n - i, &c)) == 0 || c < 0x20 ||
		    (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return (false);
	return (true);
}

bool
arg_check(const struct op_arg *a, const char *s, size_t n, const char **wrong)
{
	static char limits[80]; /* good until the next call */
	bool	    good = false;

	*wrong = "is wrong";
	switch (a->type) {
	case ARG_END:
		break;
	case ARG_ID:
		*wrong = "must be a positive whole number";
		good = is_number(s, n, 1, INT64_MAX);
		break;
	case ARG_INT:
		snprintf(limits, sizeof limits,
		    "must be a whole number from %lld to %lld",
		    (long long)a->min, (long long)a->max);
		*wrong = limits;
		good = is_number(s, n, a->min, a->max);
		break;
	case ARG_NAME:
		*wrong =
		    "must be a short word of letters, digits and . _ - @ +";
		good = n <= (size_t)a->max && is_word(s, n);
		break;
	case ARG_LABEL:
		*wrong = "must be one line without blanks at its ends";
		if (n > (size_t)a->max)
			*wrong = "is too long";
		else
			good = is_label(s, n);
		break;
	case ARG_TEXT:
	case ARG_SECRET:
	case ARG_JSON:
	case ARG_LIST:
	case ARG_TEXTS:
		if (n < (size_t)a->min)
			*wrong = "must not be empty";
		else if (n > (size_t)a->max)
			*wrong = "is too long";
		else if (!utf8_valid(s, n))
			*wrong = "must be UTF-8 without NUL";
		else
			good = true;
		break;
	case ARG_ENUM:
		*wrong = "must be one of its words";
		good = is_one_of(a->words, s, n);
		break;
	case ARG_BOOL:
		*wrong = "must be yes or no";
		good = is_one_of("yes|no", s, n);
		break;
	case ARG_UUID:
		*wrong = "must be a UUID in lower case";
		good = is_uuid(s, n);
		break;
	case ARG_OFFSET:
		*wrong = "must be 0, $ or an offset that the feed gave";
		good = is_offset(s, n);
		break;
	}
	return (good);
}
