/*
 * The applied configuration as this process uses it: taken whole, or not at
 * all and what was in force stays.
 */
#ifndef INFORCE_H
#define INFORCE_H

#include <stddef.h>
#include <stdint.h>

struct daemon;

/*
 * Takes the configuration of that version (its JSON, as desk.config holds
 * it).  One that cannot be used is logged and changes nothing.
 */
void inforce_take(struct daemon *, int64_t version, const char *json, size_t n);

#endif
