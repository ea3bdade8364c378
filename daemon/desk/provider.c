/*
 * What providers post, as events; see provider.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "contact.h"
#include "digest.h"
#include "event.h"
#include "jsonin.h"
#include "provider.h"
#include "when.h"

#define ID_PLAIN   300	  /* bytes of an id that is kept as it is */
#define NAME_MAX_B 200	  /* bytes of a person's name */
#define LINKS_MAX  20	  /* attachments of one message that are shown */
#define LINK_MAX   2000	  /* bytes of a link */
#define ITEM_ROOM  262144 /* of an event's arena besides copies of its item */

/* Reading ------------------------------------------------------------------- */

/* The four digits of \uXXXX at s, or -1. */
static int
escape_read(const char *s, const char *end)
{
	uint8_t b[2];

	if (end - s < 6 || s[0] != '\\' || s[1] != 'u' ||
	    hex_get(b, sizeof b, s + 2, 4) != 2)
		return (-1);
	return (b[0] << 8 | b[1]);
}

/*
 * In place: escapes of U+0000 and of halves of surrogate pairs become
 * \ufffd.  Only within strings can a backslash stand in JSON.
 */
static void
escapes_mend(char *s, size_t n)
{
	char *end = s + n;
	int   c, next;

	while (s < end) {
		if (*s != '\\') {
			s++;
			continue;
		}
		if ((c = escape_read(s, end)) == -1) {
			s += end - s >= 2 ? 2 : 1;
			continue;
		}
		next = escape_read(s + 6, end);
		if (c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 &&
		    next < 0xe000)
			s += 6; /* a pair: both are left */
		else if (c == 0 || (c >= 0xd800 && c < 0xe000))
			memcpy(s, "\\ufffd", 6);
		s += 6;
	}
}

/* A copy that may have U+0000 in it, and a NUL behind. */
static char *
bytes_copy(const char *bytes, size_t n)
{
	char *copy = xmalloc(n + 1);

	if (n != 0)
		memcpy(copy, bytes, n);
	copy[n] = '\0';
	return (copy);
}

json_t *
provider_parse(const char *bytes, size_t n, const char **wrong)
{
	char   *copy = bytes_copy(bytes, n);
	json_t *json;

	utf8_clean(copy, n);
	escapes_mend(copy, n);
	json = jsonin_object(copy, n, wrong);
	free(copy);
	return (json);
}

/* Proof --------------------------------------------------------------------- */

struct proving {
	const struct provider_post *post;
	const char		   *secret;
	struct arena		   *arena;
};

static bool
put_proof(void *arg, struct buf *b, const struct filling_part *part)
{
	const struct proving *p = arg;
	const struct spot     whole = { .path = { p->post->json }, .n = 1 };
	const char	     *s = NULL;
	const json_t	     *value;

	if (part->is == FILLING_POINTER) {
		if (p->post->json != NULL &&
		    (value = pointer_get(&part->at, &whole)) != NULL)
			s = pointer_text(p->arena, value);
	} else if (strcmp(part->text, "body") == 0) {
		buf_add(b, p->post->body, p->post->n);
		return (true);
	} else if (strcmp(part->text, "secret") == 0)
		s = p->secret;
	else
		s = p->post->header(
		    p->post->arg, part->text + strlen("header:"));
	if (s != NULL)
		buf_str(b, s);
	return (s != NULL);
}

static bool
filling_reads(const struct filling *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->parts[i].is == FILLING_POINTER)
			return (true);
	return (false);
}

bool
provider_sign_reads(const struct provider *p)
{
	return (p->signs &&
	    (filling_reads(&p->sign.base) || filling_reads(&p->sign.time)));
}

bool
provider_base(struct buf *b, const struct provider_sign *sign,
    const struct provider_post *post, const char *secret)
{
	struct arena   a;
	struct proving p = { post, secret, &a };
	bool	       good;

	arena_init(&a, 65536);
	good = filling_write(b, &sign->base, put_proof, &p);
	arena_free(&a);
	return (good);
}

