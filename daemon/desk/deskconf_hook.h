/*
 * The hook blocks of desk.conf, for deskconf.c, which parses, and
 * deskconf_make.c.
 */
#ifndef DESK_DESKCONF_HOOK_H
#define DESK_DESKCONF_HOOK_H

#include "deskconf_parts.h"

/* What may stand in a hook block; watch() is told of it. */
cfg_opt_t *conf_hook_grammar(void (*watch)(cfg_opt_t *));
/* The block as JSON. */
json_t *conf_hook_make(struct deskconf *, cfg_t *);

#endif
