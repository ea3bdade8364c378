/*
 * A provider's description, read from JSON: provider_load() of provider.h.
 * One row of a table is one member.
 */
#include <string.h>

#include "contact.h"
#include "jsonin.h"
#include "jsontemplate.h"
#include "provider.h"

#define WORD_MAX   64
#define TEXT_MAX   400
#define CHECK_S	   15	       /* a person waits for it */
#define WINDOW_MAX (7 * 86400) /* seconds */

struct loading {
	struct arena	      *arena;
	struct provider_fault *fault; /* where we are; what: NULL so far */
};

static const char *const no_names[] = { NULL };
static const char *const base_names[] = { "body", "secret", "header:", NULL };
static const char *const send_names[] = { "text", "to", "reply_id", "token",
	"id", NULL };
static const char *const check_names[] = { "token", NULL };
static const char *const url_names[] = { "to", "reply_id", "token", "id",
	NULL };

/* Notes the first fault; its texts are constant. */
static bool
load_wrong(struct loading *l, const char *member, const char *what)
{
	if (l->fault->what == NULL) {
		l->fault->member = member;
		l->fault->what = what;
	}
	return (false);
}

static const json_t *
load_member(const json_t *from, const char *name)
{
	const json_t *value = json_object_get(from, name);

	return (json_is_null(value) ? NULL : value);
}

/* A text on one line, or NULL when it is not there. */
static bool
load_text(
    struct loading *l, const json_t *from, const char *name, const char **out)
{
	const json_t *value = load_member(from, name);
	const char   *s = json_string_value(value);

	*out = NULL;
	if (value == NULL)
		return (true);
	if (s == NULL || *s == '\0' || strlen(s) > TEXT_MAX)
		return (load_wrong(l, name, "This must be a text."));
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (load_wrong(l, name, "A control character."));
	*out = arena_str(l->arena, json_string_value(value));
	return (*out != NULL || load_wrong(l, name, "This is too large."));
}

/* One of the words: its place; the first when it is not there. */
static bool
load_word(struct loading *l, const json_t *from, const char *name,
    const char *const *words, size_t n, size_t *at)
{
	const char *s;

	*at = 0;
	if (!load_text(l, from, name, &s))
		return (false);
	if (s == NULL)
		return (true);
	for (; *at < n; ++*at)
		if (strcmp(words[*at], s) == 0)
			return (true);
	return (load_wrong(l, name, "This word is none of those known."));
}

static bool
load_number(struct loading *l, const json_t *from, const char *name, long least,
    long most, long def, long *out)
{
	const json_t *value = load_member(from, name);

	*out = def;
	if (value == NULL)
		return (true);
	*out = (long)json_integer_value(value);
	if (!json_is_integer(value) || *out < least || *out > most)
		return (load_wrong(l, name, "This number does not fit."));
	return (true);
}

/* A file of state_dir: whoever may configure may not read the host. */
static bool
load_file(
    struct loading *l, const json_t *from, const char *name, const char **out)
{
	if (!load_text(l, from, name, out))
		return (false);
	if (*out != NULL && (**out == '/' || strstr(*out, "..") != NULL))
		return (load_wrong(
		    l, name, "This is no file's name under state_dir."));
	return (true);
}

/* Whether it was there is told by *there. */
static bool
load_pointer(struct loading *l, const json_t *from, const char *name,
    struct pointer *out, bool *there)
{
	const char *s, *wrong;

	*out = (struct pointer){ 0 };
	if (!load_text(l, from, name, &s))
		return (false);
	*there = s != NULL;
	if (s == NULL)
		return (true);
	wrong = pointer_make(out, l->arena, s, strlen(s));
	return (wrong == NULL || load_wrong(l, name, wrong));
}

static bool
load_filling(struct loading *l, const json_t *from, const char *name,
    const char *const *names, bool pointers, struct filling *out)
{
	const char *s, *wrong;

	*out = (struct filling){ 0 };
	if (!load_text(l, from, name, &s) || s == NULL)
		return (l->fault->what == NULL);
	wrong = filling_make(out, l->arena, s, names, pointers);
	return (wrong == NULL || load_wrong(l, name, wrong));
}

