/*
 * Rows of answers; see answerrow.h.
 */
#include <stdio.h>
#include <string.h>

#include "answerrow.h"
#include "base/mem.h"
#include "contact.h"
#include "event.h"
#include "fold.h"

#define COLUMN_MAX 64	/* bytes of a known column's name */
#define ARENA_MAX  4096 /* for the two contacts of a row */

/* Folded: as a form's maker may write them. */
static const struct {
	const char *said, *name;
} columns[] = {
	{ "id", "id" },
	{ "ma", "id" },
	{ "ma tra loi", "id" },
	{ "at", "at" },
	{ "date", "at" },
	{ "time", "at" },
	{ "timestamp", "at" },
	{ "ngay", "at" },
	{ "thoi gian", "at" },
	{ "dau thoi gian", "at" },
	{ "ngay tra loi", "at" },
	{ "phone", "phone" },
	{ "sdt", "phone" },
	{ "dien thoai", "phone" },
	{ "so dien thoai", "phone" },
	{ "email", "email" },
	{ "dia chi email", "email" },
	{ "email address", "email" },
	{ "order", "order" },
	{ "order no", "order" },
	{ "ma don", "order" },
	{ "ma don hang", "order" },
	{ "ticket", "ticket" },
	{ "case", "ticket" },
	{ "ho so", "ticket" },
	{ "so ho so", "ticket" },
	{ "queue", "queue" },
	{ "department", "queue" },
	{ "bo phan", "queue" },
	{ "agent", "agent" },
	{ "nhan vien", "agent" },
	{ "channel", "channel" },
	{ "kenh", "channel" },
	{ "touchpoint", "touchpoint" },
	{ "diem cham", "touchpoint" },
};

/* The known column of that name, or NULL: then it is a question. */
static const char *
column_named(const char *s)
{
	char   folded[FOLD_ROOM(COLUMN_MAX)];
	char  *p;
	size_t i;

	if (strlen(s) > COLUMN_MAX)
		return (NULL);
	fold_text(folded, sizeof folded, s, strlen(s));
	for (p = folded; *p != '\0'; p++)
		if (*p == '_' || *p == '-')
			*p = ' ';
	for (i = 0; i < nitems(columns); i++)
		if (strcmp(columns[i].said, folded) == 0)
			return (columns[i].name);
	return (NULL);
}

static bool
is_empty(const json_t *value)
{
	const char *s = json_string_value(value);

	return (json_is_null(value) ||
	    (s != NULL && s[strspn(s, " \t\r\n")] == '\0'));
}

/* A contact in the form in which contacts are compared. */
static const char *
contact_put(
    json_t *head, const char *kind, const char *said, const char *country)
{
	const char    *wrong = "This is too long.";
	struct arena   arena;
	struct contact c;

	arena_init(&arena, ARENA_MAX);
	switch (contact_read(&arena, &c, kind, said, country, &wrong)) {
	case CONTACT_OK:
		json_object_set_new(head, kind, json_string(c.address));
		wrong = NULL;
		break;
	case CONTACT_WITHHELD: /* nobody that could be known */
		wrong = NULL;
		break;
	case CONTACT_WRONG:
	case CONTACT_FULL:
		break;
	}
	arena_free(&arena);
	return (wrong);
}

/* A known column's value; a sentence when it will not do. */
static const char *
head_put(
    json_t *head, const char *name, const json_t *value, const char *country)
{
	const char *said = json_string_value(value);
	char	    number[32];

	if (json_object_get(head, name) != NULL)
		return ("Two columns say this.");
	if (json_is_integer(value)) {
		snprintf(number, sizeof number, "%lld",
		    (long long)json_integer_value(value));
		said = number;
	} else if (said == NULL) {
		return ("This is a text, or a whole number.");
	}
	if (strcmp(name, "phone") == 0 || strcmp(name, "email") == 0)
		return (contact_put(head, name, said, country));
	json_object_set_new(head, name, json_string(said));
	return (NULL);
}

bool
answerrow_read(json_t *args, const json_t *row, const char *country,
    const char **member, const char **wrong)
{
	json_t	   *head = json_object(), *rest = json_object(), *value;
	const char *key;

	json_object_set_new(args, "head", head);
	json_object_set_new(args, "rest", rest);
	*member = "row";
	*wrong = "A row is an object of columns and values.";
	if (!json_is_object(row))
		return (false);
	json_object_foreach ((json_t *)row, key, value) {
		if (is_empty(value))
			continue;
		if ((*member = column_named(key)) == NULL)
			json_object_set(rest, key, value);
		else if ((*wrong = head_put(head, *member, value, country)) !=
		    NULL)
			return (false);
	}
	return (true);
}
