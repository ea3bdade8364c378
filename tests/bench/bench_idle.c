/*
 * Holds streams of the live feed open and does nothing with them.
 *
 *	bench_idle PORT KEY plain|tls COUNT
 *
 * Prints `ready' when all have begun, and ends when its input does.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static SSL_CTX *tls;

static void
stream_open(const struct sockaddr_in *to, const char *ask)
{
	char in[1024];
	SSL *ssl;
	int  fd, n;

	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(fd, (const struct sockaddr *)to, sizeof *to) == -1)
		err(1, "connect");
	if (tls != NULL) {
		ssl = SSL_new(tls);
		if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
		    SSL_connect(ssl) != 1)
			errx(1, "the TLS handshake failed");
		if (SSL_write(ssl, ask, (int)strlen(ask)) <= 0)
			errx(1, "the request could not be sent");
		n = SSL_read(ssl, in, sizeof in - 1);
	} else {
		if (write(fd, ask, strlen(ask)) != (ssize_t)strlen(ask))
			err(1, "write");
		n = (int)read(fd, in, sizeof in - 1);
	}
	in[n > 0 ? n : 0] = '\0';
	if (strncmp(in, "HTTP/1.1 200", 12) != 0)
		errx(1, "no stream: %.200s", in);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	char		   ask[400], end;
	int		   i;

	if (argc != 5)
		errx(2, "usage: bench_idle PORT KEY plain|tls COUNT");
	signal(SIGPIPE, SIG_IGN);
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(argv[3], "tls") == 0) {
		tls = SSL_CTX_new(TLS_client_method());
		SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	}
	snprintf(ask, sizeof ask,
	    "GET /api/v1/feed/live HTTP/1.1\r\nHost: localhost\r\n"
	    "Authorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n",
	    argv[2]);
	for (i = 0; i < atoi(argv[4]); i++)
		stream_open(&to, ask);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	return (0);
}
