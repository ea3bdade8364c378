/*
 * The forms of the customer's page; see caseform.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "caseform.h"
#include "proto/filename.h"
#include "proto/formdata.h"
#include "proto/http.h"
#include "proto/operation.h"

/* What came as the text, with its lines as ours. */
static void
text_take(struct caseform *f, const char *s, size_t n)
{
	size_t i, at = 0;

	free(f->text);
	f->text = xcalloc(1, n + 1);
	for (i = 0; i < n; i++)
		if (s[i] != '\r' || i + 1 == n || s[i + 1] != '\n')
			f->text[at++] = s[i];
	utf8_clean(f->text, at);
	while (at > 0 && strchr(" \t\r\n", f->text[at - 1]) != NULL)
		at--;
	f->text[at] = '\0';
}

/* False when the field has a value that no form of ours sends. */
static bool
field_take(
    struct caseform *f, const char *name, size_t nname, const char *s, size_t n)
{
	static const struct op_arg id = { .name = "id", .type = ARG_UUID };
	const char		  *wrong;

	if (nname == 4 && memcmp(name, "text", 4) == 0) {
		text_take(f, s, n < CASEFORM_TEXT ? n : CASEFORM_TEXT);
		return (n <= CASEFORM_TEXT);
	}
	if (nname == 2 && memcmp(name, "id", 2) == 0) {
		if (!arg_check(&id, s, n, &wrong))
			return (false);
		memcpy(f->id, s, 36);
		return (true);
	}
	if (nname != 4 || memcmp(name, "what", 4) != 0)
		return (true);
	if (n == 4 && memcmp(s, "done", 4) == 0)
		f->what = CASEFORM_DONE;
	else if (n == 5 && memcmp(s, "again", 5) == 0)
		f->what = CASEFORM_AGAIN;
	return (true);
}

static bool
file_take(struct caseform *f, const struct form_part *p)
{
	char  name[FILENAME_MAX_BYTES + 1], type[101];
	char *said;

	/* A browser sends a file without a name where none was chosen. */
	if (p->n == 0)
		return (true);
	if (f->nfiles == CASEFORM_FILES)
		return (false);
	filename_clean(name, p->file, p->nfile);
	said = p->type != NULL ? xstrndup(p->type, p->ntype) : NULL;
	media_type_read(type, said);
	free(said);
	f->files[f->nfiles++] = (struct caseform_file){ .name = xstrdup(name),
		.type = xstrdup(type),
		.bytes = p->bytes,
		.n = p->n };
	return (true);
}

static bool
parts_read(struct caseform *f, const char *type, const char *s, size_t n)
{
	struct form	 form;
	struct form_part p;
	bool		 good = true;
	int		 got;

	if (!form_begin(&form, type, s, n))
		return (false);
	while ((got = form_next(&form, &p)) == 1)
		good &= p.file != NULL
		    ? file_take(f, &p)
		    : field_take(f, p.name, p.nname, p.bytes, p.n);
	return (good && got == 0);
}

static bool
pairs_read(struct caseform *f, const char *s, size_t n)
{
	const char	*end = s + n;
	struct http_pair pair;
	char		*value;
	ssize_t		 got;
	bool		 good = true;

	while (good && http_pair(&s, end, &pair)) {
		value = xcalloc(1, pair.nvalue + 1);
		got = http_decode(value, pair.value, pair.nvalue, true);
		good = got >= 0 &&
		    field_take(f, pair.name, pair.nname, value, (size_t)got);
		free(value);
	}
	return (good);
}

bool
caseform_read(struct caseform *f, const char *type, const char *s, size_t n)
{
	bool good;

	*f = (struct caseform){ .text = xstrdup("") };
	if (type != NULL &&
	    strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
		good = pairs_read(f, s, n);
	else
		good = parts_read(f, type, s, n);
	return (good && (f->what != CASEFORM_WRITE || f->id[0] != '\0'));
}

void
caseform_free(struct caseform *f)
{
	size_t i;

	for (i = 0; i < f->nfiles; i++) {
		free(f->files[i].name);
		free(f->files[i].type);
	}
	free(f->text);
	*f = (struct caseform){ 0 };
}
