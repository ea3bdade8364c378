/*
 * Who asks when a proxy of our own stands between: the address that it says
 * (X-Forwarded-For).  Nobody else's word is taken for it.
 */
#ifndef PROXIED_H
#define PROXIED_H

#include <stdbool.h>
#include "base/def.h"

/* True when every word of the list (blank between) is an address. */
bool proxied_list_ok(const char *list) MUSTCHECK;
/* True when the address is one of the list. */
bool proxied_trusted(const char *list, const char *address) MUSTCHECK;
/*
 * Reads one X-Forwarded-For from its end: past trusted proxies, up to the
 * first element that is none.  True when there is one: out is the address, or
 * "" when it is not an address, and whatever stands before it is not to be
 * believed.
 */
bool proxied_read(char out[46], const char *list, const char *value) MUSTCHECK;

#endif
