/*
 * deskctl tail: the live feed, a line a notice.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "ctl.h"
#include "operation.h"
#include "show.h"
#include "wire.h"

/* The offset begins with the time in milliseconds. */
static void
time_put(struct buf *out, const char *offset)
{
	time_t	  at = (time_t)(strtoll(offset, NULL, 10) / 1000);
	struct tm tm;
	char	  text[16];

	if (localtime_r(&at, &tm) != NULL &&
	    strftime(text, sizeof text, "%H:%M:%S", &tm) > 0)
		buf_printf(out, "%s ", text);
}

static void
member_put(
    struct buf *out, const json_t *notice, const char *name, const char *before)
{
	const json_t *v = json_object_get(notice, name);

	if (v == NULL || json_is_null(v))
		return;
	buf_str(out, before);
	show_scalar(out, v, 120);
}

/* "08:15:04 message #12 sales mail in an new: Giao hàng trễ" */
static void
notice_put(struct buf *out, const json_t *notice)
{
	static const char *const words[] = { "queue", "channel", "direction",
		"who", "state", "agent" };
	size_t			 i;

	member_put(out, notice, "kind", "");
	member_put(out, notice, "number", " #");
	for (i = 0; i < nitems(words); i++)
		member_put(out, notice, words[i], " ");
	member_put(out, notice, "assignee", " -> ");
	member_put(out, notice, "subject", ": ");
	if (json_object_get(notice, "subject") == NULL)
		member_put(out, notice, "preview", ": ");
}

static const char *
word_at(const json_t *push, size_t i)
{
	const char *word = json_string_value(json_array_get(push, i));

	return (word != NULL ? word : "");
}

/* ["feed", kind, offset, notice as JSON text] */
static void
push_show(const struct ctl *ctl, const json_t *push)
{
	const json_t *text = json_array_get(push, 3);
	const char   *kind = word_at(push, 1), *offset = word_at(push, 2);
	struct buf    out = { 0 };
	json_t	     *notice;

	if (strcmp(word_at(push, 0), "feed") != 0)
		return;
	notice = json_loadb(json_is_string(text) ? json_string_value(text) : "",
	    json_string_length(text), 0, NULL);
	if (ctl->json) {
		json_t *line = json_pack("{s:s, s:s, s:o*}", "kind", kind,
		    "offset", offset, "notice", notice);

		ctl_show(ctl, line);
		json_decref(line);
		return;
	}
	time_put(&out, offset);
	if (strcmp(kind, "notice") == 0 && notice != NULL)
		notice_put(&out, notice);
	else if (strcmp(kind, "reset") == 0)
		buf_str(&out, "what happened before is no longer kept");
	else
		buf_str(&out, "up to date");
	printf("%s\n", out.p);
	fflush(stdout);
	json_decref(notice);
	buf_free(&out);
}

static enum ctl_exit
tail_follow(struct ctl *ctl)
{
	struct resp_reply reply;

	wire_patient(ctl->wire, true);
	while (wire_read(ctl->wire, &reply)) {
		if (reply.kind == RESP_PUSH)
			push_show(ctl, reply.value);
		if (reply.kind == RESP_REFUSED) {
			ctl_say_refused(&reply);
			json_decref(reply.value);
			return (CTL_REFUSED);
		}
		json_decref(reply.value);
		if (ferror(stdout))
			return (CTL_REFUSED);
	}
	ctl_say("%s", wire_wrong(ctl->wire));
	return (CTL_NO_DAEMON);
}

enum ctl_exit
ctl_tail(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "from", required_argument, NULL, 'o' }, { 0 }
	};
	struct resp_arg args[] = { { "FEED.SUBSCRIBE", 14 }, { "OFFSET", 6 },
		{ "$", 1 } };
	enum ctl_exit	status;
	int		c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'o')
			return (ctl_usage("tail"));
		args[2] = (struct resp_arg){ optarg, strlen(optarg) };
	}
	if (optind != argc)
		return (ctl_usage("tail"));
	if ((status = ctl_connect(ctl)) != CTL_OK)
		return (status);
	if (!wire_send(ctl->wire, args, nitems(args))) {
		ctl_say("%s", wire_wrong(ctl->wire));
		return (CTL_NO_DAEMON);
	}
	return (tail_follow(ctl));
}
