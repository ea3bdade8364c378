/*
 * Deeds that people promise; see deed.h.
 *
 * Words without marks stand for those with them: what is a common word
 * without its marks ("cố" is "co", which is "có") is not in these lists.
 */
#include "base/def.h"
#include "deed.h"

/* How a deed is told, and what must stand with it. */
enum manner {
	VI_PLAIN,   /* Vietnamese, by whom it is told in the clause */
	VI_TO,	    /* the same, and to the customer: "báo chị" */
	VI_ANYBODY, /* the same; customers do no such thing: "giao" */
	VI_RECEIVED, /* what the customer will have: "chị nhận được hàng" */
	EN_WILL,    /* English, after "will" */
	EN_RECEIVED /* the same, of the customer: "you will receive" */
};

static const struct {
	const char *kind;
	enum manner manner;
	const char *words;
} deeds[] = {
	{ "callback", VI_PLAIN,
	    "gọi điện thoại lại|gọi điện lại|gọi lại|alo lại|a lô lại|call lại|"
	    "phone lại|liên hệ lại|liên lạc lại" },
	{ "callback", VI_TO,
	    "gọi điện thoại|gọi điện|gọi|alo|call|phone|liên hệ|liên lạc" },
	{ "answer", VI_PLAIN,
	    "báo lại|phản hồi lại|phản hồi|trả lời|nhắn tin lại|nhắn lại|"
	    "thông báo lại|rep lại|rep|reply lại|inbox lại|ib lại|"
	    "báo kết quả|có câu trả lời|cập nhật lại" },
	{ "answer", VI_TO,
	    "báo|nhắn tin|nhắn|thông báo|inbox|ib|cập nhật|update|reply|"
	    "trao đổi lại" },
	{ "delivery", VI_RECEIVED,
	    "nhận được hàng|nhận được đơn|nhận được sản phẩm|nhận được máy|"
	    "nhận được kiện|nhận được|nhận hàng|có hàng" },
	{ "delivery", VI_ANYBODY,
	    "giao hàng|giao lại|giao bù|giao tới|giao đến|giao đơn|giao máy|"
	    "giao|phát hàng" },
	{ "delivery", VI_PLAIN,
	    "ship hàng|ship lại|ship|gửi hàng|gửi bù|gửi lại hàng|gửi đơn|"
	    "chuyển hàng|xuất kho|hàng sẽ về|hàng về|hàng sẽ tới|hàng tới|"
	    "hàng đến|đơn sẽ tới|đơn sẽ đến|đơn tới" },
	{ "refund", VI_PLAIN,
	    "hoàn lại tiền|hoàn tiền lại|hoàn tiền|hoàn lại|hoàn trả|"
	    "hoàn cho|hoàn đủ|chuyển khoản lại|ck lại|chuyển lại tiền|"
	    "chuyển tiền lại|trả lại tiền|trả tiền lại|tiền sẽ về|tiền về|"
	    "tiền hoàn sẽ về|refund" },
	{ "repair", VI_PLAIN,
	    "sửa xong|sửa chữa xong|sửa chữa|sửa máy|sửa lại|sửa được|sửa|"
	    "khắc phục xong|khắc phục|bảo hành xong|thay linh kiện|thay pin xong|thay pin|thay xong|"
	    "thay máy|lắp đặt|qua lắp|đến lắp|lắp xong|qua kiểm tra|"
	    "đến kiểm tra|ghé kiểm tra" },
	{ "other", VI_PLAIN,
	    "xử lý xong|giải quyết xong|kiểm tra xong|hoàn tất|"
	    "hoàn thành|gửi hoá đơn|gửi hóa đơn|xuất hoá đơn|xuất hóa đơn|"
	    "gửi báo giá|gửi bảng giá|gửi mã|gửi link|gửi video|gửi ảnh|"
	    "gửi lại|đổi hàng|đổi máy|đổi mới|qua lấy hàng|đến lấy hàng|"
	    "qua lấy|đến lấy|có mặt|xử lý" },
	{ "other", VI_TO, "gửi" },
	{ "callback", EN_WILL,
	    "call you back|call you|calling you back|calling you|"
	    "ring you back|ring you|phone you|give you a call|"
	    "give you a ring|call back|be on the phone" },
	{ "answer", EN_WILL,
	    "get back to you|come back to you|let you know|update you|"
	    "reply to you|reply|respond|answer you|email you|e mail you|"
	    "message you|text you|inform you|tell you|write to you|"
	    "write you|have an answer|have an update|send you an update|"
	    "give you an update|confirm|get back" },
	{ "delivery", EN_RECEIVED,
	    "receive|get your|have your|get it|have it|get the|have the" },
	{ "delivery", EN_WILL,
	    "be delivered|deliver|be shipped|ship|be dispatched|dispatch|"
	    "arrive|reach you|be with you|send it out|send out|be sent|"
	    "send you a replacement|send you a new|be there" },
	{ "refund", EN_WILL,
	    "be refunded|refund|return your money|give you your money back|"
	    "pay you back|send your money back" },
	{ "repair", EN_WILL,
	    "be fixed|be repaired|repair|fix|have it fixed|have it repaired|"
	    "replace" },
	{ "other", EN_WILL,
	    "send you|send the|send it|finish|be ready|be done|resolve|solve|"
	    "sort it out|sort this out" },
};

