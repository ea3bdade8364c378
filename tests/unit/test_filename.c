/*
 * Names of files in Content-Disposition (RFC 6266, 8187), and media types.
 */
#include "unit.h"
#include "proto/filename.h"

static void
test_read(void **state)
{
	static const char *const good[][2] = {
		{ "attachment; filename=a.txt", "a.txt" },
		{ "attachment; filename=\"a b.txt\"", "a b.txt" },
		{ "attachment; filename=\"a\\\"b.txt\"", "a\"b.txt" },
		{ "attachment; FileName*=utf-8'vi'%C4%91%C6%A1n.pdf; x=1",
		    "đơn.pdf" },
		{ "attachment; filename=a; filename*=UTF-8''b", "b" },
		{ "attachment; filename=a; filename*=ISO-8859-1''b", "a" },
		{ "attachment; filename=a; filename*=UTF-8''%zz", "a" },
		{ "attachment; filename=../../etc/passwd", "passwd" },
		{ "attachment; filename=\"C:\\\\x\\\\y.doc\"", "y.doc" },
		{ "attachment; filename*=UTF-8''%E2%80%AEfdp.exe", "fdp.exe" },
		{ "attachment; filename=\"...\"", "file" },
		{ "attachment; filename=.htaccess", "htaccess" },
	};
	static const char *const none[] = { "", "attachment",
		"attachment; filename", "attachment; name=x",
		"attachment; filename=\xff", "filename=x" };
	char			 name[FILENAME_MAX_BYTES + 1];
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(good); i++) {
		if (!filename_read(name, good[i][0]))
			fail_msg("no name: %s", good[i][0]);
		assert_string_equal(name, good[i][1]);
	}
	for (i = 0; i < nitems(none); i++)
		assert_false(filename_read(name, none[i]));
}

static void
test_write(void **state)
{
	struct buf b = { 0 };
	char	   name[FILENAME_MAX_BYTES + 1], text[1001];

	(void)state;
	filename_write(&b, "attachment", "đơn \"1\"\r\n%.pdf");
	assert_string_equal(b.p,
	    "attachment; filename=\"__n _1____.pdf\"; "
	    "filename*=UTF-8''%C4%91%C6%A1n%20%221%22%0D%0A%25.pdf");
	buf_free(&b);
	/* Cut between characters. */
	memset(text, 'x', sizeof text);
	memcpy(text + 254, "đ", 2);
	filename_clean(name, text, 1000);
	assert_int_equal(strlen(name), 254);
}

static void
test_types(void **state)
{
	char type[101];

	(void)state;
	media_type_read(type, "Image/PNG; x=y");
	assert_string_equal(type, "image/png");
	media_type_read(type, NULL);
	assert_string_equal(type, "application/octet-stream");
	media_type_read(type, "a/b/c");
	assert_string_equal(type, "application/octet-stream");
	media_type_read(type, "text/\r\nx");
	assert_string_equal(type, "application/octet-stream");
	assert_string_equal(media_type_served("image/png"), "image/png");
	assert_string_equal(
	    media_type_served("text/html"), "application/octet-stream");
	assert_string_equal(
	    media_type_served("image/svg+xml"), "application/octet-stream");
}

static void
test_shown(void **state)
{
	static const struct {
		const char *type, *bytes;
		size_t	    n;
	} yes[] = {
		{ "image/png", "\x89PNG\r\n\x1a\n...", 11 },
		{ "image/jpeg", "\xff\xd8\xff\xe0", 4 },
		{ "image/gif", "GIF89a", 6 },
		{ "image/gif", "GIF87a", 6 },
		{ "image/webp", "RIFF\0\0\0\0WEBPVP8", 15 },
	}, no[] = {
		{ "image/png", "", 0 },
		{ "image/png", "\x89PNG\r\n\x1a", 7 },
		{ "image/png", "GIF89a", 6 },
		{ "image/gif", "GIF88a", 6 },
		{ "image/jpeg", "<script>", 8 },
		{ "image/webp", "RIFF\0\0\0\0WAVEfmt", 15 },
		{ "image/webp", "RIFF\0\0\0\0WEB", 11 },
		{ "image/svg+xml", "\x89PNG\r\n\x1a\n", 8 },
		{ "text/html", "GIF89a<script>", 14 },
		{ "image/bmp", "BM", 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(yes); i++)
		if (!media_type_shown(yes[i].type, yes[i].bytes, yes[i].n))
			fail_msg("%s %zu", yes[i].type, i);
	for (i = 0; i < nitems(no); i++)
		if (media_type_shown(no[i].type, no[i].bytes, no[i].n))
			fail_msg("%s %zu", no[i].type, i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_shown),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