/* Milliseconds (12 digits and more) or seconds of the epoch, or RFC 3339. */
static bool
time_read(char out[WHEN_MAX], const char *s)
{
	size_t	  n = strlen(s);
	long long v;

	if (when_valid(s, n)) {
		snprintf(out, WHEN_MAX, "%s", s);
		return (n < WHEN_MAX);
	}
	if (n == 0 || n > 15 || strspn(s, "0123456789") != n)
		return (false);
	v = strtoll(s, NULL, 10);
	when_epoch(out, n >= 12 ? v * 1000 : v * 1000000);
	return (true);
}

/* Seconds of the epoch of an RFC 3339 time or of an epoch's digits. */
static bool
time_seconds(const char *s, int64_t *out)
{
	size_t n = strlen(s);

	if (n == 0 || n > 15 || strspn(s, "0123456789") != n)
		return (false);
	*out = strtoll(s, NULL, 10);
	if (n >= 12)
		*out /= 1000;
	return (true);
}

const char *
provider_stale(const struct provider_sign *sign,
    const struct provider_post *post, int64_t now)
{
	struct arena   a;
	struct proving p = { post, NULL, &a };
	struct buf     b;
	int64_t	       at = 0;
	bool	       read;

	if (sign->time.n == 0)
		return (NULL);
	arena_init(&a, 65536);
	buf_init(&b, 64);
	read = filling_write(&b, &sign->time, put_proof, &p) && b.n > 0 &&
	    time_seconds(b.p, &at);
	buf_free(&b);
	arena_free(&a);
	if (!read)
		return ("The time of signing is missing, or no number.");
	if (at < now - sign->window)
		return ("The signature is too old.");
	return (at > now + sign->window ? "The signature is from the future."
					: NULL);
}

/* Items --------------------------------------------------------------------- */

struct reading {
	const struct provider	    *p;
	const struct provider_event *block;
	const char		    *source;
	const char		    *country;
	struct event		    *e;
	const struct spot	    *spot;
};

static const char *
get(struct reading *r, const struct provider_value *v)
{
	return (provider_value_text(&r->e->arena, v, r->spot));
}

/* On one line, at most max bytes; NULL stays NULL. */
static const char *
one_line(struct event *e, const char *s, size_t max)
{
	char  *copy;
	size_t i, n;

	if (s == NULL)
		return (NULL);
	n = utf8_cut(s, strlen(s), max);
	if ((copy = arena_dup(&e->arena, s, n)) == NULL)
		return (NULL);
	for (i = 0; i < n; i++)
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = ' ';
	return (copy);
}

/* "SOURCE:ID"; an id too long to be kept, or of several lines, by digest. */
static const char *
make_id(struct reading *r, const char *what, const char *id)
{
	char   hex[DIGEST_HEX];
	size_t i, n = strlen(id);

	for (i = 0; i < n && (unsigned char)id[i] >= 0x20; i++)
		continue;
	if (n > ID_PLAIN || i < n) {
		digest_hex(hex, id, n);
		return (arena_printf(
		    &r->e->arena, "%s%s:sha256:%s", what, r->source, hex));
	}
	return (arena_printf(&r->e->arena, "%s%s:%s", what, r->source, id));
}

/* Who wrote it: an address of the provider's own kind. */
static bool
read_sender(struct reading *r)
{
	const char *sender = get(r, &r->block->sender), *wrong;

	if (sender == NULL ||
	    contact_read(&r->e->arena, &r->e->contacts[0], r->p->contact,
		one_line(r->e, sender, CONTACT_ADDRESS_MAX + 1), r->country,
		&wrong) != CONTACT_OK)
		return (false);
	r->e->ncontacts = 1;
	r->e->name = one_line(r->e, get(r, &r->block->person), NAME_MAX_B);
	return (true);
}

/*
 * By what others find it, and what it belongs to: the message that it
 * answers, and the one line of talk with this customer (desk.line_of()).
 */
static bool
read_thread(struct reading *r, const char *id)
{
	struct event *e = r->e;
	const char   *line = get(r, &r->block->line);
	const char   *thread = get(r, &r->block->thread);

	if (line == NULL)
		line = arena_printf(&e->arena, "%s/%s",
		    e->nto > 0 ? e->to[0] : "", e->contacts[0].address);
	if (line == NULL || (line = make_id(r, "line:", line)) == NULL ||
	    (e->id = make_id(r, "", id)) == NULL)
		return (false);
	e->refs[e->nrefs++] = e->id;
	if (thread != NULL && (thread = make_id(r, "", thread)) != NULL)
		e->thread[e->nthread++] = thread;
	e->thread[e->nthread++] = line;
	return (true);
}

