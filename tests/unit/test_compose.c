/*
 * Mails of ours, read again by GMime: every text comes out as it went in and
 * stands nowhere else.
 */
#include <gmime/gmime.h>
#include <strings.h>

#include "unit.h"
#include "base/def.h"
#include "composed.h"
#include "desk/compose.h"
#include "desk/mail.h"
#include "desk/texthtml.h"

#define VIET "Đơn hàng của chị đã gửi đi rồi ạ, chị chờ thêm một hai hôm nhé"

static struct buf	out;
static GMimeMessage    *message;
static struct composing w;

static const struct compose simple = {
	.from = "sales@shop.example",
	.from_name = "An Nguyễn · Shop Example",
	.reply_to = "sales+t42.abcdefghij0123456789@shop.example",
	.to = "lan@customer.example",
	.to_name = "Lan",
	.subject = "Giá áo thun",
	.answers = true,
	.at = 1795248000,
	.message_id = "t42.00112233445566778899aabbccddeeff@shop.example",
	.text = "Dạ chào chị,\n\n" VIET ".\nhttps://shop.example/a?b=1&c=2.\n",
};

static void
end(void)
{
	if (message != NULL)
		g_object_unref(message);
	message = NULL;
	buf_free(&out);
}

/* Parses what stands in out, which must be in good form. */
static void
read_again(void)
{
	GMimeStream *s;
	GMimeParser *p;
	const char  *wrong = composed_wrong(&out);

	if (wrong != NULL)
		fail_msg("%s:\n%s", wrong, out.p);
	s = g_mime_stream_mem_new_with_buffer(out.p, out.n);
	p = g_mime_parser_new_with_stream(s);
	message = g_mime_parser_construct_message(p, NULL);
	g_object_unref(p);
	g_object_unref(s);
	assert_non_null(message);
}

static void
compose_it(const struct compose *c)
{
	const char *wrong;

	end();
	buf_init(&out, 0);
	assert_true(compose_begin(&w, &out, c, &wrong));
	compose_end(&w, &out);
	read_again();
}

static const char *
header(const char *name)
{
	return (g_mime_object_get_header((GMimeObject *)message, name));
}

static const char *
mailbox_name(GMimeAddressType type)
{
	InternetAddress *a = internet_address_list_get_address(
	    g_mime_message_get_addresses(message, type), 0);

	return (internet_address_get_name(a));
}

static const char *
mailbox_address(GMimeAddressType type, int i)
{
	InternetAddress *a = internet_address_list_get_address(
	    g_mime_message_get_addresses(message, type), i);

	return (internet_address_mailbox_get_addr((InternetAddressMailbox *)a));
}

/* The n-th leaf, depth first. */
static GMimePart *
leaf(GMimeObject *o, int *n)
{
	GMimePart *found;
	int	   i;

	if (GMIME_IS_PART(o))
		return ((*n)-- == 0 ? (GMimePart *)o : NULL);
	for (i = 0; i < g_mime_multipart_get_count((GMimeMultipart *)o); i++)
		if ((found = leaf(
			 g_mime_multipart_get_part((GMimeMultipart *)o, i),
			 n)) != NULL)
			return (found);
	return (NULL);
}

/* Its bytes, decoded; to be freed. */
static char *
content(int n, size_t *len, GMimePart **part)
{
	GMimeStream *mem = g_mime_stream_mem_new();
	GByteArray  *bytes;
	char	    *s;

	*part = leaf(g_mime_message_get_mime_part(message), &n);
	assert_non_null(*part);
	g_mime_data_wrapper_write_to_stream(
	    g_mime_part_get_content(*part), mem);
	bytes = g_mime_stream_mem_get_byte_array((GMimeStreamMem *)mem);
	*len = bytes->len;
	s = calloc(1, bytes->len + 1);
	if (bytes->len != 0)
		memcpy(s, bytes->data, bytes->len);
	g_object_unref(mem);
	return (s);
}

/* A text part with CRLF as LF. */
static char *
text(int n)
{
	GMimePart *part;
	size_t	   len, i, at = 0;
	char	  *s = content(n, &len, &part);

	for (i = 0; i <= len; i++)
		if (s[i] != '\r' || s[i + 1] != '\n')
			s[at++] = s[i];
	return (s);
}

