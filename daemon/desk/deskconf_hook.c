/*
 * The hook blocks of desk.conf: whom the desk tells what happens; see
 * deskconf_hook.h.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "deskconf_hook.h"
#include "deskconf_value.h"

/*
 * Every kind of notice that PostgreSQL writes (ARCHITECTURE.md); those that
 * Redis adds to the live feed are about who is here, and reach no hook.
 */
static const char *const kinds[] = { "abandoned", "accept", "apart", "assign",
	"back", "bounce", "breach", "cause", "close", "config", "consult",
	"customer", "delivery", "drain", "drained", "ended", "erase", "event",
	"gone", "incident", "joined", "mention", "merge", "open", "pause",
	"pend", "priority", "promise", "reopen", "resend", "resolve", "resume",
	"rule", "seen", "snooze", "split", "statement", "tag", "take", "theme",
	"transfer", "turned", "unsend", "wake", "warn", "watch" };

cfg_opt_t *
conf_hook_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t hook[] = {
		CFG_STR("url", NULL, CFGF_NODEFAULT),
		CFG_STR("secret_file", NULL, CFGF_NODEFAULT),
		CFG_STR("ca", NULL, CFGF_NODEFAULT),
		CFG_STR("keep", "7d", CFGF_NONE),
		CFG_STR_LIST("notices", NULL, CFGF_NONE),
		CFG_STR_LIST("queues", NULL, CFGF_NONE),
		CFG_STR_LIST("allow", NULL, CFGF_NONE),
		CFG_END(),
	};

	watch(hook);
	return (hook);
}

static bool
kind_good(const char *s)
{
	size_t i;

	for (i = 0; i < nitems(kinds); i++)
		if (strcmp(kinds[i], s) == 0)
			return (true);
	return (false);
}

/* "10.0.0.5", "10.1.0.0/16", "fd00::/8". */
static bool
net_good(const char *s)
{
	char	      address[64];
	unsigned char bytes[16];
	size_t	      n = strcspn(s, "/");
	long	      most;

	if (n >= sizeof address)
		return (false);
	memcpy(address, s, n);
	address[n] = '\0';
	if (inet_pton(AF_INET, address, bytes) == 1)
		most = 32;
	else if (inet_pton(AF_INET6, address, bytes) == 1)
		most = 128;
	else
		return (false);
	if (s[n] == '\0')
		return (true);
	s += n + 1;
	n = strspn(s, "0123456789");
	return (n > 0 && n <= 3 && s[n] == '\0' && strtol(s, NULL, 10) <= most);
}

/* Scheme and host; who may be met there is seen when it is sent. */
static bool
url_good(const char *s, bool plain)
{
	size_t n;

	if (strncmp(s, "https://", 8) == 0)
		s += 8;
	else if (plain && strncmp(s, "http://", 7) == 0)
		s += 7;
	else
		return (false);
	n = strcspn(s, "/?#");
	return (n > 0 && memchr(s, '@', n) == NULL && strchr(s, ' ') == NULL &&
	    strchr(s, '#') == NULL);
}

static const char *
state_file(struct deskconf *d, cfg_t *sec, const char *option)
{
	const char *s = conf_text(d, sec, option);

	if (s != NULL && (*s == '/' || strstr(s, "..") != NULL))
		deskconf_fault(d, sec, option,
		    "%s must be a file's name under state_dir.", option);
	return (s);
}

static json_t *
hook_queues(struct deskconf *d, cfg_t *sec)
{
	const char *s;
	size_t	    i;

	for (i = 0; i < cfg_size(sec, "queues"); i++) {
		s = conf_str(cfg_getnstr(sec, "queues", (unsigned)i));
		if (!conf_is_queue(d, s))
			deskconf_fault(
			    d, sec, "queues", "There is no queue \"%s\".", s);
	}
	return (conf_list(
	    d, sec, "queues", true, conf_text_good, "it is no queue's name"));
}

json_t *
conf_hook_make(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *url = conf_text(d, sec, "url");
	const char *secret = state_file(d, sec, "secret_file");

	if (url == NULL || !url_good(url, cfg_size(sec, "allow") > 0))
		deskconf_fault(d, sec, url != NULL ? "url" : NULL,
		    "Hook \"%s\" needs a url like https://crm.example/desk, "
		    "without a login; http:// only for hosts that allow names.",
		    cfg_title(sec));
	if (secret == NULL)
		deskconf_fault(d, sec, NULL,
		    "Hook \"%s\" needs a secret_file: what it is sent is "
		    "signed.",
		    cfg_title(sec));
	conf_put_text(made, "url", url);
	conf_put_text(made, "secret_file", secret);
	conf_put_text(made, "ca", state_file(d, sec, "ca"));
	conf_put_span(d, made, sec, "keep");
	json_object_set_new(made, "notices",
	    conf_list(d, sec, "notices", true, kind_good,
		"there is no such notice, see desk.conf(5)"));
	json_object_set_new(made, "queues", hook_queues(d, sec));
	json_object_set_new(made, "allow",
	    conf_list(d, sec, "allow", true, net_good,
		"it must be an address or a network such as 10.1.0.0/16"));
	return (made);
}
