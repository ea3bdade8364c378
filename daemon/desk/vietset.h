/*
 * Vietnamese in charsets of one byte (windows-1258, TCVN 5712-1 as the ABC
 * fonts use it, VISCII, VNI-Windows): told apart by what they make of the
 * bytes, because senders label them as anything.
 */
#ifndef DESK_VIETSET_H
#define DESK_VIETSET_H

#include <stddef.h>

struct _GString;

/* iconv does not know this one. */
#define VIETSET_VNI "VNI"

/* Appends at most about max bytes of UTF-8 in normal form C. */
void vietset_vni(struct _GString *, const char *, size_t n, size_t max);

/*
 * The charset that makes far more Vietnamese of the bytes than the one that
 * their label names, or NULL when the label may stand.
 */
const char *vietset_guess(const char *label, const char *, size_t n);

#endif
