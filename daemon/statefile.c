/*
 * Secrets in files; see statefile.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon.h"
#include "settings.h"
#include "statefile.h"

size_t
statefile_read(const struct daemon *d, const char *name, char *out, size_t size)
{
	char	path[512];
	ssize_t n;
	int	fd;

	out[0] = '\0';
	if (name == NULL)
		return (0);
	if (snprintf(path, sizeof path, "%s/%s", d->settings->state_dir,
		name) >= (int)sizeof path ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1) {
		log_warn("secret %s cannot be read", name);
		return (0);
	}
	n = read(fd, out, size - 1);
	close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	out[n > 0 ? n : 0] = '\0';
	return (n > 0 ? (size_t)n : 0);
}
