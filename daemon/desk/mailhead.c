/*
 * A mail's headers; see mailhead.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "contact.h"
#include "mailhead.h"
#include "mailtext.h"
#include "token.h"

#define ID_MAX	      500   /* bytes of a Message-ID; longer ones are none */
#define NAME_MAX_     200   /* bytes of a sender's name */
#define ADDRESSES_MAX 10240 /* looked at for tokens, in all */

struct head {
	struct mail_head      *h;
	struct event	      *e;
	const struct mail_env *env;
	const char *const     *raw;    /* the fields' first ones */
	const unsigned	      *count;  /* … and how many there are */
	size_t		       looked; /* at addresses, for a token */
};

static char *
keep(struct head *hd, const char *s, size_t n)
{
	char *p = arena_dup(&hd->e->arena, s, n);

	if (p == NULL)
		hd->h->full = true;
	else
		utf8_clean(p, n);
	return (p);
}

/* A mailbox of an address list, groups opened. */
typedef bool each_address(struct head *, InternetAddressMailbox *, void *);

/* The scan has bounded how deep groups go (mailscan.h). */
static bool
list_each(
    struct head *hd, InternetAddressList *list, each_address *fn, void *arg)
{
	InternetAddress *ia;
	int		 i, n = internet_address_list_length(list);

	for (i = 0; i < n; i++) {
		ia = internet_address_list_get_address(list, i);
		if (INTERNET_ADDRESS_IS_GROUP(ia)) {
			if (!list_each(hd,
				internet_address_group_get_members(
				    INTERNET_ADDRESS_GROUP(ia)),
				fn, arg))
				return (false);
		} else if (!fn(hd, INTERNET_ADDRESS_MAILBOX(ia), arg))
			return (false);
	}
	return (true);
}

/* Calls fn for each mailbox of a field until it returns false. */
static void
field_each(struct head *hd, const char *raw, each_address *fn, void *arg)
{
	InternetAddressList *list;

	if (raw == NULL ||
	    (list = internet_address_list_parse(NULL, raw)) == NULL)
		return;
	list_each(hd, list, fn, arg);
	g_object_unref(list);
}

/* An address in the form in which it is compared, or NULL. */
static const char *
normal(struct head *hd, const char *address)
{
	if (address == NULL || !utf8_valid(address, strlen(address)))
		return (NULL);
	return (contact_email(&hd->e->arena, address));
}

static bool
contact_set(struct event *e, const char *address, const char *original)
{
	if (address == NULL)
		return (false);
	e->contacts[0] = (struct contact){
		.kind = "email",
		.address = address,
	};
	if (strcmp(address, original) != 0)
		e->contacts[0].original = arena_str(&e->arena, original);
	e->ncontacts = 1;
	return (true);
}

bool
mail_head_sender(struct event *e, const struct mail_env *env)
{
	if (env->sender == NULL || env->sender[0] == '\0' ||
	    !utf8_valid(env->sender, strlen(env->sender)))
		return (false);
	return (
	    contact_set(e, contact_email(&e->arena, env->sender), env->sender));
}

/* Whether there are encoded words or bytes beyond ASCII. */
static bool
is_plain(const char *p, const char *end)
{
	for (; p < end; p++)
		if ((unsigned char)*p >= 0x80 || (p[0] == '=' && p[1] == '?'))
			return (false);
	return (true);
}

/*
 * The words before "<address>", decoded by us rather than by GMime, which
 * does not know all the charsets of mailtext.h.
 */
static void
name_set(struct head *hd, InternetAddress *ia)
{
	const char *raw = hd->raw[F_FROM], *angle, *p;
	struct buf  phrase, name;

	buf_init(&phrase, 4096);
	buf_init(&name, NAME_MAX_);
	if ((angle = strchr(raw, '<')) != NULL && !is_plain(raw, angle)) {
		for (p = raw; p < angle; p++)
			if (*p != '"' && *p != '\\')
				buf_char(&phrase, *p);
		hd->h->odd |= mailtext_header(&name, phrase.p);
	} else if ((p = internet_address_get_name(ia)) != NULL)
		hd->h->odd |= mailtext_header(&name, p);
	if (name.n != 0)
		hd->e->name = keep(hd, name.p, name.n);
	buf_free(&phrase);
	buf_free(&name);
}

/* "boss@shop.example" <thief@elsewhere>: the name lies. */
static bool
lies(const char *name, const char *address)
{
	const char *at = name != NULL ? strchr(name, '@') : NULL;

	return (at != NULL && at > name && g_ascii_isalnum(at[1]) &&
	    strcasestr(name, address) == NULL);
}

