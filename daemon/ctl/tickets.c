/*
 * deskctl tickets ACT: one act on all cases that fit.  They are listed, what
 * would become of each is asked (TICKET.BULK, dry) and shown, and after a yes
 * it is done, a page after the other under one key: whoever asks again by that
 * key goes on where it was left.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/def.h"
#include "base/mem.h"
#include "operation.h"

#define PAGE   50    /* cases that one request acts on */
#define LISTED 200   /* rows of one TICKET.LIST */
#define MOST   10000 /* cases of one command */
#define SHOWN  20    /* of the table */
#define FOUND  100   /* that SEARCH finds at most */
#define WORDS  40    /* of a request */

static const struct {
	const char *act;
	const char *value; /* the operation's argument; NULL: it takes none */
	const char *done;
} acts[] = {
	{ "assign", "agent", "assigned" },
	{ "transfer", "queue", "transferred" },
	{ "tag", "tag", "tagged" },
	{ "untag", "tag", "untagged" },
	{ "priority", "priority", "given the priority" },
	{ "resolve", NULL, "resolved" },
	{ "pend", NULL, "set to wait for their customers" },
	{ "reopen", NULL, "reopened" },
};

/* Options: which cases, then what else the act is told. */
enum {
	OPT_QUEUE,
	OPT_STATE,
	OPT_ASSIGNEE,
	OPT_CUSTOMER,
	OPT_TAG,
	OPT_CHANNEL,
	OPT_VIEW,
	OPT_TICKETS,
	OPT_QUERY,
	FILTERS,
	OPT_NOTE = FILTERS,
	OPT_CLOCK,
	OPT_KEY,
	TAKES,
	OPT_DRY = TAKES,
	OPT_YES,
};

static const struct option longs[] = {
	{ "queue", required_argument, NULL, OPT_QUEUE },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "assignee", required_argument, NULL, OPT_ASSIGNEE },
	{ "customer", required_argument, NULL, OPT_CUSTOMER },
	{ "tag", required_argument, NULL, OPT_TAG },
	{ "channel", required_argument, NULL, OPT_CHANNEL },
	{ "view", required_argument, NULL, OPT_VIEW },
	{ "tickets", required_argument, NULL, OPT_TICKETS },
	{ "query", required_argument, NULL, OPT_QUERY },
	{ "note", required_argument, NULL, OPT_NOTE },
	{ "clock", required_argument, NULL, OPT_CLOCK },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "dry-run", no_argument, NULL, OPT_DRY },
	{ "yes", no_argument, NULL, OPT_YES },
	{ 0 },
};

struct bulk {
	struct ctl *ctl;
	size_t	    act; /* place in acts[] */
	const char *value;
	const char *options[TAKES]; /* NULL: not given */
	bool	    dry, more;	    /* more: than search has found may fit */
	char	    made[32];	    /* a key of ours */
	json_t	   *rows;	    /* of the cases, by what is due */
	json_t	   *sums;	    /* what came of them; dry or not */
};

static long long
number(const json_t *j, const char *name)
{
	return ((long long)json_integer_value(json_object_get(j, name)));
}

/* Words of a request; what is not given is left out. */
struct words {
	char *w[WORDS];
	int   n;
};

static void
words_add(struct words *r, const char *word)
{
	r->w[r->n++] = (char *)word;
}

static void
words_option(struct words *r, const char *name, const char *value)
{
	if (value == NULL)
		return;
	words_add(r, name);
	words_add(r, value);
}

/* ---- which cases */

/* "5,6,7": the ids of these rows, n from a place on. */
static char *
ids_of(const json_t *rows, size_t from, size_t n)
{
	struct buf b = { 0 };
	size_t	   i;

	for (i = from; i < from + n && i < json_array_size(rows); i++)
		buf_printf(&b, "%s%lld", i > from ? "," : "",
		    number(json_array_get(rows, i), "ticket"));
	return (buf_take(&b, NULL));
}

