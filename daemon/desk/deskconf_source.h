/*
 * The source blocks of desk.conf, for deskconf.c, which parses, and
 * deskconf_make.c.
 */
#ifndef DESK_DESKCONF_SOURCE_H
#define DESK_DESKCONF_SOURCE_H

#include "deskconf_parts.h"

/* What may stand in a source block; watch() is told of every list of it. */
cfg_opt_t *conf_source_grammar(void (*watch)(cfg_opt_t *));
/* The block as JSON. */
json_t *conf_source_make(struct deskconf *, cfg_t *);

#endif
