/*
 * How deep JSON nests, before it is parsed; see shallow.h.
 */
#include "shallow.h"

bool
json_shallow(const char *s, size_t n, unsigned max)
{
	const char *end = s + n;
	unsigned    depth = 0;
	bool	    quoted = false;

	for (; s < end; s++) {
		if (quoted) {
			if (*s == '\\' && s + 1 < end)
				s++;
			else if (*s == '"')
				quoted = false;
			continue;
		}
		switch (*s) {
		case '"':
			quoted = true;
			break;
		case '[':
		case '{':
			if (++depth > max)
				return (false);
			break;
		case ']':
		case '}':
			if (depth > 0)
				depth--;
			break;
		default:
			break;
		}
	}
	return (true);
}
