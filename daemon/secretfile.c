/*
 * Secrets in files; see secretfile.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon.h"
#include "secretfile.h"
#include "settings.h"

size_t
secretfile_read(const struct daemon *d, const char *whose, const char *file,
    char *out, size_t size)
{
	char	path[512];
	ssize_t n;
	int	fd;

	out[0] = '\0';
	if (snprintf(path, sizeof path, "%s/%s", d->settings->state_dir,
		file) >= (int)sizeof path ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1) {
		log_warn("%s has no secret: its file cannot be read", whose);
		return (0);
	}
	n = read(fd, out, size - 1);
	close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	out[n > 0 ? n : 0] = '\0';
	return (n > 0 ? (size_t)n : 0);
}
