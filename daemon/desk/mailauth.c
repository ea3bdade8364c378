/*
 * What our mail server says of a sender; see mailauth.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/def.h"
#include "mailauth.h"
#include "mailfields.h"

/* RFC 8601 2.7 and what is in use beside it; others are shown as none. */
static const char *const results[] = { "pass", "fail", "none", "neutral",
	"softfail", "policy", "temperror", "permerror", "hardfail",
	"bestguesspass" };

static const char *
result_get(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < nitems(results); i++)
		if (mail_word_is(s, n, results[i]))
			return (results[i]);
	return ("permerror");
}

/* "pass" wins: one good signature is enough (RFC 6376 section 6.1). */
static void
result_put(char out[16], const char *result)
{
	if (out[0] == '\0' || strcmp(result, "pass") == 0)
		g_strlcpy(out, result, 16);
}

/* A domain, as DMARC's header.from names it. */
static void
domain_put(char out[256], const char *s, size_t n)
{
	size_t i;

	if (n == 0 || n >= 256)
		return;
	for (i = 0; i < n; i++)
		if (!g_ascii_isalnum(s[i]) && strchr("-._", s[i]) == NULL)
			return;
	for (i = 0; i < n; i++)
		out[i] = g_ascii_tolower(s[i]);
	out[n] = '\0';
}

/*
 * One method's result and properties, from behind its ';' on; returns where
 * the next ';' stands, or the end.
 */
static const char *
method_read(struct mail_auth *a, const char *p)
{
	const char *name, *s, *result;
	size_t	    nname, n;
	bool	    dmarc;

	p = mail_word_next(mail_word_skip(p), &name, &nname);
	p = mail_word_skip(p);
	dmarc = mail_word_is(name, nname, "dmarc");
	if (*p == '=') {
		p = mail_word_next(mail_word_skip(p + 1), &s, &n);
		result = result_get(s, n);
		if (dmarc && a->dmarc[0] == '\0')
			g_strlcpy(a->dmarc, result, sizeof a->dmarc);
		else if (mail_word_is(name, nname, "spf") && a->spf[0] == '\0')
			g_strlcpy(a->spf, result, sizeof a->spf);
		else if (mail_word_is(name, nname, "dkim"))
			result_put(a->dkim, result);
	}
	/* reason= and the properties, "ptype.property=value". */
	for (p = mail_word_skip(p); *p != '\0' && *p != ';';
	     p = mail_word_skip(p)) {
		const char *from = p;

		p = mail_word_skip(mail_word_next(p, &name, &nname));
		if (*p == '=') {
			p = mail_word_next(mail_word_skip(p + 1), &s, &n);
			if (dmarc && mail_word_is(name, nname, "header.from"))
				domain_put(a->from, s, n);
		}
		if (p == from)
			p++;
	}
	return (p);
}

/* False when it is not our server's. */
static bool
results_read(struct mail_auth *a, const char *raw, const char *authserv)
{
	const char *p, *s;
	size_t	    n;

	p = mail_word_next(mail_word_skip(raw), &s, &n);
	if (!mail_word_is(s, n, authserv))
		return (false);
	for (p = mail_word_skip(p); *p != '\0' && *p != ';';) {
		const char *from = p; /* a version may stand here */

		p = mail_word_skip(mail_word_next(p, &s, &n));
		if (p == from)
			p++;
	}
	while (*p == ';')
		p = method_read(a, p + 1);
	if (a->dmarc[0] == '\0' || strcmp(a->dmarc, "none") == 0)
		a->verdict = AUTH_NONE;
	else
		a->verdict =
		    strcmp(a->dmarc, "pass") == 0 ? AUTH_PASS : AUTH_FAIL;
	return (true);
}

/* Whether a Received says "by" that host (RFC 5321 section 4.4). */
static bool
is_by(const char *raw, const char *host)
{
	const char *s, *p = mail_word_skip(raw);
	size_t	    n;

	while (*p != '\0' && *p != ';') {
		const char *from = p;

		p = mail_word_skip(mail_word_next(p, &s, &n));
		if (mail_word_is(s, n, "by")) {
			mail_word_next(p, &s, &n);
			return (mail_word_is(s, n, host));
		}
		if (p == from)
			p++;
	}
	return (false);
}

/* Where our server's Received stands among the fields, or -1. */
static int
own_received(GMimeHeaderList *list, const char *authserv, size_t added)
{
	int	     i, first = -1, n = g_mime_header_list_get_count(list);
	GMimeHeader *header;

	for (i = 0; i < n; i++) {
		header = g_mime_header_list_get_header_at(list, i);
		if (g_ascii_strcasecmp(
			g_mime_header_get_name(header), "Received") != 0 ||
		    g_mime_header_get_offset(header) < (gint64)added)
			continue;
		if (first == -1)
			first = i;
		if (is_by(g_mime_header_get_raw_value(header), authserv))
			return (i);
	}
	return (first);
}

void
mail_auth_read(
    struct mail_auth *a, GMimeMessage *m, const char *authserv, size_t added)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(m));
	int		 i, n = g_mime_header_list_get_count(list), own;
	const char	*name, *raw, *s, *spf = NULL;
	bool		 seen = false;
	size_t		 len;

	*a = (struct mail_auth){ 0 };
	if (authserv == NULL)
		return;
	own = own_received(list, authserv, added);
	for (i = 0; i < n && !seen; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);

		name = g_mime_header_get_name(h);
		raw = g_mime_header_get_raw_value(h);
		if (own != -1 && i > own &&
		    g_ascii_strcasecmp(name, "Received") == 0)
			break; /* what is below, others wrote */
		if (spf == NULL && i < own &&
		    g_ascii_strcasecmp(name, "Received-SPF") == 0)
			spf = raw;
		if (g_ascii_strcasecmp(name, "Authentication-Results") == 0) {
			seen = true;
			if (!results_read(a, raw, authserv))
				*a = (struct mail_auth){ 0 };
		}
	}
	if (spf != NULL && a->spf[0] == '\0') {
		mail_word_next(mail_word_skip(spf), &s, &len);
		g_strlcpy(a->spf, result_get(s, len), sizeof a->spf);
	}
}
