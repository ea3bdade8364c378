// Labels and hints of what is known of customers, and told of them: segments,
// themes, reports by mail.
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
    mood: ['Cảm xúc trong lời khách', 'bad, plain hay good; mấy lần, trong bao lâu: bad 2 in 30d.'],
    promises_broken: ['Lời hứa trễ hay không giữ', 'Ít nhất mấy lần, trong bao lâu: 1 in 90d.'],
    contact: ['Có địa chỉ loại', 'Mỗi dòng một: email, phone, chat, zalo…'],
    known: ['Mới biết chưa tới', 'Khách mới: lần đầu gặp trong bấy lâu.'],
    within: ['Chỉ xem trong', 'Đơn, hồ sơ, câu trả lời cũ hơn không tính.'],
  },
  themes: {
    title: ['Tên', 'Không ghi: tên chủ đề.'],
    keywords: ['Từ khoá', 'Mỗi dòng một từ hay cụm từ. Để trống: chỉ gắn bằng tay.'],
    alert: ['Báo từ', 'Số hồ sơ trong một giờ. Không ghi: 5.'],
  },
  reports: {
    title: ['Tiêu đề', 'Không ghi: Trải nghiệm khách hàng.'],
    every: ['Bao lâu một lần', 'Kể về ngày, tuần hay tháng vừa qua. Không chọn: mỗi tuần.'],
    day: ['Vào thứ', 'Chỉ khi mỗi tuần. Không chọn: thứ hai.'],
    at: ['Lúc', 'Giờ của công ty, như 07:30.'],
    to: ['Gửi cho', 'Mỗi dòng một tên đăng nhập hay một địa chỉ thư.'],
    queue: ['Chỉ bộ phận', 'Không chọn: cả công ty.'],
    lang: ['Ngôn ngữ', 'Không chọn: của công ty.'],
  },
  objectives: {
    vi: ['Tên tiếng Việt', 'Không ghi: tên mục tiêu.'],
    en: ['Tên tiếng Anh', 'Không ghi: như tên tiếng Việt.'],
    measure: ['Thước đo', 'Điều bộ phận muốn đạt.'],
    target: ['Mục tiêu', 'Một số trên thang của thước đo, như 4.3.'],
    department: ['Bộ phận', 'Không chọn: cả công ty.'],
    touchpoint: ['Ở điểm chạm', 'Không ghi: mọi nơi. Có ghi: của mọi bộ phận ở đó.'],
    segment: ['Nhóm khách', 'Không ghi: mọi khách.'],
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
    mood: ['Feeling in what they write', 'bad, plain or good; how often, within: bad 2 in 30d.'],
    promises_broken: ['Promises late or broken', 'How often at least, within: 1 in 90d.'],
    contact: ['Has an address of kind', 'One a line: email, phone, chat, zalo…'],
    known: ['Known for less than', 'New customers.'],
    within: ['Look only at the last', 'Older orders, cases and answers do not count.'],
  },
  themes: {
    title: ['Name', "Not set: the theme's own."],
    keywords: ['Keywords', 'One word or phrase a line. Empty: given by hand only.'],
    alert: ['Told from', 'Cases within an hour. Not set: 5.'],
  },
  reports: {
    title: ['Title', 'Not set: Customer experience.'],
    every: ['How often', 'It tells of the day, week or month before. Not set: each week.'],
    day: ['On', 'Of the week alone. Not set: Monday.'],
    at: ['At', "The company's time, such as 07:30."],
    to: ['To', 'A login or a mail address a line.'],
    queue: ["Only this department's", 'None chosen: the whole company.'],
    lang: ['Language', "Not set: the company's."],
  },
  objectives: {
    vi: ['Vietnamese name', "Not set: the objective's own."],
    en: ['English name', 'Not set: as in Vietnamese.'],
    measure: ['Measure', 'What the department wants to reach.'],
    target: ['Target', "A number on the measure's scale, such as 4.3."],
    department: ['Department', 'None chosen: the whole company.'],
    touchpoint: ['At the touchpoint', 'Not set: everywhere. Set: whichever queue had the case.'],
    segment: ['Segment', 'Not set: every customer.'],
  },
};

export const known = { vi, en };
