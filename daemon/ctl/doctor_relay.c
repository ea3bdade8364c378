/*
 * What doctor looks at in the relay that takes our mail: the connection, its
 * certificate and the login.  No mail is sent.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "doctor.h"

#define RELAY_SECONDS 15L

/* The first line of the password file; false: there is none. */
static bool
read_password(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	bool  ok = f != NULL && fgets(out, (int)size, f) != NULL;

	if (f != NULL)
		fclose(f);
	if (ok)
		out[strcspn(out, "\r\n")] = '\0';
	return (ok);
}

static const char *
relay_mend(CURLcode result)
{
	switch (result) {
	case CURLE_LOGIN_DENIED:
		return ("smtp_user and smtp_password_file are not what it "
			"knows");
	case CURLE_USE_SSL_FAILED:
		return ("it offers no STARTTLS: say smtp_starttls = no only "
			"where nobody can listen between");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return ("name the authority of its certificate in smtp_ca");
	default:
		return ("smtp_relay must be the host and port of your mail "
			"server's submission service");
	}
}

static CURLcode
relay_ask(const struct deskdconf *conf, const char *url, const char *password,
    char *error)
{
	CURL *e = curl_easy_init();
	bool  tls = strcmp(conf->smtp_starttls, "no") != 0 &&
	    strcmp(conf->smtp_starttls, "false") != 0 &&
	    strcmp(conf->smtp_starttls, "off") != 0;
	CURLcode result;

	if (e == NULL)
		return (CURLE_OUT_OF_MEMORY);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_USE_SSL,
	    (long)(tls && strncmp(url, "smtps:", 6) != 0 ? CURLUSESSL_ALL
							 : CURLUSESSL_NONE));
	if (conf->smtp_ca[0] != '\0')
		curl_easy_setopt(e, CURLOPT_CAINFO, conf->smtp_ca);
	if (conf->smtp_user[0] != '\0') {
		curl_easy_setopt(e, CURLOPT_USERNAME, conf->smtp_user);
		curl_easy_setopt(e, CURLOPT_PASSWORD, password);
	}
	/* EHLO, STARTTLS and the login, and nothing after them. */
	curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(e, CURLOPT_TIMEOUT, RELAY_SECONDS);
	curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, RELAY_SECONDS);
	result = curl_easy_perform(e);
	curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
	curl_easy_cleanup(e);
	return (result);
}

void
doctor_relay(struct doctor *d, const struct deskdconf *conf)
{
	char	   error[CURL_ERROR_SIZE] = "", password[256] = "";
	struct buf url;
	CURLcode   result;

	if (conf->smtp_relay[0] == '\0' && d->waiting > 0) {
		doctor_note(d, FIND_BAD, "relay",
		    "set smtp_relay to the mail server that takes your mail",
		    "smtp_relay is empty, and %ld%s mails wait for it: they "
		    "are not sent",
		    d->waiting, d->waiting >= 1000 ? " or more" : "");
		return;
	}
	if (conf->smtp_relay[0] == '\0') {
		doctor_note(d, FIND_WARN, "relay",
		    "set smtp_relay to the mail server that takes your mail",
		    "smtp_relay is empty: answers by mail are queued and not "
		    "sent");
		return;
	}
	if (conf->smtp_user[0] != '\0' &&
	    !read_password(
		conf->smtp_password_file, password, sizeof password)) {
		doctor_note(d, FIND_BAD, "relay",
		    "put the password into smtp_password_file",
		    "%s: there is no password in it", conf->smtp_password_file);
		return;
	}
	buf_init(&url, 0);
	buf_printf(&url, "%s%s/%s",
	    strstr(conf->smtp_relay, "://") != NULL ? "" : "smtp://",
	    conf->smtp_relay, conf->hostname);
	result = relay_ask(conf, url.p, password, error);
	buf_free(&url);
	explicit_bzero(password, sizeof password);
	if (result == CURLE_OK)
		doctor_note(d, FIND_OK, "relay", NULL, "%s answers%s",
		    conf->smtp_relay,
		    conf->smtp_user[0] != '\0' ? " and knows us" : "");
	else
		doctor_note(d, FIND_BAD, "relay", relay_mend(result), "%s: %s",
		    conf->smtp_relay,
		    error[0] != '\0' ? error : curl_easy_strerror(result));
}
