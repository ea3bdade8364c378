/*
 * What doctor looks at in totp.key of state_dir, which seals the agents'
 * second factors: that it is there, that nobody else may read it, and that it
 * is the one that they were sealed with.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "desk/digest.h"
#include "doctor.h"

#define KEY_LEN	    32
#define KEY_ID_LEN  16 /* digits of its SHA-256: main.c names it so */
#define HOW_TO_MEND "copy it from another daemon's state_dir, mode 600"

/* The key's name; false: the file has no key in it. */
static bool
key_id(const char *path, char out[KEY_ID_LEN + 1])
{
	char	text[2 * KEY_LEN + 1] = "", digest[DIGEST_HEX];
	uint8_t key[KEY_LEN];
	FILE   *f = fopen(path, "re");
	bool	good;

	good = f != NULL && fread(text, 1, 2 * KEY_LEN, f) == 2 * KEY_LEN &&
	    hex_get(key, sizeof key, text, 2 * KEY_LEN) == KEY_LEN;
	if (f != NULL)
		fclose(f);
	if (good) {
		digest_hex(digest, key, sizeof key);
		snprintf(out, KEY_ID_LEN + 1, "%.*s", KEY_ID_LEN, digest);
	}
	explicit_bzero(key, sizeof key);
	explicit_bzero(text, sizeof text);
	return (good);
}

/* The factors sealed with other keys than this; NULL: with any. */
static long
sealed_else(const json_t *keys, const char *id)
{
	const char *key;
	json_t	   *n;
	long	    all = 0;

	json_object_foreach ((json_t *)keys, key, n)
		if (id == NULL || strcmp(key, id) != 0)
			all += (long)json_integer_value(n);
	return (all);
}

void
doctor_seal(struct doctor *d, const char *dir, const json_t *keys)
{
	static const char what[] = "totp.key";
	char		  path[4096], id[KEY_ID_LEN + 1];
	struct stat	  st;
	long		  n;

	snprintf(path, sizeof path, "%s/totp.key", dir);
	if (stat(path, &st) == -1) {
		n = sealed_else(keys, NULL);
		doctor_note(d, n > 0 || errno != ENOENT ? FIND_BAD : FIND_WARN,
		    what,
		    n > 0 ? "copy it from another daemon's state_dir or from "
			    "a backup, mode 600"
			  : "deskd makes it when it starts: start it",
		    "%s: %s (%ld second factors are sealed by it)", path,
		    strerror(errno), n);
	} else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		doctor_note(d, FIND_BAD, what, "chmod 600 it",
		    "%s: others on this machine may use it (mode %04o)", path,
		    (unsigned)(st.st_mode & 07777));
	else if (!key_id(path, id))
		doctor_note(d, FIND_BAD, what, HOW_TO_MEND,
		    "%s: it cannot be read as a key", path);
	else if ((n = sealed_else(keys, id)) > 0)
		doctor_note(d, FIND_BAD, what, HOW_TO_MEND,
		    "%s: %ld second factors are sealed by another key: their "
		    "codes are refused here",
		    path, n);
	else
		doctor_note(d, FIND_OK, what, NULL,
		    "%s, %ld second factors are sealed by it", path,
		    sealed_else(keys, NULL));
}
