/*
 * Links as keys; see linkkey.h.
 */
#include <string.h>

#include "base/hex.h"
#include "daemon.h"
#include "dispatch.h"
#include "edge/hmac.h"
#include "linkkey.h"
#include "opdo.h"
#include "tries.h"

bool
linkkey_put(json_t *args, const char *member, const char *secret)
{
	uint8_t digest[SHA256_LEN];
	char	hash[65];

	if (!sha256(digest, secret, strlen(secret)))
		return (false);
	hex_put(hash, digest, sizeof digest);
	json_object_set_new(args, member, json_string(hash));
	return (true);
}

bool
linkkey_begin(struct ask *a)
{
	if (tries_past(TRIES_LINK, a->caller.from)) {
		opdo_later(a, ASK_TOOMANY,
		    "Too many wrong links were tried from there. Wait a "
		    "minute.");
		return (false);
	}
	if (!linkkey_put(a->args, "hash", ask_text(a, "token"))) {
		opdo_later(a, ASK_INTERNAL, "There is no digest.");
		return (false);
	}
	json_object_del(a->args, "token");
	return (true);
}

bool
linkkey_opens(struct ask *a, const char *json)
{
	if (strcmp(json, "null") != 0)
		return (true);
	tries_add(TRIES_LINK, a->caller.from);
	ask_refuse(a, ASK_NOTFOUND, NULL, "That link opens nothing.");
	return (false);
}

void
linkkey_told(struct ask *a, const char *json, size_t n)
{
	if (linkkey_opens(a, json))
		ask_done(a, json, n);
}
