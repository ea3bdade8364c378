/*
 * A relay of the tests' own, in a thread: it answers as it is told to, and
 * keeps all that it was told.
 */
#ifndef TESTS_UNIT_SMTP_SINK_H
#define TESTS_UNIT_SMTP_SINK_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How it answers; NULL: as a relay that takes everything. */
static struct sink_manners {
	const char *greeting, *ehlo, *mail, *rcpt, *data, *end;
	bool	    vanish_mail; /* hangs up at MAIL FROM … */
	bool	    vanish_end;	 /* … after the dot */
	bool	    hang_end;	 /* never answers the dot */
	bool	    hang_mail;
	bool	    once; /* hangs up after one mail */
} manners;

static struct {
	pthread_mutex_t lock;
	pthread_t	thread;
	int		fd, port;
	unsigned	connects, mails;
	char		heard[1 << 20]; /* every line, and the mails */
	size_t		n;
} sink = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
sink_keep(const char *line)
{
	size_t n = strlen(line);

	pthread_mutex_lock(&sink.lock);
	if (sink.n + n < sizeof sink.heard) {
		memcpy(sink.heard + sink.n, line, n + 1);
		sink.n += n;
	}
	pthread_mutex_unlock(&sink.lock);
}

static bool
sink_heard(const char *what)
{
	bool it;

	pthread_mutex_lock(&sink.lock);
	it = strstr(sink.heard, what) != NULL;
	pthread_mutex_unlock(&sink.lock);
	return (it);
}

static unsigned
sink_count(unsigned *what)
{
	unsigned n;

	pthread_mutex_lock(&sink.lock);
	n = *what;
	pthread_mutex_unlock(&sink.lock);
	return (n);
}

static void
sink_add(unsigned *what)
{
	pthread_mutex_lock(&sink.lock);
	(*what)++;
	pthread_mutex_unlock(&sink.lock);
}

/* Until the peer hangs up. */
static void
sink_sleep(FILE *in)
{
	while (fgetc(in) != EOF)
		continue;
}

static void
sink_say(int fd, const char *told, const char *usual)
{
	char line[300];
	int  n =
	    snprintf(line, sizeof line, "%s\r\n", told != NULL ? told : usual);

	if (write(fd, line, (size_t)n) == -1)
		return;
}

/* True: the connection goes on. */
static bool
sink_data(int fd, FILE *in)
{
	char line[4096];

	sink_say(fd, manners.data, "354 go on");
	if (manners.data != NULL)
		return (true);
	while (fgets(line, sizeof line, in) != NULL) {
		sink_keep(line);
		if (strcmp(line, ".\r\n") != 0)
			continue;
		if (manners.vanish_end)
			return (false);
		if (manners.hang_end) {
			sink_sleep(in);
			return (false);
		}
		sink_add(&sink.mails);
		sink_say(fd, manners.end, "250 2.0.0 Ok: kept");
		return (!manners.once);
	}
	return (false);
}

static bool
sink_line(int fd, FILE *in, const char *line)
{
	if (strncmp(line, "EHLO", 4) == 0)
		sink_say(fd, manners.ehlo,
		    "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000");
	else if (strncmp(line, "AUTH PLAIN", 10) == 0)
		sink_say(fd, NULL, "334 ");
	else if (strcmp(line, "AG5hbQBzZWNyZXQ=\r\n") == 0) /* nam secret */
		sink_say(fd, NULL, "235 welcome");
	else if (strncmp(line, "AG5hbQ", 6) == 0)
		sink_say(fd, NULL, "535 5.7.8 who are you");
	else if (strncmp(line, "MAIL", 4) == 0) {
		if (manners.vanish_mail)
			return (false);
		if (manners.hang_mail) {
			sink_sleep(in);
			return (false);
		}
		sink_say(fd, manners.mail, "250 2.1.0 Ok");
	} else if (strncmp(line, "RCPT", 4) == 0)
		sink_say(fd, manners.rcpt, "250 2.1.5 Ok");
	else if (strncmp(line, "DATA", 4) == 0)
		return (sink_data(fd, in));
	else if (strncmp(line, "QUIT", 4) == 0) {
		sink_say(fd, NULL, "221 bye");
		return (false);
	} else
		sink_say(fd, NULL, "250 Ok");
	return (true);
}

static void *
sink_talk(void *arg)
{
	int   fd = (int)(long)arg;
	FILE *in = fdopen(fd, "r");
	char  line[1000];

	sink_say(fd, manners.greeting, "220 sink");
	while (fgets(line, sizeof line, in) != NULL) {
		sink_keep(line);
		if (!sink_line(fd, in, line))
			break;
	}
	fclose(in);
	return (NULL);
}

static void *
sink_main(void *arg)
{
	pthread_t t;
	int	  fd;

	(void)arg;
	while ((fd = accept(sink.fd, NULL, NULL)) != -1) {
		sink_add(&sink.connects);
		pthread_create(&t, NULL, sink_talk, (void *)(long)fd);
		pthread_detach(t);
	}
	return (NULL);
}

static void
sink_open(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t	   n = sizeof a;

	sink.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(sink.fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(sink.fd, 64), 0);
	getsockname(sink.fd, (struct sockaddr *)&a, &n);
	sink.port = ntohs(a.sin_port);
	pthread_create(&sink.thread, NULL, sink_main, NULL);
}

static void
sink_close(void)
{
	shutdown(sink.fd, SHUT_RDWR);
	pthread_join(sink.thread, NULL);
	close(sink.fd);
}

#endif