static void
test_simple(void **state)
{
	char *s;

	(void)state;
	compose_it(&simple);
	assert_string_equal(
	    g_mime_message_get_subject(message), "Re: Giá áo thun");
	assert_string_equal(
	    mailbox_name(GMIME_ADDRESS_TYPE_FROM), simple.from_name);
	assert_string_equal(
	    mailbox_address(GMIME_ADDRESS_TYPE_FROM, 0), simple.from);
	assert_string_equal(
	    mailbox_address(GMIME_ADDRESS_TYPE_REPLY_TO, 0), simple.reply_to);
	assert_string_equal(mailbox_name(GMIME_ADDRESS_TYPE_TO), "Lan");
	assert_string_equal(
	    mailbox_address(GMIME_ADDRESS_TYPE_TO, 0), simple.to);
	assert_string_equal(
	    g_mime_message_get_message_id(message), simple.message_id);
	assert_string_equal(header("Date"), "Sat, 21 Nov 2026 08:00:00 +0000");
	assert_null(header("Auto-Submitted"));
	assert_null(header("In-Reply-To"));
	s = text(0);
	assert_string_equal(s, simple.text);
	free(s);
	s = text(1);
	assert_non_null(strstr(s,
	    "<p>Dạ chào chị,</p>\n<p>" VIET ".<br>\n"
	    "<a href=\"https://shop.example/a?b=1&amp;c=2\">"
	    "https://shop.example/a?b=1&amp;c=2</a>.</p>\n"));
	free(s);
}

static void
test_subjects(void **state)
{
	static const struct {
		const char *given, *shown;
		bool	    answers;
	} rows[] = {
		{ "Giá", "Re: Giá", true },
		{ "RE: Giá", "RE: Giá", true },
		{ "Trả lời: Giá", "Trả lời: Giá", true },
		{ "Giá", "Giá", false },
		{ "", "Re:", true },
		{ NULL, "Re:", true },
		{ "plain words", "plain words", false },
		{ "=?UTF-8?B?eA==?=", "=?UTF-8?B?eA==?=", false },
		{ "a\r\nBcc: x@y\n\tz", "a Bcc: x@y z", false },
		{ "a\x01\x7f b", "a b", false },
		{ VIET VIET VIET, VIET VIET VIET, false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  " b",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aa b",
		    false },
		{ "one two three four five six seven eight nine ten eleven "
		  "twelve thirteen fourteen fifteen sixteen seventeen",
		    "one two three four five six seven eight nine ten eleven "
		    "twelve thirteen fourteen fifteen sixteen seventeen",
		    false },
	};
	struct compose c = simple;
	size_t	       i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		c.subject = rows[i].given;
		c.answers = rows[i].answers;
		compose_it(&c);
		assert_string_equal(
		    g_mime_message_get_subject(message), rows[i].shown);
		assert_null(header("Bcc"));
	}
}

static void
test_names(void **state)
{
	static const char *const rows[][2] = {
		{ "Lan", "Lan" },
		{ "Lan \"the\" \\ Lan", "Lan \"the\" \\ Lan" },
		{ "Lan <x@evil.example>,", "Lan <x@evil.example>," },
		{ "Nguyễn Thị Lan", "Nguyễn Thị Lan" },
		{ "Lan\r\nBcc: x@evil.example", "Lan Bcc: x@evil.example" },
		{ VIET VIET, VIET VIET },
		{ "bad \xff\xfe bytes", "bad ?? bytes" },
	};
	struct compose c = simple;
	size_t	       i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		c.to_name = c.from_name = rows[i][0];
		compose_it(&c);
		assert_string_equal(
		    mailbox_name(GMIME_ADDRESS_TYPE_TO), rows[i][1]);
		assert_string_equal(
		    mailbox_address(GMIME_ADDRESS_TYPE_TO, 0), c.to);
		assert_string_equal(
		    mailbox_address(GMIME_ADDRESS_TYPE_FROM, 0), c.from);
		assert_int_equal(
		    internet_address_list_length(g_mime_message_get_addresses(
			message, GMIME_ADDRESS_TYPE_TO)),
		    1);
		assert_null(header("Bcc"));
	}
}