/* Who writes, or works for the same company. */
static const char *const ours =
    "bên em|bên mình|bên shop|chúng em|chúng tôi|tụi em|bọn em|tụi mình|"
    "em|e|shop|tôi|tui|tớ|ad|admin|cửa hàng|công ty|cty|kho|kỹ thuật viên|"
    "kỹ thuật|nhân viên|shipper|bưu tá|bưu cục|kế toán|bộ phận|hệ thống|"
    "tổng đài|thợ|sếp|quản lý|bên vận chuyển|đơn vị vận chuyển|ghn|ghtk";
static const char *const theirs =
    "quý khách|khách hàng|khách|chị|anh|cô|chú|bác|ông|bà|bạn|dì|thím|c|a|b|"
    "chế|mợ|cậu";
/* Words by which a customer is asked to do something. */
static const char *const asked =
    "vui lòng|nhờ|phiền|mời|hãy|giúp em|giùm em|dùm em|hộ em|giúp shop|"
    "giùm shop|giúp bên em|giúp mình|giúp kho|nhớ|cứ|xin chị|xin anh|please|"
    "kindly|về shop|về kho|cho shop|cho kho|cho bên em|tới shop|lại shop";
static const char *const denied =
    "không|ko|k|kh|kg|hok|hông|khum|khong|hem|chưa|chx|chẳng|chả|đừng|khỏi|"
    "kịp sao|not|never|won t|can t|cannot|don t|didn t|isn t|unable|no longer";
/* What begins like a denial and is none. */
static const char *const affirmed =
    "không quá|không sao|không chỉ|không muộn hơn|không trễ hơn|không những|"
    "không có gì|không lo|không cần lo|không phải lo|ko sao|k sao|ko quá|"
    "not later than";
static const char *const gone =
    "hôm qua|hqua|hồi nãy|lúc nãy|khi nãy|hôm trước|bữa trước|hôm bữa|"
    "tuần trước|tháng trước|sáng qua|chiều qua|tối qua|đêm qua|hôm kìa|"
    "vừa rồi|hôm nọ|yesterday|already|last week|last night|had said|"
    "đã từng|lẽ ra|đáng lẽ|đáng ra";
/* What follows a comma without one. */
static const char *const joint =
    "nhưng|còn|vì|bởi vì|do|tại|nên|mà|tuy|because|but|so|although|though";
static const char *const wishes =
    "nói|bảo|yêu cầu|muốn|dặn|hẹn|đòi|kêu|mong|nghĩ|hỏi|báo là|phản ánh|"
    "cần|tưởng|hứa";

void
deed_clause(const struct talk *t, size_t i, size_t from, size_t to,
    size_t *begin, size_t *end)
{
	size_t at;

	for (at = i; at > from && t->word[at].gap < TALK_COMMA &&
	     talk_says_before(t, at, to, joint) == 0;
	     at--)
		continue;
	*begin = at;
	for (at = i + 1; at < to && t->word[at].gap < TALK_COMMA &&
	     talk_says_before(t, at, to, joint) == 0;
	     at++)
		continue;
	*end = at;
}