/* A page of them; *after is the next one's cursor, or NULL. */
static enum ctl_exit
list_page(struct bulk *b, const char *tickets, char **after)
{
	static const char *const names[FILTERS] = { "--queue", "--state",
		"--assignee", "--customer", "--tag", "--channel", "--view" };
	struct words		 r = { .n = 0 };
	enum ctl_exit		 status;
	char			 limit[8];
	json_t			*j;
	int			 i;

	snprintf(limit, sizeof limit, "%d", LISTED);
	words_add(&r, "ticket");
	words_add(&r, "list");
	for (i = 0; i < OPT_TICKETS; i++)
		words_option(&r, names[i], b->options[i]);
	words_option(&r, "--tickets", tickets);
	words_option(&r, "--after", *after);
	words_option(&r, "--limit", limit);
	status = operation_ask(b->ctl, r.n, r.w, &j);
	free(*after);
	*after = NULL;
	if (status != CTL_OK)
		return (status);
	json_array_extend(b->rows, json_object_get(j, "tickets"));
	if (json_is_string(json_object_get(j, "after")))
		*after =
		    xstrdup(json_string_value(json_object_get(j, "after")));
	json_decref(j);
	return (CTL_OK);
}

/* What search finds, as ids for the list; NULL: it was refused. */
static char *
found_by_words(struct bulk *b, enum ctl_exit *status)
{
	struct words  r = { .n = 0 };
	const json_t *rows;
	char	      limit[8], *ids;
	json_t	     *j;

	snprintf(limit, sizeof limit, "%d", FOUND);
	words_add(&r, "search");
	words_add(&r, b->options[OPT_QUERY]);
	words_option(&r, "--queue", b->options[OPT_QUEUE]);
	words_option(&r, "--limit", limit);
	if ((*status = operation_ask(b->ctl, r.n, r.w, &j)) != CTL_OK)
		return (NULL);
	rows = json_object_get(j, "tickets");
	b->more = json_array_size(rows) == FOUND;
	ids = ids_of(rows, 0, FOUND);
	json_decref(j);
	return (ids);
}

static enum ctl_exit
bulk_list(struct bulk *b)
{
	enum ctl_exit status = CTL_OK;
	char	     *after = NULL, *found = NULL;
	const char   *tickets = b->options[OPT_TICKETS];

	if (b->options[OPT_QUERY] != NULL) {
		if ((found = found_by_words(b, &status)) == NULL)
			return (status);
		if (found[0] == '\0') {
			free(found);
			return (CTL_OK);
		}
		tickets = found;
	}
	do
		status = list_page(b, tickets, &after);
	while (status == CTL_OK && after != NULL &&
	    json_array_size(b->rows) <= MOST);
	free(after);
	free(found);
	if (status == CTL_OK && json_array_size(b->rows) > MOST) {
		ctl_say("more than %d cases fit: say more of which", MOST);
		return (CTL_REFUSED);
	}
	return (status);
}

/* ---- what becomes of them */

static void
sums_add(json_t *sums, const json_t *page)
{
	static const char *const names[] = { "done", "same", "before" };
	size_t			 i;

	for (i = 0; i < nitems(names); i++)
		json_object_set_new(sums, names[i],
		    json_integer(
			number(sums, names[i]) + number(page, names[i])));
	json_array_extend(
	    json_object_get(sums, "refused"), json_object_get(page, "refused"));
	if (json_object_get(page, "bulk") != NULL)
		json_object_set(sums, "bulk", json_object_get(page, "bulk"));
}

static enum ctl_exit
bulk_page(struct bulk *b, bool dry, size_t from)
{
	struct words  r = { .n = 0 };
	char	     *ids = ids_of(b->rows, from, PAGE), value[80];
	enum ctl_exit status;
	json_t	     *j;

	words_add(&r, "ticket");
	words_add(&r, "bulk");
	words_add(&r, acts[b->act].act);
	words_add(&r, ids);
	if (acts[b->act].value != NULL) {
		snprintf(value, sizeof value, "--%s", acts[b->act].value);
		words_option(&r, value, b->value);
	}
	words_option(&r, "--note", b->options[OPT_NOTE]);
	words_option(&r, "--clock", b->options[OPT_CLOCK]);
	words_option(
	    &r, dry ? "--dry" : "--once", dry ? "yes" : b->options[OPT_KEY]);
	status = operation_ask(b->ctl, r.n, r.w, &j);
	if (status == CTL_OK)
		sums_add(b->sums, j);
	json_decref(j);
	free(ids);
	return (status);
}