static void
test_addresses(void **state)
{
	static const char *const bad[] = { "", "lan", "@x", "lan@", "a b@c.d",
		"a@b\r\nBcc: x@y", "a@b>", "<a@b", "a@b,c@d", "\"a\"@b",
		"lan@đ.example" };
	static const char *const cc[] = { "a@b.example", "c@d.example" };
	struct compose		 c = simple;
	const char		*wrong;
	size_t			 i;

	(void)state;
	for (i = 0; i < nitems(bad); i++) {
		struct compose b = simple;

		end();
		buf_init(&out, 0);
		b.to = bad[i];
		assert_false(compose_begin(&w, &out, &b, &wrong));
		assert_non_null(wrong);
		b = simple;
		b.from = bad[i];
		assert_false(compose_begin(&w, &out, &b, &wrong));
		b = simple;
		b.cc = &bad[i];
		b.ncc = 1;
		assert_false(compose_begin(&w, &out, &b, &wrong));
		assert_int_equal(out.n, 0);
	}
	c.cc = cc;
	c.ncc = 2;
	compose_it(&c);
	assert_string_equal(
	    mailbox_address(GMIME_ADDRESS_TYPE_CC, 0), "a@b.example");
	assert_string_equal(
	    mailbox_address(GMIME_ADDRESS_TYPE_CC, 1), "c@d.example");
}

static void
test_thread(void **state)
{
	static const char *const two[] = { "one@x", "two@x" };
	static const char *const odd[] = { "one@x", "a b", "c>\r\nBcc: d", "",
		"two@x" };
	const char		*many[50];
	char			 ids[50][20];
	struct compose		 c = simple;
	int			 i;

	(void)state;
	c.refs = two;
	c.nrefs = 2;
	c.answered = "one@x";
	compose_it(&c);
	assert_string_equal(header("In-Reply-To"), "<one@x>");
	assert_string_equal(header("References"), "<one@x> <two@x>");
	c.refs = odd;
	c.nrefs = 5;
	c.answered = "x\r\ny";
	compose_it(&c);
	assert_string_equal(header("In-Reply-To"), "<two@x>");
	assert_string_equal(header("References"), "<one@x> <two@x>");
	for (i = 0; i < 50; i++) {
		snprintf(ids[i], sizeof ids[i], "m%d@x", i);
		many[i] = ids[i];
	}
	c.refs = many;
	c.nrefs = 50;
	c.answered = NULL;
	compose_it(&c);
	assert_int_equal(
	    strncmp(header("References"), "<m0@x> <m31@x>", 14), 0);
	assert_non_null(strstr(header("References"), "<m49@x>"));
	assert_string_equal(header("In-Reply-To"), "<m49@x>");
}

/* RFC 3834. */
static void
test_automatic(void **state)
{
	struct compose c = simple;

	(void)state;
	c.automatic = "auto-replied";
	compose_it(&c);
	assert_string_equal(header("Auto-Submitted"), "auto-replied");
}

static void
test_texts(void **state)
{
	static const char *const rows[] = {
		"x\n",
		"blanks at the end  \t\nand = and .\n.\n..\nFrom me\n>From\n",
		"a line that is much longer than what quoted-printable takes "
		"in one line, with = in it, and goes on and on and on\n",
		VIET VIET VIET VIET "\n",
		"tab\there\n\n\n\nfour\n",
		"--a=_t42\n--a=_t42--\n",
	};
	struct compose c = simple;
	char	      *s;
	size_t	       i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		c.text = rows[i];
		compose_it(&c);
		s = text(0);
		assert_string_equal(s, rows[i]);
		free(s);
	}
}

static void
test_signature_and_quote(void **state)
{
	struct compose c = simple;
	char	      *s;

	(void)state;
	c.text = "Dạ <b>không</b>";
	c.signature = "An\nShop Example";
	c.quoted_head = "Vào 21/11/2026, Lan <lan@x> đã viết:";
	c.quoted = "Giá <script>?\n> cũ\n\nLan";
	compose_it(&c);
	s = text(0);
	assert_string_equal(s,
	    "Dạ <b>không</b>\n\n-- \nAn\nShop Example\n\n"
	    "Vào 21/11/2026, Lan <lan@x> đã viết:\n"
	    "> Giá <script>?\n>> cũ\n> \n> Lan\n");
	free(s);
	s = text(1);
	assert_null(strstr(s, "<script"));
	assert_null(strstr(s, "<b>"));
	assert_non_null(strstr(s, "<blockquote type=\"cite\""));
	assert_non_null(strstr(s, "&lt;script&gt;?<br>\n&gt; cũ</p>"));
	free(s);
}

