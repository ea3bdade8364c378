/*
 * deskctl setup: asks the daemon for the code of the first start, and says
 * where to go with it.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "ctl.h"
#include "operation.h"

static void
line_show(const char *what, const json_t *j, const char *name)
{
	const json_t *v = json_object_get(j, name);
	struct buf    b = { 0 };

	buf_shown(&b, json_string_value(v), json_string_length(v), 500);
	printf("%s%s\n", what, b.p != NULL ? b.p : "");
	buf_free(&b);
}

enum ctl_exit
ctl_setup(struct ctl *ctl, int argc, char **argv)
{
	struct resp_arg ask[] = { { "SETUP.CODE", 10 }, { "again", 5 },
		{ "yes", 3 } };
	enum ctl_exit	status;
	json_t	       *j;

	if (argc == 2 && strcasecmp(argv[1], "code") != 0 &&
	    strcmp(argv[1], "--again") != 0)
		return (ctl_operation(ctl, argc, argv));
	if (argc > 2)
		return (ctl_usage("setup"));
	status = ctl_ask(
	    ctl, ask, argc == 2 && strcmp(argv[1], "--again") == 0 ? 3 : 1, &j);
	if (status == CTL_OK && ctl->json) {
		ctl_show(ctl, j);
	} else if (status == CTL_OK) {
		puts("Open this in a browser, and make the administrator:\n");
		line_show("  ", j, "link");
		line_show("\nor type the code there:  ", j, "code");
		line_show("It is good once, until ", j, "expires_at");
	}
	json_decref(j);
	return (status);
}
