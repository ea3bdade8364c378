/*
 * What every section of desk.conf is made of: texts, names, times, lists, each
 * checked, with a fault noted at its line where it is not good.  For the files
 * that make one section each (deskconf_*.c).
 */
#ifndef DESK_DESKCONF_VALUE_H
#define DESK_DESKCONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "deskconf_parts.h"

#define CONF_NAME_MAX 64

/* "" for NULL, which libconfuse gives for what is not set. */
const char *conf_str(const char *);
/* One line of 1 to 400 bytes of UTF-8 without control characters. */
bool conf_text_good(const char *);
/* Small letters, digits, dots, - and _. */
bool conf_name_good(const char *);

/* One that keywords_add() takes. */
bool conf_keyword_good(const char *);

/* A channel by which one comes from outside; or, opened, a case that somebody
 * opened by hand (desk); or, origin, a question of another department (consult). */
bool conf_channel_good(const char *);
bool conf_opened_good(const char *);
bool conf_origin_good(const char *);

/* The option's text; NULL when it is not set, or faulty and so noted. */
const char *conf_text(struct deskconf *, cfg_t *, const char *option);
/* Sets the member, unless the text is NULL. */
void conf_put_text(json_t *, const char *member, const char *);
/* One of the words; NULL when it is not set, or faulty and so noted. */
const char *conf_word(struct deskconf *, cfg_t *, const char *option,
    const char *const *words, size_t n);
/* Sets the member of the option's name, unless it is not set. */
void conf_put_number(struct deskconf *, json_t *, cfg_t *, const char *option,
    long least, long most);
/* "90", "90s", "30m", "2h", "1d" (at most 365 days) as seconds. */
void conf_put_span(struct deskconf *, json_t *, cfg_t *, const char *option);
/*
 * The option's texts, which good() must hold of, without repeats; sorted
 * unless they are to stay as written.  want says, for a fault, what they must
 * be.
 */
json_t *conf_list(struct deskconf *, cfg_t *, const char *option, bool sorted,
    bool (*good)(const char *), const char *want);
bool	conf_is_queue(struct deskconf *, const char *);
/* A queue that exists; NULL, and noted, when it does not. */
const char *conf_queue(struct deskconf *, cfg_t *, const char *option);
/*
 * The sections of one kind, each made by its function, which need not set
 * "name"; sorted by name unless they are to stay as written.
 */
json_t *conf_sections(struct deskconf *, const char *kind, bool sorted,
    json_t *(*make)(struct deskconf *, cfg_t *));
/* For qsort() of const char *. */
int conf_text_order(const void *, const void *);

#endif
