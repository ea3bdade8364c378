/*
 * A file on its way out: read from PostgreSQL chunk by chunk, as fast as its
 * reader takes it, and checked against its digest: damaged bytes are not sent
 * to their end.  A download, never a page: a stranger's file must not run in
 * the desk's name.  Only a picture whose bytes begin as one is shown, when
 * that was asked for.
 */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include <jansson.h>
#include <stdint.h>

struct daemon;
struct http_server;

/*
 * Answers with the file: {"sha256","size","name","type","inline"}.  headers as
 * in struct http_answer; they must last.
 */
void download_begin(struct daemon *, struct http_server *, uint64_t http,
    json_t *file, const char *const *headers);
/* The callbacks of edge/http.h. */
void download_sent(struct http_server *, uint64_t http);
void download_gone(struct http_server *, uint64_t http);
void download_close(void);

#endif
