/*
 * The files of a directory as they were when it was read: copied into one
 * nameless file (base/spill.h), so that what is served is always one release
 * whole, under its own tags, whatever an upgrade does to the directory
 * meanwhile; and so that no descriptor is held and no memory but the pages
 * just sent.
 *
 * Only what could be meant is read: ordinary files with names of letters,
 * digits, '.', '-' and '_' that begin with no dot, in directories of such
 * names.  Links are not followed.  `NAME.br' and `NAME.gz' beside a NAME are
 * other forms of it, no files of their own.
 */
#ifndef EDGE_SITEDIR_H
#define EDGE_SITEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include "base/spill.h"
#include "proto/negotiate.h"

/* What a directory may have; past it the rest is left out, aloud. */
#define SITE_FILES 4096
#define SITE_DEPTH 6
#define SITE_FILE  (8 * 1024 * 1024)
#define SITE_BYTES (64 * 1024 * 1024)
#define SITE_PATH  256
#define SITE_TAG   27 /* '"', 24 hexadecimal digits, '"', NUL */

struct site_form {
	size_t at; /* in bytes.p */
	size_t n;
	char   tag[SITE_TAG]; /* "": there is no such form */
};

struct site_file {
	char		*path; /* "/assets/x.js" */
	const char	*type; /* media type, by the name's end */
	struct site_form form[CODINGS];
};

struct sitedir {
	struct site_file *files; /* in the order of their paths */
	size_t		  n;
	struct spill	  bytes;
};

/*
 * Reads it.  What cannot be read is left out and said in the log; a
 * directory that is not there is one without files.
 */
void sitedir_read(struct sitedir *, const char *dir);
void sitedir_free(struct sitedir *);
/* NULL when there is none of that path. */
const struct site_file *sitedir_find(const struct sitedir *, const char *path);

#endif
