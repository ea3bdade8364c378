/*
 * deskctl's connection to a daemon; see wire.h.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"
#include "deskdconf.h"
#include "wire.h"

#define WIRE_ANSWER_MAX (64u << 20) /* bytes of one answer */
#define KEY_MAX		1024

struct wire {
	int	   fd;
	SSL_CTX	  *ctx;
	SSL	  *ssl;
	struct buf in;
	bool private; /* nobody on the way can read it */
	char wrong[300];
};

static char open_wrong[300];

static bool PRINTFLIKE(2, 3) wire_fail(struct wire *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->wrong, sizeof w->wrong, fmt, ap);
	va_end(ap);
	return (false);
}

void
wire_patient(struct wire *w, bool patient)
{
	struct timeval tv = { patient ? 0 : WIRE_WAIT_S, 0 };

	setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	setsockopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

static bool
wire_unix(struct wire *w, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof sun.sun_path)
		return (wire_fail(w, "%s: the path is too long", path));
	strcpy(sun.sun_path, path);
	w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	w->private = true;
	if (w->fd == -1 ||
	    connect(w->fd, (struct sockaddr *)&sun, sizeof sun) == -1)
		return (wire_fail(w, "%s: %s", path, strerror(errno)));
	return (true);
}

static bool
is_loopback(const struct sockaddr *sa)
{
	const struct sockaddr_in  *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;

	if (sa->sa_family == AF_INET)
		return (ntohl(in->sin_addr.s_addr) >> 24 == 127);
	return (
	    sa->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr));
}

/* "host:port" or "[::1]:port", cut in two; free() the host. */
static char *
host_split(const char *at, const char **port)
{
	const char *colon = strrchr(at, ':');
	size_t	    n;

	if (colon == NULL || colon == at || colon[1] == '\0')
		return (NULL);
	*port = colon + 1;
	n = (size_t)(colon - at);
	if (at[0] == '[' && at[n - 1] == ']')
		return (xstrndup(at + 1, n - 2));
	return (xstrndup(at, n));
}

