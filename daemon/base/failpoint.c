/*
 * Places where the daemon can be killed; see failpoint.h.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failpoint.h"
#include "log.h"

bool failpoint_armed;

static char armed[64];
static long left;

void
failpoint_open(void)
{
	const char *s = getenv("DESKD_FAILPOINT");
	size_t	    n;

	if (s == NULL || *s == '\0')
		return;
	n = strcspn(s, ":");
	if (n >= sizeof armed)
		fatal("DESKD_FAILPOINT: the name is too long");
	memcpy(armed, s, n);
	armed[n] = '\0';
	left = s[n] == ':' ? strtol(s + n + 1, NULL, 10) : 1;
	failpoint_armed = true;
	log_warn("failpoint armed: %s (%ld)", armed, left);
}

static bool
failpoint_due(const char *name)
{
	return (strcmp(name, armed) == 0 && --left <= 0);
}

void
failpoint_at(const char *name)
{
	if (failpoint_due(name))
		kill(getpid(), SIGKILL);
}

bool
failpoint_skip(const char *name)
{
	if (!failpoint_due(name))
		return (false);
	if (left < 0)
		kill(getpid(), SIGKILL);
	return (true);
}