/* A member's texts, one or a list, each given to take(). */
static bool
load_each(struct loading *l, const json_t *from, const char *name, size_t most,
    bool (*take)(struct loading *, const char *, const char *, void *),
    void *out)
{
	const json_t *value = load_member(from, name), *part;
	size_t	      i, n = json_is_array(value) ? json_array_size(value) : 1;

	if (value == NULL)
		return (true);
	if (n > most)
		return (load_wrong(l, name, "There are too many."));
	for (i = 0; i < n; i++) {
		part = json_is_array(value) ? json_array_get(value, i) : value;
		if (!json_is_string(part) || json_string_length(part) == 0 ||
		    json_string_length(part) > TEXT_MAX)
			return (load_wrong(l, name, "This must be texts."));
		if (!take(l, name, json_string_value(part), out))
			return (false);
	}
	return (true);
}

static bool
take_way(struct loading *l, const char *name, const char *s, void *out)
{
	struct provider_value *v = out;
	const char	      *wrong;

	wrong = filling_make(&v->ways[v->n++], l->arena, s, no_names, true);
	return (wrong == NULL || load_wrong(l, name, wrong));
}

static bool
take_test(struct loading *l, const char *name, const char *s, void *out)
{
	struct provider_tests *t = out;
	struct provider_test  *one = &t->list[t->n++];
	const char	      *wrong;
	size_t		       n;

	one->negated = *s == '!';
	s += one->negated;
	n = strcspn(s, "=");
	if (s[n] == '=' && s[n + 1] == '=') {
		one->same = true;
		wrong = pointer_make(
		    &one->other, l->arena, s + n + 2, strlen(s + n + 2));
		if (wrong != NULL)
			return (load_wrong(l, name, wrong));
	} else if (s[n] == '=' &&
	    (one->among = arena_str(l->arena, s + n + 1)) == NULL)
		return (load_wrong(l, name, "This is too large."));
	wrong = pointer_make(&one->at, l->arena, s, n);
	return (wrong == NULL || load_wrong(l, name, wrong));
}

static bool
take_code(struct loading *l, const char *name, const char *s, void *out)
{
	struct provider_codes *c = out;

	c->list[c->n] = arena_str(l->arena, s);
	return (c->list[c->n++] != NULL ||
	    load_wrong(l, name, "This is too large."));
}

static bool
take_header(struct loading *l, const char *name, const char *s, void *out)
{
	struct provider_send *send = out;
	const char	     *wrong, *colon = strchr(s, ':');

	if (colon == NULL || colon == s ||
	    strcspn(s, " \t\r\n{") < (size_t)(colon - s))
		return (load_wrong(l, name, "A header is \"Name: value\"."));
	wrong = filling_make(
	    &send->headers[send->nheaders++], l->arena, s, url_names, false);
	return (wrong == NULL || load_wrong(l, name, wrong));
}

static bool
load_value(struct loading *l, const json_t *from, const char *name,
    struct provider_value *out)
{
	return (load_each(l, from, name, PROVIDER_CHOICE, take_way, out));
}

/* Signing and asking -------------------------------------------------------- */

static bool
load_sign(struct loading *l, const json_t *from, struct provider_sign *s)
{
	static const char *const algorithms[] = { [PROVIDER_HMAC_SHA256] =
						      "hmac-sha256",
		[PROVIDER_HMAC_SHA1] = "hmac-sha1",
		[PROVIDER_SHA256] = "sha256",
		[PROVIDER_TOKEN] = "token" };
	static const char *const encodings[] = { "hex", "base64" };
	size_t			 algorithm, encoding;
	const char		*wrong;
	long			 window;

	l->fault->part = "sign";
	if (!load_text(l, from, "header", &s->header) ||
	    !load_word(l, from, "algorithm", algorithms, nitems(algorithms),
		&algorithm) ||
	    !load_word(
		l, from, "encoding", encodings, nitems(encodings), &encoding) ||
	    !load_text(l, from, "prefix", &s->prefix) ||
	    !load_filling(l, from, "base", base_names, true, &s->base) ||
	    !load_filling(l, from, "time", base_names, true, &s->time) ||
	    !load_number(l, from, "window", 1, WINDOW_MAX, 300, &window))
		return (false);
	s->algorithm = (enum provider_algorithm)algorithm;
	s->base64 = encoding == 1;
	s->window = window;
	if (s->prefix == NULL)
		s->prefix = "";
	if (s->header == NULL)
		return (load_wrong(l, "header", "This must be given."));
	if (s->base.n > 0)
		return (true);
	wrong = filling_make(&s->base, l->arena, "{body}", base_names, true);
	if (s->algorithm == PROVIDER_SHA256)
		wrong = "A plain digest needs a base with {secret}.";
	return (wrong == NULL || load_wrong(l, "base", wrong));
}

