/*
 * HTML's named characters, as mail uses them.
 */
#ifndef DESK_ENTITY_H
#define DESK_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* The character that "&name;" means (name without & and ;), or 0. */
uint32_t entity_find(const char *name, size_t n);

#endif
