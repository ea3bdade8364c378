/*
 * Mail that no person wrote; see mailrobot.h.
 */
#include <string.h>

#include "base/def.h"
#include "base/utf8.h"
#include "event.h"
#include "fold.h"
#include "mail.h"
#include "mailfields.h"
#include "mailrobot.h"

#define LIST_MAX 255

/*
 * How subjects of absence begin or what they have in them, folded.  A hint
 * for mail that is automatic by its header; nothing is judged by it alone.
 */
static const char *const away[] = { "automatic reply", "auto reply",
	"auto-reply", "autoreply", "auto response", "auto-response",
	"out of office", "out of the office", "out-of-office",
	"ooo:", "on vacation", "on leave", "away from", "tra loi tu dong",
	"tu dong tra loi", "phan hoi tu dong", "tu dong phan hoi", "vang mat",
	"nghi phep", "ngoai van phong", "khong co mat tai van phong",
	"dang di cong tac" };

static bool
starts_with_any(const char *s, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strncmp(s, words[i], strlen(words[i])) == 0)
			return (true);
	return (false);
}

static bool
is_robot_address(const char *address)
{
	static const char *const robots[] = { "mailer-daemon@", "noreply@",
		"no-reply@", "no_reply@", "donotreply@", "do-not-reply@",
		"postmaster@" };

	return (starts_with_any(address, robots, nitems(robots)));
}

bool
mail_robot_is_system(const struct event *e, const struct mail_env *env)
{
	static const char *const systems[] = { "mailer-daemon@", "postmaster@",
		"mail-daemon@", "mailerdaemon@" };

	if (env->sender != NULL && env->sender[0] == '\0')
		return (true);
	return (e->ncontacts != 0 &&
	    starts_with_any(e->contacts[0].address, systems, nitems(systems)));
}

static bool
subject_is_away(const char *subject)
{
	char   folded[FOLD_ROOM(200)];
	size_t i;

	if (subject == NULL)
		return (false);
	fold_text(folded, sizeof folded, subject,
	    utf8_cut(subject, strlen(subject), 200));
	for (i = 0; i < nitems(away); i++)
		if (strstr(folded, away[i]) != NULL)
			return (true);
	return (false);
}

/* NULL, or what the header says that it is. */
static const char *
automatic_of(const struct mail_fields *f, const struct event *e,
    const struct mail_env *env)
{
	const char *const *raw = f->raw;

	if (raw[F_AUTO_SUBMITTED] != NULL &&
	    mail_word_first(raw[F_AUTO_SUBMITTED], "auto-replied"))
		return ("auto-replied");
	if (raw[F_AUTO_SUBMITTED] != NULL &&
	    !mail_word_first(raw[F_AUTO_SUBMITTED], "no"))
		return ("auto-generated");
	if (raw[F_AUTOREPLY] != NULL || raw[F_AUTO_REPLY] != NULL ||
	    raw[F_AUTORESPOND] != NULL ||
	    (raw[F_PRECEDENCE] != NULL &&
		mail_word_first(raw[F_PRECEDENCE], "auto_reply")))
		return ("auto-replied");
	if (raw[F_SUPPRESS] != NULL || raw[F_LOOP] != NULL ||
	    (env->sender != NULL && env->sender[0] == '\0') ||
	    (e->ncontacts != 0 && is_robot_address(e->contacts[0].address)))
		return ("auto-generated");
	return (NULL);
}

/* "Name <id>" or the bare id. */
static const char *
list_id(struct event *e, const char *raw)
{
	const char *open = strrchr(raw, '<'), *from, *end;
	char	   *id;
	size_t	    n;

	if (open != NULL) {
		from = open + 1;
		end = strchr(from, '>');
	} else {
		from = mail_word_skip(raw);
		end = NULL;
	}
	n = end != NULL ? (size_t)(end - from) : strcspn(from, " \t\r\n");
	if (n == 0 || n > LIST_MAX ||
	    (id = arena_dup(&e->arena, from, n)) == NULL)
		return (NULL);
	utf8_clean(id, n);
	return (id);
}

void
mail_robot_read(struct mail_robot *r, struct event *e,
    const struct mail_fields *f, const struct mail_env *env)
{
	const char *const *raw = f->raw;
	bool list = raw[F_LIST_ID] != NULL || raw[F_LIST_POST] != NULL;

	*r = (struct mail_robot){ .automatic = automatic_of(f, e, env) };
	if (r->automatic != NULL && subject_is_away(e->subject))
		r->automatic = "out-of-office";
	if (raw[F_LIST_ID] != NULL)
		r->list = list_id(e, raw[F_LIST_ID]);
	/* Whom one can unsubscribe from but not write to advertises. */
	r->bulk = (raw[F_PRECEDENCE] != NULL &&
		      mail_word_first(raw[F_PRECEDENCE], "bulk|junk")) ||
	    (raw[F_LIST_UNSUBSCRIBE] != NULL && raw[F_LIST_POST] == NULL);
	r->any = r->automatic != NULL || r->bulk || list ||
	    (raw[F_PRECEDENCE] != NULL &&
		mail_word_first(raw[F_PRECEDENCE], "list"));
}
