/*
 * The files that deskd itself serves, built into the program: the status
 * page at "/".  Each has an ETag of its bytes, so that a browser asks again
 * and is told 304.
 */
#ifndef EDGE_FILES_H
#define EDGE_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct http_request;
struct http_server;

struct file {
	const char	    *path; /* "/status.css" */
	const char	    *type;
	const char	    *etag; /* with its quotes */
	const unsigned char *bytes;
	size_t		     n;
};

/* NULL when there is none of that path. */
const struct file *file_find(const char *path);
/*
 * Answers a request for a file: 200, 304, or 405 for what is neither GET nor
 * HEAD.  False, and nothing answered, when no file has the path.
 */
bool files_answer(struct http_server *, const struct http_request *);

#endif
