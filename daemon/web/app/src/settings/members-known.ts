// Labels and hints of what is known of customers, and of what they expect.
import type { Members } from './members';

const vi: Members = {
  segments: {
    title: ['Tên', 'Không ghi: tên nhóm.'],
    orders: ['Số đơn', 'Một số hay một khoảng: 3-, -5, 3-5. Đơn đã huỷ hay trả không tính.'],
    value: ['Tổng tiền các đơn', 'Như trên: 5000000- là từ năm triệu.'],
    currency: ['Loại tiền', 'Không ghi: VND.'],
    idle: ['Không mua đã', 'Đã từng mua, nhưng không mua nữa từ bấy lâu.'],
    cases: ['Số hồ sơ đã mở', 'Không ghi mà có kênh hay nhãn: ít nhất một.'],
    channel: ['Qua các kênh', 'Không chọn kênh nào: mọi kênh.'],
    tag: ['Có một trong các nhãn', 'Mỗi dòng một nhãn.'],
    nps: ['Điểm NPS lần cuối', 'Từ 0 tới 10: 0-6 là chưa hài lòng.'],
    csat: ['Điểm hài lòng lần cuối', 'Từ 1 tới 5.'],
    ces: ['Điểm dễ dàng lần cuối', 'Từ 1 tới 7.'],
    contact: ['Có địa chỉ loại', 'Mỗi dòng một: email, phone, chat, zalo…'],
    known: ['Mới biết chưa tới', 'Khách mới: lần đầu gặp trong bấy lâu.'],
    within: ['Chỉ xem trong', 'Đơn, hồ sơ, câu trả lời cũ hơn không tính.'],
  },
  reasons: {
    vi: ['Tên tiếng Việt', 'Không ghi: dùng tên kia.'],
    en: ['Tên tiếng Anh', 'Không ghi: dùng tên kia.'],
    ours: ['Do mình', 'Bật khi đây là điều mình làm khác được.'],
  },
  factors: {
    vi: ['Tên tiếng Việt', 'Không ghi: dùng tên kia.'],
    en: ['Tên tiếng Anh', 'Không ghi: dùng tên kia.'],
    about: ['Điều đã nói', 'Mỗi dòng một điều, như ở trang Điều đã nói: Giao hàng.'],
    touchpoint: ['Điểm chạm', 'Mỗi dòng một điểm chạm: lời hứa ở đó được tính.'],
    pair: ['Câu hỏi đôi', 'Mỗi dòng một: khảo sát/câu hỏi về trải nghiệm.'],
  },
  late_notice: {
    send: ['Gửi mẫu', 'Không chọn: không báo ai. Biến: {order_number}, {carrier}, {promised}.'],
    hours: ['Chỉ trong giờ', 'Không chọn: lúc nào cũng gửi.'],
    sure: ['Chắc từ (%)', 'Cận dưới của tỉ lệ trễ. Không ghi: 50.'],
    orders: ['Ít nhất bao nhiêu đơn', 'Ít hơn thì không dự đoán. Không ghi: 20.'],
  },
  themes: {
    title: ['Tên', 'Không ghi: tên chủ đề.'],
    keywords: ['Từ khoá', 'Mỗi dòng một từ hay cụm từ. Để trống: chỉ gắn bằng tay.'],
    alert: ['Báo từ', 'Số hồ sơ trong một giờ. Không ghi: 5.'],
  },
};

const en: Members = {
  segments: {
    title: ['Name', "Not set: the segment's own."],
    orders: ['Orders', 'A number or a range: 3-, -5, 3-5. Called off or sent back: none.'],
    value: ['What they are worth', 'Likewise: 5000000- is five million or more.'],
    currency: ['Currency', 'Not set: VND.'],
    idle: ['Bought nothing for', 'Somebody who did buy before.'],
    cases: ['Cases opened', 'Not set, but channels or tags are: at least one.'],
    channel: ['On the channels', 'None chosen: every channel.'],
    tag: ['With one of the tags', 'One a line.'],
    nps: ['Last NPS answer', 'From 0 to 10: 0-6 are detractors.'],
    csat: ['Last satisfaction answer', 'From 1 to 5.'],
    ces: ['Last effort answer', 'From 1 to 7.'],
    contact: ['Has an address of kind', 'One a line: email, phone, chat, zalo…'],
    known: ['Known for less than', 'New customers.'],
    within: ['Look only at the last', 'Older orders, cases and answers do not count.'],
  },
  reasons: {
    vi: ['Vietnamese name', 'Not set: the other one.'],
    en: ['English name', 'Not set: the other one.'],
    ours: ['Ours to help', 'On where we could have done otherwise.'],
  },
  factors: {
    vi: ['Vietnamese name', 'Not set: the other one.'],
    en: ['English name', 'Not set: the other one.'],
    about: ['Statements', 'One a line, as the page of statements has it: Delivery.'],
    touchpoint: ['Touchpoints', 'One a line: promises made there count.'],
    pair: ['Paired questions', 'One a line: survey/question about the experience.'],
  },
  late_notice: {
    send: ['Send template', 'None: nobody is told. {order_number}, {carrier}, {promised}.'],
    hours: ['Only in the hours', 'None: at any time.'],
    sure: ['Sure from (%)', 'Lower limit of the share that is late. Not set: 50.'],
    orders: ['Orders at least', 'Of fewer nothing is said. Not set: 20.'],
  },
  themes: {
    title: ['Name', "Not set: the theme's own."],
    keywords: ['Keywords', 'One word or phrase a line. Empty: given by hand only.'],
    alert: ['Told from', 'Cases within an hour. Not set: 5.'],
  },
};

export const known = { vi, en };