bool
deed_familiar(const struct talk *t)
{
	return (talk_has(t, 0, t->n, "em|e|shop|tụi em|bên em") ||
	    !talk_has(t, 0, t->n, "bạn|b"));
}

/* Whether the sentence's last words make it a question. */
static bool
asks_at_end(const struct talk *t, size_t from, size_t to)
{
	static const char *const fillers =
	    "ạ|a|anh|chị|nhé|nha|nhe|em|shop|bạn|vậy|hen|nhen|ta|c|b|e|cô|chú|"
	    "bác|được|đc|dc|thế|mình";
	const struct talk_word *w;
	size_t			took;

	while (to > from && (took = talk_said(t, to, fillers)) > 0 &&
	    to - took >= from) {
		w = &t->word[to - 1];
		/* "à?" asks, "ạ" and "a" are polite. */
		if (talk_says(t, to - 1, "à") > 0 && w->marks != 0)
			return (true);
		to -= took;
	}
	/* "200k" is money. */
	if (to > from + 1 && t->word[to - 1].gap == TALK_GLUED &&
	    t->word[to - 2].digits > 0)
		return (false);
	return (to > from &&
	    talk_said(t, to,
		"không|ko|k|kh|hk|hok|hông|hong|khong|khum|chưa|chx|nhỉ|hả|hở|"
		"chăng|hay sao|right|ok") > 0);
}

/* "may", which is a month beside a number. */
static bool
says_may(const struct talk *t, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++)
		if (talk_says(t, i, "may") > 0 && i > from && i + 1 < to &&
		    t->word[i].marks == 0 && t->word[i - 1].digits == 0 &&
		    t->word[i + 1].digits == 0 &&
		    talk_says(t, i - 1, "i|we|it|they|you|order|package"))
			return (true);
	return (false);
}

bool
deed_sentence(const struct talk *t, size_t from, size_t to, enum talk_gap after)
{
	static const char *const none[] = {
		/* questions */
		"mấy giờ|mấy h|khi nào|bao giờ|lúc nào|ngày nào|hôm nào|"
		"bao lâu|thứ mấy|chừng nào|mấy ngày|giờ nào|buổi nào|"
		"được không|được ko|dc ko|đc ko|dc k|đc k|được k|được chứ|"
		"đúng không|phải không|what time",
		/* conditions */
		"nếu|neu|khi|hễ|giả sử|trường hợp|kể từ|trừ phi|miễn là|"
		"chỉ cần|tùy theo|tùy vào|tùy thuộc|phụ thuộc|lỡ mà|lỡ như|"
		"phòng khi|if|unless|once|when|whenever|as soon as|in case|"
		"provided|until|depends|depending",
		/* hopes */
		"có thể|có lẽ|hình như|hy vọng|hi vọng|cố gắng|ráng|"
		"chắc là|chắc tầm|chắc mai|chắc khoảng|chắc cũng|chắc phải|"
		"chưa biết|chưa rõ|không dám hứa|chắc tới|chắc đến|chắc sẽ|"
		"chắc thứ|chắc chiều|chắc tối|"
		"might|could|would|should|hope|hopefully|try|trying|maybe|"
		"perhaps|probably|possibly|likely|i think|we think|can",
		/* habits */
		"mỗi|hằng ngày|hàng ngày|hằng tuần|hàng tuần|thường xuyên|"
		"thông thường|bình thường|thường là|thường thì|các ngày|every|"
		"usually|always|normally|daily|weekly|generally",
		/* others' words */
		"you said|you asked|you told|you promised|you wanted|you want|"
		"you wrote|was going to|were going to|theo lời|"
		"theo yêu cầu",
	};
	size_t k;

	if (after == TALK_ASK || asks_at_end(t, from, to) ||
	    says_may(t, from, to))
		return (false);
	for (k = 0; k < nitems(none); k++)
		if (talk_has(t, from, to, none[k]))
			return (false);
	return (talk_says_before(t, from, to,
		    "shall|do|did|is|are|will|what|how|which|who") == 0);
}

/* "hok", "won't" and their like in [from, to). */
static bool
is_denied(const struct talk *t, size_t from, size_t to)
{
	size_t i, took;

	for (i = from; i<to; i += took> 0 ? took : 1) {
		if ((took = talk_says_before(t, i, to, affirmed)) > 0)
			continue;
		/* "200k" is money. */
		if (talk_says_before(t, i, to, denied) > 0 &&
		    (t->word[i].gap != TALK_GLUED ||
			t->word[i - 1].digits == 0))
			return (true);
	}
	return (false);
}

