/*
 * SMTP's bytes: a command or a mail means the same wherever it is cut, no
 * reply carries what was sent, no end mark is found that others would not.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "proto/smtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_commands(const uint8_t *p, size_t n)
{
	struct smtp_command cmd;
	const char	   *wrong;
	ssize_t		    len;

	while ((len = smtp_line(p, n, SMTP_LINE_MAX)) > 0) {
		/* A shorter look says: more. */
		assert(smtp_line(p, (size_t)len - 1, SMTP_LINE_MAX) ==
		    SMTP_LINE_MORE);
		wrong = smtp_parse(&cmd, p, (size_t)len - 2);
		if (wrong == NULL) {
			assert(cmd.verb < SMTP_VERBS);
			assert(utf8_valid(cmd.address, strlen(cmd.address)));
			assert(strpbrk(cmd.address, "\r\n") == NULL);
			assert(strpbrk(cmd.name, "\r\n<>()") == NULL);
		} else
			assert(wrong[0] == '5');
		p += len;
		n -= (size_t)len;
	}
}

/* Decodes in pieces; what came out and how much was taken. */
static size_t
decode(const uint8_t *p, size_t n, size_t piece, uint8_t *out, size_t *nout,
    struct smtp_data *d)
{
	size_t at = 0, got, len;

	smtp_data_start(d);
	for (*nout = 0; at < n && !d->done;) {
		len = n - at < piece ? n - at : piece;
		at += smtp_data_read(d, p + at, len, out + *nout, &got);
		*nout += got;
	}
	return (at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct smtp_data whole, cut;
	uint8_t		*a, *b;
	size_t		 na, nb, ta, tb, piece;

	if (n == 0)
		return (0);
	piece = 1 + p[0] % 16;
	p++;
	n--;
	check_commands(p, n);
	a = malloc(n + SMTP_DATA_HELD);
	b = malloc(n + SMTP_DATA_HELD);
	assert(a != NULL && b != NULL);
	ta = decode(p, n, n != 0 ? n : 1, a, &na, &whole);
	tb = decode(p, n, piece, b, &nb, &cut);
	assert(ta == tb && na == nb && memcmp(a, b, na) == 0);
	assert(whole.done == cut.done && whole.bare == cut.bare);
	if (whole.done) {
		assert(ta >= 3 && memcmp(p + ta - 3, ".\r\n", 3) == 0);
		assert(ta == 3 || memcmp(p + ta - 5, "\r\n", 2) == 0);
	}
	free(a);
	free(b);
	return (0);
}