/* All pages; where one is not answered, it says how to go on. */
static enum ctl_exit
bulk_pages(struct bulk *b, bool dry)
{
	enum ctl_exit status = CTL_OK;
	size_t	      i, n = json_array_size(b->rows);

	json_decref(b->sums);
	b->sums = json_pack("{s:[]}", "refused");
	for (i = 0; i < n && status == CTL_OK; i += PAGE)
		status = bulk_page(b, dry, i);
	if (status != CTL_OK && !dry && i > PAGE)
		ctl_say("%zu of %zu cases were looked after; the same command "
			"with --key %s goes on",
		    i - PAGE, n, b->options[OPT_KEY]);
	return (status);
}

/* ---- what is said */

static const json_t *
refusal_of(const struct bulk *b, long long ticket)
{
	const json_t *one;
	size_t	      i;

	json_array_foreach (json_object_get(b->sums, "refused"), i, one)
		if (number(one, "ticket") == ticket)
			return (one);
	return (NULL);
}

/* The cases as rows of a table: refused ones alone, or the first of all. */
static json_t *
rows_shown(const struct bulk *b, bool refused)
{
	static const char *const names[] = { "ticket", "number", "subject",
		"queue", "state", "priority", "assignee" };
	const json_t		*row, *no;
	json_t			*out = json_array(), *shown;
	size_t			 i, k;

	json_array_foreach (b->rows, i, row) {
		no = refusal_of(b, number(row, "ticket"));
		if (refused ? no == NULL : i >= SHOWN)
			continue;
		shown = json_object();
		for (k = 0; k < nitems(names); k++)
			if (json_object_get(row, names[k]) != NULL)
				json_object_set(shown, names[k],
				    json_object_get(row, names[k]));
		if (no != NULL)
			json_object_set(
			    shown, "refused", json_object_get(no, "words"));
		json_array_append_new(out, shown);
	}
	return (out);
}

static void
table_show(const struct bulk *b, bool refused)
{
	json_t *rows = rows_shown(b, refused);

	if (json_array_size(rows) > 0)
		ctl_show(b->ctl, rows);
	json_decref(rows);
}

static void
json_show(const struct bulk *b, bool dry)
{
	json_t *j = json_object();

	json_object_set_new(j, "act", json_string(acts[b->act].act));
	json_object_set_new(
	    j, "cases", json_integer((json_int_t)json_array_size(b->rows)));
	json_object_update(j, b->sums);
	if (dry)
		json_object_set_new(j, "tickets", rows_shown(b, false));
	else
		json_object_set_new(j, "key", json_string(b->options[OPT_KEY]));
	ctl_show(b->ctl, j);
	json_decref(j);
}

/* "3 would be resolved, 1 is so already, 2 refused" */
static void
sums_show(const struct bulk *b, bool dry)
{
	size_t no = json_array_size(json_object_get(b->sums, "refused"));

	printf("%zu case%s: %lld %s%s%s%s", json_array_size(b->rows),
	    json_array_size(b->rows) == 1 ? "" : "s", number(b->sums, "done"),
	    dry ? "would be " : "", acts[b->act].done,
	    b->value != NULL ? " " : "", b->value != NULL ? b->value : "");
	if (number(b->sums, "same") > 0)
		printf(", %lld so already", number(b->sums, "same"));
	if (number(b->sums, "before") > 0)
		printf(", %lld done before", number(b->sums, "before"));
	if (no > 0)
		printf(", %zu refused", no);
	puts(".");
	if (b->more)
		printf("More may fit: search finds %d at most.\n", FOUND);
	fflush(stdout);
}

