/*
 * CHANNEL.LIST: what PostgreSQL knows of the ways in and out, and what of
 * them this daemon's deskd.conf opens.
 */
#include <jansson.h>

#include "daemon.h"
#include "dispatch.h"
#include "opdo.h"
#include "settings.h"

static void
put_port(json_t *to, const char *name, const char *at)
{
	json_object_set_new(
	    to, name, at[0] != '\0' ? json_string(at) : json_null());
}

static void
channels_got(struct ask *a, const char *json, size_t n)
{
	const struct settings *s = a->d->settings;
	json_t		      *j = json_loadb(json, n, 0, NULL);
	json_t		      *mail = json_object_get(j, "mail");

	put_port(mail, "smtp", s->listen_smtp);
	put_port(mail, "lmtp", s->listen_lmtp);
	put_port(mail, "relay", s->smtp_relay);
	ask_done_json(a, j);
}

void
op_do_CHANNEL_LIST(struct ask *a)
{
	dispatch_sql_then(a, channels_got);
}
