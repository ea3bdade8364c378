/*
 * The files built into the program; see files.h.
 */
#include <string.h>

#include "base/def.h"
#include "files.h"
#include "http.h"
#include "edge/status_page.h" /* made by scripts/embed */

#define FILE_ROW(path, type, name)                         \
	{                                                  \
		path, type, name##_etag, name, sizeof name \
	}

static const struct file files[] = {
	FILE_ROW("/", "text/html; charset=utf-8", status_html),
	FILE_ROW("/status.css", "text/css; charset=utf-8", status_css),
	FILE_ROW("/status.js", "text/javascript; charset=utf-8", status_js),
	FILE_ROW("/words.js", "text/javascript; charset=utf-8", words_js),
	FILE_ROW("/live.js", "text/javascript; charset=utf-8", live_js),
};

const struct file *
file_find(const char *path)
{
	size_t i;

	for (i = 0; i < nitems(files); i++)
		if (strcmp(files[i].path, path) == 0)
			return (&files[i]);
	return (NULL);
}

/*
 * The page loads and asks nothing but its own server's; nobody frames it.
 * "no-cache": kept by the browser, and asked about each time.
 */
static const char policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* RFC 9110 section 13.1.2: a list of tags, weakly compared, or "*". */
static bool
tag_known(const char *known, const char *etag)
{
	return (known != NULL &&
	    (strcmp(known, "*") == 0 || strstr(known, etag) != NULL));
}

static bool
files_wrong_method(struct http_server *s, const struct http_request *q)
{
	static const char *const allow[] = { "Allow: GET, HEAD", NULL };

	http_problem(s, q->id,
	    &(struct http_problem){ .status = 405,
		.code = "INVALID",
		.detail = "This can only be read.",
		.headers = allow });
	return (true);
}

bool
files_answer(struct http_server *s, const struct http_request *q)
{
	const struct file *f = file_find(q->path);
	char		   tag[64] = "ETag: ";
	const char *const  headers[] = { tag, "Cache-Control: no-cache", policy,
		 NULL };
	struct http_answer a = { .status = 304, .headers = headers };

	if (f == NULL)
		return (false);
	if (strcmp(q->method, "GET") != 0)
		return (files_wrong_method(s, q));
	strncat(tag, f->etag, sizeof tag - strlen(tag) - 1);
	if (!tag_known(http_header(q, "If-None-Match"), f->etag)) {
		a.status = 200;
		a.type = f->type;
		a.body = (const char *)f->bytes;
		a.n = f->n;
	}
	http_answer(s, q->id, &a);
	return (true);
}
