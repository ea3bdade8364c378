/*
 * Texts with holes; see filling.h.
 */
#include <string.h>

#include "filling.h"

#define FILLING_MAX 2097152 /* bytes of one filled from JSON: two posts */

static bool
name_known(const char *const *names, const char *name)
{
	size_t n;

	if (names == NULL)
		return (true);
	for (; *names != NULL; names++) {
		n = strlen(*names);
		if (strcmp(*names, name) == 0 ||
		    ((*names)[n - 1] == ':' && strncmp(*names, name, n) == 0 &&
			name[n] != '\0'))
			return (true);
	}
	return (false);
}

/* Whether it is written as a pointer: /a, #/a, 2/a. */
static bool
pointer_like(const char *s, size_t n)
{
	return (n > 0 &&
	    (*s == '/' || (n > 1 && s[1] == '/' && strchr("#123456789", *s))));
}

static const char *
part_hole(struct filling_part *part, struct arena *a, const char *s, size_t n,
    const char *const *names, bool pointers)
{
	if (pointers && pointer_like(s, n)) {
		part->is = FILLING_POINTER;
		return (pointer_make(&part->at, a, s, n));
	}
	part->is = FILLING_NAME;
	if ((part->text = arena_dup(a, s, n)) == NULL)
		return ("This is too large.");
	return (name_known(names, part->text)
		? NULL
		: "Nothing is known by the name between { and }.");
}

/* One part, from *s on; *s is moved behind it. */
static const char *
part_make(struct filling_part *part, struct arena *a, const char **s,
    const char *const *names, bool pointers)
{
	const char *from = *s, *wrong;
	size_t	    n;

	if (from[0] == '{' && from[1] != '{') {
		if (from[n = strcspn(from, "}")] == '\0')
			return ("A { has no }; a brace itself is {{.");
		wrong = part_hole(part, a, from + 1, n - 1, names, pointers);
		*s = from + n + 1;
		return (wrong);
	}
	part->is = FILLING_TEXT;
	n = from[0] == '{' ? 1 : strcspn(from, "{");
	*s = from + n + (from[0] == '{');
	part->text = arena_dup(a, from, n);
	return (part->text != NULL ? NULL : "This is too large.");
}

const char *
filling_make(struct filling *f, struct arena *a, const char *s,
    const char *const *names, bool pointers)
{
	const char *wrong = NULL;

	*f = (struct filling){ 0 };
	f->parts = arena_get(a, FILLING_PARTS * sizeof *f->parts);
	if (f->parts == NULL)
		return ("This is too large.");
	if (pointers && pointer_like(s, strlen(s))) {
		f->n = 1;
		return (part_hole(f->parts, a, s, strlen(s), NULL, true));
	}
	while (wrong == NULL && *s != '\0') {
		if (f->n == FILLING_PARTS)
			return ("There are too many { in this.");
		wrong = part_make(&f->parts[f->n++], a, &s, names, pointers);
	}
	return (f->n == 0 ? "This is empty." : wrong);
}

bool
filling_write(
    struct buf *b, const struct filling *f, filling_put *put, void *arg)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->parts[i].is == FILLING_TEXT)
			buf_str(b, f->parts[i].text);
		else if (!put(arg, b, &f->parts[i]))
			return (false);
	return (!buf_full(b));
}

struct from_json {
	struct arena	  *arena;
	const struct spot *spot;
};

static bool
put_json(void *arg, struct buf *b, const struct filling_part *part)
{
	const struct from_json *from = arg;
	const json_t	       *value = pointer_get(&part->at, from->spot);
	const char	       *s;

	if (value == NULL || (s = pointer_text(from->arena, value)) == NULL)
		return (false);
	buf_str(b, s);
	return (true);
}

const char *
filling_text(struct arena *a, const struct filling *f, const struct spot *spot)
{
	struct from_json from = { a, spot };
	struct buf	 b;
	const char	*s = NULL;

	if (f->n == 0)
		return (NULL);
	buf_init(&b, FILLING_MAX);
	if (filling_write(&b, f, put_json, &from) && b.n > 0)
		s = arena_dup(a, b.p, b.n);
	buf_free(&b);
	return (s);
}
