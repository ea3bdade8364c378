/*
 * The configuration as desk.conf: what is written is read back the same, for
 * every option there is and for texts of any kind.
 */
#include "unit.h"
#include <confuse.h>
#include <jansson.h>
#include "base/buf.h"
#include "base/mem.h"
#include "desk/deskconf.h"
#include "desk/deskconf_parts.h"

#define LEAST \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"

static char *
slurp(const char *path, size_t *n)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	p = xmalloc(1 << 20);
	*n = fread(p, 1, (1 << 20) - 1, f);
	p[*n] = '\0';
	fclose(f);
	return (p);
}

static json_t *
must_parse(const char *text)
{
	char	wrong[4000], *json;
	json_t *made;

	json = deskconf_json(text, strlen(text), "x", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s\n%s", wrong, text);
	made = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(made);
	free(json);
	return (made);
}

/* Written, read, and written again: the same both times. */
static void
must_return(const json_t *config)
{
	char   *text = deskconf_write(config), *again;
	json_t *read = must_parse(text);

	if (!json_equal(read, config)) {
		again = json_dumps(read, JSON_INDENT(1) | JSON_SORT_KEYS);
		fail_msg("%s\nis read as\n%s", text, again);
	}
	again = deskconf_write(read);
	assert_string_equal(text, again);
	free(again);
	free(text);
	json_decref(read);
}

static void
test_sample(void **state)
{
	static const char *const files[] = { "messenger", "zalo", "telegram",
		"generic" };
	json_t			*config;
	char			*text, *more, name[100], *both;
	size_t			 n, m, i;

	(void)state;
	text = slurp("../conf/desk.conf", &n);
	config = must_parse(text);
	must_return(config);
	json_decref(config);
	for (i = 0; i < nitems(files); i++) {
		snprintf(
		    name, sizeof name, "../conf/sources/%s.conf", files[i]);
		more = slurp(name, &m);
		both = xmalloc(n + m + 1);
		memcpy(both, text, n);
		memcpy(both + n, more, m + 1);
		config = must_parse(both);
		must_return(config);
		json_decref(config);
		free(more);
		free(both);
	}
	free(text);
}

/* The file as libconfuse has it, without our checks. */
static void
unwatch(cfg_opt_t *o)
{
	unsigned i;

	for (; o->name != NULL; o++) {
		o->validcb = NULL;
		if (o->type != CFGT_SEC)
			continue;
		unwatch(o->subopts);
		for (i = 0; i < o->nvalues; i++)
			unwatch(o->values[i]->section->opts);
	}
}

/* Is the option set in one of the blocks, and not by its default? */
static bool
is_set(cfg_t *const *blocks, size_t n, const char *name)
{
	const cfg_opt_t *o;
	size_t		 i;

	for (i = 0; i < n; i++) {
		o = cfg_getopt(blocks[i], name);
		if (o->nvalues > 0 && !(o->flags & CFGF_RESET))
			return (true);
	}
	return (false);
}

static void
must_have_all(cfg_t *const *blocks, size_t n, const cfg_opt_t *o)
{
	cfg_t *inner[64];
	size_t i, k, m;

	for (; o->name != NULL; o++) {
		if (o->type != CFGT_SEC) {
			if (strcmp(o->name, "__unknown") != 0 &&
			    !is_set(blocks, n, o->name))
				fail_msg("tests/unit/data/every.conf lacks %s "
					 "of a %s: add it",
				    o->name, cfg_name(blocks[0]));
			continue;
		}
		for (i = m = 0; i < n; i++)
			for (k = 0; k < cfg_size(blocks[i], o->name); k++) {
				assert_true(m < nitems(inner));
				inner[m++] = cfg_getnsec(
				    blocks[i], o->name, (unsigned)k);
			}
		if (m == 0)
			fail_msg("tests/unit/data/every.conf lacks a block %s",
			    o->name);
		must_have_all(inner, m, o->subopts);
	}
}

static void
test_every_option(void **state)
{
	json_t *config;
	cfg_t  *top;
	char   *text;
	size_t	n;

	(void)state;
	text = slurp("unit/data/every.conf", &n);
	top = deskconf_grammar();
	unwatch(top->opts);
	assert_int_equal(cfg_parse_buf(top, text), CFG_SUCCESS);
	must_have_all(&top, 1, top->opts);
	cfg_free(top);
	config = must_parse(text);
	must_return(config);
	json_decref(config);
	free(text);
}

/* A text of odd pieces; seed makes it. */
static void
odd_text(struct buf *b, unsigned *seed, bool lines)
{
	static const char *const pieces[] = { "\"", "'", "\\", "${HOME}", "${",
		"$", "{", "}", "#", "//", "/*", "*/", "Đơn hàng", "ễ", "\\n",
		"\\x41", "\\", "=", ",", " ", "a", "\n", "\\\"", "{|}", "😀",
		"%s", "\xcc\x81" };
	unsigned		 i, n;

	buf_reset(b);
	n = 1 + rand_r(seed) % 9U;
	for (i = 0; i < n; i++) {
		const char *p = pieces[(unsigned)rand_r(seed) % nitems(pieces)];

		buf_str(b, *p == '\n' && !lines ? "n" : p);
	}
}

static void
test_odd_texts(void **state)
{
	unsigned   seed = 20261122, i;
	json_t	  *config, *template, *words;
	struct buf b;

	(void)state;
	config = must_parse(LEAST "template t { vi = x }\n"
				  "rule r { keywords = {x} queue = a }\n"
				  "agent x { }\n"
				  "hours h { week = \"mon-fri 08:00-12:00\" "
				  "holidays = {\"2026-09-02\"} }\n");
	template = json_array_get(json_object_get(config, "templates"), 0);
	words = json_object_get(
	    json_array_get(json_object_get(config, "rules"), 0), "keywords");
	buf_init(&b, 0);
	for (i = 0; i < 3000; i++) {
		odd_text(&b, &seed, false);
		json_object_set_new(json_object_get(config, "company"), "name",
		    json_string(b.p));
		odd_text(&b, &seed, false);
		json_object_set_new(
		    json_array_get(json_object_get(config, "agents"), 0),
		    "display", json_string(b.p));
		odd_text(&b, &seed, true);
		json_object_set_new(template, "vi", json_string(b.p));
		odd_text(&b, &seed, false);
		buf_str(&b, "x");
		json_array_set_new(words, 0, json_string(b.p));
		must_return(config);
	}
	buf_free(&b);
	json_decref(config);
}

/* Nothing of the environment gets in by the way back. */
static void
test_environment(void **state)
{
	json_t *config = must_parse(LEAST);
	char   *text;

	(void)state;
	setenv("DESKD_SECRET", "leaked", 1);
	json_object_set_new(json_object_get(config, "company"), "name",
	    json_string("a ${DESKD_SECRET} \\${DESKD_SECRET:-x}"));
	text = deskconf_write(config);
	assert_null(strstr(text, "${"));
	free(text);
	must_return(config);
	json_decref(config);
}

/* What no desk.conf can say is shown, and read as a fault. */
static void
test_unsayable(void **state)
{
	json_t *config = must_parse(LEAST);
	char   *text, wrong[1000];

	(void)state;
	json_object_set_new(
	    json_object_get(config, "units"), "mail", json_integer(-7));
	json_object_set_new(json_object_get(config, "company"), "name",
	    json_string("a\x01\x7f\tb\r"));
	json_object_set_new(config, "order_pattern", json_pack("[n, i]", 5));
	json_object_set_new(config, "sources", json_string("?"));
	text = deskconf_write(config);
	assert_non_null(strstr(text, "a\\x01\\x7f\\tb\\x0d"));
	assert_null(
	    deskconf_json(text, strlen(text), "x", wrong, sizeof wrong));
	free(text);
	json_decref(config);
	config = json_pack("{s:[n,i,{},{s:i}],s:[{s:s}],s:n}", "queues", 1,
	    "name", 3, "served", "kind", "email", "company");
	text = deskconf_write(config);
	assert_non_null(strstr(text, "queue {"));
	free(text);
	json_decref(config);
}

/* A text that would cost more than its size is refused. */
static void
test_costly(void **state)
{
	struct buf b;
	char	   wrong[1000];
	size_t	   i;

	(void)state;
	buf_init(&b, 0);
	for (i = 0; i < 10001; i++)
		buf_str(&b, "hook a{}\n");
	assert_null(deskconf_json(b.p, b.n, "x", wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "too many sections"));
	buf_reset(&b);
	for (i = 0; i < 200000; i++)
		buf_str(&b, "#\n");
	assert_null(deskconf_json(b.p, b.n, "x", wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "comments"));
	buf_reset(&b);
	for (i = 0; i < 1001; i++)
		buf_printf(&b, "queue q%zu { }\n", i);
	assert_null(deskconf_json(b.p, b.n, "x", wrong, sizeof wrong));
	assert_non_null(strstr(wrong, "at most 1000 queues"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_odd_texts),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_unsayable),
		cmocka_unit_test(test_costly),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
