/*
 * deskctl top: the desk as it is, on a full screen; or once, on paper.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "deskdconf.h"
#include "operation.h"
#include "topkeys.h"
#include "toplink.h"
#include "topmodel.h"
#include "topscreen.h"
#include "topview.h"

#define TICK_MS 1000 /* the clocks on the screen go on */

static volatile sig_atomic_t told_to_end;

static void
end_told(int sig)
{
	told_to_end = sig;
}

/* All keys that were pressed; true: the terminal has another size. */
static bool
keys_take(struct top *t)
{
	bool sized = false;
	int  key;

	while (!t->quit && (key = screen_key()) != 0) {
		if (key == -1)
			sized = true;
		else if (key != TOP_NOTHING)
			top_key(t, key);
	}
	return (sized);
}

static void
watch(struct top *t, struct toplink *link, int fd)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };
	struct grid   g = { 0 };
	char	      chunk[64];
	int	      rows, columns;
	bool	      anew = true, utf8 = screen_is_utf8();

	while (!t->quit && !told_to_end) {
		toplink_exchange(link, t, clock_wall());
		screen_size(&rows, &columns);
		grid_make(&g, rows, columns, !utf8);
		top_draw(t, &g);
		screen_show(&g, anew);
		if (poll(fds, nitems(fds), TICK_MS) == -1 && errno != EINTR)
			break;
		/* The terminal is gone: so are we. */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			break;
		while (read(fd, chunk, sizeof chunk) == (ssize_t)sizeof chunk)
			;
		anew = keys_take(t);
	}
	grid_free(&g);
}

static enum ctl_exit
top_live(struct ctl *ctl, struct top *t)
{
	struct sigaction sa = { .sa_handler = end_told };
	struct toplink	*link;
	int		 fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1) {
		ctl_say("%s", strerror(errno));
		return (CTL_REFUSED);
	}
	if (!screen_begin())
		return (CTL_USAGE);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGQUIT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	link = toplink_start(ctl, fds[1]);
	watch(t, link, fds[0]);
	screen_end();
	if (!toplink_stop(link))
		_exit(CTL_OK); /* one waits for a network that is silent */
	close(fds[0]);
	close(fds[1]);
	return (CTL_OK);
}

/* A frame's size: of the terminal, or as COLUMNS and LINES say, or usual. */
static void
paper_size(int *rows, int *columns)
{
	const char    *s;
	struct winsize size;

	*rows = 24;
	*columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_row > 0) {
		*rows = size.ws_row;
		*columns = size.ws_col;
	}
	if ((s = getenv("COLUMNS")) != NULL && atoi(s) > 0 && atoi(s) < 1000)
		*columns = atoi(s);
	if ((s = getenv("LINES")) != NULL && atoi(s) > 0 && atoi(s) < 1000)
		*rows = atoi(s);
}

static enum ctl_exit
top_once(struct ctl *ctl, struct top *t)
{
	enum ctl_exit status = toplink_once(ctl, t, clock_wall());
	struct grid   g = { 0 };
	struct buf    b = { 0 };
	json_t	     *model;
	int	      rows, columns;

	if (status != CTL_OK)
		return (status);
	if (ctl->json) {
		model = top_json(t);
		ctl_show(ctl, model);
		json_decref(model);
		return (CTL_OK);
	}
	paper_size(&rows, &columns);
	grid_make(&g, rows, columns, !screen_is_utf8());
	t->on_paper = true;
	top_draw(t, &g);
	grid_text(&g, &b);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	grid_free(&g);
	return (CTL_OK);
}

enum ctl_exit
ctl_top(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "once", no_argument, NULL, 'o' }, { 0 }
	};
	enum ctl_exit status;
	struct top    t;
	bool	      once = ctl->json;
	char	     *path = NULL;
	int	      c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'o')
			return (ctl_usage("top"));
		once = true;
	}
	if (optind != argc)
		return (ctl_usage("top"));
	top_init(&t);
	if (once) {
		status = top_once(ctl, &t);
		top_free(&t);
		return (status);
	}
	/* Found now: later there is no place to say what is wrong with it. */
	if (ctl->host == NULL) {
		if ((path = deskdconf_control(ctl)) == NULL)
			return (CTL_REFUSED);
		ctl->socket = path;
	}
	/* A desk that is not there at all is said as by any command. */
	if ((status = ctl_connect(ctl)) == CTL_OK)
		status = top_live(ctl, &t);
	top_free(&t);
	free(path);
	return (status);
}