static bool
wire_tcp(struct wire *w, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all, *a;
	int		on = 1, rc, err = 0;

	if ((rc = getaddrinfo(host, port, &hints, &all)) != 0)
		return (wire_fail(w, "%s: %s", host, gai_strerror(rc)));
	for (a = all; a != NULL; a = a->ai_next) {
		w->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (w->fd != -1 &&
		    connect(w->fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		err = errno;
		if (w->fd != -1)
			close(w->fd);
		w->fd = -1;
	}
	if (a != NULL)
		w->private = is_loopback(a->ai_addr);
	freeaddrinfo(all);
	if (w->fd == -1)
		return (wire_fail(w, "%s:%s: %s", host, port, strerror(err)));
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return (true);
}

static bool
wire_tls_fail(struct wire *w, const char *what)
{
	long verdict =
	    w->ssl != NULL ? SSL_get_verify_result(w->ssl) : X509_V_OK;
	unsigned long e = ERR_get_error();
	const char   *why = ERR_reason_error_string(e);

	ERR_clear_error();
	if (verdict != X509_V_OK)
		why = X509_verify_cert_error_string(verdict);
	return (wire_fail(w, "%s: %s", what, why != NULL ? why : "cut off"));
}

/* The certificate must be good and be the host's. */
static bool
wire_tls(struct wire *w, const char *host, const char *ca)
{
	w->ctx = SSL_CTX_new(TLS_client_method());
	if (w->ctx == NULL)
		return (wire_tls_fail(w, "TLS"));
	SSL_CTX_set_min_proto_version(w->ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(w->ctx, SSL_VERIFY_PEER, NULL);
	if (ca != NULL ? SSL_CTX_load_verify_file(w->ctx, ca) != 1
		       : SSL_CTX_set_default_verify_paths(w->ctx) != 1)
		return (wire_tls_fail(w, ca != NULL ? ca : "certificates"));
	w->ssl = SSL_new(w->ctx);
	if (w->ssl == NULL || SSL_set1_host(w->ssl, host) != 1 ||
	    SSL_set_fd(w->ssl, w->fd) != 1)
		return (wire_tls_fail(w, "TLS"));
	SSL_set_tlsext_host_name(w->ssl, host);
	if (SSL_connect(w->ssl) != 1)
		return (wire_tls_fail(w, "TLS"));
	w->private = true;
	return (true);
}

static bool
wire_connect(struct wire *w, const struct ctl *ctl)
{
	const char *port;
	char	   *host, *path;
	bool	    good;

	if (ctl->host == NULL) {
		if ((path = deskdconf_control(ctl)) == NULL)
			return (wire_fail(w, "its configuration is unknown"));
		good = wire_unix(w, path);
		free(path);
		if (good)
			wire_patient(w, false);
		return (good);
	}
	if ((host = host_split(ctl->host, &port)) == NULL)
		return (wire_fail(w, "%s: not host:port", ctl->host));
	good = wire_tcp(w, host, port);
	if (good)
		wire_patient(w, false);
	if (good && ctl->tls)
		good = wire_tls(w, host, ctl->ca);
	free(host);
	return (good);
}

static bool
wire_write(struct wire *w, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		if (w->ssl != NULL)
			done = SSL_write(w->ssl, p, n > 65536 ? 65536 : (int)n);
		else
			done = send(w->fd, p, n, MSG_NOSIGNAL);
		if (done == -1 && w->ssl == NULL && errno == EINTR)
			continue;
		if (done <= 0)
			return (wire_fail(w, "the connection is cut"));
		p += done;
		n -= (size_t)done;
	}
	return (true);
}

static bool
wire_more(struct wire *w)
{
	char	chunk[16384];
	ssize_t n;

	do {
		errno = 0;
		if (w->ssl != NULL)
			n = SSL_read(w->ssl, chunk, sizeof chunk);
		else
			n = recv(w->fd, chunk, sizeof chunk, 0);
	} while (n == -1 && w->ssl == NULL && errno == EINTR);
	if (n > 0) {
		buf_add(&w->in, chunk, (size_t)n);
		return (true);
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return (wire_fail(
		    w, "no answer came within %d seconds", WIRE_WAIT_S));
	return (wire_fail(w, "the daemon closed the connection"));
}

bool
wire_send(struct wire *w, const struct resp_arg *argv, size_t argc)
{
	struct buf out = { 0 };
	bool	   good;

	resp_ask(&out, argv, argc);
	good = wire_write(w, out.p, out.n);
	buf_free(&out);
	return (good);
}

bool
wire_read(struct wire *w, struct resp_reply *reply)
{
	ssize_t took;

	for (;;) {
		took = resp_read(reply, w->in.p != NULL ? w->in.p : "", w->in.n,
		    WIRE_ANSWER_MAX);
		if (took == -1)
			return (wire_fail(w, "what came is no RESP"));
		if (took > 0)
			break;
		if (!wire_more(w))
			return (false);
	}
	buf_drop(&w->in, (size_t)took);
	return (true);
}

bool
wire_ask(struct wire *w, const struct resp_arg *argv, size_t argc,
    struct resp_reply *reply)
{
	if (!wire_send(w, argv, argc))
		return (false);
	for (;;) {
		if (!wire_read(w, reply))
			return (false);
		if (reply->kind != RESP_PUSH)
			return (true);
		json_decref(reply->value);
	}
}

/* The first line of the file; a key that others can read is no key. */
static char *
key_read(struct wire *w, const char *path)
{
	struct stat st;
	FILE	   *f;
	char	    line[KEY_MAX];
	bool	    got;

	if ((f = fopen(path, "re")) == NULL || fstat(fileno(f), &st) == -1) {
		wire_fail(w, "%s: %s", path, strerror(errno));
		if (f != NULL)
			fclose(f);
		return (NULL);
	}
	got = fgets(line, sizeof line, f) != NULL;
	fclose(f);
	if (S_ISREG(st.st_mode) && (st.st_mode & (S_IROTH | S_IWOTH))) {
		wire_fail(w, "%s: others may read it: chmod 600", path);
		return (NULL);
	}
	line[got ? strcspn(line, "\r\n") : 0] = '\0';
	if (line[0] == '\0') {
		wire_fail(w, "%s: no key in it", path);
		return (NULL);
	}
	return (xstrdup(line));
}

static bool
wire_hello(struct wire *w, const struct ctl *ctl)
{
	struct resp_arg	  argv[5] = { { "HELLO", 5 }, { "3", 1 }, { "AUTH", 4 },
		  { "default", 7 } };
	struct resp_reply reply;
	char		 *key = NULL;
	bool		  good;

	if (ctl->key != NULL) {
		if (!w->private)
			return (wire_fail(w,
			    "a key does not go over the network in the "
			    "clear: use --tls"));
		if ((key = key_read(w, ctl->key)) == NULL)
			return (false);
		argv[4] = (struct resp_arg){ key, strlen(key) };
	}
	good = wire_ask(w, argv, key != NULL ? 5 : 2, &reply);
	if (key != NULL)
		OPENSSL_cleanse(key, strlen(key));
	free(key);
	if (!good)
		return (false);
	if (reply.kind == RESP_REFUSED) {
		good = false;
		wire_fail(w, "%s", json_string_value(reply.value));
	}
	json_decref(reply.value);
	return (good);
}

struct wire *
wire_open(const struct ctl *ctl, const char **wrong, enum ctl_exit *status)
{
	struct wire *w = xcalloc(1, sizeof *w);

	w->fd = -1;
	*status = CTL_NO_DAEMON;
	if (wire_connect(w, ctl)) {
		*status = CTL_REFUSED;
		if (wire_hello(w, ctl))
			return (w);
	}
	snprintf(open_wrong, sizeof open_wrong, "%s", w->wrong);
	*wrong = open_wrong;
	wire_close(w);
	return (NULL);
}

void
wire_close(struct wire *w)
{
	if (w->ssl != NULL) {
		SSL_shutdown(w->ssl);
		SSL_free(w->ssl);
	}
	SSL_CTX_free(w->ctx);
	if (w->fd != -1)
		close(w->fd);
	buf_free(&w->in);
	free(w);
}

void
wire_shutdown(struct wire *w)
{
	shutdown(w->fd, SHUT_RDWR);
}

const char *
wire_wrong(const struct wire *w)
{
	return (w->wrong);
}
