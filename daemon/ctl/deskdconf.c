/*
 * deskd.conf, as far as deskctl needs it; see deskdconf.h.
 */
#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "deskdconf.h"

/* Nothing but strings, whose defaults are those of `deskd -o'. */
static const struct {
	const char *name;
	const char *def;
	size_t	    at;
} options[] = {
#define OPTION(name, def)                                    \
	{                                                    \
#name, def, offsetof(struct deskdconf, name) \
	}
	OPTION(control, "/run/deskd/control.sock"),
	OPTION(postgres, "dbname=deskd"),
	OPTION(redis, "127.0.0.1:6379"),
	OPTION(tls_cert, ""),
	OPTION(tls_key, ""),
	OPTION(state_dir, "/var/lib/deskd"),
	OPTION(hostname, "localhost"),
	OPTION(listen_resp, "127.0.0.1:6390"),
	OPTION(listen_resp_tls, ""),
	OPTION(listen_https, ""),
	OPTION(authserv_id, ""),
	OPTION(smtp_relay, ""),
	OPTION(smtp_starttls, "yes"),
	OPTION(smtp_user, ""),
	OPTION(smtp_password_file, ""),
	OPTION(smtp_ca, ""),
#undef OPTION
};

static char **
option_place(struct deskdconf *conf, size_t i)
{
	return ((char **)(void *)((char *)conf + options[i].at));
}

static void
fault_say(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[200];

	vsnprintf(what, sizeof what, fmt, ap);
	ctl_say("%s:%d: %s", cfg->filename != NULL ? cfg->filename : "conf",
	    cfg->line, what);
}

static struct deskdconf *
conf_parse(const char *path)
{
	cfg_opt_t	  opts[nitems(options) + 1];
	struct deskdconf *conf;
	cfg_t		 *cfg;
	size_t		  i;
	int		  rc;

	for (i = 0; i < nitems(options); i++)
		opts[i] = (cfg_opt_t)CFG_STR(
		    options[i].name, options[i].def, CFGF_NONE);
	opts[i] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(opts, CFGF_IGNORE_UNKNOWN);
	cfg_set_error_function(cfg, fault_say);
	if (path != NULL && (rc = cfg_parse(cfg, path)) != CFG_SUCCESS) {
		if (rc == CFG_FILE_ERROR)
			ctl_say("%s: cannot be read", path);
		cfg_free(cfg);
		return (NULL);
	}
	conf = xcalloc(1, sizeof *conf);
	for (i = 0; i < nitems(options); i++)
		*option_place(conf, i) =
		    xstrdup(cfg_getstr(cfg, options[i].name));
	cfg_free(cfg);
	return (conf);
}

struct deskdconf *
deskdconf_read(const struct ctl *ctl)
{
	if (ctl->conf != NULL)
		return (conf_parse(ctl->conf));
	if (access(DESKDCONF_DEFAULT, R_OK) == 0)
		return (conf_parse(DESKDCONF_DEFAULT));
	return (conf_parse(NULL));
}

void
deskdconf_free(struct deskdconf *conf)
{
	size_t i;

	if (conf == NULL)
		return;
	for (i = 0; i < nitems(options); i++)
		free(*option_place(conf, i));
	free(conf);
}

char *
deskdconf_control(const struct ctl *ctl)
{
	struct deskdconf *conf;
	char		 *path;

	if (ctl->socket != NULL)
		return (xstrdup(ctl->socket));
	if ((conf = deskdconf_read(ctl)) == NULL)
		return (NULL);
	path = xstrdup(conf->control);
	deskdconf_free(conf);
	return (path);
}
