/*
 * Which addresses a guarded request may go to: public ones, and those that
 * the operator listed.  Everything else in the registries of special-purpose
 * addresses (RFC 6890), and IPv4 in the forms that IPv6 has for it, is not
 * public.
 */
#ifndef EDGE_COURIER_GUARD_H
#define EDGE_COURIER_GUARD_H

#include <stdbool.h>
#include "base/def.h"

struct sockaddr;

/* A list as courier_open() takes it. */
bool courier_list_ok(const char *) MUSTCHECK;
bool courier_may_go(const struct sockaddr *, const char *allowed) MUSTCHECK;

#endif
