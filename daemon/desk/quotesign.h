/*
 * The lines with which mails end that nobody wrote for this one: signatures,
 * what phones add, legal notices.  Each function looks at the bytes of one
 * line (or as said), and says no when in doubt.
 */
#ifndef DESK_QUOTESIGN_H
#define DESK_QUOTESIGN_H

#include <stdbool.h>
#include <stddef.h>

/* "-- " (RFC 3676 section 4.3), or without its blank. */
bool quotesign_delimiter(const char *, size_t n);
/* "Trân trọng,", "Best regards": a signature may follow. */
bool quotesign_closing(const char *, size_t n);
/* A line as signatures have: a name, a telephone number, an address. */
bool quotesign_contact(const char *, size_t n);
/* "Đã gửi từ iPhone của tôi", "Get Outlook for iOS<…>". */
bool quotesign_device(const char *, size_t n);
/* An address of the web, and nothing else. */
bool quotesign_link(const char *, size_t n);
/* A paragraph that speaks of confidentiality, or that a scanner added. */
bool quotesign_notice(const char *, size_t n);
/*
 * A text that announces answers between the lines of what it quotes, or that
 * only greets: what it says stands below.
 */
bool quotesign_answers_below(const char *, size_t n);

#endif
