/*
 * The few options of deskd.conf that deskctl needs; the daemon's own reader
 * (daemon/settings.c) judges the file, this one only looks things up in it.
 */
#ifndef CTL_DESKDCONF_H
#define CTL_DESKDCONF_H

#include <stddef.h>
#include "base/def.h"
#include "ctl.h"

#define DESKDCONF_DEFAULT SYSCONFDIR "/deskd/deskd.conf"

struct deskdconf {
	char *control;
	char *postgres;
	char *redis;
	char *tls_cert;
	char *tls_key;
	char *state_dir;
	char *hostname;
	char *listen_resp;
	char *listen_resp_tls;
	char *listen_https;
	char *authserv_id;
	char *smtp_relay;
	char *smtp_starttls;
	char *smtp_user;
	char *smtp_password_file;
	char *smtp_ca;
};

/*
 * Reads the file that -f named, or the installed one, or the defaults when
 * there is none.  NULL, and said why, when it cannot be read.
 */
struct deskdconf *deskdconf_read(const struct ctl *) MUSTCHECK;
void		  deskdconf_free(struct deskdconf *);
/* The control socket's path: of -S or of the file; free() it.  NULL as above. */
char *deskdconf_control(const struct ctl *) MUSTCHECK;

#endif
