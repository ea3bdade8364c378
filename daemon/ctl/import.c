/*
 * deskctl import cdr: Asterisk's call records, each as one EVENT.ADD.  The
 * file is read in pieces and the requests are pipelined, so that its size
 * does not matter; a bad row is named by its line and the rest goes on; the
 * ids are the exchange's own, so that a repeat adds nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "desk/cdr.h"
#include "desk/event.h"
#include "ctl.h"
#include "operation.h"
#include "wire.h"

#define WINDOW	   64 /* requests under way */
#define READ_AHEAD (4 * CDR_LINE_MAX)
#define EVENT_CAP  (256 * 1024)
#define BAD_SHOWN  20 /* rows named one by one; then only counted */

struct import {
	struct ctl *ctl;
	struct cdr  cdr;
	struct buf  bytes;	   /* read and not yet taken */
	size_t	    lines[WINDOW]; /* of the requests under way, a ring */
	size_t	    first, under_way;
	size_t	    added, known, bad;
};

static void
bad_say(struct import *im, size_t line, const char *wrong)
{
	if (im->bad++ < BAD_SHOWN)
		ctl_say("line %zu: %s", line, wrong);
	else if (im->bad == BAD_SHOWN + 1)
		ctl_say("more bad lines follow; they are only counted");
}

static void
member_put(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (b->p[b->n - 1] != '{')
		buf_char(b, ',');
	buf_printf(b, "\"%s\":", name);
	buf_json_str(b, value);
}

static void
number_put(struct buf *b, const char *name, int64_t value)
{
	if (value >= 0)
		buf_printf(b, ",\"%s\":%lld", name, (long long)value);
}

static void
call_put(struct buf *b, const struct call *call)
{
	buf_str(b, ",\"call\":{");
	member_put(b, "id", call->id);
	member_put(b, "state", call->state);
	member_put(b, "agent", call->agent);
	member_put(b, "direction", call->direction);
	member_put(b, "recording", call->recording);
	member_put(b, "disposition", call->disposition);
	number_put(b, "duration", call->duration);
	number_put(b, "wait", call->wait);
	number_put(b, "hold", call->hold);
	buf_char(b, '}');
}

/* The event as EVENT.ADD takes it. */
static void
event_put(struct buf *b, const struct event *e)
{
	const struct contact *from = &e->contacts[0];

	buf_char(b, '{');
	member_put(b, "channel", e->channel);
	member_put(b, "id", e->id);
	member_put(b, "at", e->at);
	if (e->nto > 0)
		member_put(b, "to", e->to[0]);
	member_put(b, "text", e->text);
	member_put(b, "lang", e->lang);
	buf_str(b, ",\"from\":{");
	member_put(b, "kind", from->kind);
	member_put(b, "address",
	    from->original != NULL ? from->original : from->address);
	member_put(b, "name", e->name);
	buf_char(b, '}');
	if (e->call != NULL)
		call_put(b, e->call);
	if (e->meta != NULL)
		buf_printf(b, ",\"meta\":%s", e->meta);
	buf_char(b, '}');
}

/* Reads one answer; false when the connection is cut or nothing will do. */
static bool
answer_take(struct import *im)
{
	struct resp_reply reply;
	struct buf	  text = { 0 };
	size_t		  line = im->lines[im->first];
	bool		  go_on = true;

	do {
		if (!wire_read(im->ctl->wire, &reply)) {
			ctl_say("%s", wire_wrong(im->ctl->wire));
			return (false);
		}
		if (reply.kind == RESP_PUSH)
			json_decref(reply.value);
	} while (reply.kind == RESP_PUSH);
	im->first = (im->first + 1) % WINDOW;
	im->under_way--;
	if (reply.kind == RESP_REFUSED) {
		buf_shown(&text, json_string_value(reply.value),
		    json_string_length(reply.value), 300);
		bad_say(im, line, text.p != NULL ? text.p : reply.code);
		buf_free(&text);
		/* What is wrong with all of them is said once. */
		go_on = strcmp(reply.code, "INVALID") == 0 ||
		    strcmp(reply.code, "CONFLICT") == 0;
		if (!go_on)
			ctl_say("stopped at line %zu (%s); import it again "
				"later: nothing is added twice",
			    line, reply.code);
	} else if (json_is_true(json_object_get(reply.value, "duplicate"))) {
		im->known++;
	} else {
		im->added++;
	}
	json_decref(reply.value);
	return (go_on);
}

