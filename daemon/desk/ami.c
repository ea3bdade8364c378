/*
 * Messages of the Asterisk Manager Interface; see ami.h.
 */
#include <string.h>
#include <strings.h>

#include "ami.h"
#include "base/utf8.h"

ssize_t
ami_banner(const char *s, size_t n)
{
	static const char begin[] = "Asterisk Call Manager/";
	const char	 *end;
	size_t		  known = n < sizeof begin - 1 ? n : sizeof begin - 1;

	if (memcmp(s, begin, known) != 0)
		return (AMI_BAD);
	if ((end = memchr(s, '\n', n)) != NULL)
		return (end - s < AMI_BANNER_MAX ? end - s + 1 : AMI_BAD);
	return (n < AMI_BANNER_MAX ? AMI_MORE : AMI_BAD);
}

/* Bytes up to and with the empty line; 0 when it is not there. */
static size_t
ami_extent(const char *s, size_t n)
{
	const char *line = s, *end;

	while ((end = memchr(line, '\n', n - (size_t)(line - s))) != NULL) {
		if (end == line || (end == line + 1 && *line == '\r'))
			return ((size_t)(end - s) + 1);
		line = end + 1;
	}
	return (0);
}

/* One line, its end cut off, as a field. */
static void
ami_field(struct ami_message *m, char *line)
{
	char *colon = strchr(line, ':');

	if (colon == NULL || m->n == AMI_FIELDS)
		return;
	*colon++ = '\0';
	while (*colon == ' ')
		colon++;
	m->fields[m->n].name = line;
	m->fields[m->n++].value = colon;
}

ssize_t
ami_parse(struct ami_message *m, const char *s, size_t n)
{
	size_t most = n < AMI_MESSAGE_MAX ? n : AMI_MESSAGE_MAX, take, len;
	char  *line, *end;

	m->n = 0;
	if ((take = ami_extent(s, most)) == 0)
		return (n < AMI_MESSAGE_MAX ? AMI_MORE : AMI_BAD);
	memcpy(m->text, s, take);
	m->text[take] = '\0';
	for (line = m->text; (end = memchr(line, '\n',
				  (size_t)(m->text + take - line))) != NULL;
	     line = end + 1) {
		len = (size_t)(end - line);
		if (len > 0 && line[len - 1] == '\r')
			len--;
		utf8_clean(line, len);
		line[len] = '\0';
		ami_field(m, line);
	}
	return ((ssize_t)take);
}

size_t
ami_skip(const char *s, size_t n, bool *over)
{
	size_t i;

	*over = false;
	for (i = 0; i + 1 < n; i++) {
		if (s[i] != '\n')
			continue;
		if (s[i + 1] == '\n' ||
		    (i + 2 < n && s[i + 1] == '\r' && s[i + 2] == '\n')) {
			*over = true;
			return (s[i + 1] == '\n' ? i + 2 : i + 3);
		}
	}
	return (n > 3 ? n - 3 : 0);
}

const char *
ami_get(const struct ami_message *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (strcasecmp(m->fields[i].name, name) == 0)
			return (m->fields[i].value);
	return ("");
}

bool
ami_is(const struct ami_message *m, const char *name, const char *value)
{
	return (strcasecmp(ami_get(m, name), value) == 0);
}

bool
ami_sayable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (false);
	return (true);
}
