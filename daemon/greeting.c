/*
 * HELLO and AUTH as words; see greeting.h.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "edge/resp.h"
#include "greeting.h"

/* As long as LOGIN's password may be. */
#define SECRET_MAX 1024

static bool
arg_copy(char *out, size_t size, const struct resp_arg *a)
{
	if (a->n >= size || memchr(a->p, '\0', a->n) != NULL)
		return (false);
	memcpy(out, a->p, a->n);
	out[a->n] = '\0';
	return (true);
}

/* A key, or a password: as long as LOGIN's may be. */
static bool
secret_read(struct greeting *g, const struct resp_arg *a)
{
	if (a->n == 0 || a->n > SECRET_MAX || g->secret != NULL ||
	    memchr(a->p, '\0', a->n) != NULL)
		return (false);
	g->secret = xstrndup(a->p, a->n);
	return (true);
}

/* HELLO [version [AUTH user secret] [SETNAME name]]; false: malformed. */
static bool
hello_read(struct greeting *g, const struct resp_request *r)
{
	size_t i = 2;

	g->hello = true;
	if (r->argc == 1)
		return (true);
	if (r->argv[1].n != 1 ||
	    (r->argv[1].p[0] != '2' && r->argv[1].p[0] != '3'))
		return (false);
	g->version = r->argv[1].p[0] - '0';
	while (i < r->argc) {
		if (resp_is(r, i, "AUTH") && i + 2 < r->argc) {
			if (!arg_copy(
				g->user, sizeof g->user, &r->argv[i + 1]) ||
			    !secret_read(g, &r->argv[i + 2]))
				return (false);
			i += 3;
		} else if (resp_is(r, i, "SETNAME") && i + 1 < r->argc)
			i += 2;
		else
			return (false);
	}
	return (true);
}

static bool
auth_read(struct greeting *g, const struct resp_request *r)
{
	if (r->argc == 2)
		return (secret_read(g, &r->argv[1]));
	return (r->argc == 3 &&
	    arg_copy(g->user, sizeof g->user, &r->argv[1]) &&
	    secret_read(g, &r->argv[2]));
}

bool
greeting_is(const struct resp_request *r)
{
	return (resp_is(r, 0, "HELLO") || resp_is(r, 0, "AUTH"));
}

bool
greeting_read(struct greeting *g, const struct resp_request *r)
{
	return (resp_is(r, 0, "HELLO") ? hello_read(g, r) : auth_read(g, r));
}

/* redis.io/commands/hello */
void
greeting_answer(
    struct buf *b, const struct greeting *g, const struct resp_session *s)
{
	int v = resp_session_version(s);

	if (!g->hello) {
		resp_simple(b, "OK");
		return;
	}

	resp_map(b, v, 7);
	resp_str(b, "server");
	resp_str(b, "deskd");
	resp_str(b, "version");
	resp_str(b, PACKAGE_VERSION);
	resp_str(b, "proto");
	resp_int(b, v);
	resp_str(b, "id");
	resp_int(b, (int64_t)resp_session_id(s));
	resp_str(b, "mode");
	resp_str(b, "standalone");
	resp_str(b, "role");
	resp_str(b, "master");
	resp_str(b, "modules");
	resp_array(b, 0);
}

void
greeting_free(struct greeting *g)
{
	if (g->secret != NULL)
		explicit_bzero(g->secret, strlen(g->secret));
	free(g->secret);
	g->secret = NULL;
}
