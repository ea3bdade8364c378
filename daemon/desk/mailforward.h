/*
 * Whether a mail passes on another one, written into its text as mailers do.
 */
#ifndef DESK_MAILFORWARD_H
#define DESK_MAILFORWARD_H

#include <stdbool.h>

/*
 * A mailer's mark of forwarding stands in the text, not quoted, and the mail
 * is no answer; or its subject says so and the head of another mail follows.
 * Either may be NULL.
 */
bool mail_is_forward(const char *subject, const char *text);

#endif
