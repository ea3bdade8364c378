/*
 * What a mail brings along of our own links, which are for one person alone.
 */
#include "mail.h"

/* A mail within a mail brings a survey's link along, however it is written. */
static void
test_links(void **state)
{
#define LINK "https://d.example/survey/0123456789abcdefghijklmnopqrstuv"
	static const struct {
		const char *part;
		bool	    link;
	} rows[] = {
		{ "Content-Type: message/rfc822\n\n" HEAD
		  "Content-Type: text/html\n"
		  "Content-Transfer-Encoding: quoted-printable\n\n"
		  "<a href=3D\"https://d.example/survey/0123456789abcde=\n"
		  "fghijklmnopqrstuv?score=3D9\">9</a>",
		    true },
		{ "Content-Type: message/rfc822\n\n" HEAD
		  "List-Unsubscribe:\n <" LINK "/leave>\n\nx",
		    true },
		{ "Content-Type: message/rfc822\n\n" HEAD
		  "Content-Type: message/rfc822\n\n" HEAD
		  "Content-Transfer-Encoding: base64\n\n"
		  "aHR0cHM6Ly9kLmV4YW1wbGUvc3VydmV5LzAxMjM0NTY3ODlhYmNkZWZnaGlq"
		  "\na2xtbm9wcXJzdHV2Cg==",
		    true },
		{ "Content-Type: text/plain; name=a.txt\n"
		  "Content-Disposition: attachment\n\n" LINK,
		    true },
		{ "Content-Type: message/rfc822\n\n" HEAD "\n" LINK "w",
		    false },
		{ "Content-Type: message/rfc822\n\n" HEAD "\n/survey/", false },
	};
	struct event e;
	char	     mail[2000];
	size_t	     i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		snprintf(mail, sizeof mail,
		    HEAD "Content-Type: multipart/mixed; boundary=b\n\n"
			 "--b\n\nthis\n--b\n%s\n--b--\n",
		    rows[i].part);
		parse_str(&e, mail);
		assert_int_equal(e.nattachments, 1);
		if (!rows[i].link)
			assert_true(e.facts == NULL ||
			    strstr(e.facts, "links") == NULL);
		else
			assert_non_null(strstr(e.facts, "\"links\":[0]"));
		event_drop(&e);
	}
#undef LINK
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
	};

	mail_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
