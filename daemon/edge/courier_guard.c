/*
 * Public addresses and others; see courier_guard.h.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "courier_guard.h"

/* A network, IPv4 as ::ffff:a.b.c.d/96+bits. */
struct net {
	uint8_t	 a[16];
	unsigned bits;
};

/* clang-format off */
static const struct {
	const char *net;
	unsigned    bits;
} closed[] = {
	{ "0.0.0.0", 8 },	{ "10.0.0.0", 8 },	{ "100.64.0.0", 10 },
	{ "127.0.0.0", 8 },	{ "169.254.0.0", 16 },	{ "172.16.0.0", 12 },
	{ "192.0.0.0", 24 },	{ "192.0.2.0", 24 },	{ "192.88.99.0", 24 },
	{ "192.168.0.0", 16 },	{ "198.18.0.0", 15 },	{ "198.51.100.0", 24 },
	{ "203.0.113.0", 24 },	{ "224.0.0.0", 3 },	/* and 240/4 */
};
/* clang-format on */

static bool
net_has(const struct net *n, const uint8_t a[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(n->a, a, whole) != 0)
		return (false);
	return (rest == 0 || ((n->a[whole] ^ a[whole]) >> (8 - rest)) == 0);
}

/* Reads "192.0.2.0/24", "::1"; n bytes of text. */
static bool
net_read(struct net *net, const char *text, size_t n)
{
	char word[64], *slash, *end;
	long bits;
	int  most = 128;

	if (n == 0 || n >= sizeof word)
		return (false);
	memcpy(word, text, n);
	word[n] = '\0';
	if ((slash = strchr(word, '/')) != NULL)
		*slash++ = '\0';
	memset(net, 0, sizeof *net);
	if (inet_pton(AF_INET, word, net->a + 12) == 1) {
		net->a[10] = net->a[11] = 0xff;
		most = 32;
	} else if (inet_pton(AF_INET6, word, net->a) != 1)
		return (false);
	bits = most;
	if (slash != NULL) {
		if (*slash < '0' || *slash > '9')
			return (false);
		bits = strtol(slash, &end, 10);
		if (*end != '\0' || bits > most)
			return (false);
	}
	net->bits = (unsigned)(bits + 128 - most);
	return (true);
}

/* The next word of the list, its length in n; NULL when there is none. */
static const char *
list_word(const char *list, size_t *n)
{
	list += strspn(list, " \t");
	*n = strcspn(list, " \t");
	return (*n != 0 ? list : NULL);
}

bool
courier_list_ok(const char *list)
{
	struct net net;
	size_t	   n;

	for (; (list = list_word(list, &n)) != NULL; list += n)
		if (!net_read(&net, list, n))
			return (false);
	return (true);
}

static bool
list_has(const char *list, const uint8_t a[16])
{
	struct net net;
	size_t	   n;

	for (; (list = list_word(list, &n)) != NULL; list += n)
		if (net_read(&net, list, n) && net_has(&net, a))
			return (true);
	return (false);
}

static bool
is_closed(const uint8_t a[16])
{
	struct net n;
	size_t	   i;

	for (i = 0; i < nitems(closed); i++) {
		memset(&n, 0, sizeof n);
		n.a[10] = n.a[11] = 0xff;
		if (inet_pton(AF_INET, closed[i].net, n.a + 12) != 1)
			return (true);
		n.bits = 96 + closed[i].bits;
		if (net_has(&n, a))
			return (true);
	}
	return (false);
}

/*
 * Of IPv6 only 2000::/3 is handed out to anybody; in it documentation, and
 * 2001::/23 and 2002::/16, by which IPv4 addresses are reached (Teredo, 6to4).
 * The rest - loopback, fc00::/7, fe80::/10, multicast, NAT64's 64:ff9b::/96,
 * IPv4-compatible ones - lies outside.
 */
static bool
is_public6(const uint8_t a[16])
{
	if (a[0] >> 5 != 1)
		return (false);
	if (a[0] == 0x20 && a[1] == 0x02)
		return (false);
	if (a[0] == 0x20 && a[1] == 0x01 &&
	    (a[2] < 2 || (a[2] == 0x0d && a[3] == 0xb8)))
		return (false);
	return (!(a[0] == 0x3f && a[1] == 0xff && a[2] >> 4 == 0));
}

bool
courier_may_go(const struct sockaddr *sa, const char *allowed)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t		     a[16];

	if (sa->sa_family == AF_INET) {
		memcpy(a, mapped, sizeof mapped);
		memcpy(a + 12,
		    &((const struct sockaddr_in *)(const void *)sa)->sin_addr,
		    4);
	} else if (sa->sa_family == AF_INET6)
		memcpy(a,
		    &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
		    16);
	else
		return (false);
	if (list_has(allowed, a))
		return (true);
	if (memcmp(a, mapped, sizeof mapped) == 0)
		return (sa->sa_family == AF_INET && !is_closed(a));
	return (is_public6(a));
}
