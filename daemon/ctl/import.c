/*
 * deskctl import: Asterisk's call records and a shop's orders, each row as
 * one EVENT.ADD, and answers to a survey that were given elsewhere, each as one
 * SURVEY.IMPORT.  The file is read in pieces and the requests are pipelined,
 * so that its size does not matter; a bad row is named by its line and the
 * rest goes on; a row's id is the exchange's own or the digest of what it
 * says, so that a repeat adds nothing.
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
#include "desk/answerfile.h"
#include "desk/cdr.h"
#include "desk/event.h"
#include "desk/orderrow.h"
#include "ctl.h"
#include "operation.h"
#include "wire.h"

#define WINDOW	   64 /* requests under way */
#define READ_AHEAD (CSV_LINE_MAX + ANSWERFILE_ROW_MAX)
#define EVENT_CAP  (256 * 1024)
#define ROW_ARGS   5
#define BAD_SHOWN  20 /* rows named one by one; then only counted */

struct import;

/* What is imported: its next row as JSON, and where and why one is bad. */
struct import_kind {
	const char *name;
	enum csv_got (*next)(struct import *, const char *, size_t n, bool last,
	    size_t *used, struct buf *json);
	const struct csv *(*csv)(const struct import *);
	bool answers; /* to a survey, which must be named */
};

/* What the command's options say. */
struct import_asked {
	struct callrec_desk desk;
	const char	   *survey;
	struct buf	    skip; /* columns to pass over, a line each */
};

struct import {
	struct ctl		  *ctl;
	const struct import_kind  *kind;
	const struct import_asked *asked;
	struct cdr		   cdr;
	struct orderrow		   orders;
	struct answerfile	   answers;
	const char		  *wrong;
	struct buf		   bytes; /* read and not yet taken */
	size_t lines[WINDOW]; /* of the requests under way, a ring */
	size_t first, under_way;
	size_t added, known, bad;
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

static enum csv_got
cdr_row(struct import *im, const char *s, size_t n, bool last, size_t *used,
    struct buf *json)
{
	static const enum csv_got says[] = { [CDR_EVENT] = CSV_RECORD,
		[CDR_FAULT] = CSV_FAULT,
		[CDR_MORE] = CSV_MORE,
		[CDR_END] = CSV_END };
	struct event		  event;
	enum cdr_got		  got;

	event_begin(&event, EVENT_CAP);
	got = cdr_next(&im->cdr, s, n, last, used, &event);
	if (got == CDR_EVENT)
		event_put(json, &event);
	event_drop(&event);
	im->wrong = im->cdr.wrong;
	return (says[got]);
}

static const struct csv *
cdr_csv(const struct import *im)
{
	return (&im->cdr.csv);
}

static enum csv_got
order_row(struct import *im, const char *s, size_t n, bool last, size_t *used,
    struct buf *json)
{
	im->wrong = im->orders.wrong;
	return (orderrow_next(&im->orders, s, n, last, used, json));
}

static const struct csv *
order_csv(const struct import *im)
{
	return (&im->orders.csv);
}

static enum csv_got
answer_row(struct import *im, const char *s, size_t n, bool last, size_t *used,
    struct buf *json)
{
	im->wrong = im->answers.wrong;
	return (answerfile_next(&im->answers, s, n, last, used, json));
}

static const struct csv *
answer_csv(const struct import *im)
{
	return (&im->answers.csv);
}

static const struct import_kind kinds[] = {
	{ "cdr", cdr_row, cdr_csv, false },
	{ "orders", order_row, order_csv, false },
	{ "answers", answer_row, answer_csv, true },
};

/* The request for a row; how many arguments it has. */
static size_t
row_request(const struct import *im, const struct buf *json,
    struct resp_arg argv[static ROW_ARGS])
{
	const struct import_asked *asked = im->asked;
	size_t			   n = 0;

