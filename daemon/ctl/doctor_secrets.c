/*
 * The files under state_dir that the desk's configuration names: what signs
 * posts, and what answers are sent with.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"
#include "doctor.h"
#include "wire.h"

struct secrets {
	struct doctor *d;
	const char    *dir;
	unsigned       good, amiss;
	json_t	      *seen; /* a file is named once, though many use it */
};

static void
secret_check(struct secrets *s, const char *owner, const char *name)
{
	char	    path[4096], what[200];
	struct stat st;

	if (json_object_get(s->seen, name) != NULL)
		return;
	json_object_set_new(s->seen, name, json_true());
	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	snprintf(what, sizeof what, "secret of %s", owner);
	if (stat(path, &st) == -1) {
		s->amiss++;
		doctor_note(s->d, FIND_WARN, what,
		    "put it there, owned by deskd, mode 600; until then its "
		    "posts are refused and its answers wait",
		    "%s: %s", path, strerror(errno));
	} else if (st.st_size == 0 || (st.st_mode & S_IRWXO) != 0) {
		s->amiss++;
		doctor_note(s->d, FIND_WARN, what,
		    "the secret on its first line, mode 600", "%s: %s", path,
		    st.st_size == 0 ? "it is empty"
				    : "others on this machine may use it");
	} else {
		s->good++;
	}
}

/* Members named secret_file and token_file, at any depth. */
static void
secrets_walk(struct secrets *s, const char *owner, json_t *v)
{
	static const char *const files[] = { "secret_file", "token_file" };
	const char		*name;
	json_t			*part;
	size_t			 i;

	json_array_foreach (v, i, part)
		secrets_walk(s, owner, part);
	if (!json_is_object(v))
		return;
	/* The outermost name is the block's: that is the one to look for. */
	if (owner == NULL)
		owner = json_string_value(json_object_get(v, "name"));
	for (i = 0; i < nitems(files); i++)
		if ((name = json_string_value(json_object_get(v, files[i]))) !=
			NULL &&
		    *name != '\0')
			secret_check(s, owner != NULL ? owner : "widget", name);
	json_object_foreach (v, name, part)
		secrets_walk(s, owner, part);
}

void
doctor_secrets(struct doctor *d, struct wire *wire, const char *dir)
{
	static const struct resp_arg ask[] = { { "CONFIG.SHOW", 11 } };
	struct secrets		     s = { .d = d, .dir = dir };
	struct resp_reply	     reply;

	if (!wire_ask(wire, ask, 1, &reply))
		return;
	/* Whoever may not see the configuration sees no findings on it. */
	if (reply.kind != RESP_REFUSED) {
		s.seen = json_object();
		secrets_walk(&s, NULL, json_object_get(reply.value, "config"));
		if (s.good > 0 && s.amiss == 0)
			doctor_note(d, FIND_OK, "secrets", NULL,
			    "%u files that desk.conf names", s.good);
		json_decref(s.seen);
	}
	json_decref(reply.value);
}
