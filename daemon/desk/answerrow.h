/*
 * A row of answers that were taken outside the desk (a form's export, another
 * survey program), as members named by its columns.  Columns that say who, when
 * and about what are known by their names, in English or Vietnamese, whatever
 * the letter case, with or without diacritics: id (mã), at (thời gian, ngày),
 * phone (số điện thoại), email, order (mã đơn), ticket (hồ sơ), queue (bộ phận),
 * agent (nhân viên), channel (kênh), touchpoint (điểm chạm).  The others are
 * questions, which the desk's own survey knows.  Pure.
 */
#ifndef DESK_ANSWERROW_H
#define DESK_ANSWERROW_H

#include <stdbool.h>
#include <jansson.h>
#include "base/def.h"

/*
 * Puts into args "head", the known columns as texts (phone and email as
 * contact_read() has them), and "rest", the others as they are; what is empty
 * or null is in neither.  country: see phone_read().  False when the row will
 * not do: *member is the known column's name (or "row") and *wrong a sentence,
 * both constant.
 */
bool answerrow_read(json_t *args, const json_t *row, const char *country,
    const char **member, const char **wrong) MUSTCHECK;

#endif
