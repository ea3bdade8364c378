/*
 * Any texts as a mail of ours, a NUL byte between: it is refused, or its form
 * is good and no header is there that was not written.  The seeds are ours,
 * written for this.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/mem.h"
#include "desk/compose.h"
#include "../unit/composed.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The next piece, up to a NUL byte; "" past the end. */
static const char *
piece(char **at, char *end)
{
	char *s = *at;

	if (s >= end)
		return ("");
	*at = s + strlen(s) + 1;
	return (s);
}

/* Every line of the head begins as one of ours does, or with a blank. */
static void
check_head(const struct buf *b)
{
	static const char *const ours[] = { "Date: ", "From: ", "Reply-To: ",
		"To: ", "Cc: ", "Subject: ", "Message-ID: ", "In-Reply-To: ",
		"References: ", "MIME-Version: ", "Content-Type: ", " " };
	const char		*s = b->p, *end = strstr(b->p, "\r\n\r\n");
	size_t			 i;

	assert(end != NULL);
	for (; s < end; s = strstr(s, "\r\n") + 2) {
		for (i = 0; i < nitems(ours); i++)
			if (strncmp(s, ours[i], strlen(ours[i])) == 0)
				break;
		assert(i < nitems(ours));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct compose	    c = { .from = "sales@shop.example", .at = 1 };
	struct compose_file f;
	struct composing    w;
	struct buf	    out;
	const char	   *wrong, *refs[2], *cc[1];
	char		   *copy, *at;

	if (n > 65536)
		return (0);
	at = copy = xstrndup((const char *)data, n);
	c.to = piece(&at, copy + n);
	c.to_name = piece(&at, copy + n);
	c.from_name = piece(&at, copy + n);
	c.subject = piece(&at, copy + n);
	c.message_id = piece(&at, copy + n);
	refs[0] = piece(&at, copy + n);
	refs[1] = c.answered = piece(&at, copy + n);
	c.refs = refs;
	c.nrefs = 2;
	c.text = piece(&at, copy + n);
	c.signature = piece(&at, copy + n);
	c.quoted_head = piece(&at, copy + n);
	c.quoted = piece(&at, copy + n);
	cc[0] = piece(&at, copy + n);
	c.cc = cc;
	c.ncc = cc[0][0] != '\0';
	f.name = piece(&at, copy + n);
	f.type = piece(&at, copy + n);
	c.nfiles = f.name[0] != '\0';
	buf_init(&out, 0);
	if (compose_begin(&w, &out, &c, &wrong)) {
		if (c.nfiles != 0) {
			compose_file(&w, &out, &f);
			compose_bytes(&w, &out, data, n);
		}
		compose_end(&w, &out);
		assert(composed_wrong(&out) == NULL);
		check_head(&out);
	} else
		assert(wrong != NULL && out.n == 0);
	buf_free(&out);
	free(copy);
	return (0);
}
