/*
 * The widget's configuration; see widget.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/mem.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "statefile.h"
#include "settings.h"
#include "widget.h"

#define GONE_S 60

struct widget {
	struct daemon *d;
	json_t	      *conf;	 /* the block, or an empty object */
	json_t	      *displays; /* login → name */
	char	      *queue;
};

struct widget *
widget_open(struct daemon *d)
{
	struct widget *w = xcalloc(1, sizeof *w);

	w->d = d;
	w->conf = json_object();
	w->displays = json_object();
	w->queue = xstrdup("");
	return (w);
}

void
widget_configure(struct widget *w, const char *config, size_t n)
{
	json_t	   *j = json_loadb(config, n, 0, NULL), *a;
	const char *queue;
	size_t	    i;

	json_decref(w->conf);
	w->conf = json_incref(json_object_get(j, "widget"));
	if (w->conf == NULL)
		w->conf = json_object();
	json_object_clear(w->displays);
	json_array_foreach (json_object_get(j, "agents"), i, a)
		json_object_set(w->displays,
		    json_string_value(json_object_get(a, "name")),
		    json_object_get(a, "display"));
	queue = json_string_value(json_object_get(w->conf, "queue"));
	if (queue == NULL)
		queue = json_string_value(json_object_get(j, "default_queue"));
	free(w->queue);
	w->queue = xstrdup(queue != NULL ? queue : "");
	json_decref(j);
}

int64_t
widget_gone_ms(const struct widget *w)
{
	int64_t s = json_integer_value(json_object_get(w->conf, "gone"));

	return ((s > 0 ? s : GONE_S) * 1000);
}

const char *
widget_queue(const struct widget *w)
{
	return (w->queue);
}

bool
widget_needs_identity(const struct widget *w)
{
	return (json_is_true(json_object_get(w->conf, "require_identity")));
}

const char *
widget_display(const struct widget *w, const char *login)
{
	const char *s = json_string_value(json_object_get(w->displays, login));

	return (s != NULL ? s : "");
}

static bool
signed_by(const char *secret, size_t nsecret, const void *p, size_t n,
    const uint8_t *signature)
{
	uint8_t made[SHA256_LEN];

	return (hmac_sha256(made, secret, nsecret, p, n) &&
	    same_bytes(made, signature, sizeof made));
}

static void
put_line(struct buf *b, const char *s)
{
	buf_char(b, '\n');
	buf_str(b, s != NULL ? s : "");
}

/* A line feed inside would let one text stand for another. */
static bool
lined(const char *s)
{
	return (s != NULL && strchr(s, '\n') != NULL);
}

enum widget_how
widget_check(const struct widget *w, const struct widget_claim *c)
{
	const char *file =
	    json_string_value(json_object_get(w->conf, "secret_file"));
	enum widget_how how = WIDGET_WRONG;
	uint8_t		signature[SHA256_LEN];
	char		secret[256];
	struct buf	all;
	size_t		n;

	if (lined(c->user) || lined(c->name) || lined(c->email) ||
	    lined(c->phone))
		return (WIDGET_WRONG);
	if (file == NULL || c->signature == NULL || c->user == NULL ||
	    hex_get(signature, sizeof signature, c->signature,
		strlen(c->signature)) != SHA256_LEN ||
	    (n = statefile_read(w->d, file, secret, sizeof secret)) == 0)
		return (WIDGET_WRONG);
	buf_init(&all, 0);
	buf_str(&all, c->user);
	if (signed_by(secret, n, all.p, all.n, signature))
		how = WIDGET_USER;
	put_line(&all, c->name);
	put_line(&all, c->email);
	put_line(&all, c->phone);
	if (signed_by(secret, n, all.p, all.n, signature))
		how = WIDGET_ALL;
	buf_free(&all);
	return (how);
}

void
widget_close(struct widget *w)
{
	json_decref(w->conf);
	json_decref(w->displays);
	free(w->queue);
	free(w);
}
