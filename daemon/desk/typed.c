/*
 * Codes that people type; see typed.h.
 */
#include <string.h>

#include "typed.h"

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
typed_put(char out[TYPED_TEXT], const uint8_t bytes[TYPED_BYTES])
{
	unsigned held = 0, bits = 0;
	size_t	 i, n = 0;

	for (i = 0; i < TYPED_BYTES; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5) {
			if (n % 5 == 4)
				out[n++] = '-';
			out[n++] = letters[held >> (bits - 5) & 31];
		}
	}
	out[n] = '\0';
}

/* The letter that was meant, or 0. */
static char
letter_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c | 0x20);
	if (c == 'o')
		return ('0');
	if (c == 'i' || c == 'l')
		return ('1');
	return (c != '\0' && strchr(letters, c) != NULL ? c : '\0');
}

bool
typed_read(char out[TYPED_LETTERS + 1], const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == '-' || *s == ' ')
			continue;
		if (n == TYPED_LETTERS || (out[n] = letter_of(*s)) == '\0')
			return (false);
		n++;
	}
	out[n] = '\0';
	return (n == TYPED_LETTERS);
}
