/*
 * Parts as files; see mailfile.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/buf.h"
#include "base/def.h"
#include "base/utf8.h"
#include "mailfile.h"
#include "mailpart.h"
#include "mailtext.h"

#define NAME_MAX_ 255

/* What a part without a name is called: by its type, or the type's half. */
static const struct {
	const char *type;
	const char *name;
} names[] = {
	{ "application/ms-tnef", "winmail.dat" },
	{ "application/pdf", "document.pdf" },
	{ "application/pgp-signature", "signature.asc" },
	{ "application/pgp-encrypted", "version.txt" },
	{ "application/pkcs7-mime", "smime.p7m" },
	{ "application/pkcs7-signature", "smime.p7s" },
	{ "application/zip", "archive.zip" },
	{ "image/bmp", "image.bmp" },
	{ "image/gif", "image.gif" },
	{ "image/heic", "image.heic" },
	{ "image/jpeg", "image.jpg" },
	{ "image/jpg", "image.jpg" },
	{ "image/png", "image.png" },
	{ "image/svg+xml", "image.svg" },
	{ "image/webp", "image.webp" },
	{ "message/delivery-status", "delivery-status.txt" },
	{ "message/disposition-notification", "receipt.txt" },
	{ "message/feedback-report", "feedback-report.txt" },
	{ "message/global-delivery-status", "delivery-status.txt" },
	{ "text/calendar", "invite.ics" },
	{ "text/csv", "table.csv" },
	{ "text/html", "page.html" },
	{ "text/plain", "text.txt" },
	{ "text/rfc822-headers", "headers.txt" },
	{ "text/rtf", "text.rtf" },
	{ "text/vcard", "contact.vcf" },
	{ "text/x-vcard", "contact.vcf" },
};

static void
type_read(struct mail_file *f, GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	char		 *s = g_mime_content_type_get_mime_type(type);
	size_t		  i;

	for (i = 0; g_ascii_isgraph(s[i]) && i + 1 < sizeof f->type; i++)
		f->type[i] = g_ascii_tolower(s[i]);
	f->type[i] = '\0';
	if (i == 0 || s[i] != '\0')
		g_strlcpy(f->type, "application/octet-stream", sizeof f->type);
	g_free(s);
}

/*
 * GMime takes a parameter's bytes that are no UTF-8 for Latin-1.  They are
 * put back, so that a Vietnamese name is seen for what it is (charset.h).
 */
static void
parameter_add(struct buf *b, const char *name)
{
	char	 bytes[4 * NAME_MAX_];
	size_t	 n = 0, len;
	uint32_t c;

	for (; *name != '\0' && n + 1 < sizeof bytes; name += len) {
		if ((len = utf8_get(name, strlen(name), &c)) == 0 || c > 0xff)
			return;
		bytes[n++] = (char)c;
	}
	if (*name != '\0')
		return;
	bytes[n] = '\0';
	mailtext_filename(b, bytes);
}

static const char *
subject_of(GMimeMessage *m)
{
	GMimeHeader *h;

	h = g_mime_header_list_get_header(
	    g_mime_object_get_header_list(GMIME_OBJECT(m)), "Subject");
	return (h != NULL ? g_mime_header_get_raw_value(h) : NULL);
}

static void
name_read(struct mail_file *f, GMimeObject *part)
{
	bool	      mail = GMIME_IS_MESSAGE_PART(part);
	const char   *name = NULL;
	GMimeMessage *m;
	struct buf    b;
	size_t	      i;

	buf_init(&b, 2 * NAME_MAX_);
	if (GMIME_IS_PART(part))
		name = g_mime_part_get_filename(GMIME_PART(part));
	else if (mail &&
	    (m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))))
		name = subject_of(m);
	if (name != NULL && *name != '\0') {
		if (!mail)
			parameter_add(&b, name);
		if (b.n == 0)
			mailtext_filename(&b, name);
	} else {
		for (i = 0; i < nitems(names); i++)
			if (strcmp(f->type, names[i].type) == 0)
				break;
		buf_str(&b, i < nitems(names) ? names[i].name : "unnamed");
	}
	if (mail) {
		b.n = utf8_cut(b.p, b.n, NAME_MAX_ - 4);
		buf_str(&b, ".eml");
	}
	g_strlcpy(f->name, b.p, sizeof f->name);
	utf8_clean(f->name, strlen(f->name));
	buf_free(&b);
}

/*
 * Outlook's own format (MS-OXTNEF), whatever it is said to be: the whole mail
 * of a sender whose Outlook takes everybody for another Outlook.
 */
static bool
is_tnef(const struct mail_file *f, GMimeObject *part)
{
	static const uint8_t signature[] = { 0x78, 0x9f, 0x3e, 0x22 };
	uint8_t		     head[sizeof signature];

	return (strcmp(f->type, "application/ms-tnef") == 0 ||
	    strcmp(f->type, "application/vnd.ms-tnef") == 0 ||
	    (g_ascii_strcasecmp(f->name, "winmail.dat") == 0 &&
		mailpart_peek(part, head, sizeof head) == sizeof head &&
		memcmp(head, signature, sizeof head) == 0));
}

static const char *
smime_unread(GMimeObject *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	const char	 *kind =
	    g_mime_content_type_get_parameter(type, "smime-type");

	return (kind != NULL && g_ascii_strcasecmp(kind, "signed-data") == 0
		? "it is signed in a way that hides its text (S/MIME)"
		: "it is encrypted (S/MIME)");
}

void
mail_file_of(struct mail_file *f, GMimeObject *part)
{
	f->unread = NULL;
	type_read(f, part);
	name_read(f, part);
	if (is_tnef(f, part)) {
		g_strlcpy(f->type, "application/ms-tnef", sizeof f->type);
		f->unread = "it is Outlook's own format (TNEF): only Outlook "
			    "shows what is in it";
	} else if (strcmp(f->type, "application/pkcs7-mime") == 0 ||
	    strcmp(f->type, "application/x-pkcs7-mime") == 0)
		f->unread = smime_unread(part);
	else if (strcmp(f->type, "application/pgp-encrypted") == 0)
		f->unread = "the mail is encrypted (PGP)";
	else if (strcmp(f->type, "message/partial") == 0)
		f->unread = "it is one piece of a mail sent in pieces";
	else if (strcmp(f->type, "message/external-body") == 0)
		f->unread = "it only says where the file is to be had";
	else if (GMIME_IS_MULTIPART(part))
		f->unread = "it is made of parts that cannot be told apart";
}