static bool
see_author(struct head *hd, InternetAddressMailbox *mb, void *arg)
{
	const char *addr = internet_address_mailbox_get_addr(mb);
	const char *address;

	(void)arg;
	hd->h->from_count++;
	if (hd->e->ncontacts != 0 || (address = normal(hd, addr)) == NULL)
		return (true);
	contact_set(hd->e, address, addr);
	name_set(hd, INTERNET_ADDRESS(mb));
	hd->h->address_in_name = lies(hd->e->name, address);
	return (true);
}

/* Adds an address to one of the event's lists, unless it is there or NULL. */
static void
list_add(const char **list, size_t *n, size_t max, const char *address)
{
	size_t i;

	if (address == NULL || *n == max)
		return;
	for (i = 0; i < *n; i++)
		if (strcmp(list[i], address) == 0)
			return;
	list[(*n)++] = address;
}

/* Keeps what an address of ours names; false: it names nothing. */
static bool
token_keep(struct event *e, const char *address, const struct mail_env *env)
{
	int64_t ticket = token_check(address, env->key, env->keylen);
	int64_t sent =
	    ticket != 0 ? 0 : token_sent_check(address, env->key, env->keylen);

	if (e->token == 0)
		e->token = ticket;
	if (e->sent == 0)
		e->sent = sent;
	return (ticket != 0 || sent != 0);
}

/* An address without our token, which is kept: rules compare the address. */
static const char *
token_off(struct event *e, const char *address, const struct mail_env *env)
{
	const char *at, *plus;

	if (address == NULL || !token_keep(e, address, env))
		return (address);
	at = strrchr(address, '@');
	plus = memrchr(address, '+', (size_t)(at - address));
	return (arena_printf(
	    &e->arena, "%.*s%s", (int)(plus - address), address, at));
}

/* Whom it was sent to. */
static void
to_add(struct event *e, const char *address, const struct mail_env *env)
{
	list_add(e->to, &e->nto, EVENT_CONTACTS, token_off(e, address, env));
}

void
mail_head_rcpts(struct event *e, const struct mail_env *env)
{
	size_t i;

	for (i = 0; i < env->nrcpts; i++)
		if (utf8_valid(env->rcpts[i], strlen(env->rcpts[i])))
			to_add(e, contact_email(&e->arena, env->rcpts[i]), env);
}

/* What is done with the recipients that a header names. */
struct recipients {
	bool file; /* there was no envelope: they are whom it was sent to */
	struct mail_named *named; /* To and Cc, by which people take part */
};

/* A recipient that a header names: maybe with a token. */
static bool
see_recipient(struct head *hd, InternetAddressMailbox *mb, void *arg)
{
	const char		*addr = internet_address_mailbox_get_addr(mb);
	const struct recipients *r = arg;
	struct event		*e = hd->e;
	const char		*plain;

	if (r->named != NULL && r->named->n == nitems(r->named->at))
		r->named->more = true;
	if (++hd->looked > ADDRESSES_MAX)
		return (false);
	if (addr == NULL)
		return (true);
	token_keep(e, addr, hd->env);
	if ((!r->file || e->nto == EVENT_CONTACTS) &&
	    (r->named == NULL ||
		(e->nothers == EVENT_OTHERS && r->named->more)))
		return (true);
	plain = token_off(e, normal(hd, addr), hd->env);
	if (r->file)
		list_add(e->to, &e->nto, EVENT_CONTACTS, plain);
	if (r->named != NULL) {
		list_add(e->others, &e->nothers, EVENT_OTHERS, plain);
		list_add(
		    r->named->at, &r->named->n, nitems(r->named->at), plain);
	}
	return (true);
}

static void
read_recipients(struct head *hd)
{
	struct recipients r = { 0 };

	mail_head_rcpts(hd->e, hd->env);
	r.file = hd->e->nto == 0;
	field_each(hd, hd->raw[F_DELIVERED_TO], see_recipient, &r);
	field_each(hd, hd->raw[F_ORIGINAL_TO], see_recipient, &r);
	r.named = &hd->h->to;
	field_each(hd, hd->raw[F_TO], see_recipient, &r);
	r.named = &hd->h->cc;
	field_each(hd, hd->raw[F_CC], see_recipient, &r);
}

static bool
see_reply_to(struct head *hd, InternetAddressMailbox *mb, void *arg)
{
	(void)arg;
	hd->h->reply_to = normal(hd, internet_address_mailbox_get_addr(mb));
	return (hd->h->reply_to == NULL);
}

/*
 * "=?utf-8?B?…?=" and nothing else: some senders encode the address with the
 * name, which RFC 2047 section 5 forbids.
 */
