/*
 * Who asks; see caller.h.
 */
#include <stdio.h>
#include <string.h>

#include "caller.h"

void
caller_public(struct caller *c, const char *via, const char *from)
{
	*c = (struct caller){ .role = ROLE_PUBLIC, .via = via };
	snprintf(c->from, sizeof c->from, "%s", from);
}

bool
caller_take(struct caller *c, const json_t *j)
{
	const char *who = json_string_value(json_object_get(j, "who"));
	const char *role = json_string_value(json_object_get(j, "role"));
	const char *csrf = json_string_value(json_object_get(j, "csrf"));
	enum role   r;

	if (who == NULL || role == NULL || (r = role_find(role)) == 0)
		return (false);
	c->role = r;
	snprintf(c->who, sizeof c->who, "%s", who);
	snprintf(c->csrf, sizeof c->csrf, "%s", csrf != NULL ? csrf : "");
	c->agent = (int)json_integer_value(json_object_get(j, "agent"));
	c->must_change = json_is_true(json_object_get(j, "must_change"));
	return (true);
}

void
caller_write(struct buf *b, const struct caller *c)
{
	buf_str(b, "{\"who\":");
	buf_json_str(b, c->who);
	buf_printf(b,
	    ",\"role\":\"%s\",\"via\":\"%s\",\"from\":", role_name(c->role),
	    c->via);
	buf_json_str(b, c->from);
	if (c->agent != 0)
		buf_printf(b, ",\"agent\":%d", c->agent);
	if (c->conversation[0] != '\0')
		buf_printf(b, ",\"conversation\":\"%s\"", c->conversation);
	buf_char(b, '}');
}
