/*
 * Answers with the web client's files; see site.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "http.h"
#include "site.h"
#include "sitedir.h"

struct site {
	struct sitedir dir;
	bool	       shop;
};

/* ---- what a kind of file is sent with */

#define FOREVER "Cache-Control: public, max-age=31536000, immutable"
#define ASK_ME	"Cache-Control: no-cache"
#define ALONE	"Cross-Origin-Opener-Policy: same-origin"
#define POWERLESS                                             \
	"Permissions-Policy: camera=(), display-capture=(), " \
	"geolocation=(), microphone=(), payment=(), usb=()"
/* Strangers' HTML: nothing runs, also when somebody opens it by itself. */
#define FRAMED(images)                                                    \
	"Content-Security-Policy: default-src 'none'; "                   \
	"style-src 'self' 'unsafe-inline'; img-src " images "; "          \
	"font-src 'none'; form-action 'none'; base-uri 'none'; "          \
	"frame-ancestors 'self'; sandbox allow-same-origin allow-popups " \
	"allow-popups-to-escape-sandbox"

static const char *const of_client[] = {
	"Content-Security-Policy: default-src 'none'; script-src 'self'; "
	"style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
	"media-src 'self'; manifest-src 'self'; connect-src 'self'; "
	"frame-src 'self'; form-action 'self'; base-uri 'none'; "
	"frame-ancestors 'none'",
	ASK_ME, ALONE, POWERLESS, NULL
};
static const char *const of_asset[] = { FOREVER, NULL };
static const char *const of_frame[] = { FRAMED("'self' data: blob:"), ASK_ME,
	POWERLESS, NULL };
/* Remote pictures, which the agent asked for. */
static const char *const of_pictures[] = {
	FRAMED("'self' data: blob: https: http:"), ASK_ME, POWERLESS, NULL
};
static const char *const of_widget[] = { ASK_ME,
	"Access-Control-Allow-Origin: *",
	"Cross-Origin-Resource-Policy: cross-origin", NULL };
/* As a careful shop has it: the widget must do with that. */
static const char *const of_shop[] = {
	"Content-Security-Policy: default-src 'none'; script-src 'self'; "
	"style-src 'self'; img-src 'self'; connect-src 'self'; "
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	ASK_ME, POWERLESS, NULL
};

/* The first that the path begins with. */
static const struct {
	const char	  *path;
	const char *const *headers;
} kinds[] = {
	{ "/assets/", of_asset },
	{ "/frame/mail-images.html", of_pictures },
	{ "/frame/", of_frame },
	{ "/widget.js", of_widget },
	{ "/shop/", of_shop },
	{ "/", of_client },
};

static bool
begins(const char *s, const char *with)
{
	return (strncmp(s, with, strlen(with)) == 0);
}

static const char *const *
headers_of(const char *path)
{
	size_t i = 0;

	while (!begins(path, kinds[i].path))
		i++;
	return (kinds[i].headers);
}

/* ---- answers */

static void
site_wrong_method(struct http_server *s, const struct http_request *q)
{
	static const char *const allow[] = { "Allow: GET, HEAD", NULL };

	http_problem(s, q->id,
	    &(struct http_problem){ .status = 405,
		.code = "INVALID",
		.detail = "This can only be read.",
		.headers = allow });
}

static enum coding
coding_wanted(const struct http_request *q, const struct site_file *f)
{
	unsigned    there = 0;
	enum coding i;

	for (i = 0; i < CODINGS; i++)
		if (f->form[i].tag[0] != '\0')
			there |= BIT(i);
	return (http_coding(q, there));
}

static void
site_send(struct site *site, struct http_server *s,
    const struct http_request *q, const struct site_file *f)
{
	static const char *const by_coding[CODINGS] = {
		[CODING_BR] = "Content-Encoding: br",
		[CODING_GZIP] = "Content-Encoding: gzip",
	};
	const enum coding	coding = coding_wanted(q, f);
	const struct site_form *form = &f->form[coding];
	const char	       *known = http_header(q, "If-None-Match");
	const char *const      *more = headers_of(f->path);
	char			tag[sizeof form->tag + 8];
	const char	       *headers[12];
	struct http_answer	a = { .status = 304, .headers = headers };
	size_t			n = 0;

	/* What was sent before need not stay in memory. */
	spill_pass(&site->dir.bytes, site->dir.bytes.n);
	snprintf(tag, sizeof tag, "ETag: %s", form->tag);
	headers[n++] = tag;
	headers[n++] = "Vary: Accept-Encoding";
	while (*more != NULL)
		headers[n++] = *more++;
	if (known != NULL && etag_listed(known, form->tag)) {
		headers[n] = NULL;
		http_answer(s, q->id, &a);
		return;
	}
	if (by_coding[coding] != NULL)
		headers[n++] = by_coding[coding];
	headers[n] = NULL;
	a.status = 200;
	a.type = f->type;
	a.n = form->n;
	a.body = a.n != 0 ? (const char *)site->dir.bytes.p + form->at : "";
	http_answer_lasting(s, q->id, &a);
}

/* In both languages: whose desk it is, is not known here. */
static void
site_absent(struct http_server *s, const struct http_request *q)
{
	static const char page[] =
	    "<!doctype html>\n<html lang=\"vi\">\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>deskd</title>\n"
	    "<p>Máy chủ deskd đang chạy, nhưng giao diện web chưa được "
	    "cài đặt (xem web_dir trong deskd.conf).</p>\n"
	    "<p lang=\"en\">deskd is running, but its web client is not "
	    "installed (see web_dir in deskd.conf).</p>\n</html>\n";

	http_answer(s, q->id,
	    &(struct http_answer){ .status = 404,
		.type = "text/html; charset=utf-8",
		.body = page,
		.n = sizeof page - 1 });
}

static void
site_to_shop(struct http_server *s, const struct http_request *q)
{
	static const char *const headers[] = { "Location: /shop/", NULL };

	http_answer(s, q->id,
	    &(struct http_answer){ .status = 308, .headers = headers });
}

/* ---- paths */

static const struct site_file *
site_find(const struct site *site, const char *path)
{
	if (strcmp(path, "/shop/") == 0)
		path = "/shop/index.html";
	if (begins(path, "/shop/") && !site->shop)
		return (NULL);
	return (sitedir_find(&site->dir, path));
}

bool
site_answer(
    struct site *site, struct http_server *s, const struct http_request *q)
{
	const bool client = strcmp(q->path, "/") == 0 ||
	    strcmp(q->path, "/d") == 0 || begins(q->path, "/d/");
	const bool to_shop =
	    strcmp(q->path, "/shop") == 0 && site_find(site, "/shop/") != NULL;
	const struct site_file *f =
	    site_find(site, client ? "/index.html" : q->path);

	if (f == NULL && !client && !to_shop)
		return (false);
	if (strcmp(q->method, "GET") != 0)
		site_wrong_method(s, q);
	else if (to_shop)
		site_to_shop(s, q);
	else if (f == NULL)
		site_absent(s, q);
	else
		site_send(site, s, q, f);
	return (true);
}

struct site *
site_open(const char *dir, bool shop)
{
	struct site *site = xcalloc(1, sizeof *site);

	site->shop = shop;
	sitedir_read(&site->dir, dir);
	if (sitedir_find(&site->dir, "/index.html") == NULL)
		log_warn("no web client at /: %s has no index.html", dir);
	return (site);
}

void
site_close(struct site *site)
{
	sitedir_free(&site->dir);
	free(site);
}

size_t
site_files(const struct site *site)
{
	return (site->dir.n);
}
