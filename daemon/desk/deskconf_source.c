/*
 * The source blocks of desk.conf: who posts to /hooks/NAME, and, of those
 * described in data (form "data"), what their posts look like and how they
 * are answered; see deskconf_source.h and provider.h.
 */
#include <arpa/inet.h>
#include <string.h>

#include "contact.h"
#include "deskconf_source.h"
#include "deskconf_value.h"
#include "provider.h"

#define PROVIDER_ARENA 1048576

static cfg_opt_t sign_options[] = {
	CFG_STR("header", NULL, CFGF_NODEFAULT),
	CFG_STR("algorithm", NULL, CFGF_NODEFAULT),
	CFG_STR("encoding", NULL, CFGF_NODEFAULT),
	CFG_STR("prefix", NULL, CFGF_NODEFAULT),
	CFG_STR("base", NULL, CFGF_NODEFAULT),
	CFG_STR("time", NULL, CFGF_NODEFAULT),
	CFG_STR("window", "5m", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t verify_options[] = {
	CFG_STR("challenge", NULL, CFGF_NODEFAULT),
	CFG_STR("token", NULL, CFGF_NODEFAULT),
	CFG_STR("token_file", NULL, CFGF_NODEFAULT),
	CFG_STR("posted", NULL, CFGF_NODEFAULT),
	CFG_END(),
};

static cfg_opt_t event_options[] = {
	CFG_STR("each", NULL, CFGF_NODEFAULT),
	CFG_STR("kind", NULL, CFGF_NODEFAULT),
	CFG_STR("answer", NULL, CFGF_NODEFAULT),
	CFG_STR("links", NULL, CFGF_NODEFAULT),
	CFG_INT("rating_of", 5, CFGF_NONE),
	CFG_STR_LIST("when", NULL, CFGF_NONE),
	CFG_STR_LIST("id", NULL, CFGF_NONE),
	CFG_STR_LIST("sender", NULL, CFGF_NONE),
	CFG_STR_LIST("person", NULL, CFGF_NONE),
	CFG_STR_LIST("to", NULL, CFGF_NONE),
	CFG_STR_LIST("subject", NULL, CFGF_NONE),
	CFG_STR_LIST("text", NULL, CFGF_NONE),
	CFG_STR_LIST("at", NULL, CFGF_NONE),
	CFG_STR_LIST("reply", NULL, CFGF_NONE),
	CFG_STR_LIST("line", NULL, CFGF_NONE),
	CFG_STR_LIST("order", NULL, CFGF_NONE),
	CFG_STR_LIST("thread", NULL, CFGF_NONE),
	CFG_STR_LIST("rating", NULL, CFGF_NONE),
	CFG_STR_LIST("link_url", NULL, CFGF_NONE),
	CFG_STR_LIST("link_type", NULL, CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t send_options[] = {
	CFG_STR("url", NULL, CFGF_NODEFAULT),
	CFG_STR("method", NULL, CFGF_NODEFAULT),
	CFG_STR("body", NULL, CFGF_NODEFAULT),
	CFG_STR("token_file", NULL, CFGF_NODEFAULT),
	CFG_INT("max_text", 0, CFGF_NODEFAULT),
	CFG_INT("timeout", 30, CFGF_NONE),
	CFG_STR_LIST("headers", NULL, CFGF_NONE),
	CFG_STR_LIST("success", NULL, CFGF_NONE),
	CFG_STR_LIST("id", NULL, CFGF_NONE),
	CFG_STR_LIST("code", NULL, CFGF_NONE),
	CFG_STR_LIST("words", NULL, CFGF_NONE),
	CFG_STR_LIST("retry", NULL, CFGF_NONE),
	CFG_STR_LIST("temporary", NULL, CFGF_NONE),
	CFG_STR_LIST("expired", NULL, CFGF_NONE),
	CFG_STR_LIST("blocked", NULL, CFGF_NONE),
	CFG_STR_LIST("closed", NULL, CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t check_options[] = {
	CFG_STR("url", NULL, CFGF_NODEFAULT),
	CFG_STR("method", NULL, CFGF_NODEFAULT),
	CFG_STR("token_file", NULL, CFGF_NODEFAULT),
	CFG_INT("status", 0, CFGF_NODEFAULT),
	CFG_STR_LIST("headers", NULL, CFGF_NONE),
	CFG_STR_LIST("success", NULL, CFGF_NONE),
	CFG_STR_LIST("code", NULL, CFGF_NONE),
	CFG_STR_LIST("words", NULL, CFGF_NONE),
	CFG_STR_LIST("temporary", NULL, CFGF_NONE),
	CFG_STR_LIST("expired", NULL, CFGF_NONE),
	CFG_END(),
};

static const cfg_flag_t named = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;

cfg_opt_t *
conf_source_grammar(void (*watch)(cfg_opt_t *))
{
	static cfg_opt_t source[] = {
		CFG_STR("form", "generic", CFGF_NONE),
		CFG_STR("secret_file", NULL, CFGF_NODEFAULT),
		CFG_STR("host", NULL, CFGF_NODEFAULT),
		CFG_STR("user", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("trust", NULL, CFGF_NONE),
		CFG_STR("contact", NULL, CFGF_NODEFAULT),
		CFG_SEC("sign", sign_options, CFGF_NODEFAULT),
		CFG_SEC("verify", verify_options, CFGF_NODEFAULT),
		CFG_SEC("event", event_options, named),
		CFG_SEC("send", send_options, named),
		CFG_SEC("check", check_options, CFGF_NODEFAULT),
		CFG_END(),
	};

	watch(sign_options);
	watch(verify_options);
	watch(event_options);
	watch(send_options);
	watch(check_options);
	watch(source);
	return (source);
}

/*
 * A block's members as they are written, names and all: what they may say is
 * provider_load()'s to judge.
 */
static json_t *
make_block(struct deskconf *d, cfg_t *sec, const cfg_opt_t *options)
{
	json_t *made = json_object(), *list;

	for (; options->name != NULL; options++) {
		if (strcmp(options->name, "window") == 0)
			conf_put_span(d, made, sec, "window");
		else if (options->type == CFGT_INT)
			conf_put_number(
			    d, made, sec, options->name, 1, 1000000);
		else if (!(options->flags & CFGF_LIST))
			conf_put_text(made, options->name,
			    conf_text(d, sec, options->name));
		else if (cfg_size(sec, options->name) > 0) {
			list = conf_list(d, sec, options->name, false,
			    conf_text_good, "it is no text on one line");
			json_object_set_new(made, options->name, list);
		}
	}
	return (made);
}

static json_t *
make_blocks(
    struct deskconf *d, cfg_t *sec, const char *kind, const cfg_opt_t *options)
{
	json_t *list = json_array(), *made;
	cfg_t  *block;
	size_t	i;

	for (i = 0; i < cfg_size(sec, kind); i++) {
		block = cfg_getnsec(sec, kind, (unsigned)i);
		made = make_block(d, block, options);
		if (!conf_name_good(cfg_title(block)))
			deskconf_fault(d, block, NULL,
			    "The %s's name must be of small letters, digits, "
			    "dots, - and _, at most %d.",
			    kind, CONF_NAME_MAX);
		conf_put_text(made, "name", cfg_title(block));
		json_array_append_new(list, made);
	}
	return (list);
}

static bool
is_set(cfg_t *sec, const char *member)
{
	const cfg_opt_t *o;

	for (o = sec->opts; o->name != NULL; o++)
		if (strcmp(o->name, member) == 0)
			return (cfg_size(sec, member) > 0);
	return (false);
}

/* What the daemon would say of it, said at the line where it stands. */
static void
try_provider(struct deskconf *d, cfg_t *sec, const json_t *made)
{
	struct provider_fault fault;
	struct arena	      a;
	cfg_t		     *at = sec;

	arena_init(&a, PROVIDER_ARENA);
	if (provider_load(&a, made, &fault) == NULL) {
		if (fault.place < cfg_size(sec, fault.part))
			at =
			    cfg_getnsec(sec, fault.part, (unsigned)fault.place);
		deskconf_fault(d, at,
		    is_set(at, fault.member) ? fault.member : NULL,
		    "%s of source \"%s\": %s", fault.member, cfg_title(sec),
		    fault.what);
	}
	arena_free(&a);
}

static json_t *
make_provider(struct deskconf *d, cfg_t *sec)
{
	json_t	   *made = json_object();
	const char *contact = conf_text(d, sec, "contact");
	size_t	    before = d->faults;

	conf_put_text(
	    made, "contact", contact != NULL ? contact : cfg_title(sec));
	if (cfg_size(sec, "sign") > 0)
		json_object_set_new(made, "sign",
		    make_block(d, cfg_getsec(sec, "sign"), sign_options));
	if (cfg_size(sec, "verify") > 0)
		json_object_set_new(made, "verify",
		    make_block(d, cfg_getsec(sec, "verify"), verify_options));
	json_object_set_new(
	    made, "events", make_blocks(d, sec, "event", event_options));
	json_object_set_new(
	    made, "sends", make_blocks(d, sec, "send", send_options));
	if (cfg_size(sec, "check") > 0)
		json_object_set_new(made, "check",
		    make_block(d, cfg_getsec(sec, "check"), check_options));
	if (d->faults == before)
		try_provider(d, sec, made);
	return (made);
}

static bool
address_good(const char *s)
{
	unsigned char bytes[16];

	return (inet_pton(AF_INET, s, bytes) == 1 ||
	    inet_pton(AF_INET6, s, bytes) == 1);
}

/* What only a source described in data has. */
static void
check_plain(struct deskconf *d, cfg_t *sec)
{
	static const char *const only[] = { "contact", "sign", "verify",
		"event", "send", "check" };
	size_t			 i;

	for (i = 0; i < nitems(only); i++)
		if (cfg_size(sec, only[i]) > 0)
			deskconf_fault(d, sec, only[i],
			    "%s belongs to a source of form \"data\".",
			    only[i]);
}

/* Where we go ourselves to hear of calls: Asterisk's manager interface. */
static void
put_exchange(struct deskconf *d, cfg_t *sec, json_t *made, bool ami)
{
	static const char *const options[] = { "host", "user", "secret_file" };
	size_t			 i;

	for (i = 0; i < nitems(options); i++)
		if (ami && cfg_size(sec, options[i]) == 0)
			deskconf_fault(d, sec, NULL,
			    "Source \"%s\" of form ami needs %s.",
			    cfg_title(sec), options[i]);
		else if (!ami && i < 2 && cfg_size(sec, options[i]) != 0)
			deskconf_fault(d, sec, options[i],
			    "%s belongs to form ami.", options[i]);
	if (ami && cfg_size(sec, "trust") != 0)
		deskconf_fault(d, sec, "trust",
		    "trust does not belong to form ami: nobody posts to it.");
	conf_put_text(made, "host", conf_text(d, sec, "host"));
	conf_put_text(made, "user", conf_text(d, sec, "user"));
}

json_t *
conf_source_make(struct deskconf *d, cfg_t *sec)
{
	static const char *const forms[] = { "generic", "freeswitch", "data",
		"ami" };
	json_t			*made = json_object();
	const char		*s, *form;
	bool			 data, ami;

	form = conf_word(d, sec, "form", forms, nitems(forms));
	data = form != NULL && strcmp(form, "data") == 0;
	ami = form != NULL && strcmp(form, "ami") == 0;
	conf_put_text(made, "form", form);
	put_exchange(d, sec, made, ami);
	s = conf_text(d, sec, "secret_file");
	if (s != NULL && (*s == '/' || strstr(s, "..") != NULL))
		deskconf_fault(d, sec, "secret_file",
		    "secret_file must be a file's name under state_dir.");
	conf_put_text(made, "secret_file", s);
	json_object_set_new(made, "trust",
	    conf_list(d, sec, "trust", true, address_good,
		"it is no IPv4 or IPv6 address"));
	if (!ami && s == NULL && cfg_size(sec, "trust") == 0)
		deskconf_fault(d, sec, NULL,
		    "Source \"%s\" needs a secret_file or a trust list: else "
		    "nobody could post to it.",
		    cfg_title(sec));
	if (data)
		json_object_set_new(made, "provider", make_provider(d, sec));
	else
		check_plain(d, sec);
	return (made);
}
