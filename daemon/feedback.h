/*
 * A public feedback form's way through intake and back.
 */
#ifndef FEEDBACK_H
#define FEEDBACK_H

#include <stddef.h>

struct ask;

/* Its case is filed (ingest's answer): the form itself is kept with it. */
void feedback_filed(struct ask *, const char *json, size_t n);

#endif
