/*
 * Test mails that come back; see mailtest.h.
 */
#include <stdio.h>
#include <string.h>
#include <jansson.h>

#include "mailtest.h"
#include "token.h"

static int64_t
among(const char *const *ids, size_t n, const struct mail_env *env)
{
	int64_t test = 0;
	size_t	i;

	for (i = 0; i < n && test == 0; i++)
		test = token_test_check(ids[i], env->key, env->keylen);
	return (test);
}

/* What a report says, else how the text begins. */
static void
say(struct mailtest *t, const struct event *e)
{
	json_t *facts = json_loads(e->facts != NULL ? e->facts : "", 0, NULL);
	const json_t *bounce = json_object_get(facts, "bounce");
	const char   *words =
	    json_string_value(json_object_get(bounce, "diagnostic"));
	size_t n;

	if (words == NULL)
		words = e->preview != NULL ? e->preview : "";
	n = strlen(words);
	if (n >= sizeof t->said)
		n = sizeof t->said - 1;
	/* Not in the middle of a character. */
	while (n > 0 && ((unsigned char)words[n] & 0xc0) == 0x80)
		n--;
	memcpy(t->said, words, n);
	t->said[n] = '\0';
	json_decref(facts);
}

bool
mailtest_read(
    struct mailtest *t, const struct event *e, const struct mail_env *env)
{
	*t = (struct mailtest){ .as = "came", .from = e->contacts[0].address };
	if ((t->test = among(e->refs, e->nrefs, env)) != 0)
		return (true);
	/*
	 * A person's answer counts by the address, or by the very mail that
	 * it answers: what merely goes back to a test is a talk of its own.
	 */
	t->as = e->automatic ? "bounced" : "answered";
	t->test = among(env->rcpts, env->nrcpts, env);
	if (t->test == 0)
		t->test = among(e->thread,
		    e->automatic || e->nthread == 0 ? e->nthread : 1, env);
	if (t->test != 0)
		say(t, e);
	return (t->test != 0);
}
