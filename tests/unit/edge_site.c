/*
 * The web client's files: a directory made for each test, and what a client
 * hears of it.
 */
#include "web.h"
#include "base/spill.h"
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

static char dir[200];

static void
put(const char *name, const char *text)
{
	char  path[400], *slash;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	for (slash = path + strlen(dir) + 1;
	     (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	assert_non_null(f = fopen(path, "w"));
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int
forget(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st, (void)what, (void)at;
	return (remove(path));
}

static int
make_dir(void **state)
{
	const char *at = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/deskd-unit-XXXXXX",
	    at != NULL && *at != '\0' ? at : "/var/tmp");
	assert_non_null(mkdtemp(dir));
	start(0);
	return (0);
}

static int
drop_dir(void **state)
{
	tear_down(state);
	if (site != NULL)
		site_close(site);
	site = NULL;
	return (nftw(dir, forget, 8, FTW_DEPTH | FTW_PHYS));
}

static char head[4000];

/* Asks, with more header lines; the status.  The body is in said. */
static int
get_with(const char *path, const char *more)
{
	char text[1000], *end;

	dial(&one);
	snprintf(text, sizeof text, "GET %s" H "%s\r\n", path, more);
	send_text(&one, text);
	UNTIL(heard(&one, "\r\n\r\n"));
	end = strstr(one.got, "\r\n\r\n");
	snprintf(head, sizeof head, "%.*s", (int)(end - one.got) + 2, one.got);
	/* 304 and the likes have no body. */
	if (strstr(head, "Content-Length") == NULL) {
		hang_up(&one);
		return (atoi(one.got + 9));
	}
	*said = '\0';
	hang_up((reply(&one), &one));
	return (atoi(head + 9));
}

static int
get(const char *path)
{
	return (get_with(path, ""));
}

/* The value of a header line of the last answer. */
static const char *
value(const char *name)
{
	static char out[1000];
	char	    line[100], *at;

	snprintf(line, sizeof line, "\r\n%s: ", name);
	if ((at = strcasestr(head, line)) == NULL)
		return ("");
	at += strlen(line);
	snprintf(out, sizeof out, "%.*s", (int)strcspn(at, "\r"), at);
	return (out);
}

static void
some_files(void)
{
	put("index.html", "<!doctype html>the client");
	put("assets/a-1.js", "let a_longer_one = 1;");
	put("assets/a-1.js.br", "br");
	put("assets/a-1.js.gz", "gzip");
	put("assets/b-2.css", "b{}");
	put("assets/b-2.css.br", "longer than b");
	put("widget.js", "widget");
	put("frame/mail.html", "frame");
	put("frame/mail-images.html", "pictures");
	put("shop/index.html", "shop");
}

/* ---- */

static void
test_paths(void **state)
{
	static const char *const nowhere[] = { "/index.htm", "/assets",
		"/assets/", "/assets/a-1.js.br", "/assets/a-1.js/",
		"/assets/none.js", "/dx", "/D/", "/shop", "/shop/",
		"/shop/index.html", "//", "//index.html", "/./index.html",
		"/%69ndex.html", "/d%2f", "/assets/../index.html",
		"/%2e%2e/etc/passwd" };
	size_t			 i;

	(void)state;
	some_files();
	site = site_open(dir, false);
	assert_int_equal(site_files(site), 7);
	assert_int_equal(get("/"), 200);
	assert_string_equal(said, "<!doctype html>the client");
	assert_string_equal(value("Content-Type"), "text/html; charset=utf-8");
	assert_string_equal(value("Cache-Control"), "no-cache");
	assert_int_equal(get("/d/cases/5?x"), 200);
	assert_string_equal(said, "<!doctype html>the client");
	assert_int_equal(get("/d/../../etc/passwd"), 200);
	assert_string_equal(said, "<!doctype html>the client");
	assert_int_equal(get("/assets/b-2.css"), 200);
	assert_string_equal(said, "b{}");
	assert_string_equal(value("Content-Type"), "text/css; charset=utf-8");
	assert_string_equal(
	    value("Cache-Control"), "public, max-age=31536000, immutable");
	/* What is not the site's is asked of the next. */
	for (i = 0; i < nitems(nowhere); i++) {
		get(nowhere[i]);
		if (strncmp(said, "GET ", 4) != 0)
			fail_msg("%s: %s", nowhere[i], said);
	}
}

static void
test_shop(void **state)
{
	(void)state;
	some_files();
	site = site_open(dir, true);
	assert_int_equal(get("/shop/"), 200);
	assert_string_equal(said, "shop");
	assert_non_null(
	    strstr(value("Content-Security-Policy"), "style-src 'self'; "));
	assert_int_equal(get("/shop"), 308);
	assert_string_equal(value("Location"), "/shop/");
}

static void
test_forms(void **state)
{
	char tag[100];

	(void)state;
	some_files();
	site = site_open(dir, false);
	assert_int_equal(get("/assets/a-1.js"), 200);
	assert_string_equal(value("Content-Encoding"), "");
	assert_string_equal(value("Vary"), "Accept-Encoding");
	snprintf(tag, sizeof tag, "%s", value("ETag"));
	get_with("/assets/a-1.js", "Accept-Encoding: gzip\r\n");
	assert_string_equal(said, "gzip");
	assert_string_equal(value("Content-Encoding"), "gzip");
	assert_string_not_equal(value("ETag"), tag);
	get_with("/assets/a-1.js",
	    "Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n");
	assert_string_equal(said, "br");
	assert_string_equal(
	    value("Content-Type"), "text/javascript; charset=utf-8");
	/* A form that saves nothing is not sent. */
	get_with("/assets/b-2.css", "Accept-Encoding: br\r\n");
	assert_string_equal(said, "b{}");
}

static void
test_not_modified(void **state)
{
	char tag[100], line[200];

	(void)state;
	some_files();
	site = site_open(dir, false);
	assert_int_equal(get("/"), 200);
	snprintf(tag, sizeof tag, "%s", value("ETag"));
	assert_int_equal(strlen(tag), 26);
	snprintf(line, sizeof line, "If-None-Match: \"x\", W/%s\r\n", tag);
	assert_int_equal(get_with("/d/board", line), 304);
	assert_string_equal(value("ETag"), tag);
	assert_string_equal(value("Cache-Control"), "no-cache");
	assert_string_not_equal(value("Content-Security-Policy"), "");
	assert_int_equal(get_with("/", "If-None-Match: \"another\"\r\n"), 200);
	/* The same bytes have the same tag in the next process. */
	site_close(site);
	site = site_open(dir, false);
	assert_int_equal(get_with("/", line), 304);
	put("index.html", "<!doctype html>The client");
	site_close(site);
	site = site_open(dir, false);
	assert_int_equal(get_with("/", line), 200);
}

/* An upgrade writes over what is served: one release, whole, under its tag. */
static void
test_replaced_under_us(void **state)
{
	static char text[300001];
	char	    tag[100], path[400];

	(void)state;
	some_files();
	memset(text, 'a', sizeof text - 1);
	put("assets/large.js", text);
	site = site_open(dir, false);
	dial(&one);
	send_text(&one, "GET /assets/large.js" H "\r\n");
	UNTIL(heard(&one, "ETag: "));
	memset(text, 'b', sizeof text - 1);
	put("assets/large.js", text);
	put("index.html", "another");
	UNTIL((hear(&one), one.n > 300000));
	assert_null(strchr(strstr(one.got, "\r\n\r\n"), 'b'));
	hang_up(&one);
	assert_int_equal(get("/"), 200);
	assert_string_equal(said, "<!doctype html>the client");
	snprintf(tag, sizeof tag, "%s", value("ETag"));
	/* Nor does a file that was cut end us. */
	snprintf(path, sizeof path, "%s/assets/large.js", dir);
	assert_int_equal(truncate(path, 0), 0);
	dial(&one);
	send_text(&one, "GET /assets/large.js" H "Connection: close\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_int_equal(strspn(strstr(one.got, "\r\n\r\n") + 4, "a"), 300000);
	hang_up(&one);
}

static void
test_methods(void **state)
{
	(void)state;
	some_files();
	site = site_open(dir, false);
	dial(&one);
	send_text(&one, "POST /d/x" H "Content-Length: 1\r\n\r\nx");
	assert_int_equal(reply(&one), 405);
	send_text(&one, "OPTIONS /widget.js" H "\r\n");
	assert_int_equal(reply(&one), 405);
	send_text(&one, "HEAD /assets/a-1.js" H "Connection: close\r\n\r\n");
	UNTIL(heard_end(&one));
	assert_non_null(strstr(one.got, "Content-Length: 21\r\n"));
	assert_string_equal(one.got + one.n - 4, "\r\n\r\n");
	hang_up(&one);
}

static void
test_headers(void **state)
{
	(void)state;
	some_files();
	site = site_open(dir, false);
	get("/d/me");
	assert_non_null(strstr(value("Content-Security-Policy"),
	    "default-src 'none'; script-src 'self'; style-src 'self';"));
	assert_non_null(
	    strstr(value("Content-Security-Policy"), "frame-ancestors 'none'"));
	assert_null(strstr(value("Content-Security-Policy"), "unsafe"));
	assert_string_equal(value("Cross-Origin-Opener-Policy"), "same-origin");
	assert_string_equal(value("X-Content-Type-Options"), "nosniff");
	get("/frame/mail.html");
	assert_null(strstr(value("Content-Security-Policy"), "http:"));
	assert_null(strstr(value("Content-Security-Policy"), "script"));
	assert_non_null(strstr(value("Content-Security-Policy"), "sandbox"));
	assert_non_null(
	    strstr(value("Content-Security-Policy"), "frame-ancestors 'self'"));
	get("/frame/mail-images.html");
	assert_non_null(strstr(value("Content-Security-Policy"),
	    "img-src 'self' data: blob: https: http:;"));
	get("/widget.js");
	assert_string_equal(
	    value("Cross-Origin-Resource-Policy"), "cross-origin");
	assert_string_equal(value("Access-Control-Allow-Origin"), "*");
}

/* Links, hidden files, odd names, fifos and endless files stay where they are. */
static void
test_only_what_is_meant(void **state)
{
	char path[400];

	(void)state;
	some_files();
	put(".secret.html", "secret");
	put(".git/config.txt", "secret");
	put("assets/key.pem", "secret");
	put("assets/a b.js", "blank");
	put("assets/x.map", "map");
	put("a/b/c/d/e/f/deep.txt", "deep");
	put("a/b/c/d/e/f/g/deeper.txt", "deeper");
	snprintf(path, sizeof path, "%s/passwd.txt", dir);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof path, "%s/etc", dir);
	assert_int_equal(symlink("/etc", path), 0);
	snprintf(path, sizeof path, "%s/fifo.txt", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	put("huge.txt", "");
	snprintf(path, sizeof path, "%s/huge.txt", dir);
	assert_int_equal(truncate(path, 9 * 1024 * 1024), 0);
	site = site_open(dir, false);
	/* Those of the others, and the deepest that is read. */
	assert_int_equal(site_files(site), 7 + 1);
	assert_int_equal(get("/a/b/c/d/e/f/deep.txt"), 200);
	assert_int_equal(get("/"), 200);
}

static void
test_absent(void **state)
{
	static const char *const dirs[] = { "/nonexistent/deskd", dir };
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(dirs); i++) {
		site = site_open(dirs[i], true);
		assert_int_equal(site_files(site), 0);
		assert_int_equal(get("/"), 404);
		assert_non_null(strstr(said, "chưa được cài đặt"));
		assert_non_null(strstr(said, "not installed"));
		assert_int_equal(get("/d/cases/1"), 404);
		get("/shop/");
		assert_memory_equal(said, "GET ", 4);
		site_close(site);
	}
	site = NULL;
}

int
main(void)
{
#define SITE(t) cmocka_unit_test_setup_teardown(t, make_dir, drop_dir)
	const struct CMUnitTest tests[] = {
		SITE(test_paths),
		SITE(test_shop),
		SITE(test_forms),
		SITE(test_not_modified),
		SITE(test_replaced_under_us),
		SITE(test_methods),
		SITE(test_headers),
		SITE(test_only_what_is_meant),
		SITE(test_absent),
	};
	int failed;

	base = event_base_new();
	if (!spill_open(NULL))
		return (1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	event_base_free(base);
	return (failed);
}
