/*
 * SHA-256 by GLib; see digest.h.
 */
#include <glib.h>
#include <string.h>

#include "digest.h"

void
digest_start(struct digest *d)
{
	d->sum = g_checksum_new(G_CHECKSUM_SHA256);
}

void
digest_add(struct digest *d, const void *p, size_t n)
{
	/* GLib takes the length as gssize: feed it in pieces that fit. */
	const guchar *at = p;
	size_t	      piece;

	for (; n > 0; at += piece, n -= piece) {
		piece = n < G_MAXINT ? n : G_MAXINT;
		g_checksum_update(d->sum, at, (gssize)piece);
	}
}

void
digest_end(struct digest *d, char out[DIGEST_HEX])
{
	memcpy(out, g_checksum_get_string(d->sum), DIGEST_HEX);
	g_checksum_free(d->sum);
	d->sum = NULL;
}

void
digest_hex(char out[DIGEST_HEX], const void *p, size_t n)
{
	struct digest d;

	digest_start(&d);
	digest_add(&d, p, n);
	digest_end(&d, out);
}
