/*
 * The chat widget's part of the configuration in force, and what visitors
 * prove by it: the shop's own server signs who is logged in there.
 */
#ifndef WIDGET_H
#define WIDGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/def.h"

struct daemon;
struct widget;

struct widget *widget_open(struct daemon *) MUSTCHECK;
/* From the applied configuration. */
void widget_configure(struct widget *, const char *config, size_t n);
/* How long a visitor may be away before he counts as gone. */
int64_t widget_gone_ms(const struct widget *);
/* The queue whose line visitors are told of before they wrote; may be "". */
const char *widget_queue(const struct widget *);
bool	    widget_needs_identity(const struct widget *);
/* How an agent is called towards customers; "" when he is none of ours. */
const char *widget_display(const struct widget *, const char *login);

/* What a visitor says of himself; NULL: nothing. */
struct widget_claim {
	const char *user, *name, *email, *phone;
	const char *signature; /* hexadecimal */
};
enum widget_how {
	WIDGET_WRONG, /* no such signature, or no secret to check it by */
	WIDGET_USER,  /* the user id is proved, the rest is his word */
	WIDGET_ALL    /* name, e-mail and telephone are signed as well */
};
/*
 * HMAC-SHA-256 with the secret of the user id alone, or of user id, name,
 * e-mail and telephone as sent, a line feed between two, empty where absent.
 */
enum widget_how widget_check(
    const struct widget *, const struct widget_claim *);
void widget_close(struct widget *);

#endif
