/*
 * The words of the survey's page; see surveywords.h.
 */
#include <stddef.h>

#include "surveywords.h"

/*
 * Vietnamese and English; then the same to staff, where that differs.  Whoever
 * may be either (a link that opens nothing tells of nobody) is not addressed.
 */
static const char *const words[SURVEYWORDS][4] = {
	[SW_OTHER_LANG] = { "English", "Tiếng Việt" },
	[SW_ORDER] = { "Đơn ", "Order " },
	[SW_DELIVERED] = { ", giao ngày ", ", delivered " },
	[SW_NPS_LOW] = { "không đâu", "not at all" },
	[SW_NPS_HIGH] = { "chắc chắn", "certainly" },
	[SW_CES_LOW] = { "rất khó", "very hard" },
	[SW_CES_HIGH] = { "rất dễ", "very easy" },
	[SW_CSAT_1] = { "Rất tệ", "Very bad" },
	[SW_CSAT_2] = { "Chưa tốt", "Not good" },
	[SW_CSAT_3] = { "Tạm được", "Fair" },
	[SW_CSAT_4] = { "Tốt", "Good" },
	[SW_CSAT_5] = { "Rất tốt", "Very good" },
	[SW_SCALE] = { "Chấm từ ", "From " },
	[SW_SCALE_TO] = { " tới ", " to " },
	[SW_CHOSEN] = { "Gửi ", "Send " },
	[SW_CHOSEN_END] = { " điểm", " points" },
	[SW_CHOSEN_HINT] = { "Anh/chị chọn điểm khác ở trên cũng được ạ.",
	    "You can also choose another one above.",
	    "Bạn chọn điểm khác ở trên cũng được." },
	[SW_SEND] = { "Gửi", "Send" },
	[SW_REQUIRED] = { "cần trả lời", "needed" },
	[SW_COUNTED] = { "Dạ, em đã ghi ", "Thank you, your score of ",
	    "Đã ghi " },
	[SW_COUNTED_END] = { " điểm, cảm ơn anh/chị ạ.", " is noted.",
	    " điểm, cảm ơn bạn." },
	[SW_THANKS] = { "Dạ, em cảm ơn anh/chị ạ.", "Thank you.",
	    "Cảm ơn bạn." },
	[SW_WHY_LOW] = { "Điều gì làm anh/chị chưa vui ạ?",
	    "What went wrong for you?", "Điều gì làm bạn chưa vui?" },
	[SW_WORDS] = { "Viết thêm, không bắt buộc", "More, if you like" },
	[SW_WORDS_HINT] = { "Anh/chị viết thêm nếu muốn ạ",
	    "In your own words, if you like", "Bạn viết thêm nếu muốn" },
	[SW_CALL] = { "Nhờ em ", "Please let " },
	[SW_CALL_END] = { " gọi lại cho anh/chị", " call me back" },
	[SW_CALL_ANY] = { "Nhờ shop gọi lại cho anh/chị",
	    "Please call me back" },
	[SW_SEND_MORE] = { "Gửi thêm", "Send this too" },
	[SW_HELP_ASK] = { "Anh/chị còn cần em giúp gì không ạ?",
	    "Do you still need help?" },
	[SW_HELP_DONE] = { "Xong rồi em", "No, all done" },
	[SW_HELP] = { "Vẫn cần giúp", "Yes, I do" },
	[SW_SAID_MORE] = { "Dạ, em nhận được rồi, cảm ơn anh/chị ạ.",
	    "Thank you, we have it.", "Đã nhận được, cảm ơn bạn." },
	[SW_SAID_HELP] = { "Dạ, chúng em xem lại ngay và liên hệ anh/chị ạ.",
	    "We are on it again and will get back to you." },
	[SW_SAID_DONE] = { "Dạ, em cảm ơn anh/chị ạ.", "Thank you.",
	    "Cảm ơn bạn." },
	[SW_SAID_SENT] = { "Dạ, em nhận được góp ý rồi, cảm ơn anh/chị ạ.",
	    "Thank you, we have your feedback." },
	[SW_ONE_TAP] = { "Một chạm là đủ.", "One tap is enough." },
	[SW_ONCE] = { "Liên kết này chỉ dùng cho anh/chị",
	    "This link is for you alone",
	    "Đồng nghiệp không thấy ai trả lời gì. Liên kết này chỉ dùng cho "
	    "bạn",
	    "Colleagues do not see who answered what. This link is for you "
	    "alone" },
	[SW_UNTIL] = { ", hết hạn ", ", until " },
	[SW_YOU] = { "Để chúng em trả lời, nếu anh/chị muốn",
	    "For an answer, if you want one" },
	[SW_YOU_HINT] = { "Không bắt buộc. Chúng em chỉ dùng để trả lời góp ý "
			  "này ạ.",
	    "Not needed. We use it only to answer what you say here." },
	[SW_NAME] = { "Tên", "Name" },
	[SW_EMAIL] = { "E-mail", "E-mail" },
	[SW_PHONE] = { "Điện thoại", "Telephone" },
	[SW_TRAP] = { "Để trống ô này", "Leave this empty" },
	[SW_FORM_FOOT] = { "Chúng em đọc tất cả góp ý ạ.",
	    "We read all of it." },
	[SW_FAILED] = { "Dạ, chưa gửi được, câu trả lời còn nguyên bên dưới. "
			"Xin anh/chị bấm Gửi lần nữa ạ.",
	    "This could not be sent just now. Your answer is below, "
	    "unchanged: please send it again.",
	    "Chưa gửi được, câu trả lời còn nguyên bên dưới. Bạn bấm Gửi lần "
	    "nữa nhé." },
	[SW_FAILED_FORM] = { "Dạ, trình duyệt gửi chưa đúng, xin anh/chị thử "
			     "lại ạ.",
	    "The browser sent something that we could not read. Please try "
	    "again.",
	    "Trình duyệt gửi chưa đúng, bạn thử lại nhé." },
	[SW_FAILED_EMPTY] = { "Dạ, còn câu chưa trả lời ạ.",
	    "Something is not answered yet.", "Còn câu chưa trả lời." },
	[SW_FAILED_OFTEN] = { "Dạ, nhiều quá trong một giờ. Xin anh/chị gửi "
			      "lại sau ít phút ạ.",
	    "That is a lot for one hour. Please send it again in a while.",
	    "Nhiều quá trong một giờ. Bạn gửi lại sau ít phút nhé." },
	[SW_FAILED_LARGE] = { "Dạ, dài quá ạ, xin anh/chị viết ngắn hơn.",
	    "This is too long; please send less.",
	    "Dài quá, bạn viết ngắn hơn nhé." },
	[SW_FAILED_REACH] = { "Dạ, e-mail hoặc số điện thoại chưa đúng ạ.",
	    "The e-mail address or telephone number is not right." },
	[SW_GONE] = { "Liên kết này không dùng được nữa",
	    "This link cannot be used" },
	[SW_GONE_WHY] = { "Mỗi liên kết dùng một lần, và chỉ trong một thời "
			  "gian. Điểm đã chấm thì đã được ghi rồi ạ. Cần gì "
			  "thêm, xin trả lời thư hoặc tin nhắn của chúng em.",
	    "Each link can be used once, and for some time only. If you gave a "
	    "score, it is noted. For anything else, please answer our mail or "
	    "message." },
	[SW_LEAVE] = { "Không nhận khảo sát nữa ạ?", "No more surveys?" },
	[SW_LEAVE_WHY] = { "Từ nay chúng em sẽ không gửi khảo sát nữa. Thư trả "
			   "lời thì vẫn tới như cũ ạ.",
	    "We will send you no more surveys. Answers to what you write to us "
	    "still come." },
	[SW_LEFT] = { "Dạ, em đã ghi lại ạ", "It is noted" },
	[SW_LEFT_WHY] = { "Từ nay chúng em không gửi khảo sát nữa ạ.",
	    "You will get no more surveys from us." },
	[SW_LEAVE_DO] = { "Không nhận nữa", "Stop the surveys" },
	[SW_UNWANTED] = { "Không nhận thư chăm sóc nữa ạ?",
	    "No more messages like this?" },
	[SW_UNWANTED_WHY] = { "Chúng em sẽ không tự gửi thư cho anh/chị nữa. "
			      "Thư trả lời anh/chị thì vẫn tới như cũ ạ.",
	    "We will not write to you unasked any more. Answers to what you "
	    "write to us still come." },
	[SW_UNSENT] = { "Dạ, em đã ghi lại ạ", "It is noted" },
	[SW_UNSENT_WHY] = { "Chúng em không tự gửi thư cho anh/chị nữa.",
	    "We will not write to you unasked any more." },
	[SW_UNWANTED_DO] = { "Không nhận nữa", "Stop these messages" },
	[SW_NONE] = { "Không có mẫu góp ý này", "There is no such form" },
	[SW_NONE_WHY] = { "Xin anh/chị xem lại liên kết ạ.",
	    "Please check the link." },
	[SW_AWAY] = { "Dạ, trang này tạm thời chưa xem được ạ",
	    "This page cannot be shown right now" },
	[SW_AWAY_WHY] = { "Không mất gì cả. Xin thử lại sau ít phút ạ.",
	    "Nothing is lost. Please try again in a few minutes." },
	[SW_OFTEN] = { "Dạ, xin chờ một phút ạ", "Please wait a minute" },
	[SW_OFTEN_WHY] = { "Nhiều liên kết sai quá được thử từ nơi này.",
	    "Too many wrong links were tried from where you are." },
	[SW_RETRY] = { "Thử lại", "Try again" },
	[SW_KEPT] = { "Dạ, câu trả lời chưa gửi được ạ",
	    "Your answer was not sent yet" },
	[SW_KEPT_WHY] = { "Câu trả lời còn nguyên ở trang này. Xin đừng đóng "
			  "trang, chờ ít phút rồi bấm Gửi ạ.",
	    "It is still on this page, unchanged. Please leave the page open "
	    "and press Send in a few minutes." },
	[SW_KEPT_WORDS] = { "Điều đã viết", "What you wrote" },
	[SW_UNLEFT] = { "Dạ, chưa ghi lại được ạ", "It is not noted yet" },
	[SW_UNLEFT_WHY] = { "Xin bấm lại sau ít phút ạ.",
	    "Please press the button again in a few minutes." },
};

const char *
surveyword(enum surveyword w, bool english, bool staff)
{
	if (staff && words[w][2 + english] != NULL)
		return (words[w][2 + english]);
	return (words[w][english]);
}
