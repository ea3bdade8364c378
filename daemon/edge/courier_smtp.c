/*
 * One mail to the relay; see courier_smtp.h.
 */
#include <stdlib.h>
#include <string.h>

#include "courier_smtp.h"

#define CONNECT_MAX_MS 120000

/* A line of the relay's.  A reply's last line has a blank after its code. */
static size_t
mail_heard(char *line, size_t one, size_t n, void *arg)
{
	struct mail *m = arg;

	n *= one;
	if (m->over)
		return (n);
	if (m->broken)
		buf_reset(&m->words);
	m->broken = n < 4 || line[3] != '-';
	if (m->words.n != 0)
		buf_char(&m->words, ' ');
	buf_shown(&m->words, line,
	    strcspn(line, "\r\n") < n ? strcspn(line, "\r\n") : n, 300);
	if (m->broken && n >= 3)
		m->status = strtol(line, NULL, 10);
	return (n);
}

/* What libcurl says to the relay: how far we are. */
static int
mail_spied(CURL *easy, curl_infotype type, char *data, size_t n, void *arg)
{
	struct mail *m = arg;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT)
		return (0);
	if (n >= 4 && memcmp(data, "QUIT", 4) == 0)
		m->over = true;
	if (m->over || m->phase == PHASE_LET_GO)
		return (0);
	if (n >= 5 && memcmp(data, "MAIL ", 5) == 0)
		m->phase = PHASE_MAIL;
	else if (n >= 4 && memcmp(data, "DATA", 4) == 0)
		m->phase = PHASE_DATA;
	m->status = 0;
	m->broken = true;
	return (0);
}

/*
 * The size is told (RFC 1870) only of mails with no line that begins with a
 * dot: libcurl 7.88 counts the dots that it doubles, and takes a mail for
 * ended as soon as its count comes to that size.
 */
curl_off_t
mail_size(const uint8_t *p, size_t n)
{
	if (*p == '.')
		return (-1);
	p = memmem(p, n, "\r\n.", 3);
	return (p == NULL ? (curl_off_t)n : -1);
}

static bool
mail_setup(struct mail *m, CURL *e, bool fresh)
{
	long seconds = (long)((m->timeout_ms + 999) / 1000);
	long connect = m->timeout_ms < CONNECT_MAX_MS ? (long)m->timeout_ms
						      : CONNECT_MAX_MS;
	bool ok = true;

	curl_easy_reset(e); /* its connection stays */
#define SET(opt, value) ok &= curl_easy_setopt(e, opt, value) == CURLE_OK
	SET(CURLOPT_ERRORBUFFER, m->error);
	SET(CURLOPT_URL, m->url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, ""); /* none that the environment names */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_USE_SSL,
	    (long)(m->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (m->ca != NULL)
		SET(CURLOPT_CAINFO, m->ca);
	if (m->user != NULL) {
		SET(CURLOPT_USERNAME, m->user);
		SET(CURLOPT_PASSWORD, m->password != NULL ? m->password : "");
	}
	SET(CURLOPT_MAIL_FROM, m->from);
	SET(CURLOPT_MAIL_RCPT, m->rcpts);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_INFILESIZE_LARGE, m->size);
	SET(CURLOPT_READFUNCTION, mail_read);
	SET(CURLOPT_READDATA, m);
	SET(CURLOPT_HEADERFUNCTION, mail_heard);
	SET(CURLOPT_HEADERDATA, m);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, mail_spied);
	SET(CURLOPT_DEBUGDATA, m);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, mail_progress);
	SET(CURLOPT_XFERINFODATA, m);
	SET(CURLOPT_CONNECTTIMEOUT_MS, connect);
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, seconds);
	SET(CURLOPT_MAXAGE_CONN, 60L);
	SET(CURLOPT_FRESH_CONNECT, (long)fresh);
#undef SET
	return (ok);
}

/*
 * Of refusals only those of this mail are for good: what the relay thinks of
 * us (its greeting, our name and password) is for the operator to mend.
 */
static enum courier_how
mail_how(const struct mail *m, CURLcode result)
{
	bool refused = m->status >= 500 && m->status <= 599;

	if (result == CURLE_OK)
		return (COURIER_DONE);
	if (m->phase == PHASE_LET_GO) {
		if (refused)
			return (COURIER_NEVER);
		return (m->status >= 400 && m->status <= 499 ? COURIER_LATER
							     : COURIER_UNKNOWN);
	}
	if (m->phase >= PHASE_MAIL && refused && m->status != 530 &&
	    m->status != 535 && m->status != 538)
		return (COURIER_NEVER);
	return (COURIER_LATER);
}

void
mail_run(struct mail *m, CURL *easy)
{
	CURLcode result = CURLE_FAILED_INIT;
	long	 connects = 1;
	int	 tries;

	for (tries = 0; tries < 2; tries++) {
		m->phase = PHASE_GREETING;
		m->status = 0;
		m->over = false;
		m->error[0] = '\0';
		buf_reset(&m->words);
		if (!mail_setup(m, easy, tries != 0))
			break;
		result = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
		/* The relay had hung up while the connection lay idle. */
		if (result == CURLE_OK || connects != 0 ||
		    m->phase > PHASE_MAIL ||
		    (m->status != 0 && m->status != 421))
			break;
	}
	m->how = mail_how(m, result);
	/* The relay's last words, when they are what ended it. */
	if (m->words.n == 0 || (result != CURLE_OK && m->status < 400)) {
		const char *why =
		    m->error[0] != '\0' ? m->error : curl_easy_strerror(result);

		buf_reset(&m->words);
		buf_shown(&m->words, why, strlen(why), 300);
		/* A reply that pleased it is no word on what went wrong. */
		if (result != CURLE_OK)
			m->status = 0;
	}
}