/* "khách sẽ gọi", "chị gọi": who is named at i does it. */
static bool
will_follow(const struct talk *t, size_t i, size_t end)
{
	size_t next = i + talk_says_before(t, i, end, theirs);

	return (talk_said(t, i, "dạ|vâng") > 0 &&
	    (next == end || talk_says_before(t, next, end, "sẽ") > 0));
}

enum who {
	NOBODY, /* it is not said */
	WE,
	THEY
};

/* Who does it: who is named last before it. */
static enum who
who_does(const struct talk *t, const struct deed *d, bool familiar)
{
	size_t i;

	for (i = d->from; i-- > d->clause;) {
		if (talk_says_before(t, i, d->from, ours) > 0) {
			/* "giúp em", and "của em", are not he who does it. */
			if (talk_said(t, i, "giúp|giùm|dùm|hộ") > 0)
				return (THEY);
			if (talk_said(t, i, "của|với") > 0)
				continue;
			return (WE);
		}
		if (talk_says_before(t, i, d->from, "mình") > 0) {
			if (talk_said(t, i, "bên|tụi|chúng") > 0 || !familiar)
				return (WE);
			if (talk_said(t, i, "cho|của|với|nhà|đơn") > 0)
				continue;
			return (THEY);
		}
		if (talk_says_before(t, i, d->from, theirs) > 0) {
			/* "cho chị", "đơn của chị", "chị ơi": no doer. */
			if (will_follow(t, i, d->from))
				return (THEY);
			if (talk_said(t, i,
				"cho|của|với|dạ|vâng|chào|thưa|cảm ơn|xin lỗi|"
				"báo|gọi|hẹn|gửi|đơn|hàng|quý|qua|nhà|đến|tới|"
				"kiểm tra|hỗ trợ|để") > 0 ||
			    talk_says_before(t, i + 1, d->from, "ơi|oi|ạ") > 0)
				continue;
			/* "chị Hạnh ơi" */
			if (talk_says_before(t, i + 2, d->from, "ơi|oi") > 0)
				continue;
			return (THEY);
		}
	}
	return (NOBODY);
}

/* To whom: whoever is named right behind it. */
static enum who
to_whom(const struct talk *t, const struct deed *d, size_t to)
{
	size_t i = d->to;

	i += talk_says_before(t, i, to, "lại|ngay");
	i += talk_says_before(t, i, to, "cho|với|đến|tới|qua|về");
	if (i >= to || t->word[i].gap >= TALK_COMMA)
		return (NOBODY);
	if (talk_says_before(t, i, to, theirs) > 0 ||
	    talk_says_before(t, i, to, "mình") > 0)
		return (THEY);
	return (talk_says_before(t, i, to, ours) > 0 ||
		    talk_says_before(t, i, to, "me|us|our") > 0
		? WE
		: NOBODY);
}

/* Words that make another one of it: "giao diện", "phí ship". */
static bool
is_other_word(const struct talk *t, const struct deed *d, size_t to)
{
	if (d->to - d->from == 1 &&
	    talk_says_before(t, d->to, to,
		"diện|dịch|thông|thức|lưu|động|kèo|ca|địa chỉ|thông tin|tên|"
		"số điện thoại|số đt|giá|cáo|đổi|chính tả|cod|nhầm|sai|thiếu|"
		"thành công") > 0)
		return (true);
	if (talk_says_before(t, d->to, to, "trễ|chậm|muộn") > 0 &&
	    talk_says_before(t, d->to + 1, to, "nhất|hơn") == 0)
		return (true);
	return (talk_said(t, d->from,
		    "bàn|phí|tiền|giá|cước|đơn vị|nhân viên|bên|khu vực|"
		    "địa chỉ|người|free|bạn|anh|dịch vụ|chính sách|tiếp|"
		    "yêu cầu|đề nghị|cuộc|số|tên|muốn|cần|lịch sử|cách|"
		    "phương thức|thông báo|báo|the|a|your|phiếu|thợ|trung tâm|"
		    "phòng|tiệm|lỗi|bộ phận|lần|hẹn lại") > 0 &&
	    (d->to - d->from == 1 ||
		talk_said(t, d->from,
		    "phí|đơn vị|nhân viên|bên|chính sách|yêu cầu|dịch vụ|"
		    "muốn|cần|khu vực|địa chỉ|bạn|anh|bộ phận") > 0));
}