	if (!im->kind->answers) {
		argv[n++] = (struct resp_arg){ "EVENT.ADD", 9 };
		argv[n++] = (struct resp_arg){ json->p, json->n };
		return (n);
	}
	argv[n++] = (struct resp_arg){ "SURVEY.IMPORT", 13 };
	argv[n++] = (struct resp_arg){ asked->survey, strlen(asked->survey) };
	argv[n++] = (struct resp_arg){ json->p, json->n };
	if (asked->skip.n > 0) {
		argv[n++] = (struct resp_arg){ "skip", 4 };
		argv[n++] = (struct resp_arg){ asked->skip.p, asked->skip.n };
	}
	return (n);
}

static bool
row_send(struct import *im, const struct buf *json)
{
	struct resp_arg argv[ROW_ARGS];

	while (im->under_way == WINDOW)
		if (!answer_take(im))
			return (false);
	if (!wire_send(im->ctl->wire, argv, row_request(im, json, argv))) {
		ctl_say("%s", wire_wrong(im->ctl->wire));
		return (false);
	}
	im->lines[(im->first + im->under_way) % WINDOW] =
	    im->kind->csv(im)->line;
	im->under_way++;
	return (true);
}

/* Takes rows off what was read; false when it cannot go on. */
static bool
rows_take(struct import *im, bool last)
{
	struct buf   json = { 0 };
	size_t	     at = 0, used;
	enum csv_got got;
	bool	     good = true;

	do {
		json.n = 0;
		got = im->kind->next(im,
		    im->bytes.p != NULL ? im->bytes.p + at : "",
		    im->bytes.n - at, last, &used, &json);
		at += used;
		if (got == CSV_FAULT) {
			bad_say(im, im->kind->csv(im)->line, im->wrong);
			/* Without a header no row can be read. */
			good =
			    im->kind != &kinds[1] || im->orders.ncolumns != 0;
		} else if (got == CSV_RECORD)
			good = row_send(im, &json);
	} while (good && got != CSV_MORE && got != CSV_END);
	buf_free(&json);
	buf_drop(&im->bytes, at);
	return (good);
}

static bool
file_take(struct import *im, int fd, const char *path)
{
	char	chunk[CSV_LINE_MAX];
	ssize_t n;

	do {
		if ((n = read(fd, chunk, sizeof chunk)) == -1) {
			ctl_say("%s: %s", path, strerror(errno));
			return (false);
		}
		buf_add(&im->bytes, chunk, (size_t)n);
		if (!rows_take(im, n == 0))
			return (false);
	} while (n > 0);
	while (im->under_way > 0)
		if (!answer_take(im))
			return (false);
	return (true);
}

static enum ctl_exit
import_file(struct ctl *ctl, const struct import_kind *kind, const char *path,
    const struct import_asked *asked)
{
	struct import im = { .ctl = ctl, .kind = kind, .asked = asked };
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
		cdr_init(&im.cdr, &asked->desk);
		orderrow_init(&im.orders, asked->desk.offset);
		answerfile_init(&im.answers);
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

/* Reads the options; false when one is wrong. */
static bool
asked_read(struct import_asked *asked, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "offset", required_argument, NULL, 'o' },
		{ "country", required_argument, NULL, 'c' },
		{ "survey", required_argument, NULL, 's' },
		{ "skip", required_argument, NULL, 'k' },
		{ 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			asked->desk.country = optarg;
		else if (c == 's')
			asked->survey = optarg;
		else if (c == 'k')
			buf_printf(&asked->skip, "%s%s",
			    asked->skip.n > 0 ? "\n" : "", optarg);
		else if (c != 'o' || !offset_read(optarg, &asked->desk.offset))
			return (false);
	}
	return (true);
}

enum ctl_exit
ctl_import(struct ctl *ctl, int argc, char **argv)
{
	struct import_asked	  asked = { .desk.offset = offset_here() };
	const struct import_kind *kind = NULL;
	enum ctl_exit		  status;
	size_t			  i;

	buf_init(&asked.skip, 0);
	if (asked_read(&asked, argc, argv) && optind + 2 == argc)
		for (i = 0; i < nitems(kinds); i++)
			if (strcmp(argv[optind], kinds[i].name) == 0)
				kind = &kinds[i];
	if (kind != NULL && kind->answers == (asked.survey != NULL))
		status = import_file(ctl, kind, argv[optind + 1], &asked);
	else
		status = ctl_usage("import");
	buf_free(&asked.skip);
	return (status);
}
