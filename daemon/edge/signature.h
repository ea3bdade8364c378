/*
 * Whether a provider signed what was posted: the digests for what
 * desk/provider.h describes.
 */
#ifndef EDGE_SIGNATURE_H
#define EDGE_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

struct provider_post;
struct provider_sign;

/*
 * NULL when it is right and not stale, else a constant sentence.  secret: one,
 * or several with a line feed between, during a rotation.  now: Unix seconds.
 */
const char *signature_wrong(const struct provider_sign *,
    const struct provider_post *, const char *secret, int64_t now);

#endif