static enum ctl_exit
bulk_do(struct bulk *b)
{
	enum ctl_exit status;
	size_t	      no;

	if (!b->ctl->json) {
		printf("Key %s: with --key and it the same command goes on, "
		       "should it be interrupted.\n",
		    b->options[OPT_KEY]);
		fflush(stdout);
	}
	if ((status = bulk_pages(b, false)) != CTL_OK)
		return (status);
	no = json_array_size(json_object_get(b->sums, "refused"));
	if (b->ctl->json) {
		json_show(b, false);
	} else {
		sums_show(b, false);
		table_show(b, true);
		printf("Bulk %lld.\n", number(b->sums, "bulk"));
	}
	return (no > 0 ? CTL_REFUSED : CTL_OK);
}

static enum ctl_exit
bulk_run(struct bulk *b)
{
	enum ctl_exit status;

	if ((status = bulk_list(b)) != CTL_OK ||
	    (status = bulk_pages(b, true)) != CTL_OK)
		return (status);
	if (b->ctl->json && b->dry)
		json_show(b, true);
	if (!b->ctl->json) {
		sums_show(b, true);
		table_show(b, false);
		if (json_array_size(b->rows) > SHOWN)
			printf(
			    "and %zu more\n", json_array_size(b->rows) - SHOWN);
	}
	if (b->dry || json_array_size(b->rows) == 0)
		return (CTL_OK);
	if (!b->ctl->yes && (b->ctl->json || !ctl_confirm("Do this?"))) {
		ctl_say("not done%s",
		    isatty(STDIN_FILENO) ? "" : "; --yes does it unasked");
		return (CTL_REFUSED);
	}
	return (bulk_do(b));
}

/* ---- the command line */

static enum ctl_exit
wrong_use(const char *what)
{
	ctl_say("%s", what);
	return (ctl_usage("tickets"));
}

/* The act and its value, what is left of the words. */
static enum ctl_exit
act_read(struct bulk *b, int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 0 && i < nitems(acts); i++)
		if (strcmp(acts[i].act, argv[0]) == 0)
			break;
	if (argc == 0 || i == nitems(acts))
		return (wrong_use(argc == 0 ? "which act?" : "no such act"));
	b->act = i;
	if (argc != (acts[i].value != NULL ? 2 : 1))
		return (wrong_use(acts[i].value != NULL && argc == 1
			? "its value is missing"
			: "one word too many"));
	b->value = acts[i].value != NULL ? argv[1] : NULL;
	return (CTL_OK);
}

static bool
options_read(struct bulk *b, int argc, char **argv)
{
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == OPT_DRY)
			b->dry = true;
		else if (c == OPT_YES)
			b->ctl->yes = true;
		else if (c >= 0 && c < TAKES)
			b->options[c] = optarg;
		else
			return (false);
	}
	return (true);
}

static bool
has_filter(const struct bulk *b)
{
	int i;

	for (i = 0; i < FILTERS; i++)
		if (b->options[i] != NULL)
			return (true);
	return (false);
}

static bool
key_make(struct bulk *b)
{
	uint64_t chance;

	if (b->options[OPT_KEY] != NULL)
		return (true);
	if (getrandom(&chance, sizeof chance, 0) != sizeof chance)
		return (false);
	snprintf(b->made, sizeof b->made, "bulk-%016" PRIx64, chance);
	b->options[OPT_KEY] = b->made;
	return (true);
}

enum ctl_exit
ctl_tickets(struct ctl *ctl, int argc, char **argv)
{
	struct bulk   b = { .ctl = ctl };
	enum ctl_exit status;

	if (!options_read(&b, argc, argv))
		return (ctl_usage("tickets"));
	if ((status = act_read(&b, argc - optind, argv + optind)) != CTL_OK)
		return (status);
	if (!has_filter(&b))
		return (wrong_use("say which cases: --view all is every one"));
	if (b.options[OPT_QUERY] != NULL && b.options[OPT_TICKETS] != NULL)
		return (wrong_use("--query and --tickets exclude each other"));
	if (!key_make(&b)) {
		ctl_say("there is no chance to make a key of: give --key");
		return (CTL_REFUSED);
	}
	b.rows = json_array();
	status = bulk_run(&b);
	json_decref(b.rows);
	json_decref(b.sums);
	return (status);
}