/* "đã gọi", "vừa gọi"; "da em" is no such thing, but "dạ em". */
static bool
is_done(const struct talk *t, const struct deed *d)
{
	size_t i = d->from;

	i -= talk_said(t, i, "được|bị|có|cũng|được bên em");
	return (talk_said(t, i, "đã|vừa|mới|từng|vừa mới|đang") > 0 ||
	    talk_has(t, d->clause, d->clause_end, gone));
}

/* "chị bảo em gọi lại lúc 15h": that was the customer's word. */
static bool
is_wish(const struct talk *t, const struct deed *d)
{
	size_t i, took;

	for (i = d->clause; i < d->from; i++) {
		if ((took = talk_says_before(t, i, d->from, theirs)) == 0)
			continue;
		if (talk_says_before(t, i + took, d->from, wishes) > 0)
			return (true);
		/* "chị có nói", "chị Hạnh nhờ" */
		if (i + took + 1 < d->from &&
		    talk_says_before(t, i + took + 1, d->from, wishes) > 0)
			return (true);
	}
	return (false);
}

/* Whether somebody of ours, or the thing itself, will do it, in English. */
static bool
will_be(const struct talk *t, const struct deed *d, bool received)
{
	static const char *const will = "ll|will|shall|going to|gonna|let me|"
					"expect to|guaranteed to";
	size_t			 i, at;

	for (i = d->from; i-- > d->clause && d->from - i <= 7;) {
		if (talk_says_before(t, i, d->from, will) == 0)
			continue;
		at = i;
		if (talk_said(t, at, "you|customer|he|she") > 0)
			return (received);
		return (!received || talk_said(t, at, "you") > 0);
	}
	return (false);
}

static bool
is_sure(const struct talk *t, const struct deed *d, enum manner manner,
    size_t to, bool familiar)
{
	enum who by, whom = to_whom(t, d, to);

	if (is_denied(t, d->clause, d->clause_end) || is_done(t, d) ||
	    is_wish(t, d) || talk_has(t, d->clause, d->clause_end, asked))
		return (false);
	if (manner == EN_WILL || manner == EN_RECEIVED)
		return (will_be(t, d, manner == EN_RECEIVED) && whom != WE);
	by = who_does(t, d, familiar);
	switch (manner) {
	case VI_RECEIVED:
		return (by != WE &&
		    (talk_said(t, d->from, "sẽ|là") > 0 ||
			d->to - d->from > 2 ||
			talk_says(t, d->from + 1, "được")));
	case VI_ANYBODY:
		return (whom != WE);
	case VI_TO:
		return (by != THEY && whom == THEY);
	case VI_PLAIN:
	case EN_WILL:
	case EN_RECEIVED:
		break;
	}
	if (by == THEY || whom == WE)
		return (false);
	/* Nobody is named: a call or an answer could be anybody's. */
	return (by == WE || whom == THEY || d->long_run ||
	    talk_said(t, d->from, "sẽ") > 0);
}

bool
deed_read(const struct talk *t, size_t i, size_t from, size_t to, bool familiar,
    struct deed *d)
{
	struct deed one;
	size_t	    k, took;

	d->to = i;
	for (k = 0; k < nitems(deeds); k++) {
		took = talk_says_before(t, i, to, deeds[k].words);
		if (took == 0 || i + took < d->to)
			continue;
		one = (struct deed){
			.kind = deeds[k].kind, .from = i, .to = i + took
		};
		one.long_run = one.kind[0] != 'c' && one.kind[0] != 'a';
		if (is_other_word(t, &one, to))
			continue;
		deed_clause(t, i, from, to, &one.clause, &one.clause_end);
		one.sure = is_sure(t, &one, deeds[k].manner, to, familiar);
		/* The most words; of as many ("reply"), what fits. */
		if (one.to > d->to || (one.sure && !d->sure))
			*d = one;
	}
	return (d->to > i);
}
