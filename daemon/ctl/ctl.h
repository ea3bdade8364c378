/*
 * deskctl: what its commands have in common.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "base/def.h"

enum ctl_exit { CTL_OK, CTL_REFUSED, CTL_USAGE, CTL_NO_DAEMON };

struct wire;

/* What the options before the command say. */
struct ctl {
	const char  *conf;   /* -f deskd.conf, or NULL */
	const char  *socket; /* -S: the daemon's unix socket, or NULL */
	const char  *host;   /* -H host:port, or NULL */
	const char  *key;    /* -k: file with an API key, or NULL */
	const char  *ca;     /* --ca: whom to believe certificates, or NULL */
	bool	     tls;
	bool	     json;   /* -j */
	bool	     yes;    /* --yes: do not ask */
	const char  *report; /* what stands for an operation's name, or NULL */
	struct wire *wire;   /* once there is one */
};

/* A command of deskctl's own; argv[0] is its name. */
typedef enum ctl_exit ctl_run(struct ctl *, int argc, char **argv);

ctl_run ctl_apply;
ctl_run ctl_doctor;
ctl_run ctl_explain;
ctl_run ctl_export;
ctl_run ctl_import;
ctl_run ctl_migrate;
ctl_run ctl_report;
ctl_run ctl_setup;
ctl_run ctl_simulate;
ctl_run ctl_tail;
ctl_run ctl_tickets;
ctl_run ctl_top;
/* Everything that has a row in the table of operations. */
ctl_run ctl_operation;

/* Connects when it is not yet; else CTL_NO_DAEMON or CTL_REFUSED, and said. */
enum ctl_exit ctl_connect(struct ctl *) MUSTCHECK;
/* "deskctl: ..." to standard error. */
void ctl_say(const char *, ...) PRINTFLIKE(1, 2);
/* Says "how to use" what was wrongly used. */
enum ctl_exit ctl_usage(const char *);
/* An answer y or yes to the question; false where nobody can be asked. */
bool ctl_confirm(const char *question);
/*
 * A whole file, "-" for standard input, of at most max bytes; free() it.
 * NULL, and said why, when it cannot be read.
 */
char *ctl_read_file(const char *path, size_t max, size_t *n) MUSTCHECK;
/* A desk.conf as the JSON that is applied; free() it.  NULL: why was said. */
char *ctl_read_config(const char *path) MUSTCHECK;
/* A line that is not shown while it is typed; free() it.  NULL: none came. */
char *ctl_read_secret(const char *prompt) MUSTCHECK;

#endif
