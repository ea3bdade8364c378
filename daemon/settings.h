/*
 * deskd.conf: how this process runs (the company's own configuration is
 * desk.conf, see desk/deskconf.h).  One table of options gives the parser,
 * the defaults, `deskd -o` and the manual page.  A reload fills a fresh
 * struct and checks the whole before anybody sees it.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/def.h"

struct settings {
	char   *listen_http;
	char   *listen_https;
	char   *listen_smtp;
	char   *listen_lmtp;
	char   *listen_lmtp_unix;
	char   *listen_resp;
	char   *listen_resp_tls;
	char   *listen_metrics;
	char   *control;
	char   *postgres;
	char   *redis;
	char   *tls_cert;
	char   *tls_key;
	char   *hostname;
	char   *state_dir;
	char   *temp_dir;
	char   *web_dir;
	char   *mood_dir;
	char   *authserv_id;
	char   *trusted_proxy;
	char   *outgoing_allow;
	char   *smtp_relay;
	char   *smtp_user;
	char   *smtp_password_file;
	char   *smtp_ca;
	int64_t pg_ingest;
	int64_t pg_ops;
	int64_t mail_max;
	int64_t waiting_max;
	int64_t batch_max;
	int64_t attachment_max;
	int64_t chat_opens;
	int64_t max_peer;
	int64_t offer_ticks;
	int64_t smtp_patience;
	bool	smtp_starttls;
	bool	secure_cookies;
	bool	demo_shop;
};

/*
 * Reads the file (NULL: the defaults alone).  NULL when something is wrong;
 * wrong then says what and where in one line.
 */
struct settings *settings_read(const char *path, char *wrong, size_t) MUSTCHECK;
void		 settings_free(struct settings *);
/*
 * Names the first option that differs and needs a restart, or NULL: SIGHUP
 * takes over the others.
 */
const char *settings_needs_restart(
    const struct settings *old, const struct settings *next);
/* Every option with its default and meaning (`deskd -o`). */
void settings_print(FILE *);
/* The same as deskd.conf(5), for the build. */
void settings_page(FILE *);

#endif
