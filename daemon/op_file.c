/*
 * Operations of files: uploaded before a message names them, and fetched.
 * The bytes go by upload.c and download.c; here is who may.
 */
#include "chatask.h"
#include "dispatch.h"
#include "opdo.h"
#include "upload.h"

void
op_do_UPLOAD_ADD(struct ask *a)
{
	upload_ask(a, a->upload);
}

void
op_do_CHAT_UPLOAD(struct ask *a)
{
	if (chatask_own(a))
		upload_ask(a, a->upload);
}

/* The front that can sends the bytes, others tell what there is. */
static void
file_found(struct ask *a, const char *json, size_t n)
{
	ask_answer(a, &(struct answer){ .json = json, .n = n, .file = true });
}

void
op_do_CHAT_FILE(struct ask *a)
{
	if (chatask_own(a))
		dispatch_sql_then(a, file_found);
}

void
op_do_EVENT_SOURCE(struct ask *a)
{
	dispatch_sql_then(a, file_found);
}

void
op_do_ATTACHMENT_FILE(struct ask *a)
{
	dispatch_sql_then(a, file_found);
}
