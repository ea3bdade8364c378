/*
 * The words of the customer's page; see casewords.h.
 */
#include "casewords.h"

static const char *const words[CASEWORDS][2] = {
	[CW_CASE] = { "Hồ sơ", "Case" },
	[CW_OTHER_LANG] = { "English", "Tiếng Việt" },
	[CW_NEW] = { "Dạ, chúng em đã nhận được tin của anh/chị ạ.",
	    "We have received your message." },
	[CW_SEEN_BY] = { "Dạ, em ", "" },
	[CW_SEEN_BY_END] = { " đang xem giúp anh/chị ạ.",
	    " is looking into it for you." },
	[CW_OPEN] = { "Dạ, chúng em đang xem ạ.", "We are looking into it." },
	[CW_ANSWERED] = { "Dạ, chúng em đã trả lời anh/chị ạ.",
	    "We have answered you." },
	[CW_PENDING] = { "Dạ, chúng em đã trả lời và đang chờ thêm tin ạ.",
	    "We have answered and are waiting for news." },
	[CW_RESOLVED] = { "Dạ, việc này đã xong ạ.", "This is done." },
	[CW_CLOSED] = { "Dạ, hồ sơ này đã đóng ạ.", "This case is closed." },
	[CW_EXPECTED] = { "Chúng em trả lời ", "You will hear from us " },
	[CW_EXPECTED_END] = { " ạ.", "." },
	[CW_LATE] = { "Chúng em trả lời chậm hơn đã hẹn, em xin lỗi anh/chị ạ.",
	    "Our answer is later than promised, and we are sorry." },
	[CW_STEPS] = { "Tiến độ", "Progress" },
	[CW_STEP_RECEIVED] = { "Đã nhận", "Received" },
	[CW_STEP_WORKING] = { "Đang xem", "Looking into it" },
	[CW_STEP_ANSWERED] = { "Đã trả lời", "Answered" },
	[CW_STEP_DONE] = { "Đã xong", "Done" },
	[CW_ORDERS] = { "Đơn hàng", "Order" },
	[CW_ORDER_PROMISED] = { "hẹn ", "promised " },
	[CW_ORDER_SHIPPED] = { "gửi ", "sent " },
	[CW_ORDER_DELIVERED] = { "giao ", "delivered " },
	[CW_ORDER_LATE] = { "trễ hẹn", "late" },
	[CW_TALK] = { "Trao đổi", "Conversation" },
	[CW_MORE] = { "Phần cũ hơn không hiện ở đây.",
	    "What is older is not shown here." },
	[CW_NONE] = { "Chưa có tin nào.", "There are no messages yet." },
	[CW_YOU] = { "Anh/chị", "You" },
	[CW_CALL_IN] = { "Anh/chị đã gọi cho chúng em", "You called us" },
	[CW_CALL_OUT] = { "Chúng em đã gọi cho anh/chị", "We called you" },
	[CW_CALL_MISSED] = { "Cuộc gọi nhỡ, chúng em sẽ gọi lại ạ",
	    "A call that we missed; we will call back" },
	[CW_CALL_MINUTES] = { " phút", " min" },
	[CW_EVENT_RESOLVED] = { "Đã xong", "Done" },
	[CW_EVENT_CLOSED] = { "Đã đóng hồ sơ", "The case was closed" },
	[CW_EVENT_REOPENED] = { "Đã mở lại", "Taken up again" },
	[CW_BY_MAIL] = { "thư", "e-mail" },
	[CW_BY_CHAT] = { "trò chuyện", "chat" },
	[CW_BY_SOCIAL] = { "mạng xã hội", "social network" },
	[CW_BY_WEB] = { "trang này", "this page" },
	[CW_WRITE] = { "Viết thêm", "Write more" },
	[CW_WRITE_CLOSED] = { "Hồ sơ này đã đóng. Anh/chị viết ở đây thì chúng "
			      "em mở hồ sơ mới, nối tiếp hồ sơ này ạ.",
	    "This case is closed. What you write here opens a new one that "
	    "follows it up." },
	[CW_WRITE_LABEL] = { "Anh/chị nhắn gì cho chúng em ạ?",
	    "What would you like to tell us?" },
	[CW_FILES] = { "Ảnh hoặc tệp, nếu có", "Pictures or files, if any" },
	[CW_FILES_HINT] = { "Tất cả không quá 8 MB.", "8 MB in all." },
	[CW_SEND] = { "Gửi", "Send" },
	[CW_DONE_ASK] = { "Việc của anh/chị đã xong chưa ạ?",
	    "Is this done for you?" },
	[CW_DONE] = { "Xong rồi em", "Yes, it is done" },
	[CW_AGAIN_ASK] = { "Anh/chị vẫn cần giúp ạ?",
	    "Do you still need help?" },
	[CW_AGAIN] = { "Vẫn cần giúp", "Yes, I still need help" },
	[CW_SENT] = { "Dạ, chúng em đã nhận được tin của anh/chị ạ.",
	    "Thank you, we have your message." },
	[CW_SAID_DONE] = { "Dạ, em đã ghi là xong, cảm ơn anh/chị ạ.",
	    "Thank you, it is noted as done." },
	[CW_SAID_AGAIN] = { "Dạ, chúng em xem lại ngay ạ.",
	    "We have taken it up again." },
	[CW_FAILED] = { "Dạ, tin chưa gửi được, lời của anh/chị còn nguyên bên "
			"dưới. Xin anh/chị bấm Gửi lần nữa ạ.",
	    "This could not be sent just now. Your words are below, "
	    "unchanged: please press Send again." },
	[CW_FAILED_EMPTY] = { "Dạ, anh/chị chưa viết gì ạ.",
	    "There is nothing to send yet." },
	[CW_FAILED_LARGE] = { "Dạ, tin hoặc tệp lớn quá, xin anh/chị gửi ít "
			      "hơn ạ.",
	    "The message or its files are too large; please send less." },
	[CW_FAILED_OFTEN] = { "Dạ, nhiều tin quá trong một giờ. Xin anh/chị "
			      "gửi lại sau ít phút ạ.",
	    "That is a lot for one hour. Please send it again in a while." },
	[CW_FAILED_FORM] = { "Dạ, trình duyệt gửi chưa đúng, xin anh/chị tải "
			     "lại trang rồi gửi lần nữa ạ.",
	    "The browser sent something that we could not read. Please load "
	    "the page anew and send it again." },
	[CW_FILES_AGAIN] = { "Tệp đính kèm thì xin anh/chị chọn lại ạ.",
	    "Please choose the files again." },
	[CW_FOOT] = { "Ai có liên kết này đều xem được trang, không cần đăng "
		      "nhập. Trang chỉ có tin anh/chị gửi và nhận.",
	    "Whoever has this link sees this page, without a login. It shows "
	    "only what you wrote and were sent." },
	[CW_FOOT_FOR] = { "Liên kết này gửi cho ", "This link was sent to " },
	[CW_FOOT_UNTIL] = { "Xem được tới ", "It can be seen until " },
	[CW_GONE] = { "Liên kết này không dùng được",
	    "This link cannot be used" },
	[CW_GONE_WHY] = { "Liên kết thiếu chữ, đã hết hạn hoặc đã được thu "
			  "lại. Xin anh/chị mở liên kết mới nhất trong thư, "
			  "hoặc trả lời thư của chúng em ạ.",
	    "It is incomplete, has expired or was taken back. Please open the "
	    "newest link in your mail, or answer our mail." },
	[CW_AWAY] = { "Dạ, trang này tạm thời chưa xem được ạ",
	    "This page cannot be shown right now" },
	[CW_AWAY_WHY] = { "Không mất gì cả. Xin anh/chị thử lại sau ít phút.",
	    "Nothing is lost. Please try again in a few minutes." },
	[CW_OFTEN] = { "Dạ, xin anh/chị chờ một phút ạ",
	    "Please wait a minute" },
	[CW_OFTEN_WHY] = { "Nhiều liên kết sai quá được thử từ nơi này.",
	    "Too many wrong links were tried from where you are." },
	[CW_RETRY] = { "Thử lại", "Try again" },
	[CW_SKIP] = { "Tới ô viết tin", "Skip to writing" },
};

const char *
caseword(enum caseword w, bool english)
{
	return (words[w][english]);
}
