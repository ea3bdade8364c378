/*
 * The files of a directory; see sitedir.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/mem.h"
#include "hmac.h"
#include "sitedir.h"

/* By the name's end; what is not named here is not served. */
static const struct {
	const char *end;
	const char *type;
} types[] = {
	{ ".css", "text/css; charset=utf-8" },
	{ ".html", "text/html; charset=utf-8" },
	{ ".ico", "image/x-icon" },
	{ ".jpg", "image/jpeg" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".mp3", "audio/mpeg" },
	{ ".ogg", "audio/ogg" },
	{ ".png", "image/png" },
	{ ".svg", "image/svg+xml" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".wav", "audio/wav" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".webp", "image/webp" },
	{ ".woff2", "font/woff2" },
};

static const char *const ends[CODINGS] = {
	[CODING_BR] = ".br",
	[CODING_GZIP] = ".gz",
};

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return (n > m && strcmp(s + n - m, end) == 0);
}

static const char *
type_of(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(types); i++)
		if (ends_in(name, types[i].end))
			return (types[i].type);
	return (NULL);
}

/* So that a path needs no decoding, and none of two spellings exists. */
static bool
name_good(const char *name)
{
	return (name[0] != '.' &&
	    name[strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-")] == '\0');
}

/* ---- one file's bytes */

/* Copies what fd has into the site, and its digest into the tag. */
static bool
form_copy(struct sitedir *d, struct site_form *f, int fd)
{
	struct sha256 *digest = sha256_new();
	uint8_t	       sum[SHA256_LEN];
	char	       piece[16384], hex[2 * SHA256_LEN + 1];
	ssize_t	       n;
	bool	       good = digest != NULL;

	f->at = d->bytes.n;
	while (good && (n = read(fd, piece, sizeof piece)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		good = n > 0 && d->bytes.n - f->at + (size_t)n <= SITE_FILE &&
		    d->bytes.n + (size_t)n <= SITE_BYTES &&
		    sha256_add(digest, piece, (size_t)n) &&
		    spill_add(&d->bytes, piece, (size_t)n);
	}
	f->n = d->bytes.n - f->at;
	if (good && sha256_end(digest, sum)) {
		hex_put(hex, sum, sizeof sum);
		snprintf(f->tag, sizeof f->tag, "\"%.24s\"", hex);
	}
	sha256_free(digest);
	return (f->tag[0] != '\0');
}

/* A form of a file of the open directory; false: there is none. */
static bool
form_read(struct sitedir *d, struct site_form *f, int dir, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat st;
	bool	    good;
	int	    fd;

	/* Not waiting: it may be somebody's fifo. */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1) {
		if (errno != ENOENT)
			log_warn("%s of the web client is not served: %s", path,
			    strerror(errno));
		return (false);
	}
	good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (good && (st.st_size > SITE_FILE || !form_copy(d, f, fd))) {
		log_warn("%s of the web client is not served: it cannot be "
			 "read, or is too large",
		    path);
		good = false;
	}
	close(fd);
	return (good);
}

/* ---- the directory */

static void
file_read(struct sitedir *d, int dir, const char *path, const char *type)
{
	struct site_file *f = &d->files[d->n];
	char		  other[SITE_PATH + 4];
	enum coding	  i;

	memset(f, 0, sizeof *f);
	if (!form_read(d, &f->form[CODING_PLAIN], dir, path))
		return;
	for (i = 0; i < CODING_PLAIN; i++) {
		snprintf(other, sizeof other, "%s%s", path, ends[i]);
		/* Larger, or not whole: the plain one serves. */
		if (form_read(d, &f->form[i], dir, other) &&
		    f->form[i].n >= f->form[CODING_PLAIN].n)
			f->form[i].tag[0] = '\0';
	}
	f->path = xstrdup(path);
	f->type = type;
	d->n++;
}

static void directory_read(struct sitedir *, int, const char *, unsigned);

static void
entry_read(struct sitedir *d, int dir, const char *under, const char *name,
    unsigned depth)
{
	char	    path[SITE_PATH];
	const char *type = type_of(name);
	struct stat st;
	int	    fd;

	if (!name_good(name) ||
	    (size_t)snprintf(path, sizeof path, "%s/%s", under, name) >=
		sizeof path ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return;
	if (S_ISREG(st.st_mode) && type != NULL) {
		if (d->n == SITE_FILES)
			log_warn("%s of the web client is not served: there "
				 "are too many files",
			    path);
		else
			file_read(d, dir, path, type);
		return;
	}
	if (!S_ISDIR(st.st_mode) || depth == SITE_DEPTH)
		return;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1)
		directory_read(d, fd, path, depth + 1);
}

/* Closes fd. */
static void
directory_read(struct sitedir *d, int fd, const char *under, unsigned depth)
{
	struct dirent *e;
	DIR	      *dir = fdopendir(fd);

	if (dir == NULL) {
		close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		entry_read(d, fd, under, e->d_name, depth);
	closedir(dir);
}

static int
file_order(const void *a, const void *b)
{
	const struct site_file *one = a, *other = b;

	return (strcmp(one->path, other->path));
}

void
sitedir_read(struct sitedir *d, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	memset(d, 0, sizeof *d);
	if (fd == -1) {
		log_warn("the web client is not served: %s: %s", dir,
		    strerror(errno));
		return;
	}
	d->files = xcalloc(SITE_FILES, sizeof *d->files);
	directory_read(d, fd, "", 0);
	if (!spill_seal(&d->bytes)) {
		log_warn("the web client is not served: %s", strerror(errno));
		sitedir_free(d);
		return;
	}
	d->files = xreallocarray(d->files, d->n + 1, sizeof *d->files);
	qsort(d->files, d->n, sizeof *d->files, file_order);
}

void
sitedir_free(struct sitedir *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		free(d->files[i].path);
	free(d->files);
	spill_free(&d->bytes);
	memset(d, 0, sizeof *d);
}

const struct site_file *
sitedir_find(const struct sitedir *d, const char *path)
{
	struct site_file key = { .path = (char *)(uintptr_t)path };

	if (d->n == 0)
		return (NULL); /* bsearch() takes no null array, even of none */
	return (bsearch(&key, d->files, d->n, sizeof *d->files, file_order));
}