static void
read_to(struct reading *r)
{
	const char *to =
	    one_line(r->e, get(r, &r->block->to), CONTACT_ADDRESS_MAX);

	if (to != NULL)
		r->e->to[r->e->nto++] = to;
}

static void
read_at(struct reading *r)
{
	const char *at = get(r, &r->block->at);
	char	    when[WHEN_MAX];

	if (at != NULL && time_read(when, at))
		r->e->at = arena_str(&r->e->arena, when);
}

/* Attachments are links: [{"type","url"}], and lines below the text. */
static json_t *
read_links(struct reading *r, struct buf *text)
{
	const struct provider_event *block = r->block;
	struct spot		     spots[LINKS_MAX];
	json_t			    *links = json_array(), *link;
	const char		    *url, *type;
	size_t			     i, n = 0;

	if (block->linked)
		n = pointer_all(&block->links, r->spot, spots, LINKS_MAX);
	for (i = 0; i < n && i < LINKS_MAX; i++) {
		url = provider_value_text(&r->e->arena, &block->url, &spots[i]);
		type =
		    provider_value_text(&r->e->arena, &block->type, &spots[i]);
		url = one_line(r->e, url, LINK_MAX);
		type = one_line(r->e, type, 40);
		if (url == NULL && type == NULL)
			continue;
		link = json_object();
		if (type != NULL)
			json_object_set_new(link, "type", json_string(type));
		if (url != NULL)
			json_object_set_new(link, "url", json_string(url));
		json_array_append_new(links, link);
		if (text->n > 0)
			buf_char(text, '\n');
		buf_printf(text, "[%s]", type != NULL ? type : "attachment");
		if (url != NULL)
			buf_printf(text, " %s", url);
	}
	return (links);
}

/* The text, its links below it; what is too long is cut and says so. */
static bool
read_text(struct reading *r, json_t *meta)
{
	const char *s = get(r, &r->block->text);
	struct buf  b;
	json_t	   *links;
	size_t	    n = s != NULL ? strlen(s) : 0;
	bool	    good;

	buf_init(&b, EVENT_TEXT_MAX + LINKS_MAX * (LINK_MAX + 64));
	if (n > EVENT_TEXT_MAX - 4) {
		n = utf8_cut(s, n, EVENT_TEXT_MAX - 4);
		json_object_set_new(meta, "cut", json_true());
	}
	if (s != NULL)
		buf_add(&b, s, n);
	links = read_links(r, &b);
	if (json_array_size(links) > 0)
		json_object_set(meta, "links", links);
	json_decref(links);
	good = b.n == 0 ||
	    (r->e->text = arena_dup(&r->e->arena, b.p, b.n)) != NULL;
	buf_free(&b);
	return (good);
}

static void
put_rating(struct reading *r, json_t *facts)
{
	const char *s = get(r, &r->block->rating);
	char	   *end;
	double	    v;

	if (s == NULL)
		return;
	v = strtod(s, &end);
	if (*end == '\0' && v >= 0 && v <= r->block->rating_of)
		json_object_set_new(facts, "rating",
		    json_pack("{s:o,s:i}", "value",
			v == (int)v ? json_integer((int)v) : json_real(v), "of",
			r->block->rating_of));
}

/* What the desk acts on: where it is from, and what an answer goes to. */
static bool
read_facts(struct reading *r)
{
	json_t	   *facts = json_object();
	const char *reply = one_line(r->e, get(r, &r->block->reply), ID_PLAIN);

	json_object_set_new(facts, "source", json_string(r->source));
	json_object_set_new(facts, "of", json_string(r->block->answer));
	if (reply != NULL)
		json_object_set_new(facts, "reply_id", json_string(reply));
	put_rating(r, facts);
	r->e->facts = jsonin_dump(&r->e->arena, facts, EVENT_META_MAX);
	json_decref(facts);
	return (r->e->facts != NULL);
}

