/*
 * The rules of a small desk with some source blocks: those that a test writes,
 * or one of conf/sources.
 */
#ifndef TESTS_PROVIDERS_H
#define TESTS_PROVIDERS_H

#include "unit.h"
#include "base/mem.h"
#include "desk/deskconf.h"
#include "desk/rules.h"

#define DESK \
	"company { name = \"S\" }\ndefault_queue = \"a\"\nqueue \"a\" { }\n"

static char *
slurp(const char *path)
{
	const char *top = getenv("DESKD_TESTS");
	char	    name[1000], *p;
	FILE	   *f;

	snprintf(name, sizeof name, "%s/%s", top != NULL ? top : "tests", path);
	if ((f = fopen(name, "rb")) == NULL)
		fail_msg("cannot open %s", name);
	p = xcalloc(1, 1 << 20);
	assert_true(fread(p, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return (p);
}

static struct rules *
rules_of(const char *blocks)
{
	struct rules *rules;
	char	     *text, *json, wrong[2000];
	size_t	      n = strlen(DESK) + strlen(blocks) + 1;

	text = xmalloc(n);
	snprintf(text, n, "%s%s", DESK, blocks);
	json = deskconf_json(text, n - 1, "desk.conf", wrong, sizeof wrong);
	if (json == NULL)
		fail_msg("%s", wrong);
	rules = rules_load(json, strlen(json), wrong, sizeof wrong);
	if (rules == NULL)
		fail_msg("%s", wrong);
	free(json);
	free(text);
	return (rules);
}

static struct rules *
shipped(const char *name)
{
	char	      path[100], *blocks;
	struct rules *rules;

	snprintf(path, sizeof path, "../conf/sources/%s.conf", name);
	blocks = slurp(path);
	rules = rules_of(blocks);
	free(blocks);
	return (rules);
}

#endif
