/*
 * Events to measure with; see sample.h.
 */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "base/def.h"
#include "sample.h"

#define CUSTOMERS 10000

static const char *const subjects[] = {
	"Hỏi giá nồi cơm điện 1.8 lít",
	"Giao hàng trễ ba ngày rồi",
	"May xay khong len nguon",
	"Wrong colour delivered",
	"Phiếu nhập kho thiếu 3 thùng",
	"Đổi địa chỉ nhận hàng giúp mình",
	"Where is my parcel?",
	"bao hanh the nao a",
};

static const char *const texts[] = {
	"Shop ơi cho mình hỏi nồi cơm điện 1.8 lít giá bao nhiêu, mua hai cái "
	"có giảm không ạ? Mình ở Đà Nẵng, nếu còn hàng thì giao trong tuần "
	"này được không? Nhà mình cần gấp trước cuối tuần, có xuất hoá đơn "
	"công ty thì cho mình xin báo giá luôn nhé. Cảm ơn shop nhiều.",
	"Don hang cua toi dat tu thu 2 den gio van chua thay giao, shop kiem "
	"tra giup. Toi da goi tong dai hai lan ma khong ai nghe may, ben van "
	"chuyen thi noi la chua nhan duoc hang tu kho. Neu khong giao duoc "
	"truoc thu bay thi huy don va hoan tien lai cho toi, xin cam on.",
	"Hi, the order arrived today but the lamp is white, I ordered the "
	"black one. The box was also open on one side and the manual is "
	"missing. How do I return it, and who pays for the shipping? I would "
	"like to have the right one before the end of the month if possible.",
	"Máy mới mua một tuần cắm điện không lên, đèn báo cũng không sáng. "
	"Mình đã thử ổ cắm khác và đổi dây nguồn rồi mà vẫn vậy. Bảo hành thì "
	"phải mang ra cửa hàng hay có người tới nhà xem? Mình gửi kèm số máy "
	"ở mặt sau, nhờ kỹ thuật xem giúp trong hôm nay.",
	"Kho nhận thiếu ba thùng so với phiếu nhập, nhờ kiểm lại tồn kho giúp "
	"em. Số trên máy là bốn mươi mà đếm thực tế chỉ có ba mươi bảy, hai "
	"thùng bị ướt góc. Em đã chụp hình và ghi biên bản với tài xế, chiều "
	"nay anh chị xem rồi xác nhận lại để em nhập vào hệ thống.",
};

uint64_t
sample_run(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	/* Seven digits stay for the events of this run. */
	return (
	    ((uint64_t)now.tv_sec % 100000 * 100 + (uint64_t)getpid() % 100) *
	    10000000);
}

void
sample_event(struct buf *b, uint64_t n, uint64_t mark)
{
	/* The same customers in another order for each event. */
	uint64_t who = n * UINT64_C(2654435761) % CUSTOMERS;

	buf_printf(b,
	    "{\"channel\":\"mail\",\"id\":\"%0*" PRIu64 "@bench.example\","
	    "\"from\":{\"kind\":\"email\",\"address\":",
	    SAMPLE_DIGITS, mark);
	if (n % 5 == 0)
		buf_printf(b, "\"new%0*" PRIu64 "@example.com\",",
		    SAMPLE_DIGITS, mark);
	else
		buf_printf(b, "\"customer%" PRIu64 "@example.com\",", who);
	buf_printf(b,
	    "\"name\":\"Nguyễn Thị Lan %" PRIu64 "\"},"
	    "\"to\":\"%s@shop.example\",\"subject\":\"%s\",\"text\":\"%s\"}",
	    who, n % 3 == 0 ? "hello" : "sales", subjects[n % nitems(subjects)],
	    texts[n % nitems(texts)]);
}
