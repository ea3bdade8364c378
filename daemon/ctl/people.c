/*
 * deskctl customer merge, split and erase: asks the daemon what would happen,
 * shows it, and does it when it is confirmed (or --yes was given).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "operation.h"
#include "people.h"

#define WORDS 128 /* of one command */

bool
people_concerns(const struct op *op)
{
	return (op == &ops[OP_CUSTOMER_MERGE] ||
	    op == &ops[OP_CUSTOMER_SPLIT] || op == &ops[OP_CUSTOMER_ERASE] ||
	    op == &ops[OP_CUSTOMER_EXPORT]);
}

static long long
number(const json_t *j, const char *name)
{
	return ((long long)json_integer_value(json_object_get(j, name)));
}

/* "2 tickets"; nothing when it is not counted. */
static void
count_put(struct buf *b, const json_t *counts, const char *name)
{
	long long n = number(counts, name);

	if (json_object_get(counts, name) != NULL)
		buf_printf(b, "%s%lld %.*s%s", b->n > 0 ? ", " : "", n,
		    (int)strlen(name) - 1, name, n == 1 ? "" : "s");
}

static void
counts_show(const json_t *counts)
{
	struct buf b = { 0 };

	count_put(&b, counts, "contacts");
	count_put(&b, counts, "tickets");
	if (json_object_get(counts, "active") != NULL)
		buf_printf(&b, " (%lld active)", number(counts, "active"));
	count_put(&b, counts, "events");
	printf("%s.\n", b.p != NULL ? b.p : "nothing");
	buf_free(&b);
}

static void
ids_show(const char *what, const json_t *ids)
{
	const json_t *id;
	size_t	      i;

	if (json_array_size(ids) == 0)
		return;
	fputs(what, stdout);
	json_array_foreach (ids, i, id)
		printf(" %lld", (long long)json_integer_value(id));
	putchar('\n');
}

static void
value_put(struct buf *b, const json_t *row, const char *name)
{
	const json_t *v = json_object_get(row, name);

	buf_shown(b, json_string_value(v), json_string_length(v), 200);
}

static void
conflicts_show(const json_t *conflicts)
{
	const json_t *row;
	struct buf    b = { 0 };
	size_t	      i;

	json_array_foreach (conflicts, i, row) {
		buf_str(&b, "They differ: ");
		value_put(&b, row, "what");
		buf_str(&b, ": ");
		value_put(&b, row, "one");
		buf_str(&b, " / ");
		value_put(&b, row, "other");
		buf_char(&b, '\n');
	}
	fputs(b.p != NULL ? b.p : "", stdout);
	buf_free(&b);
}

static void
preview_show(const struct op *op, const json_t *j)
{
	if (op == &ops[OP_CUSTOMER_MERGE])
		printf("%lld goes into %lld: ", number(j, "merged"),
		    number(j, "customer"));
	else if (op == &ops[OP_CUSTOMER_SPLIT])
		printf("Out of %lld: ", number(j, "customer"));
	else
		printf(
		    "Of %lld will be erased for good: ", number(j, "customer"));
	counts_show(json_object_get(
	    j, op == &ops[OP_CUSTOMER_ERASE] ? "counts" : "moves"));
	conflicts_show(json_object_get(j, "conflicts"));
	ids_show(
	    "Tickets that came since, and stay:", json_object_get(j, "later"));
	ids_show("Tickets that others wrote in, too, and stay:",
	    json_object_get(j, "mixed"));
}

static void
done_show(const struct op *op, const json_t *j)
{
	if (op == &ops[OP_CUSTOMER_MERGE])
		printf("Merged: %lld is %lld now (merge %lld).\n",
		    number(j, "merged"), number(j, "customer"),
		    number(j, "merge"));
	else if (op == &ops[OP_CUSTOMER_SPLIT])
		printf("Split: %lld is a customer of his own.\n",
		    number(j, "split"));
	else if (json_is_true(json_object_get(j, "done")))
		puts("Erased.");
	else
		puts("Erased; the rest of a long history follows within "
		     "minutes.");
}

/* The words with two more. */
static enum ctl_exit
ask_with(struct ctl *ctl, int argc, char **argv, const char *option,
    const char *value, json_t **answer)
{
	char *words[WORDS + 2];
	int   i;

	for (i = 0; i < argc; i++)
		words[i] = argv[i];
	words[argc] = (char *)option;
	words[argc + 1] = (char *)value;
	return (operation_ask(
	    ctl, option != NULL ? argc + 2 : argc, words, answer));
}

/* What is to be given once more, as the daemon asks for it; "" nothing. */
static void
sure_of(const struct op *op, const json_t *j, char *id, size_t size)
{
	id[0] = '\0';
	if (op == &ops[OP_CUSTOMER_ERASE])
		snprintf(id, size, "%lld", number(j, "customer"));
	else if (json_array_size(json_object_get(j, "conflicts")) > 0)
		snprintf(id, size, "%lld", number(j, "merged"));
}

static enum ctl_exit
people_change(struct ctl *ctl, const struct op *op, int argc, char **argv)
{
	enum ctl_exit status;
	char	      id[24];
	json_t	     *j;

	status = ask_with(ctl, argc, argv, "--dry", "yes", &j);
	if (status != CTL_OK)
		return (status);
	if (!ctl->json)
		preview_show(op, j);
	sure_of(op, j, id, sizeof id);
	json_decref(j);
	if (!ctl->yes && !ctl_confirm("Do this?")) {
		ctl_say("not done%s",
		    isatty(STDIN_FILENO) ? "" : "; --yes does it unasked");
		return (CTL_REFUSED);
	}
	status =
	    ask_with(ctl, argc, argv, id[0] != '\0' ? "--sure" : NULL, id, &j);
	if (status == CTL_OK && ctl->json)
		ctl_show(ctl, j);
	else if (status == CTL_OK)
		done_show(op, j);
	json_decref(j);
	return (status);
}

enum ctl_exit
people_run(
    struct ctl *ctl, const struct op *op, int argc, char **argv, int used)
{
	char *words[WORDS];
	bool  plain = false;
	int   i, n = 0;

	if (op == &ops[OP_CUSTOMER_EXPORT] && argc - used == 2 &&
	    argv[used + 1][0] != '-')
		return (people_export(ctl, argv[used], argv[used + 1]));
	if (argc > WORDS) {
		ctl_say("too many words");
		return (CTL_USAGE);
	}
	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--yes") == 0)
			ctl->yes = true;
		else
			words[n++] = argv[i];
		/* Who says it himself is not asked. */
		plain |= strcmp(argv[i], "--dry") == 0 ||
		    strcmp(argv[i], "--sure") == 0;
	}
	if (op == &ops[OP_CUSTOMER_EXPORT] || plain) {
		json_t	     *j;
		enum ctl_exit status = operation_ask(ctl, n, words, &j);

		if (status == CTL_OK)
			ctl_show(ctl, j);
		json_decref(j);
		return (status);
	}
	return (people_change(ctl, op, n, words));
}
