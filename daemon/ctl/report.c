/*
 * deskctl report NAME: figures of a stretch of time as a table, as CSV, or as
 * JSON; see REPORT, cxreport.h and deskd-reports(7).
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cxreport.h"
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

/* Of one of customers' experience; what the server made CSV of is shown so. */
static void
cx_show(
    struct ctl *ctl, const struct cxreport *report, bool csv, const json_t *j)
{
	struct buf out = { 0 };

	if (!csv || json_is_string(json_object_get(j, "csv"))) {
		ctl_show(ctl, j);
		return;
	}
	cxreport_csv(&out, j, report);
	if (out.n > 0)
		fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

static void
figures_show(bool csv, const json_t *j)
{
	struct buf out = { 0 };

	if (csv)
		report_csv(&out, j);
	else
		report_table(&out, j);
	if (out.n > 0)
		fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
}

/*
 * The words to ask: "report scores nps" is "cx scores nps".  The paper's CSV is
 * the server's own, as it is mailed.
 */
static int
words_put(char **words, const struct cxreport *report, int argc, char **argv,
    bool csv)
{
	int n = 0, i;

	if (report == NULL) {
		memcpy(words, argv, (size_t)argc * sizeof *words);
		return (argc);
	}
	for (; n < CXREPORT_WORDS; n++)
		words[n] = (char *)report->words[n];
	for (i = 2; i < argc; i++)
		words[n++] = argv[i];
	if (csv && strcmp(argv[1], "overview") == 0) {
		words[n++] = (char *)"--csv";
		words[n++] = (char *)"yes";
	}
	return (n);
}

/* One of REPORT's own? */
static bool
is_own(const char *name)
{
	const char *wrong;

	return (arg_check(&ops[OP_REPORT].args[0], name, strlen(name), &wrong));
}

enum ctl_exit
ctl_report(struct ctl *ctl, int argc, char **argv)
{
	const char   *format = ctl->json ? "json" : "table";
	char	     *given[WORDS_MAX], *words[WORDS_MAX + CXREPORT_WORDS + 2];
	enum ctl_exit status;
	json_t	     *j;
	const struct cxreport *report; /* NULL: one of REPORT's own */
	bool		       csv;
	int		       n;

	if (argc < 2 || argc > WORDS_MAX)
		return (ctl_usage("report"));
	memcpy(given, argv, (size_t)argc * sizeof *given);
	if (!format_take(&argc, given, &format) || argc < 2)
		return (ctl_usage("report"));
	csv = strcmp(format, "csv") == 0;
	report = cxreport_find(given[1]);
	if (report == NULL && !is_own(given[1])) {
		ctl_say("%s: no such report", given[1]);
		return (ctl_usage("report"));
	}
	ctl->report = report != NULL ? report->name : NULL;
	n = words_put(words, report, argc, given, csv);
	status = operation_ask(ctl, n, words, &j);
	if (status != CTL_OK)
		return (status);
	if (strcmp(format, "json") == 0) {
		ctl->json = true;
		ctl_show(ctl, j);
	} else if (report != NULL) {
		cx_show(ctl, report, csv, j);
	} else {
		figures_show(csv, j);
	}
	json_decref(j);
	return (CTL_OK);
}
