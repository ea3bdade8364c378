/*
 * Names of files in header fields; see filename.h.
 */
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "base/hex.h"
#include "base/utf8.h"
#include "filename.h"
#include "http.h"

void
filename_clean(char out[FILENAME_MAX_BYTES + 1], const char *s, size_t n)
{
	char	 text[1024];
	uint32_t c;
	size_t	 i, len, used = 0;

	for (i = 0; i < n; i++)
		if (s[i] == '/' || s[i] == '\\') {
			s += i + 1;
			n -= i + 1;
			i = (size_t)-1;
		}
	if (n > sizeof text)
		n = sizeof text;
	if (n != 0)
		memcpy(text, s, n);
	utf8_clean(text, n);
	for (i = 0; i < n; i += len) {
		len = utf8_get(text + i, n - i, &c);
		if (len == 0)
			break;
		if (c < 0x20 || c == 0x7f || utf8_is_unshown(c))
			continue;
		if (used + len > FILENAME_MAX_BYTES)
			break;
		memcpy(out + used, text + i, len);
		used += len;
	}
	/* Neither hidden nor the directory itself. */
	while (used != 0 && (out[0] == '.' || out[0] == ' ')) {
		memmove(out, out + 1, used - 1);
		used--;
	}
	while (used != 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	if (used == 0)
		memcpy(out, "file", 5);
}

/* A quoted-string or a token, unquoted; *at moves behind it. */
static size_t
value_read(char *out, size_t size, const char **at)
{
	const char *p = *at;
	size_t	    n = 0;
	bool	    quoted = *p == '"';

	for (p += quoted; *p != '\0'; p++) {
		if (quoted ? *p == '"' : *p == ';' || *p == ' ' || *p == '\t')
			break;
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		if (n < size)
			out[n++] = *p;
	}
	*at = p + (quoted && *p == '"');
	return (n);
}

/* UTF-8''percent-encoded (RFC 8187 section 3.2); false for anything else. */
static bool
extended_read(char *out, size_t *n)
{
	char   *text = out;
	ssize_t len;

	if (*n < 7 || strncasecmp(out, "UTF-8'", 6) != 0)
		return (false);
	text = memchr(out + 6, '\'', *n - 6);
	if (text == NULL)
		return (false);
	text++;
	len = http_decode(out, text, *n - (size_t)(text - out), false);
	if (len < 0 || !utf8_valid(out, (size_t)len))
		return (false);
	*n = (size_t)len;
	return (true);
}

/* The next parameter's name (as a place) after a ';'. */
static const char *
parameter_next(const char *p, size_t *n)
{
	if ((p = strchr(p, ';')) == NULL)
		return (NULL);
	p += 1 + strspn(p + 1, " \t;");
	*n = strcspn(p, "=; \t");
	return (p);
}

bool
filename_read(char out[FILENAME_MAX_BYTES + 1], const char *field)
{
	char	    value[1024];
	const char *p = field;
	size_t	    n, len;
	bool	    found = false;

	while ((p = parameter_next(p, &n)) != NULL) {
		bool plain = n == 8 && strncasecmp(p, "filename", 8) == 0;
		bool wide = n == 9 && strncasecmp(p, "filename*", 9) == 0;

		p += n;
		if (*p != '=')
			continue;
		p++;
		len = value_read(value, sizeof value, &p);
		if (wide && extended_read(value, &len)) {
			filename_clean(out, value, len);
			return (true);
		}
		if (plain && !found && utf8_valid(value, len)) {
			filename_clean(out, value, len);
			found = true;
		}
	}
	return (found);
}

/* attr-char of RFC 8187 section 3.2.1: what needs no escape. */
static bool
is_attr_char(unsigned char c)
{
	return ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (c != 0 && strchr("!#$&+-.^_`|~", c)));
}

void
filename_write(struct buf *b, const char *how, const char *name)
{
	const unsigned char *s;

	buf_printf(b, "%s; filename=\"", how);
	for (s = (const unsigned char *)name; *s != '\0'; s++)
		if (*s < 0x80)
			buf_char(b,
			    *s < 0x20 || *s == 0x7f || strchr("\"\\%", *s)
				? '_'
				: (char)*s);
		else if (*s >= 0xc0) /* one for each character */
			buf_char(b, '_');
	buf_str(b, "\"; filename*=UTF-8''");
	for (s = (const unsigned char *)name; *s != '\0'; s++)
		if (is_attr_char(*s))
			buf_char(b, (char)*s);
		else
			buf_printf(b, "%%%02X", *s);
}

void
media_type_read(char out[101], const char *field)
{
	size_t i, n = field != NULL ? strcspn(field, "; \t,") : 0;
	char  *slash;

	if (n != 0 && n <= 100) {
		for (i = 0; i < n; i++)
			out[i] = field[i] >= 'A' && field[i] <= 'Z'
			    ? (char)(field[i] - 'A' + 'a')
			    : field[i];
		out[n] = '\0';
		slash = strchr(out, '/');
		/* Of letters, digits, dots, plus and minus alone. */
		if (slash != NULL && slash != out && slash[1] != '\0' &&
		    strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789.+-/") ==
			n &&
		    strchr(slash + 1, '/') == NULL)
			return;
	}
	memcpy(out, "application/octet-stream", 25);
}

const char *
media_type_served(const char *type)
{
	static const char *const safe[] = { "image/png", "image/jpeg",
		"image/gif", "image/webp", "image/heic", "image/bmp",
		"application/pdf", "application/zip", "message/rfc822",
		"text/plain", "text/csv", "audio/mpeg", "audio/ogg",
		"audio/wav", "audio/mp4", "audio/webm", "video/mp4",
		"video/webm", "video/quicktime", "application/msword",
		"application/vnd.ms-excel",
		"application/vnd.openxmlformats-officedocument."
		"wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument."
		"spreadsheetml.sheet" };
	size_t			 i;

	for (i = 0; i < nitems(safe); i++)
		if (strcmp(safe[i], type) == 0)
			return (safe[i]);
	return ("application/octet-stream");
}

bool
media_type_shown(const char *type, const void *bytes, size_t n)
{
	static const struct {
		const char *type;
		const char *begins;
		size_t	    n;
	} pictures[] = {
		{ "image/png", "\x89PNG\r\n\x1a\n", 8 },
		{ "image/jpeg", "\xff\xd8\xff", 3 },
		{ "image/gif", "GIF87a", 6 },
		{ "image/gif", "GIF89a", 6 },
		{ "image/webp", "RIFF", 4 },
	};
	size_t i;

	if (strcmp(type, "image/webp") == 0 &&
	    (n < 12 || memcmp((const char *)bytes + 8, "WEBP", 4) != 0))
		return (false);
	for (i = 0; i < nitems(pictures); i++)
		if (strcmp(pictures[i].type, type) == 0 && n >= pictures[i].n &&
		    memcmp(bytes, pictures[i].begins, pictures[i].n) == 0)
			return (true);
	return (false);
}
