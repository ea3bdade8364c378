/*
 * What is printed whole; see sheet.h.
 */
#include "cxreport.h"
#include "sheet.h"

/* CSV is for a program; on a terminal nothing of it may act. */
static void
csv_show(struct show *s, const json_t *csv)
{
	if (s->terminal)
		show_lines(s->out, json_string_value(csv), "");
	else
		buf_add(
		    s->out, json_string_value(csv), json_string_length(csv));
}

bool
sheet_show(struct show *s, const json_t *v)
{
	const json_t *csv = json_object_get(v, "csv");

	if (json_is_string(csv)) {
		csv_show(s, csv);
		return (true);
	}
	if (!json_is_array(json_object_get(v, "sections")) ||
	    !json_is_string(json_object_get(v, "foot")))
		return (false);
	cxreport_paper(s->out, v, s->terminal ? s->width : 0);
	return (true);
}
