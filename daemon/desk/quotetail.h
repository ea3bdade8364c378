/*
 * The ends of what a person wrote that he did not write for this mail:
 * signatures, what phones add, legal notices.  For quote.c.
 */
#ifndef DESK_QUOTETAIL_H
#define DESK_QUOTETAIL_H

#include "quoteline.h"

/*
 * Drops them from each run of lines that are left, but never all that is
 * left.
 */
void quotetail_trim(struct quote *);

#endif
