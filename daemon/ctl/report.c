/*
 * deskctl report NAME: figures of a stretch of time as a table, as CSV, or as
 * JSON; see REPORT and deskd-reports(7).
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "operation.h"
#include "reporttable.h"

#define WORDS_MAX 32

/* Takes --format out of the words; false when it is none that there is. */
static bool
format_take(int *argc, char **argv, const char **format)
{
	int i, n = 0;

	for (i = 0; i < *argc; i++) {
		if (strcmp(argv[i], "--format") == 0 && i + 1 < *argc)
			*format = argv[++i];
		else if (strncmp(argv[i], "--format=", 9) == 0)
			*format = argv[i] + 9;
		else
			argv[n++] = argv[i];
	}
	*argc = n;
	return (strcmp(*format, "table") == 0 || strcmp(*format, "csv") == 0 ||
	    strcmp(*format, "json") == 0);
}

enum ctl_exit
ctl_report(struct ctl *ctl, int argc, char **argv)
{
	const char   *format = ctl->json ? "json" : "table";
	char	     *words[WORDS_MAX];
	enum ctl_exit status;
	struct buf    out = { 0 };
	json_t	     *j;

	if (argc < 2 || argc > WORDS_MAX)
		return (ctl_usage("report"));
	memcpy(words, argv, (size_t)argc * sizeof *words);
	if (!format_take(&argc, words, &format) || argc < 2)
		return (ctl_usage("report"));
	status = operation_ask(ctl, argc, words, &j);
	if (status != CTL_OK)
		return (status);
	if (strcmp(format, "json") == 0) {
		ctl->json = true;
		ctl_show(ctl, j);
	} else if (strcmp(format, "csv") == 0) {
		report_csv(&out, j);
	} else {
		report_table(&out, j);
	}
	if (out.n > 0)
		fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	json_decref(j);
	return (CTL_OK);
}
