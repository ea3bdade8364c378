/*
 * A mail's header fields and their words; see mailfields.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "mailfields.h"

static const char *const names[FIELDS] = {
	[F_FROM] = "From",
	[F_SUBJECT] = "Subject",
	[F_MESSAGE_ID] = "Message-ID",
	[F_IN_REPLY_TO] = "In-Reply-To",
	[F_REFERENCES] = "References",
	[F_REPLY_TO] = "Reply-To",
	[F_TO] = "To",
	[F_CC] = "Cc",
	[F_DELIVERED_TO] = "Delivered-To",
	[F_ORIGINAL_TO] = "X-Original-To",
	[F_AUTO_SUBMITTED] = "Auto-Submitted",
	[F_PRECEDENCE] = "Precedence",
	[F_SUPPRESS] = "X-Auto-Response-Suppress",
	[F_AUTOREPLY] = "X-Autoreply",
	[F_AUTO_REPLY] = "X-Auto-Reply",
	[F_AUTORESPOND] = "X-Autorespond",
	[F_LOOP] = "X-Loop",
	[F_LIST_ID] = "List-Id",
	[F_LIST_UNSUBSCRIBE] = "List-Unsubscribe",
	[F_LIST_POST] = "List-Post",
	[F_FAILED_RECIPIENTS] = "X-Failed-Recipients",
};

void
mail_fields_find(struct mail_fields *fields, GMimeMessage *m)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(m));
	int		 i, n = g_mime_header_list_get_count(list);
	GMimeHeader	*header;
	const char	*name;
	size_t		 f;

	*fields = (struct mail_fields){ 0 };
	for (i = 0; i < n; i++) {
		header = g_mime_header_list_get_header_at(list, i);
		name = g_mime_header_get_name(header);
		for (f = 0; f < FIELDS; f++)
			if (g_ascii_strcasecmp(name, names[f]) == 0)
				break;
		if (f < FIELDS && fields->count[f]++ == 0)
			fields->raw[f] = g_mime_header_get_raw_value(header);
	}
}

const char *
mail_word_skip(const char *p)
{
	unsigned depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && depth != 0 && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && depth != 0)
			depth--;
		else if (depth == 0 && strchr(" \t\r\n", *p) == NULL)
			break;
	}
	return (p);
}

const char *
mail_word_next(const char *p, const char **s, size_t *n)
{
	if (*p == '"') {
		*s = ++p;
		p += strcspn(p, "\"");
		*n = (size_t)(p - *s);
		return (*p != '\0' ? p + 1 : p);
	}
	*s = p;
	p += strcspn(p, " \t\r\n;=(\"");
	*n = (size_t)(p - *s);
	return (p);
}

bool
mail_word_is(const char *s, size_t n, const char *word)
{
	return (n == strlen(word) && g_ascii_strncasecmp(s, word, n) == 0);
}

bool
mail_word_first(const char *raw, const char *words)
{
	const char *s, *w;
	size_t	    n, len;

	mail_word_next(mail_word_skip(raw), &s, &n);
	for (w = words; *w != '\0'; w += len + (w[len] == '|')) {
		len = strcspn(w, "|");
		if (n == len && g_ascii_strncasecmp(s, w, n) == 0)
			return (true);
	}
	return (false);
}
