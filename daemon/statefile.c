/*
 * Secrets in files; see statefile.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "daemon.h"
#include "edge/hmac.h"
#include "settings.h"
#include "statefile.h"

#define PATH_LEN 512
#define KEY_MAX	 32

static bool
path_of(char path[PATH_LEN], const struct daemon *d, const char *name,
    const char *end)
{
	return (snprintf(path, PATH_LEN, "%s/%s%s", d->settings->state_dir,
		    name, end) < PATH_LEN);
}

/* Bytes, without the line feeds at the end; -1 when it cannot be read. */
static ssize_t
file_read(const char *path, char *out, size_t size)
{
	ssize_t n;
	int	fd;

	out[0] = '\0';
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return (-1);
	n = read(fd, out, size - 1);
	close(fd);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		n--;
	out[n > 0 ? n : 0] = '\0';
	return (n);
}

size_t
statefile_read(const struct daemon *d, const char *name, char *out, size_t size)
{
	char	path[PATH_LEN];
	ssize_t n;

	out[0] = '\0';
	if (name == NULL)
		return (0);
	if (!path_of(path, d, name, "") ||
	    (n = file_read(path, out, size)) == -1) {
		log_warn("secret %s cannot be read", name);
		return (0);
	}
	return ((size_t)n);
}

/* All of it is on the disk, under a name that nobody reads yet. */
static bool
file_write(const char *path, const char *text)
{
	size_t n = strlen(text);
	int    fd;
	bool   good;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return (false);
	good = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
	return (close(fd) == 0 && good);
}

/* Its name is on the disk as well. */
static bool
directory_sync(const struct daemon *d)
{
	int  fd;
	bool good;

	fd = open(d->settings->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (false);
	good = fsync(fd) == 0;
	close(fd);
	return (good);
}

/* The link fails when another daemon was first: his key is the one. */
static bool
key_make(const struct daemon *d, const char *name, const char *path, size_t n)
{
	char	fresh[PATH_LEN], text[2 * KEY_MAX + 2], end[2 * 8 + 2] = ".";
	uint8_t key[KEY_MAX], random[8];
	bool	good;

	if (!random_bytes(key, n) || !random_bytes(random, sizeof random))
		return (false);
	hex_put(end + 1, random, sizeof random);
	if (!path_of(fresh, d, name, end))
		return (false);
	hex_put(text, key, n);
	text[2 * n] = '\n';
	text[2 * n + 1] = '\0';
	good = file_write(fresh, text) &&
	    (link(fresh, path) == 0 || errno == EEXIST);
	unlink(fresh);
	explicit_bzero(key, sizeof key);
	explicit_bzero(text, sizeof text);
	return (good && directory_sync(d));
}

bool
statefile_key(const struct daemon *d, const char *name, uint8_t *key, size_t n)
{
	char path[PATH_LEN], text[2 * KEY_MAX + 2];
	bool good;

	if (n > KEY_MAX || !path_of(path, d, name, ""))
		return (false);
	if (access(path, F_OK) == -1 && errno == ENOENT &&
	    !key_make(d, name, path, n)) {
		log_warn("key %s cannot be made: %s", path, strerror(errno));
		return (false);
	}
	good = file_read(path, text, sizeof text) == (ssize_t)(2 * n) &&
	    hex_get(key, n, text, 2 * n) == (ssize_t)n;
	explicit_bzero(text, sizeof text);
	if (!good)
		log_warn("key %s is not %zu bytes of hexadecimal, or cannot "
			 "be read",
		    path, n);
	return (good);
}
