/*
 * JSON from strangers; see jsonin.h.
 */
#include <string.h>

#include "base/shallow.h"
#include "event.h"
#include "jsonin.h"

static const char *
jsonin_wrong(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_invalid_utf8:
		return ("This is not UTF-8.");
	case json_error_duplicate_key:
		return ("A name stands twice in one object.");
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return ("The character U+0000 cannot be kept.");
	case json_error_numeric_overflow:
		return ("A number is too large.");
	case json_error_end_of_input_expected:
		return ("Something follows the end of the JSON value.");
	case json_error_premature_end_of_input:
		return ("The JSON ends too early.");
	default:
		return ("This is not JSON.");
	}
}

json_t *
jsonin_object(const char *s, size_t n, const char **wrong)
{
	json_error_t error;
	json_t	    *value;

	if (n == 0) {
		*wrong = "This is empty; a JSON object is wanted.";
		return (NULL);
	}
	if (!json_shallow(s, n, EVENT_DEPTH)) {
		*wrong = "The JSON is nested too deeply.";
		return (NULL);
	}
	value = json_loadb(s, n, JSON_REJECT_DUPLICATES, &error);
	if (value == NULL) {
		*wrong = jsonin_wrong(&error);
		return (NULL);
	}
	if (!json_is_object(value)) {
		json_decref(value);
		*wrong = "This is JSON but no object.";
		return (NULL);
	}
	return (value);
}

const char *
jsonin_str(const json_t *object, const char *name)
{
	return (json_string_value(json_object_get(object, name)));
}

const char *
jsonin_dump(struct arena *a, const json_t *value, size_t max)
{
	const size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
	size_t	     n;
	char	    *p;

	n = json_dumpb(value, NULL, 0, flags);
	if (n == 0 || n > max || (p = arena_get(a, n + 1)) == NULL)
		return (NULL);
	json_dumpb(value, p, n, flags);
	return (p);
}
