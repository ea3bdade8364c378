/*
 * Places in JSON; see pointer.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "pointer.h"

/* One step without its escapes (RFC 6901 section 4); NULL: none, or full. */
static const char *
step_read(struct arena *a, const char *s, size_t n)
{
	char  *out = arena_get(a, n + 1);
	size_t i, to = 0;

	for (i = 0; out != NULL && i < n; i++) {
		if (s[i] != '~') {
			out[to++] = s[i];
			continue;
		}
		if (++i == n || (s[i] != '0' && s[i] != '1'))
			return (NULL);
		out[to++] = s[i] == '0' ? '~' : '/';
	}
	return (out);
}

const char *
pointer_make(struct pointer *p, struct arena *a, const char *s, size_t n)
{
	const char *end = s + n, *step;

	*p = (struct pointer){ 0 };
	if (n > POINTER_TEXT || !utf8_valid(s, n))
		return ("A JSON pointer has at most 200 bytes of UTF-8.");
	if (s < end && *s == '#') {
		p->up = -1;
		s++;
	} else if (s < end && *s >= '1' && *s <= '9') {
		p->up = *s++ - '0';
		if (s < end && *s != '/')
			return ("A pointer goes at most 9 levels up.");
	}
	if (s < end && *s != '/')
		return ("A JSON pointer begins with /, as in /message/id.");
	while (s < end) {
		step = ++s;
		while (s < end && *s != '/')
			s++;
		if (p->n == POINTER_STEPS)
			return ("A JSON pointer has at most 12 steps.");
		if (s - step == 1 && *step == '*')
			p->steps[p->n++] = NULL;
		else if ((p->steps[p->n++] = step_read(
			      a, step, (size_t)(s - step))) == NULL)
			return ("In a JSON pointer ~ is written ~0, / is ~1.");
	}
	return (NULL);
}

/* RFC 6901 section 4: digits without a leading zero. */
static const json_t *
step_index(const json_t *array, const char *s)
{
	size_t i = 0, n = strlen(s);

	if (n == 0 || n > 6 || strspn(s, "0123456789") != n ||
	    (n > 1 && *s == '0'))
		return (NULL);
	for (; *s != '\0'; s++)
		i = 10 * i + (size_t)(*s - '0');
	return (json_array_get(array, i));
}

static const json_t *
step_take(const json_t *in, const char *step)
{
	void *first;

	if (json_is_array(in))
		return (step != NULL ? step_index(in, step)
				     : json_array_get(in, 0));
	if (!json_is_object(in))
		return (NULL);
	if (step != NULL)
		return (json_object_get(in, step));
	first = json_object_iter((json_t *)in);
	return (first != NULL ? json_object_iter_value(first) : NULL);
}

/* Where the steps begin: how much of the path stays; 0: above the whole. */
static size_t
pointer_start(const struct pointer *p, const struct spot *from)
{
	if (p->up < 0)
		return (from->n > 0 ? 1 : 0);
	return ((size_t)p->up < from->n ? from->n - (size_t)p->up : 0);
}

const json_t *
pointer_get(const struct pointer *p, const struct spot *from)
{
	size_t	      i, start = pointer_start(p, from);
	const json_t *at;

	if (start == 0)
		return (NULL);
	at = from->path[start - 1];
	for (i = 0; at != NULL && i < p->n; i++)
		at = step_take(at, p->steps[i]);
	return (at);
}

struct walk {
	const struct pointer *p;
	struct spot	     *out;
	size_t		      max, found;
	struct spot	      at;
};

static void walk_step(struct walk *, size_t step);

static void
walk_into(struct walk *w, size_t step, const json_t *to)
{
	if (to == NULL || w->found > w->max || w->at.n == SPOT_DEPTH)
		return;
	w->at.path[w->at.n++] = to;
	walk_step(w, step + 1);
	w->at.n--;
}

/* As deep as the pattern has steps, and no deeper. */
static void
walk_step(struct walk *w, size_t step)
{
	const json_t *in = w->at.path[w->at.n - 1];
	const char   *key;
	json_t	     *part;
	size_t	      i;

	if (step == w->p->n) {
		if (w->found++ < w->max)
			w->out[w->found - 1] = w->at;
	} else if (w->p->steps[step] != NULL)
		walk_into(w, step, step_take(in, w->p->steps[step]));
	else if (json_is_array(in)) {
		for (i = 0; i < json_array_size(in) && w->found <= w->max; i++)
			walk_into(w, step, json_array_get(in, i));
	} else if (json_is_object(in)) {
		json_object_foreach ((json_t *)in, key, part)
			walk_into(w, step, part);
	}
}

size_t
pointer_all(const struct pointer *p, const struct spot *from, struct spot *out,
    size_t max)
{
	struct walk w = { .p = p, .out = out, .max = max, .at = *from };

	if ((w.at.n = pointer_start(p, from)) == 0)
		return (0);
	walk_step(&w, 0);
	return (w.found <= max ? w.found : max + 1);
}

const char *
pointer_text(struct arena *a, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return (json_string_length(value) == 0
			? NULL
			: arena_dup(a, json_string_value(value),
			      json_string_length(value)));
	case JSON_INTEGER:
		return (arena_printf(
		    a, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
	case JSON_REAL:
		return (arena_printf(a, "%.15g", json_real_value(value)));
	case JSON_TRUE:
		return ("true");
	default:
		return (NULL);
	}
}
