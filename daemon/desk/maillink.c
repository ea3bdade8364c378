/*
 * Links of surveys in a mail's files; see maillink.h.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "maillink.h"
#include "mailpart.h"
#include "surveylink.h"

static bool
text_has_link(GMimeObject *part, bool *no_room)
{
	GMimeContentType *type = g_mime_object_get_content_type(part);
	struct mail_bytes a;
	bool		  is;

	if (!GMIME_IS_PART(part) ||
	    !g_mime_content_type_is_type(type, "text", "*"))
		return (false);
	*no_room |= !mailpart_get(&a, part);
	is = surveylink_in((const char *)a.p, a.n);
	mailpart_done(&a);
	return (is);
}

/* List-Unsubscribe has one, too. */
static bool
head_has_link(GMimeObject *part)
{
	GMimeMessage *m;
	char	     *head;
	bool	      is;

	if (!GMIME_IS_MESSAGE_PART(part) ||
	    (m = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))) ==
		NULL)
		return (false);
	head = g_mime_object_get_headers(GMIME_OBJECT(m), NULL);
	is = surveylink_in(head, strlen(head));
	g_free(head);
	return (is);
}

bool
mail_has_link(GMimeObject *whole, bool *no_room)
{
	GMimePartIter *it;
	GMimeObject   *part;
	bool	       is;

	if (!GMIME_IS_MESSAGE_PART(whole))
		return (text_has_link(whole, no_room));
	is = head_has_link(whole);
	it = g_mime_part_iter_new(whole);
	while (!is && g_mime_part_iter_is_valid(it)) {
		part = g_mime_part_iter_get_current(it);
		is = head_has_link(part) || text_has_link(part, no_room);
		if (!g_mime_part_iter_next(it))
			break;
	}
	g_mime_part_iter_free(it);
	return (is);
}
