/*
 * The bytes of a mail's part; see mailpart.h.
 *
 * A part's content is a piece of the mail's own bytes (mail.c lets the parser
 * keep its stream), and is decoded from there piece by piece.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "mailpart.h"

#define PIECE 16384

/* Where decoded bytes go. */
struct sink {
	struct spill  *out;
	struct digest *digest; /* or NULL */
	bool	       full;
};

static void
sink_add(struct sink *k, const void *p, size_t n)
{
	if (k->full || n == 0)
		return;
	if (k->digest != NULL)
		digest_add(k->digest, p, n);
	k->full = !spill_add(k->out, p, n);
}

/* A GMimeStream that only takes: what GMime writes itself comes this way. */
typedef struct {
	GMimeStream  stream;
	struct sink *sink;
} SinkStream;

typedef GMimeStreamClass SinkStreamClass;

GType sink_stream_get_type(void);
G_DEFINE_TYPE(SinkStream, sink_stream, GMIME_TYPE_STREAM)

static ssize_t
sink_write(GMimeStream *stream, const char *p, size_t n)
{
	struct sink *k = ((SinkStream *)(void *)stream)->sink;

	sink_add(k, p, n);
	stream->position += (gint64)n;
	return (k->full ? -1 : (ssize_t)n);
}

static int
sink_flush(GMimeStream *stream)
{
	(void)stream;
	return (0);
}

static void
sink_stream_class_init(SinkStreamClass *class)
{
	class->write = sink_write;
	class->flush = sink_flush;
}

static void
sink_stream_init(SinkStream *s)
{
	(void)s;
}

static void
put_by_gmime(struct sink *k, GMimeObject *part)
{
	SinkStream	 *s = g_object_new(sink_stream_get_type(), NULL);
	GMimeStream	 *out = GMIME_STREAM(s);
	GMimeDataWrapper *content;

	s->sink = k;
	g_mime_stream_construct(out, 0, -1);
	if (!GMIME_IS_PART(part))
		g_mime_object_write_to_stream(part, NULL, out);
	else if ((content = g_mime_part_get_content(GMIME_PART(part))) != NULL)
		g_mime_data_wrapper_write_to_stream(content, out);
	g_object_unref(out);
}

/* The content as it stands in the mail; false when it is not one piece. */
static bool
content_view(GMimeObject *part, const uint8_t **p, size_t *n,
    GMimeContentEncoding *encoding)
{
	GMimeDataWrapper *content;
	GMimeStream	 *in;
	GByteArray	 *all;
	gint64		  end;

	if (!GMIME_IS_PART(part) ||
	    (content = g_mime_part_get_content(GMIME_PART(part))) == NULL)
		return (false);
	in = g_mime_data_wrapper_get_stream(content);
	if (in == NULL || !GMIME_IS_STREAM_MEM(in))
		return (false);
	all = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(in));
	end = in->bound_end == -1 ? (gint64)all->len : in->bound_end;
	if (in->bound_start < 0 || end < in->bound_start ||
	    end > (gint64)all->len)
		return (false);
	*p = all->data + in->bound_start;
	*n = (size_t)(end - in->bound_start);
	*encoding = g_mime_data_wrapper_get_encoding(content);
	return (true);
}

static bool
is_plain(GMimeContentEncoding encoding)
{
	return (encoding != GMIME_CONTENT_ENCODING_BASE64 &&
	    encoding != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
	    encoding != GMIME_CONTENT_ENCODING_UUENCODE);
}

/* base64 and quoted-printable never give more bytes than they take. */
static void
put_decoded(
    struct sink *k, const uint8_t *p, size_t n, GMimeContentEncoding encoding)
{
	char	      piece[PIECE + 64];
	GMimeEncoding state;
	size_t	      take, got;

	g_mime_encoding_init_decode(&state, encoding);
	for (; n > 0 && !k->full; p += take, n -= take) {
		take = n < PIECE ? n : PIECE;
		got =
		    g_mime_encoding_step(&state, (const char *)p, take, piece);
		sink_add(k, piece, got);
	}
	got = g_mime_encoding_flush(&state, NULL, 0, piece);
	sink_add(k, piece, got);
}

bool
mailpart_put(struct spill *out, struct digest *digest, GMimeObject *part)
{
	struct sink	     k = { .out = out, .digest = digest };
	GMimeContentEncoding encoding;
	const uint8_t	    *p;
	size_t		     n;

	if (!content_view(part, &p, &n, &encoding) ||
	    encoding == GMIME_CONTENT_ENCODING_UUENCODE)
		put_by_gmime(&k, part);
	else if (is_plain(encoding))
		sink_add(&k, p, n);
	else
		put_decoded(&k, p, n, encoding);
	return (!k.full);
}

bool
mailpart_get(struct mail_bytes *b, GMimeObject *part)
{
	GMimeContentEncoding encoding;

	*b = (struct mail_bytes){ 0 };
	if (content_view(part, &b->p, &b->n, &encoding) && is_plain(encoding))
		return (true);
	b->p = (const uint8_t *)""; /* what has no bytes is no null pointer */
	b->n = 0;
	if (!mailpart_put(&b->held, NULL, part) || !spill_seal(&b->held))
		return (false);
	if (b->held.n != 0)
		b->p = b->held.p;
	b->n = b->held.n;
	return (true);
}

size_t
mailpart_peek(GMimeObject *part, uint8_t *out, size_t max)
{
	GMimeContentEncoding encoding;
	struct spill	     few = { 0 };
	struct sink	     k = { .out = &few };
	const uint8_t	    *p;
	size_t		     n;

	if (!content_view(part, &p, &n, &encoding))
		return (0);
	if (is_plain(encoding))
		sink_add(&k, p, n < max ? n : max);
	else if (encoding != GMIME_CONTENT_ENCODING_UUENCODE)
		put_decoded(&k, p, n < 4 * max ? n : 4 * max, encoding);
	n = few.n < max ? few.n : max;
	if (n != 0)
		memcpy(out, few.p, n);
	spill_free(&few);
	return (n);
}

void
mailpart_done(struct mail_bytes *b)
{
	spill_free(&b->held);
	*b = (struct mail_bytes){ 0 };
}
