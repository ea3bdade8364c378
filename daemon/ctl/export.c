/*
 * deskctl customer export: everything that the desk keeps about one person
 * into a new directory: customer.json, and in attachments/ the bytes of his
 * files and of his mails as they came, named by their SHA-256.  Page by page,
 * so that a long history needs no room here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/mem.h"
#include "desk/digest.h"
#include "operation.h"
#include "people.h"

#define CHUNK_BYTES 262144 /* of a blob, as the daemon gives it */

struct export
{
	struct ctl *ctl;
	const char *customer;
	int	    files; /* the directory attachments/ */
	FILE	   *json;
	char	    part[16]; /* whose list is open in json; "" none */
	bool	    first;    /* of that list */
	size_t	    events, bytes;
};

static enum ctl_exit
cannot(const char *what)
{
	ctl_say("%s: %s", what, strerror(errno));
	return (CTL_REFUSED);
}

/* One chunk; NULL when it cannot be had, and *status says why. */
static json_t *
chunk_ask(struct export *x, const char *op, long long event, int place,
    long long chunk, enum ctl_exit *status)
{
	struct resp_arg argv[5];
	char		num[3][24];
	size_t		n = 0;
	json_t	       *j;

	snprintf(num[0], sizeof num[0], "%lld", event);
	snprintf(num[1], sizeof num[1], "%d", place);
	snprintf(num[2], sizeof num[2], "%lld", chunk);
	argv[n++] = (struct resp_arg){ op, strlen(op) };
	argv[n++] = (struct resp_arg){ num[0], strlen(num[0]) };
	if (place >= 0)
		argv[n++] = (struct resp_arg){ num[1], strlen(num[1]) };
	argv[n++] = (struct resp_arg){ "CHUNK", 5 };
	argv[n++] = (struct resp_arg){ num[2], strlen(num[2]) };
	*status = ctl_ask(x->ctl, argv, n, &j);
	return (j);
}

static enum ctl_exit
chunk_write(struct export *x, int fd, struct digest *sum, const json_t *j)
{
	static uint8_t bytes[CHUNK_BYTES];
	const json_t  *data = json_object_get(j, "data");
	ssize_t	       n;

	n = base64_get(bytes, sizeof bytes, json_string_value(data),
	    json_string_length(data));
	if (n == -1) {
		ctl_say("the daemon gave no chunk");
		return (CTL_REFUSED);
	}
	digest_add(sum, bytes, (size_t)n);
	x->bytes += (size_t)n;
	if (write(fd, bytes, (size_t)n) != n)
		return (cannot("attachments"));
	return (CTL_OK);
}

/* The bytes of one attachment, or (place -1) of an event's source. */
static enum ctl_exit
file_take(struct export *x, const char *sha256, long long event, int place)
{
	const char   *op = place < 0 ? "EVENT.RAW" : "ATTACHMENT.GET";
	struct digest sum;
	char	      hex[DIGEST_HEX];
	enum ctl_exit status = CTL_OK;
	long long     at = 0, chunks = 1;
	json_t	     *j;
	int	      fd;

	if (sha256 == NULL || strlen(sha256) != DIGEST_HEX - 1 ||
	    strspn(sha256, "0123456789abcdef") != DIGEST_HEX - 1)
		return (CTL_OK);
	fd = openat(
	    x->files, sha256, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1) /* the same bytes came twice */
		return (errno == EEXIST ? CTL_OK : cannot(sha256));
	digest_start(&sum);
	while (status == CTL_OK && at < chunks) {
		j = chunk_ask(x, op, event, place, at++, &status);
		chunks = json_integer_value(json_object_get(j, "chunks"));
		if (status == CTL_OK)
			status = chunk_write(x, fd, &sum, j);
		json_decref(j);
	}
	digest_end(&sum, hex);
	if (close(fd) == -1)
		status = cannot(sha256);
	if (status == CTL_OK && strcmp(hex, sha256) != 0) {
		ctl_say("%s: not the bytes that it should be", sha256);
		status = CTL_REFUSED;
	}
	return (status);
}