static bool
load_verify(struct loading *l, const json_t *from, struct provider_verify *v)
{
	l->fault->part = "verify";
	if (!load_text(l, from, "challenge", &v->challenge) ||
	    !load_text(l, from, "token", &v->token) ||
	    !load_file(l, from, "token_file", &v->token_file) ||
	    !load_pointer(l, from, "posted", &v->posted, &v->posts))
		return (false);
	/* Else whoever asks would be told that he is right. */
	if (v->challenge != NULL && (v->token == NULL || v->token_file == NULL))
		return (load_wrong(
		    l, "challenge", "This needs token and token_file."));
	return (v->challenge != NULL || v->posts ||
	    load_wrong(l, "challenge", "This or posted must be given."));
}

/* Events -------------------------------------------------------------------- */

static bool
load_event(struct loading *l, const json_t *from, struct provider_event *e)
{
	const struct {
		const char	      *name;
		struct provider_value *out;
	} values[] = {
		{ "id", &e->id },
		{ "sender", &e->sender },
		{ "person", &e->person },
		{ "to", &e->to },
		{ "text", &e->text },
		{ "subject", &e->subject },
		{ "at", &e->at },
		{ "reply", &e->reply },
		{ "line", &e->line },
		{ "order", &e->order },
		{ "thread", &e->thread },
		{ "rating", &e->rating },
		{ "link_url", &e->url },
		{ "link_type", &e->type },
	};
	static const char *const kinds[] = { "message", "feedback" };
	size_t			 i, kind;
	long			 of;
	bool			 there;

	l->fault->part = "event";
	if (!load_text(l, from, "name", &e->name) ||
	    !load_pointer(l, from, "each", &e->each, &there) ||
	    !load_each(l, from, "when", PROVIDER_CHOICE, take_test, &e->when) ||
	    !load_word(l, from, "kind", kinds, nitems(kinds), &kind) ||
	    !load_text(l, from, "answer", &e->answer) ||
	    !load_pointer(l, from, "links", &e->links, &e->linked) ||
	    !load_number(l, from, "rating_of", 1, 100, 5, &of))
		return (false);
	e->kind = kinds[kind];
	e->rating_of = (int)of;
	for (i = 0; i < nitems(values); i++)
		if (!load_value(l, from, values[i].name, values[i].out))
			return (false);
	if (e->name == NULL || strlen(e->name) > WORD_MAX)
		return (load_wrong(l, "name", "This must be given."));
	if (e->answer == NULL)
		e->answer = e->name;
	if (e->each.up != 0)
		return (load_wrong(l, "each", "This begins with /."));
	if (e->id.n == 0)
		return (load_wrong(l, "id", "This must be given."));
	return (
	    e->sender.n > 0 || load_wrong(l, "sender", "This must be given."));
}

/* Sending ------------------------------------------------------------------- */

/* A body is JSON or, when it begins as neither object nor list, a form. */
static bool
load_body(struct loading *l, struct provider_send *s)
{
	struct filling form;
	const char    *wrong;

	if (s->body == NULL)
		return (load_wrong(l, "body", "This must be given."));
	s->form = *s->body != '{' && *s->body != '[';
	wrong = s->form
	    ? filling_make(&form, l->arena, s->body, send_names, false)
	    : jsontemplate_wrong(s->body, send_names);
	return (wrong == NULL || load_wrong(l, "body", wrong));
}

static bool
load_codes(struct loading *l, const json_t *from, struct provider_send *s)
{
	const struct {
		const char	      *name;
		struct provider_codes *out;
	} codes[] = {
		{ "temporary", &s->temporary },
		{ "expired", &s->expired },
		{ "blocked", &s->blocked },
		{ "closed", &s->closed },
	};
	size_t i;

	for (i = 0; i < nitems(codes); i++)
		if (!load_each(l, from, codes[i].name, PROVIDER_CODES,
			take_code, codes[i].out))
			return (false);
	return (true);
}

/* Where it goes is the configuration's word alone. */
static bool
load_where(struct loading *l, const struct provider_send *s)
{
	if (s->url.n == 0 || s->url.parts[0].is != FILLING_TEXT ||
	    (strncmp(s->url.parts[0].text, "https://", 8) != 0 &&
		strncmp(s->url.parts[0].text, "http://", 7) != 0) ||
	    (s->url.n > 1 &&
		strchr(strstr(s->url.parts[0].text, "//") + 2, '/') == NULL))
		return (load_wrong(l, "url",
		    "This must be http:// or https:// with a host of its own."));
	return (true);
}

