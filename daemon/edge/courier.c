/*
 * What deskd sends to others; see courier.h.  Mail and HTTP are sent apart:
 * an id's last bit says by which of the two.
 */
#include <curl/curl.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "courier.h"
#include "courier_http.h"
#include "courier_mail.h"

struct courier {
	struct mailer *mailer;
	struct poster *poster;
};

struct courier *
courier_open(struct event_base *base, const char *allowed)
{
	const curl_version_info_data *v;
	struct courier		     *c;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		fatal("libcurl: it does not start");
	v = curl_version_info(CURLVERSION_NOW);
	if (!(v->features & CURL_VERSION_ASYNCHDNS))
		fatal("libcurl: this one looks names up without a thread");
	c = xcalloc(1, sizeof *c);
	c->mailer = mailer_open(base);
	c->poster = poster_open(base, allowed);
	return (c);
}

uint64_t
courier_mail(struct courier *c, const struct courier_mail *m,
    courier_ready *ready, courier_got *got, void *arg, uint64_t ref)
{
	uint64_t id = mailer_send(c->mailer, m, ready, got, arg, ref);

	return (id != 0 ? id << 1 : 0);
}

uint64_t
courier_post(struct courier *c, const struct courier_post *p, courier_got *got,
    void *arg, uint64_t ref)
{
	uint64_t id = poster_send(c->poster, p, got, arg, ref);

	return (id != 0 ? id << 1 | 1 : 0);
}

void
courier_go_on(struct courier *c, uint64_t id)
{
	if ((id & 1) == 0)
		mailer_go_on(c->mailer, id >> 1);
}

void
courier_stop(struct courier *c, uint64_t id)
{
	if ((id & 1) == 0)
		mailer_stop(c->mailer, id >> 1);
	else
		poster_stop(c->poster, id >> 1);
}

size_t
courier_busy(const struct courier *c)
{
	return (mailer_busy(c->mailer) + poster_busy(c->poster));
}

void
courier_close(struct courier *c)
{
	mailer_close(c->mailer);
	poster_close(c->poster);
	free(c);
	curl_global_cleanup();
}
