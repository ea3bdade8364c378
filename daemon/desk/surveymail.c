/*
 * A survey's mail as HTML; see surveymail.h.  Colours are those of the web
 * pages (tokens.css), in both of which they are read on white; 480 px wide at
 * most, and no wider than the screen.
 */
#include <string.h>

#include "htmlout.h"
#include "surveymail.h"

#define FONT                                                             \
	"font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial," \
	"sans-serif;"

bool
surveymail_url_good(const char *s)
{
	if (strncmp(s, "https://", 8) != 0 && strncmp(s, "http://", 7) != 0)
		return (false);
	for (; *s != '\0'; s++)
		if (*s <= 0x20 || *s >= 0x7f || strchr("<>\"", *s) != NULL)
			return (false);
	return (true);
}

/* Scores side by side, as many in a row as a telephone has room for. */
static void
put_row(struct buf *b, const struct surveymail *m)
{
	size_t i, per = m->nscores > 7 ? 6 : m->nscores;

	htmlout_raw(b,
	    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\""
	    " cellspacing=\"0\" border=\"0\" style=\"border-collapse:"
	    "separate;border-spacing:4px\"><tr>");
	for (i = 0; i < m->nscores; i++) {
		if (i > 0 && i % per == 0)
			htmlout_raw(b, "</tr><tr>");
		htmlout_raw(b,
		    "<td align=\"center\" style=\"border:1px solid #85888c;"
		    "border-radius:8px\"><a");
		htmlout_attr(b, "href", m->urls[i]);
		htmlout_raw(b,
		    " style=\"display:block;padding:13px 0;" FONT
		    "font-size:16px;line-height:20px;color:#1a1c1f;"
		    "text-decoration:none\">");
		buf_int(b, m->scores[i]);
		htmlout_raw(b, "</a></td>");
	}
	htmlout_raw(b, "</tr></table>");
	if (m->low == NULL || m->high == NULL)
		return;
	htmlout_raw(b,
	    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\""
	    " cellspacing=\"0\" border=\"0\"><tr><td align=\"left\""
	    " style=\"" FONT "font-size:14px;color:#63676d;"
	    "padding:4px\">");
	htmlout_text(b, m->low);
	htmlout_raw(b,
	    "</td><td align=\"right\" style=\"" FONT
	    "font-size:14px;color:#63676d;padding:4px\">");
	htmlout_text(b, m->high);
	htmlout_raw(b, "</td></tr></table>");
}

/* Scores one below the other, each with its words. */
static void
put_column(struct buf *b, const struct surveymail *m)
{
	size_t i;

	htmlout_raw(b,
	    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\""
	    " cellspacing=\"0\" border=\"0\" style=\"border-collapse:"
	    "separate;border-spacing:0 8px\">");
	for (i = 0; i < m->nscores; i++) {
		htmlout_raw(b,
		    "<tr><td style=\"border:1px solid #85888c;"
		    "border-radius:8px\"><a");
		htmlout_attr(b, "href", m->urls[i]);
		htmlout_raw(b,
		    " style=\"display:block;padding:14px 16px;" FONT
		    "font-size:16px;line-height:20px;color:#1a1c1f;"
		    "text-decoration:none\"><b style=\"font-weight:500\">");
		htmlout_text(b, m->words[i]);
		htmlout_raw(b, "</b> <span style=\"color:#63676d\">&nbsp;");
		buf_int(b, m->scores[i]);
		htmlout_raw(b, "</span></a></td></tr>");
	}
	htmlout_raw(b, "</table>");
}

static void
put_button(struct buf *b, const struct surveymail *m)
{
	htmlout_raw(b,
	    "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\""
	    " border=\"0\"><tr><td bgcolor=\"#3056c6\""
	    " style=\"border-radius:8px\"><a");
	htmlout_attr(b, "href", m->url);
	htmlout_raw(b,
	    " style=\"display:block;padding:14px 28px;" FONT
	    "font-size:16px;line-height:20px;color:#ffffff;"
	    "text-decoration:none\">");
	htmlout_text(b, m->open);
	htmlout_raw(b, "</a></td></tr></table>");
}

static void
put_line(struct buf *b, const char *text, const char *style)
{
	if (text == NULL)
		return;
	htmlout_raw(b, "<p style=\"margin:0 0 16px;");
	buf_str(b, style);
	htmlout_raw(b, "\">");
	htmlout_text(b, text);
	htmlout_raw(b, "</p>\n");
}

static void
put_foot(struct buf *b, const struct surveymail *m)
{
	htmlout_raw(b,
	    "<p style=\"margin:24px 0 0;" FONT
	    "font-size:12px;line-height:18px;color:#63676d\">");
	htmlout_text(b, m->foot);
	htmlout_raw(b, "<br><a");
	htmlout_attr(b, "href", m->leave_url);
	htmlout_raw(b, " style=\"color:#63676d\">");
	htmlout_text(b, m->leave);
	htmlout_raw(b, "</a></p>\n");
}

void
surveymail(struct buf *b, const struct surveymail *m)
{
	htmlout_raw(b, "<!DOCTYPE html>\n<html");
	htmlout_attr(b, "lang", m->english ? "en" : "vi");
	htmlout_raw(b,
	    "><head><meta http-equiv=\"Content-Type\""
	    " content=\"text/html; charset=utf-8\"><meta name=\"viewport\""
	    " content=\"width=device-width, initial-scale=1\"></head>"
	    "<body style=\"margin:0;background:#ffffff\">\n"
	    "<table role=\"presentation\" align=\"center\" width=\"100%\""
	    " cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
	    " style=\"max-width:480px\"><tr><td style=\"padding:24px 16px\">"
	    "\n");
	put_line(b, m->company,
	    FONT "font-size:14px;line-height:20px;color:#4b4f55");
	put_line(b, m->question,
	    FONT "font-size:22px;line-height:30px;font-weight:600;"
		 "color:#1a1c1f");
	put_line(
	    b, m->about, FONT "font-size:16px;line-height:24px;color:#4b4f55");
	if (m->nscores == 0)
		put_button(b, m);
	else if (m->words[0] != NULL)
		put_column(b, m);
	else
		put_row(b, m);
	put_foot(b, m);
	htmlout_raw(b, "</td></tr></table></body></html>\n");
}
