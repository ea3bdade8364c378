/*
 * The words of the survey's page and of the feedback form that are not the
 * survey's own, in the two languages that the desk speaks: em to anh/chị, and
 * to our own people as colleagues ("bạn").
 */
#ifndef DESK_SURVEYWORDS_H
#define DESK_SURVEYWORDS_H

#include <stdbool.h>

enum surveyword {
	SW_OTHER_LANG,
	SW_ORDER,
	SW_DELIVERED, /* "Đơn DH1, giao ngày 21/11." */
	SW_NPS_LOW,   /* under the ends of a scale */
	SW_NPS_HIGH,
	SW_CES_LOW,
	SW_CES_HIGH,
	SW_CSAT_1,
	SW_CSAT_2,
	SW_CSAT_3,
	SW_CSAT_4,
	SW_CSAT_5,
	SW_SCALE, /* what a scale is called: "Chấm từ 0 tới 10" */
	SW_SCALE_TO,
	SW_CHOSEN, /* "Gửi 6 điểm" */
	SW_CHOSEN_END,
	SW_CHOSEN_HINT,
	SW_SEND,
	SW_REQUIRED,
	SW_COUNTED, /* "Em đã ghi 6 điểm, cảm ơn anh/chị ạ." */
	SW_COUNTED_END,
	SW_THANKS,
	SW_WHY_LOW, /* over his own words */
	SW_WORDS,
	SW_WORDS_HINT,
	SW_CALL, /* "Nhờ em Chi gọi lại" */
	SW_CALL_END,
	SW_CALL_ANY,
	SW_SEND_MORE,
	SW_HELP_ASK,
	SW_HELP_DONE,
	SW_HELP,
	SW_SAID_MORE,
	SW_SAID_HELP,
	SW_SAID_DONE,
	SW_SAID_SENT,
	SW_ONE_TAP,
	SW_ONCE,
	SW_UNTIL,
	SW_YOU, /* the feedback form's fields */
	SW_YOU_HINT,
	SW_NAME,
	SW_EMAIL,
	SW_PHONE,
	SW_TRAP,
	SW_FORM_FOOT,
	SW_FAILED,
	SW_FAILED_FORM,
	SW_FAILED_EMPTY,
	SW_FAILED_OFTEN,
	SW_FAILED_LARGE,
	SW_FAILED_REACH,
	SW_GONE,
	SW_GONE_WHY,
	SW_LEAVE, /* no more surveys: the button's page, and what it did */
	SW_LEAVE_WHY,
	SW_LEFT,
	SW_LEFT_WHY,
	SW_LEAVE_DO,
	SW_UNWANTED, /* no more follow-ups: the same */
	SW_UNWANTED_WHY,
	SW_UNSENT,
	SW_UNSENT_WHY,
	SW_UNWANTED_DO,
	SW_NONE, /* a form that is not there */
	SW_NONE_WHY,
	SW_AWAY,
	SW_AWAY_WHY,
	SW_OFTEN,
	SW_OFTEN_WHY,
	SW_RETRY,
	SW_KEPT, /* what was posted could not be kept: it stands on the page */
	SW_KEPT_WHY,
	SW_KEPT_WORDS,
	SW_UNLEFT, /* that he wants no more could not be noted */
	SW_UNLEFT_WHY,
	SURVEYWORDS
};

/* A constant; staff: as it is said to our own people. */
const char *surveyword(enum surveyword, bool english, bool staff);

#endif
