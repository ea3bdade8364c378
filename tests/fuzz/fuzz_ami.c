/*
 * Any bytes as what an Asterisk sends: messages are whole, and the records
 * that they make are events or are refused.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "desk/ami.h"
#include "desk/amicall.h"
#include "desk/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct callrec_desk desk = { "84", "vi", 420 };

static void
on_told(void *arg, const struct callrec *r)
{
	const char  *member = NULL, *wrong = NULL;
	struct event e;

	(void)arg;
	event_begin(&e, 1 << 16);
	if (!callrec_event(&e, r, &desk, &member, &wrong))
		assert(member != NULL && wrong != NULL);
	event_drop(&e);
}

static void
check_message(const struct ami_message *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		assert(
		    utf8_valid(m->fields[i].value, strlen(m->fields[i].value)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ami_message m;
	struct amicall		 *a = amicall_new(&desk, on_told, NULL);
	const char		 *s = (const char *)data;
	int64_t			  wall = 1795223704000;
	ssize_t			  took;
	size_t			  skipped;
	bool			  over;

	if ((took = ami_banner(s, n)) > 0) {
		s += took;
		n -= (size_t)took;
	}
	amicall_list(a);
	while (n > 0 && (took = ami_parse(&m, s, n)) != AMI_MORE) {
		if (took == AMI_BAD) {
			skipped = ami_skip(s, n, &over);
			assert(skipped <= n && (skipped > 0 || n <= 3));
			s += skipped;
			n -= skipped;
			continue;
		}
		assert((size_t)took <= n);
		check_message(&m);
		amicall_event(a, &m, wall += 500);
		amicall_tick(a, wall);
		s += took;
		n -= (size_t)took;
	}
	amicall_free(a);
	return (0);
}