static void
read_encoded_author(struct head *hd)
{
	struct buf b;

	buf_init(&b, 4096);
	hd->h->odd |= mailtext_header(&b, hd->raw[F_FROM]);
	if (b.n != 0)
		field_each(hd, b.p, see_author, NULL);
	buf_free(&b);
}

static void
read_authors(struct head *hd)
{
	field_each(hd, hd->raw[F_FROM], see_author, NULL);
	if (hd->e->ncontacts == 0 && hd->raw[F_FROM] != NULL &&
	    strstr(hd->raw[F_FROM], "=?") != NULL)
		read_encoded_author(hd);
	field_each(hd, hd->raw[F_REPLY_TO], see_reply_to, NULL);
	hd->h->several_from_fields = hd->count[F_FROM] > 1;
	if (hd->count[F_FROM] > 1 && hd->h->from_count < hd->count[F_FROM])
		hd->h->from_count = hd->count[F_FROM];
}

static void
read_subject(struct head *hd)
{
	struct buf b;

	hd->h->several_subjects = hd->count[F_SUBJECT] > 1;
	if (hd->raw[F_SUBJECT] == NULL)
		return;
	buf_init(&b, EVENT_SUBJECT_MAX);
	hd->h->odd |= mailtext_header(&b, hd->raw[F_SUBJECT]);
	if (b.n != 0)
		hd->e->subject = keep(hd, b.p, b.n);
	buf_free(&b);
}

/*
 * The next "<id>" of a field, from *p on; NULL when there is no more.  Ids
 * have no blanks (folding apart), no controls and fit ID_MAX.
 */
static const char *
id_next(struct head *hd, const char **p)
{
	const char *from, *c;

	while ((from = strchr(*p, '<')) != NULL) {
		for (c = ++from; (unsigned char)*c > ' ' && *c != 0x7f &&
		     *c != '<' && *c != '>';
		     c++)
			continue;
		/* On from here, also when it broke off: "<broken <good@id>" */
		*p = c;
		if (*c == '>' && c > from && c - from <= ID_MAX &&
		    utf8_valid(from, (size_t)(c - from)))
			return (keep(hd, from, (size_t)(c - from)));
	}
	return (NULL);
}

static void
thread_add(struct event *e, const char *id)
{
	size_t i;

	for (i = 0; i < e->nthread; i++)
		if (strcmp(e->thread[i], id) == 0)
			return;
	if (e->nthread < EVENT_REFS)
		e->thread[e->nthread++] = id;
}

static void
read_ids(struct head *hd)
{
	const char *ids[EVENT_REFS], *p, *id;
	size_t	    n = 0, i;

	hd->h->several_ids = hd->count[F_MESSAGE_ID] > 1;
	if ((p = hd->raw[F_MESSAGE_ID]) != NULL)
		hd->h->message_id = id_next(hd, &p);
	if (hd->h->message_id != NULL)
		hd->e->refs[hd->e->nrefs++] = hd->h->message_id;

	if ((p = hd->raw[F_IN_REPLY_TO]) != NULL)
		while (hd->e->nthread < EVENT_REFS &&
		    (id = id_next(hd, &p)) != NULL)
			thread_add(hd->e, id);
	/* The last are the newest: keep a ring of them. */
	if ((p = hd->raw[F_REFERENCES]) != NULL)
		while ((id = id_next(hd, &p)) != NULL)
			ids[n++ % EVENT_REFS] = id;
	for (i = 0; i < n && i < EVENT_REFS; i++)
		thread_add(hd->e, ids[(n - 1 - i) % EVENT_REFS]);
}

static void
read_date(struct head *hd, GMimeMessage *m)
{
	GDateTime *date = g_mime_message_get_date(m);
	char	  *s;

	if (date == NULL ||
	    (s = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z")) == NULL)
		return;
	if (strlen(s) < sizeof hd->h->date)
		memcpy(hd->h->date, s, strlen(s) + 1);
	g_free(s);
}

void
mail_head_read(struct mail_head *h, struct event *e, GMimeMessage *m,
    const struct mail_env *env)
{
	struct head hd = { .h = h,
		.e = e,
		.env = env,
		.raw = h->fields.raw,
		.count = h->fields.count };

	*h = (struct mail_head){ 0 };
	mail_fields_find(&h->fields, m);
	read_authors(&hd);
	read_recipients(&hd);
	read_subject(&hd);
	read_ids(&hd);
	read_date(&hd, m);
	mail_auth_read(&h->auth, m, env->authserv, env->added);
	mail_robot_read(&h->robot, e, &h->fields, env);
	e->auth = h->auth.verdict;
	e->automatic = h->robot.any;
}
