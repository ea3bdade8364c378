/*
 * deskctl queue drain QUEUE [--to QUEUE] [--wait]: what it is told is
 * QUEUE.DRAIN; to wait is to look at the queue until it has finished.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "drain.h"
#include "operation.h"

#define LOOK_S 1 /* from one look to the next */
#define WORDS  32

static long long
number(const json_t *j, const char *name)
{
	return ((long long)json_integer_value(json_object_get(j, name)));
}

/* The queue's row of QUEUE.LIST, or NULL; the list owns it. */
static const json_t *
row_of(const json_t *list, const char *queue)
{
	const json_t *row, *name;
	size_t	      i;

	json_array_foreach (json_object_get(list, "queues"), i, row) {
		name = json_object_get(row, "name");
		if (json_is_string(name) &&
		    strcmp(json_string_value(name), queue) == 0)
			return (row);
	}
	return (NULL);
}

static void
drain_put(char *out, size_t size, const char *queue, const json_t *drain)
{
	int n = snprintf(out, size, "%.64s: %lld wait, %lld in hand", queue,
	    number(drain, "waiting"), number(drain, "working"));

	if (number(drain, "pending") > 0)
		n += snprintf(out + n, size - (size_t)n,
		    ", %lld for their customers", number(drain, "pending"));
	if (number(drain, "came") > 0)
		snprintf(out + n, size - (size_t)n, "; %lld came since",
		    number(drain, "came"));
}

/* Looks once; *over when there is nothing more to wait for. */
static enum ctl_exit
drain_look(
    struct ctl *ctl, const char *queue, char *said, size_t size, bool *over)
{
	char	     *words[] = { (char *)"queue", (char *)"list" };
	enum ctl_exit status;
	const json_t *drain;
	json_t	     *list;
	char	      now[200];

	*over = true;
	if ((status = operation_ask(ctl, 2, words, &list)) != CTL_OK)
		return (status);
	drain = json_object_get(row_of(list, queue), "drain");
	if (drain == NULL) {
		ctl_say("%s is drained no more: somebody resumed it", queue);
		json_decref(list);
		return (CTL_REFUSED);
	}
	*over = json_is_true(json_object_get(drain, "empty"));
	drain_put(now, sizeof now, queue, drain);
	if (!ctl->json && strcmp(now, said) != 0)
		puts(now);
	snprintf(said, size, "%s", now);
	if (*over && ctl->json)
		ctl_show(ctl, row_of(list, queue));
	else if (*over)
		printf("%s is empty.\n", queue);
	fflush(stdout);
	json_decref(list);
	return (CTL_OK);
}

enum ctl_exit
drain_run(struct ctl *ctl, int argc, char **argv)
{
	char	     *words[WORDS], said[200] = "", queue[80];
	bool	      waits = false, over = false;
	enum ctl_exit status;
	json_t	     *j;
	int	      i, n = 0;

	if (argc > WORDS) {
		ctl_say("too many words");
		return (CTL_USAGE);
	}
	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--wait") == 0)
			waits = true;
		else
			words[n++] = argv[i];
	}
	if ((status = operation_ask(ctl, n, words, &j)) != CTL_OK)
		return (status);
	snprintf(queue, sizeof queue, "%s",
	    json_string_value(json_object_get(j, "queue")));
	if (!waits)
		ctl_show(ctl, j);
	json_decref(j);
	while (waits && status == CTL_OK) {
		status = drain_look(ctl, queue, said, sizeof said, &over);
		if (over)
			break;
		nanosleep(&(struct timespec){ .tv_sec = LOOK_S }, NULL);
	}
	return (status);
}
