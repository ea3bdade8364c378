/*
 * Facts; see facts.h.
 */
#include <string.h>

#include "facts.h"
#include "when.h"

static bool
facts_refuse(
    const char **member, const char *at, const char **wrong, const char *words)
{
	*member = at;
	*wrong = words;
	return (false);
}

/* 1 to max bytes on one line. */
static bool
line_good(const json_t *value, size_t max)
{
	const char *s = json_string_value(value);

	if (s == NULL || *s == '\0' || json_string_length(value) > max)
		return (false);
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (false);
	return (true);
}

static bool
time_good(const json_t *value)
{
	const char *s = json_string_value(value);

	return (s != NULL && when_valid(s, json_string_length(value)));
}

/* "125000" or "12.50": at most 12 digits before the point and 4 after it. */
static bool
decimal_good(const char *s)
{
	size_t whole = strspn(s, "0123456789"), part;

	if (whole == 0 || whole > 12)
		return (false);
	s += whole;
	if (*s == '\0')
		return (true);
	if (*s++ != '.')
		return (false);
	part = strspn(s, "0123456789");
	return (part > 0 && part <= 4 && s[part] == '\0');
}

static bool
amount_good(const json_t *value)
{
	json_int_t n = json_integer_value(value);

	if (json_is_integer(value))
		return (n >= 0 && n < 1000000000000);
	return (
	    json_is_string(value) && decimal_good(json_string_value(value)));
}

/* ISO 4217. */
static bool
currency_good(const json_t *value)
{
	const char *s = json_string_value(value);

	return (s != NULL && strlen(s) == 3 &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3);
}

static bool
status_good(const json_t *value)
{
	return (line_good(value, FACTS_STATUS_MAX));
}

static bool
words_good(const json_t *value)
{
	return (line_good(value, 100));
}

static const struct {
	const char *name;
	const char *member;
	bool (*good)(const json_t *);
	const char *want;
} order_parts[] = {
	{ "status", "order.status", status_good,
	    "This must be a short text on one line." },
	{ "promised_at", "order.promised_at", time_good,
	    "This must be a time as RFC 3339 has it, with an offset." },
	{ "shipped_at", "order.shipped_at", time_good,
	    "This must be a time as RFC 3339 has it, with an offset." },
	{ "delivered_at", "order.delivered_at", time_good,
	    "This must be a time as RFC 3339 has it, with an offset." },
	{ "carrier", "order.carrier", words_good,
	    "This must be a short text on one line." },
	{ "tracking", "order.tracking", words_good,
	    "This must be a short text on one line." },
	{ "amount", "order.amount", amount_good,
	    "This must be a whole number, or a decimal as text: \"12.50\"." },
	{ "currency", "order.currency", currency_good,
	    "This must be a code such as VND." },
	{ "payment", "order.payment", words_good,
	    "This must be a short text on one line." },
};

bool
facts_order(
    json_t *facts, const json_t *order, const char **member, const char **wrong)
{
	json_t	   *made = json_object(), *part;
	const char *key;
	size_t	    i;

	json_object_foreach ((json_t *)order, key, part) {
		if (strcmp(key, "no") == 0 || json_is_null(part))
			continue;
		for (i = 0; i < nitems(order_parts); i++)
			if (strcmp(key, order_parts[i].name) == 0)
				break;
		if (i == nitems(order_parts) || !order_parts[i].good(part)) {
			json_decref(made);
			return (i == nitems(order_parts)
				? facts_refuse(member, "order", wrong,
				      "This has a member that no order has.")
				: facts_refuse(member, order_parts[i].member,
				      wrong, order_parts[i].want));
		}
		json_object_set(made, key, part);
	}
	json_object_set_new(facts, "order", made);
	return (true);
}

bool
facts_rating(json_t *facts, const json_t *rating, const char **member,
    const char **wrong)
{
	const json_t *value = rating;
	json_int_t    of = 5;

	if (json_is_object(rating)) {
		value = json_object_get(rating, "value");
		if (json_object_get(rating, "of") != NULL)
			of = json_integer_value(json_object_get(rating, "of"));
	}
	if (!json_is_integer(value) || of < 2 || of > 100 ||
	    json_integer_value(value) < 0 || json_integer_value(value) > of)
		return (facts_refuse(member, "rating", wrong,
		    "This must be {\"value\":4,\"of\":5}, whole numbers."));
	json_object_set_new(facts, "rating",
	    json_pack(
		"{s:I,s:I}", "value", json_integer_value(value), "of", of));
	return (true);
}
