/*
 * The terminal of deskctl top; see topscreen.h.
 */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
/* (term.h makes macros of such words.) */
#undef columns
#undef lines

#include "ctl.h"
#include "topkeys.h"
#include "topscreen.h"

static SCREEN	     *screen;
static struct termios before;	  /* as we found it */
static char	      leave[128]; /* what ends the full screen */
static attr_t	      paints[PAINTS];

bool
screen_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char		*s;
	size_t			 i;

	/* By its name: the locale itself may not be installed here. */
	for (i = 0; i < nitems(names); i++)
		if ((s = getenv(names[i])) != NULL && s[0] != '\0')
			return (strcasestr(s, "utf-8") != NULL ||
			    strcasestr(s, "utf8") != NULL);
	return (false);
}

/* Only what may be done in a handler. */
static void
crashed(int sig)
{
	(void)!write(STDOUT_FILENO, leave, strlen(leave));
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
crash_watch(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGABRT };
	struct sigaction sa = { .sa_handler = crashed,
		.sa_flags = SA_RESETHAND };
	const char	*s;
	size_t		 i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < 3; i++) {
		s = tigetstr((char *)(i == 0 ? "sgr0"
			: i == 1	     ? "cnorm"
					     : "rmcup"));
		if (s != NULL && s != (char *)-1 &&
		    strlen(leave) + strlen(s) < sizeof leave)
			strcat(leave, s);
	}
	for (i = 0; i < nitems(signals); i++)
		sigaction(signals[i], &sa, NULL);
}

/*
 * Colours that can be read on light and on dark: of eight, red, green and
 * magenta; of 256, an orange instead of that.
 */
static void
paints_make(void)
{
	const char *no = getenv("NO_COLOR");

	paints[PAINT_DIM] = A_DIM;
	paints[PAINT_STRONG] = paints[PAINT_KEY] = A_BOLD;
	paints[PAINT_HEAD] = A_BOLD | A_UNDERLINE;
	paints[PAINT_BAD] = paints[PAINT_WARN] = A_BOLD;
	if ((no != NULL && no[0] != '\0') || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(1, COLORS >= 256 ? 34 : COLOR_GREEN, -1);
	init_pair(2, COLORS >= 256 ? 172 : COLOR_MAGENTA, -1);
	init_pair(3, COLORS >= 256 ? 160 : COLOR_RED, -1);
	paints[PAINT_GOOD] = COLOR_PAIR(1);
	paints[PAINT_WARN] = COLOR_PAIR(2);
	paints[PAINT_BAD] = COLOR_PAIR(3) | A_BOLD;
}

bool
screen_begin(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		ctl_say("top wants a terminal; top --once prints one frame");
		return (false);
	}
	tcgetattr(STDIN_FILENO, &before);
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL) {
		ctl_say("the terminal \"%s\" is not known here",
		    term != NULL ? term : "");
		return (false);
	}
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	paints_make();
	crash_watch();
	return (true);
}

void
screen_end(void)
{
	endwin();
	delscreen(screen);
	screen = NULL;
}

void
screen_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

void
screen_show(const struct grid *g, bool anew)
{
	const struct cell *c;
	wchar_t		   wide[CELL_BYTES];
	cchar_t		   shown;
	attr_t		   attr;
	int		   row, i;

	erase();
	for (row = 0; row < g->rows; row++)
		for (i = 0; (c = grid_at(g, row, i)) != NULL; i++) {
			attr = c->marked ? paints[c->paint] | A_REVERSE
					 : paints[c->paint];
			if (c->width == 0 ||
			    mbstowcs(wide, c->text, CCHARW_MAX) == (size_t)-1)
				continue;
			wide[CCHARW_MAX - 1] = L'\0';
			if (setcchar(&shown, wide, attr & ~A_COLOR,
				(short)PAIR_NUMBER((int)attr), NULL) == OK)
				mvadd_wch(row, i, &shown);
		}
	if (anew)
		clearok(stdscr, TRUE);
	refresh();
}

static int
key_of(int key)
{
	static const int keys[][2] = { { KEY_UP, TOP_UP },
		{ KEY_DOWN, TOP_DOWN }, { KEY_PPAGE, TOP_PAGE_UP },
		{ KEY_NPAGE, TOP_PAGE_DOWN }, { KEY_HOME, TOP_HOME },
		{ KEY_END, TOP_END }, { KEY_ENTER, TOP_ENTER },
		{ KEY_RIGHT, TOP_ENTER }, { KEY_LEFT, TOP_BACK },
		{ KEY_BACKSPACE, TOP_RUBOUT }, { KEY_RESIZE, -1 } };
	size_t		 i;

	for (i = 0; i < nitems(keys); i++)
		if (keys[i][0] == key)
			return (keys[i][1]);
	return (TOP_NOTHING);
}

int
screen_key(void)
{
	wint_t c;

	switch (get_wch(&c)) {
	case KEY_CODE_YES:
		return (key_of((int)c));
	case ERR:
		return (0);
	default:
		break;
	}
	switch (c) {
	case L'\r':
	case L'\n':
		return (TOP_ENTER);
	case L'\t':
		return (TOP_TAB);
	case 27:
		return (TOP_BACK);
	case 8:
	case 127:
		return (TOP_RUBOUT);
	case 0:
		return (TOP_NOTHING);
	default:
		return ((int)c);
	}
}