static void
test_files(void **state)
{
	static const struct {
		struct compose_file f;
		const char	   *name, *type;
	} rows[] = {
		{ { "a.png", "image/png" }, "a.png", "image/png" },
		{ { "Hoá đơn tháng 11 của cửa hàng số một ở Hà Nội.pdf",
		      "application/pdf" },
		    "Hoá đơn tháng 11 của cửa hàng số một ở Hà Nội.pdf",
		    "application/pdf" },
		{ { "a\"\r\nX: y\\.txt", "text/html\r\nX: y" },
		    "a\" X: y\\.txt", "application/octet-stream" },
		{ { "", NULL }, "", "application/octet-stream" },
		{ { "m.eml", "message/rfc822" }, "m.eml",
		    "application/octet-stream" },
	};
	static const size_t sizes[] = { 0, 1, 2, 56, 57, 58, 100000 };
	struct compose	    c = simple;
	uint8_t		   *bytes = malloc(100000);
	const char	   *wrong;
	char		   *s, *type;
	GMimePart	   *part;
	size_t		    i, j, at, n;

	(void)state;
	for (i = 0; i < 100000; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	for (j = 0; j < nitems(sizes); j++) {
		end();
		buf_init(&out, 0);
		c.nfiles = nitems(rows);
		assert_true(compose_begin(&w, &out, &c, &wrong));
		for (i = 0; i < nitems(rows); i++) {
			compose_file(&w, &out, &rows[i].f);
			for (at = 0; at < sizes[j]; at += n) {
				n = at % 1000 + 1;
				n = n < sizes[j] - at ? n : sizes[j] - at;
				compose_bytes(&w, &out, bytes + at, n);
			}
		}
		compose_end(&w, &out);
		read_again();
		assert_null(header("X"));
		for (i = 0; i < nitems(rows); i++) {
			s = content((int)i + 2, &n, &part);
			assert_int_equal(n, sizes[j]);
			assert_memory_equal(s, bytes, n);
			free(s);
			if (rows[i].name[0] != '\0')
				assert_string_equal(
				    g_mime_part_get_filename(part),
				    rows[i].name);
			type = g_mime_content_type_get_mime_type(
			    g_mime_object_get_content_type(
				(GMimeObject *)part));
			assert_string_equal(type, rows[i].type);
			g_free(type);
		}
		s = text(0);
		assert_string_equal(s, simple.text);
		free(s);
	}
	free(bytes);
}

/* A file and no words: no words are made up for it. */
static void
test_file_alone(void **state)
{
	struct compose c = simple;
	const char    *wrong;
	char	      *s;

	(void)state;
	c.text = "";
	c.nfiles = 1;
	end();
	buf_init(&out, 0);
	assert_true(compose_begin(&w, &out, &c, &wrong));
	compose_file(&w, &out, &(struct compose_file){ "a.png", "image/png" });
	compose_end(&w, &out);
	read_again();
	s = text(0);
	assert_string_equal(s, "");
	free(s);
	s = text(1);
	assert_null(strstr(s, "<p"));
	free(s);
}

static void
test_links(void **state)
{
	static const char *const rows[][2] = {
		{ "http://a.b/c",
		    "<p><a href=\"http://a.b/c\">http://a.b/c"
		    "</a></p>\n" },
		{ "(https://a.b).",
		    "<p>(<a href=\"https://a.b\">https://a.b"
		    "</a>).</p>\n" },
		{ "javascript:x http:// https",
		    "<p>javascript:x http:// https"
		    "</p>\n" },
		{ "http://a\"onx=\"y",
		    "<p><a href=\"http://a\">http://a</a>"
		    "&quot;onx=&quot;y</p>\n" },
		{ "a\r\n\r\n\r\nb\x01", "<p>a</p>\n<p>b</p>\n" },
		{ "", "" },
	};
	struct buf b;
	size_t	   i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		buf_init(&b, 0);
		texthtml(&b, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(b.p != NULL ? b.p : "", rows[i][1]);
		buf_free(&b);
	}
}

static int
finish(void **state)
{
	(void)state;
	end();
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_automatic),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_signature_and_quote),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_file_alone),
		cmocka_unit_test(test_links),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, finish));
}