static enum ctl_exit
event_take(struct export *x, const json_t *e)
{
	const json_t *f;
	enum ctl_exit status;
	long long     id = json_integer_value(json_object_get(e, "event"));
	size_t	      i;

	x->events++;
	status =
	    file_take(x, json_string_value(json_object_get(e, "raw")), id, -1);
	json_array_foreach (json_object_get(e, "attachments"), i, f) {
		if (status != CTL_OK)
			break;
		status = file_take(x,
		    json_string_value(json_object_get(f, "sha256")), id,
		    (int)json_integer_value(json_object_get(f, "place")));
	}
	return (status);
}

/* One list's rows, as the page has them. */
static enum ctl_exit
rows_take(struct export *x, const char *part, const json_t *rows)
{
	const json_t *row;
	enum ctl_exit status = CTL_OK;
	size_t	      i;

	if (strcmp(x->part, part) != 0) {
		fprintf(x->json, "%s,\n\"%s\": [",
		    x->part[0] != '\0' ? "]" : "", part);
		snprintf(x->part, sizeof x->part, "%s", part);
		x->first = true;
	}
	json_array_foreach (rows, i, row) {
		fputs(x->first ? "\n" : ",\n", x->json);
		x->first = false;
		json_dumpf(row, x->json, JSON_COMPACT);
		if (strcmp(part, "events") == 0 || strcmp(part, "joined") == 0)
			status = event_take(x, row);
		if (status != CTL_OK)
			break;
	}
	return (status);
}

static enum ctl_exit
page_take(struct export *x, const json_t *page)
{
	static const char *const parts[] = { "tickets", "events", "joined",
		"audit" };
	const json_t		*j = json_object_get(page, "customer");
	enum ctl_exit		 status = CTL_OK;
	size_t			 i;

	if (j != NULL) {
		fputs("{\"customer\": ", x->json);
		json_dumpf(j, x->json, JSON_INDENT(1));
	}
	for (i = 0; i < nitems(parts) && status == CTL_OK; i++)
		if ((j = json_object_get(page, parts[i])) != NULL)
			status = rows_take(x, parts[i], j);
	return (status);
}

static enum ctl_exit
pages_take(struct export *x, json_t *page)
{
	struct resp_arg argv[4] = { { "CUSTOMER.EXPORT", 15 },
		{ x->customer, strlen(x->customer) }, { "AFTER", 5 } };
	char		after[80];
	enum ctl_exit	status;

	for (;;) {
		const char *next =
		    json_string_value(json_object_get(page, "after"));

		status = page_take(x, page);
		snprintf(after, sizeof after, "%s", next != NULL ? next : "");
		json_decref(page);
		if (status != CTL_OK || after[0] == '\0')
			return (status);
		argv[3] = (struct resp_arg){ after, strlen(after) };
		status = ctl_ask(x->ctl, argv, nitems(argv), &page);
		if (status != CTL_OK)
			return (status);
	}
}

/* The directory with what goes into it; it may not be there before. */
static enum ctl_exit
directory_make(struct export *x, const char *path)
{
	int dir, fd = -1;

	if (mkdir(path, 0700) == -1)
		return (cannot(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1 || mkdirat(dir, "attachments", 0700) == -1)
		return (cannot(path));
	x->files =
	    openat(dir, "attachments", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(dir, "customer.json",
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	close(dir);
	if (x->files == -1 || fd == -1 || (x->json = fdopen(fd, "w")) == NULL)
		return (cannot(path));
	return (CTL_OK);
}

enum ctl_exit
people_export(struct ctl *ctl, const char *customer, const char *directory)
{
	struct export x = { .ctl = ctl, .customer = customer };
	struct resp_arg argv[] = { { "CUSTOMER.EXPORT", 15 },
		{ customer, strlen(customer) } };
	enum ctl_exit	status;
	bool		failed;
	json_t	       *page;

	/* Whether there is such a customer is known before anything is made. */
	status = ctl_ask(ctl, argv, nitems(argv), &page);
	if (status != CTL_OK)
		return (status);
	status = directory_make(&x, directory);
	if (status != CTL_OK) {
		json_decref(page);
		return (status);
	}
	status = pages_take(&x, page);
	if (status == CTL_OK)
		fputs("]}\n", x.json);
	failed = ferror(x.json) != 0;
	if (fclose(x.json) == EOF || failed)
		status = cannot(directory);
	close(x.files);
	if (status == CTL_OK)
		printf("%s: %zu events, %zu bytes of files\n", directory,
		    x.events, x.bytes);
	else
		ctl_say("%s is not whole", directory);
	return (status);
}