static bool
load_send(struct loading *l, const json_t *from, struct provider_send *s)
{
	static const char *const methods[] = { "POST", "PUT" };
	size_t			 method;
	long			 max_text, timeout;

	l->fault->part = "send";
	if (!load_text(l, from, "name", &s->name) ||
	    !load_filling(l, from, "url", url_names, false, &s->url) ||
	    !load_word(l, from, "method", methods, nitems(methods), &method) ||
	    !load_each(l, from, "headers", PROVIDER_CHOICE, take_header, s) ||
	    !load_text(l, from, "body", &s->body) || !load_body(l, s) ||
	    !load_file(l, from, "token_file", &s->token_file) ||
	    !load_each(
		l, from, "success", PROVIDER_CHOICE, take_test, &s->success) ||
	    !load_value(l, from, "id", &s->id) ||
	    !load_value(l, from, "code", &s->code) ||
	    !load_value(l, from, "words", &s->words) ||
	    !load_value(l, from, "retry", &s->retry) ||
	    !load_codes(l, from, s) ||
	    !load_number(l, from, "max_text", 1, 65536, 0, &max_text) ||
	    !load_number(l, from, "timeout", 1, 300, 30, &timeout))
		return (false);
	s->method = methods[method];
	s->max_text = (int)max_text;
	s->timeout = (int)timeout;
	if (s->name == NULL || strlen(s->name) > WORD_MAX)
		return (load_wrong(l, "name", "This must be given."));
	return (load_where(l, s));
}

/* Asks without a body whether our token is known. */
static bool
load_check(struct loading *l, const json_t *from, struct provider_send *s)
{
	static const char *const methods[] = { "GET", "POST" };
	size_t			 method;
	long			 status;

	l->fault->part = "check";
	if (!load_filling(l, from, "url", check_names, false, &s->url) ||
	    !load_word(l, from, "method", methods, nitems(methods), &method) ||
	    !load_each(l, from, "headers", PROVIDER_CHOICE, take_header, s) ||
	    !load_file(l, from, "token_file", &s->token_file) ||
	    !load_number(l, from, "status", 100, 599, 0, &status) ||
	    !load_each(
		l, from, "success", PROVIDER_CHOICE, take_test, &s->success) ||
	    !load_value(l, from, "code", &s->code) ||
	    !load_value(l, from, "words", &s->words) || !load_codes(l, from, s))
		return (false);
	s->name = "check";
	s->timeout = CHECK_S;
	s->method = methods[method];
	s->status = (int)status;
	return (load_where(l, s));
}

/* The whole ----------------------------------------------------------------- */

static bool
load_blocks(struct loading *l, const json_t *body, struct provider *p)
{
	const json_t *list = load_member(body, "events"), *part;
	size_t	      i;

	l->fault->part = "event";
	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > PROVIDER_BLOCKS)
		return (
		    load_wrong(l, "name", "1 to 8 event blocks are wanted."));
	json_array_foreach (list, i, part) {
		l->fault->place = i;
		if (!load_event(l, part, &p->events[p->nevents++]))
			return (false);
	}
	list = load_member(body, "sends");
	l->fault->part = "send";
	if (json_array_size(list) > PROVIDER_BLOCKS)
		return (load_wrong(l, "name", "There are too many."));
	json_array_foreach (list, i, part) {
		l->fault->place = i;
		if (!load_send(l, part, &p->sends[p->nsends++]))
			return (false);
	}
	return (true);
}

struct provider *
provider_load(struct arena *a, const json_t *body, struct provider_fault *fault)
{
	struct loading	 l = { a, fault };
	struct provider *p = arena_get(a, sizeof *p);
	const json_t	*part;

	*fault = (struct provider_fault){ .part = "", .member = "" };
	if (p == NULL || !json_is_object(body)) {
		load_wrong(&l, "provider", "This must be an object.");
		return (NULL);
	}
	if (!load_text(&l, body, "contact", &p->contact))
		return (NULL);
	if (p->contact == NULL || !contact_kind_valid(p->contact)) {
		load_wrong(&l, "contact", "This must be a kind of address.");
		return (NULL);
	}
	if ((part = load_member(body, "sign")) != NULL) {
		p->signs = true;
		if (!load_sign(&l, part, &p->sign))
			return (NULL);
	}
	if ((part = load_member(body, "verify")) != NULL) {
		p->verifies = true;
		if (!load_verify(&l, part, &p->verify))
			return (NULL);
	}
	if ((part = load_member(body, "check")) != NULL) {
		p->checks = true;
		if (!load_check(&l, part, &p->check))
			return (NULL);
	}
	return (load_blocks(&l, body, p) ? p : NULL);
}