static bool
read_rest(struct reading *r)
{
	json_t *meta = json_object();
	bool	good;

	r->e->subject =
	    one_line(r->e, get(r, &r->block->subject), EVENT_SUBJECT_MAX - 1);
	r->e->order_no = one_line(r->e, get(r, &r->block->order), 64);
	good = read_text(r, meta);
	if (r->e->nto > 0)
		json_object_set_new(meta, "page", json_string(r->e->to[0]));
	if (good && json_object_size(meta) > 0) {
		r->e->meta = jsonin_dump(&r->e->arena, meta, EVENT_META_MAX);
		good = r->e->meta != NULL;
	}
	json_decref(meta);
	return (good && read_facts(r));
}

/* NULL, or why it cannot be read; in plain words, for agents. */
static const char *
read_item(struct reading *r)
{
	const char *id = get(r, &r->block->id);

	r->e->channel = "social";
	r->e->kind = r->block->kind;
	if (id == NULL)
		return ("The provider's message has no id.");
	if (!read_sender(r))
		return ("The provider's message does not say who wrote it.");
	read_to(r);
	read_at(r);
	if (!read_thread(r, id) || !read_rest(r))
		return ("The provider's message is too large.");
	return (NULL);
}

static struct event *
item_event(size_t n)
{
	struct event *e = xcalloc(1, sizeof *e);

	event_begin(e, 8 * n + ITEM_ROOM);
	return (e);
}

struct event *
provider_quarantine(
    const char *source, const char *why, const char *bytes, size_t n)
{
	struct event *e = item_event(0);

	digest_hex(e->raw, bytes, n);
	e->source = spill_of(bytes_copy(bytes, n), n);
	e->channel = "social";
	e->kind = "message";
	e->id = arena_printf(&e->arena, "%.64s:sha256:%s", source, e->raw);
	e->contacts[0].kind = "anonymous";
	e->contacts[0].address = e->id;
	e->ncontacts = 1;
	e->quarantine = why;
	e->subject = why;
	return (e);
}

static struct event *
item_make(struct reading *r)
{
	const json_t *value = r->spot->path[r->spot->n - 1];
	char	     *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	size_t	      n = text != NULL ? strlen(text) : 0;
	const char   *why;

	r->e = item_event(n);
	if ((why = read_item(r)) != NULL) {
		event_drop(r->e);
		free(r->e);
		r->e = provider_quarantine(
		    r->source, why, text != NULL ? text : "", n);
	}
	free(text);
	return (r->e);
}

/* Every item that some block is meant for. */
static bool
items_gather(struct provider_items *all, struct reading *r,
    const struct spot *whole, struct spot *spots)
{
	size_t b, i, n;

	for (b = 0; b < r->p->nevents; b++) {
		r->block = &r->p->events[b];
		n = pointer_all(&r->block->each, whole, spots, PROVIDER_ITEMS);
		for (i = 0; i < n; i++) {
			if (i == PROVIDER_ITEMS || all->n == PROVIDER_ITEMS)
				return (false);
			r->spot = &spots[i];
			if (provider_tests_hold(&r->block->when, r->spot))
				all->list[all->n++] = item_make(r);
		}
	}
	return (true);
}

bool
provider_items(struct provider_items *all, const struct provider *p,
    const char *source, const char *country, const struct provider_post *post)
{
	struct reading r = { .p = p, .source = source, .country = country };
	struct spot    whole = { .path = { post->json }, .n = 1 }, *spots;
	bool	       good;

	all->n = 0;
	if (post->json == NULL) {
		all->list[all->n++] = provider_quarantine(source,
		    "What the provider posted cannot be read.", post->body,
		    post->n);
		return (true);
	}
	spots = xcalloc(PROVIDER_ITEMS, sizeof *spots);
	good = items_gather(all, &r, &whole, spots);
	free(spots);
	if (!good)
		provider_items_drop(all);
	return (good);
}

void
provider_items_drop(struct provider_items *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (all->list[i] == NULL)
			continue;
		event_drop(all->list[i]);
		free(all->list[i]);
	}
	all->n = 0;
}
