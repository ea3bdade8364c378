/*
 * The operators' listener, apart from everybody else's: /metrics for
 * Prometheus, /healthz (this process turns its loop), /readyz (it can take
 * work: PostgreSQL is there and a configuration is applied).
 */
#ifndef HEALTH_H
#define HEALTH_H

#include "base/def.h"

struct daemon;
struct health;

struct health *health_open(
    struct daemon *, const char *at, const char **wrong) MUSTCHECK;
void health_close(struct health *);

#endif
