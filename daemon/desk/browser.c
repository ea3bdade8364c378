/*
 * A browser in words; see browser.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/def.h"
#include "browser.h"

struct sign {
	const char *part; /* in what it says */
	const char *name;
};

/* The first that fits: most say that they are the ones below, too. */
static const struct sign browsers[] = {
	{ "coc_coc_browser/", "Cốc Cốc" },
	{ "Zalo", "Zalo" },
	{ "EdgA/", "Edge" },
	{ "EdgiOS/", "Edge" },
	{ "Edg/", "Edge" },
	{ "OPR/", "Opera" },
	{ "SamsungBrowser/", "Samsung Internet" },
	{ "FxiOS/", "Firefox" },
	{ "Firefox/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
	{ "deskctl/", "deskctl" },
	{ "curl/", "curl" },
};

static const struct sign systems[] = {
	{ "Windows", "Windows" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Android", "Android" },
	{ "CrOS", "ChromeOS" },
	{ "Mac OS X", "macOS" },
	{ "Linux", "Linux" },
};

static const char *
sign_find(const struct sign *list, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strstr(s, list[i].part) != NULL)
			return (list[i].name);
	return ("");
}

void
browser_words(char out[BROWSER_WORDS], const char *s)
{
	const char *browser, *system;

	if (s == NULL)
		s = "";
	browser = sign_find(browsers, nitems(browsers), s);
	system = sign_find(systems, nitems(systems), s);
	snprintf(out, BROWSER_WORDS, "%s%s%s", browser,
	    browser[0] != '\0' && system[0] != '\0' ? ", " : "", system);
}