static bool
event_send(struct import *im, const struct event *e)
{
	struct buf	b = { 0 };
	struct resp_arg argv[2] = { { "EVENT.ADD", 9 } };
	bool		good;

	while (im->under_way == WINDOW)
		if (!answer_take(im))
			return (false);
	event_put(&b, e);
	argv[1] = (struct resp_arg){ b.p, b.n };
	good = wire_send(im->ctl->wire, argv, nitems(argv));
	buf_free(&b);
	if (!good) {
		ctl_say("%s", wire_wrong(im->ctl->wire));
		return (false);
	}
	im->lines[(im->first + im->under_way) % WINDOW] = im->cdr.line;
	im->under_way++;
	return (true);
}

/* Takes records off what was read; false when it cannot go on. */
static bool
records_take(struct import *im, bool last)
{
	struct event event;
	size_t	     at = 0, used;
	enum cdr_got got;
	bool	     good = true;

	do {
		event_begin(&event, EVENT_CAP);
		got = cdr_next(&im->cdr,
		    im->bytes.p != NULL ? im->bytes.p + at : "",
		    im->bytes.n - at, last, &used, &event);
		at += used;
		if (got == CDR_FAULT)
			bad_say(im, im->cdr.line, im->cdr.wrong);
		else if (got == CDR_EVENT)
			good = event_send(im, &event);
		event_drop(&event);
	} while (good && got != CDR_MORE && got != CDR_END);
	buf_drop(&im->bytes, at);
	return (good);
}

static bool
file_take(struct import *im, int fd, const char *path)
{
	char	chunk[CDR_LINE_MAX];
	ssize_t n;

	do {
		if ((n = read(fd, chunk, sizeof chunk)) == -1) {
			ctl_say("%s: %s", path, strerror(errno));
			return (false);
		}
		buf_add(&im->bytes, chunk, (size_t)n);
		if (!records_take(im, n == 0))
			return (false);
	} while (n > 0);
	while (im->under_way > 0)
		if (!answer_take(im))
			return (false);
	return (true);
}

static enum ctl_exit
cdr_import(struct ctl *ctl, const char *path, const struct callrec_desk *desk)
{
	struct import im = { .ctl = ctl };
	enum ctl_exit status;
	int	      fd;
	bool	      good;

	fd = strcmp(path, "-") == 0 ? STDIN_FILENO
				    : open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		ctl_say("%s: %s", path, strerror(errno));
		return (CTL_REFUSED);
	}
	if ((status = ctl_connect(ctl)) == CTL_OK) {
		cdr_init(&im.cdr, desk);
		buf_init(&im.bytes, READ_AHEAD);
		good = file_take(&im, fd, path);
		printf("%zu added, %zu known before, %zu bad\n", im.added,
		    im.known, im.bad);
		status = good && im.bad == 0 ? CTL_OK : CTL_REFUSED;
		buf_free(&im.bytes);
	}
	if (fd != STDIN_FILENO)
		close(fd);
	return (status);
}

/* "+07:00" as minutes; false when it is none. */
static bool
offset_read(const char *s, int *minutes)
{
	int  hours, rest, n = -1;
	char sign;

	if (sscanf(s, "%c%2d:%2d%n", &sign, &hours, &rest, &n) != 3 ||
	    s[n] != '\0' || (sign != '+' && sign != '-') || hours > 14 ||
	    hours < 0 || rest < 0 || rest > 59)
		return (false);
	*minutes = (hours * 60 + rest) * (sign == '-' ? -1 : 1);
	return (true);
}

/* This host's own, now. */
static int
offset_here(void)
{
	time_t	  now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL)
		return (0);
	return ((int)(tm.tm_gmtoff / 60));
}

enum ctl_exit
ctl_import(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "offset", required_argument, NULL, 'o' },
		{ "country", required_argument, NULL, 'c' },
		{ 0 },
	};
	struct callrec_desk desk = { .offset = offset_here() };
	int		    c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			desk.country = optarg;
		else if (c != 'o' || !offset_read(optarg, &desk.offset))
			return (ctl_usage("import"));
	}
	if (optind + 2 != argc || strcmp(argv[optind], "cdr") != 0)
		return (ctl_usage("import"));
	return (cdr_import(ctl, argv[optind + 1], &desk));
}
