/*
 * Bytes that may become large; see spill.h.
 *
 * The file is written by write() and only read through the mapping: a disk
 * that is full is then an error that can be told, not a SIGBUS.
 */
#include <sys/mman.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "spill.h"

#define SPILL_LEAST 4096

static char *spill_dir;

/*
 * A file without a name: where the file system has no O_TMPFILE (overlayfs
 * long had none), one whose name is taken away at once.
 */
static int
file_make(void)
{
	const char *dir = spill_dir != NULL ? spill_dir : "/var/tmp";
	char	   *path;
	size_t	    n;
	int	    fd;

	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1 || errno == ENOSPC || errno == EMFILE || errno == ENFILE)
		return (fd);
	n = strlen(dir) + sizeof "/deskd-XXXXXX";
	path = xmalloc(n);
	snprintf(path, n, "%s/deskd-XXXXXX", dir);
	if ((fd = mkostemp(path, O_CLOEXEC)) != -1)
		unlink(path);
	free(path);
	return (fd);
}

bool
spill_open(const char *dir)
{
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = getenv("TMPDIR");
	if (dir == NULL || *dir == '\0')
		dir = "/var/tmp";
	free(spill_dir);
	spill_dir = xstrdup(dir);
	if ((fd = file_make()) == -1)
		return (false);
	close(fd);
	return (true);
}

struct spill
spill_of(char *p, size_t n)
{
	return ((struct spill){
	    .p = (uint8_t *)p, .n = n, .size = p != NULL ? n : 0 });
}

void
spill_free(struct spill *s)
{
	if (s->mapped != 0)
		munmap(s->p, s->mapped);
	else
		free(s->p);
	if (s->file != 0)
		close(s->file - 1);
	*s = (struct spill){ 0 };
}

struct spill
spill_take(struct spill *s)
{
	struct spill all = *s;

	*s = (struct spill){ 0 };
	return (all);
}

/* Writes all of it, or nothing counts. */
static bool
file_write(int fd, const uint8_t *p, size_t n)
{
	ssize_t w;

	while (n > 0) {
		if ((w = write(fd, p, n)) == -1 && errno == EINTR)
			continue;
		if (w <= 0)
			return (false);
		p += w;
		n -= (size_t)w;
	}
	return (true);
}

/* What was in memory goes to a file. */
static bool
spill_over(struct spill *s)
{
	int fd = file_make();

	if (fd == -1)
		return (false);
	if (!file_write(fd, s->p, s->n)) {
		close(fd);
		return (false);
	}
	free(s->p);
	s->p = NULL;
	s->size = 0;
	s->file = fd + 1;
	return (true);
}

bool
spill_add(struct spill *s, const void *p, size_t n)
{
	size_t size;

	if (n == 0)
		return (true);
	if (s->file == 0 && s->n + n > SPILL_MEMORY && !spill_over(s))
		return (false);
	if (s->file != 0) {
		if (!file_write(s->file - 1, p, n)) {
			/* Half a write does not count, nor does it stay. */
			if (ftruncate(s->file - 1, (off_t)s->n) == 0)
				lseek(s->file - 1, (off_t)s->n, SEEK_SET);
			return (false);
		}
		s->n += n;
		return (true);
	}
	if (s->n + n > s->size) {
		for (size = s->size != 0 ? s->size : SPILL_LEAST;
		     size < s->n + n;)
			size *= 2;
		s->p = xreallocarray(s->p, size, 1);
		s->size = size;
	}
	memcpy(s->p + s->n, p, n);
	s->n += n;
	return (true);
}

bool
spill_seal(struct spill *s)
{
	void *p;

	if (s->file == 0)
		return (true);
	p = mmap(NULL, s->n, PROT_READ, MAP_SHARED, s->file - 1, 0);
	if (p == MAP_FAILED)
		return (false);
	close(s->file - 1); /* the mapping keeps the file */
	s->file = 0;
	s->p = p;
	s->mapped = s->n;
	return (true);
}

size_t
spill_in_memory(const struct spill *s)
{
	return (s->size);
}

size_t
spill_on_disk(const struct spill *s)
{
	return (s->file != 0 || s->mapped != 0 ? s->n : 0);
}

void
spill_pass(const struct spill *s, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (s->mapped == 0)
		return;
	n = n < s->mapped ? n - n % page : s->mapped;
	if (n != 0)
		madvise(s->p, n, MADV_DONTNEED);
}
