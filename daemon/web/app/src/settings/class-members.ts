// What the members of a class of answers are called, and what they do: as
// desk.conf(5) has them.
import type { Members } from './members';

const vi: Members = {
  classes: {
    kind: ['Thang điểm', 'Không chọn: NPS, từ 0 đến 10.'],
    score: [
      'Điểm',
      'Một số hay một khoảng: 0-6. Với NPS, detractor, passive, promoter tự có điểm của mình.',
    ],
    survey: ['Chỉ khảo sát', 'Mỗi dòng một tên. Để trống: mọi khảo sát.'],
    queue: ['Chỉ khi hỏi về', 'Không chọn: mọi hàng đợi.'],
    segment: ['Chỉ nhóm khách', 'Mỗi dòng một nhóm, ví dụ vip.'],
    open: ['Mở ở hàng đợi', 'Hồ sơ mới của chính khách đó, nối với hồ sơ cũ, nhãn recovery.'],
    within: ['Trả lời trong', 'Tính giờ mở của hàng đợi. Không ghi: như hàng đợi hẹn.'],
    priority: ['Ưu tiên', 'Từ 1 đến 99; không ghi: 70.'],
    agent: ['Cho ai', 'same: người giữ hồ sơ cũ; other: bất kỳ ai trừ người đó; hay một tên.'],
    skills: ['Cần kỹ năng', 'Mỗi dòng một, ví dụ chăm-sóc hay en 2.'],
    tag: ['Gắn nhãn', 'Mỗi dòng một.'],
    note: ['Dặn dò', 'Đứng trong hồ sơ mới, khách không thấy.'],
    action: ['Việc cần làm', 'Nhắc người giữ hồ sơ, sau thời gian dưới đây.'],
    send: ['Gửi mẫu', 'Thư tự động cho khách: {review_link}, {referral_link}.'],
    ask: ['Xin khách', 'Đánh giá, hay giới thiệu bạn bè.'],
    link: ['Liên kết', 'Nơi khách làm việc đó. Giới thiệu: có {code}, mã riêng của khách.'],
    after: ['Sau', 'Từ lúc khách trả lời. Không ghi: gửi ngay, nhắc việc sau một ngày.'],
    hours: ['Chỉ trong giờ', 'Không chọn: lúc nào cũng gửi.'],
    again: ['Cùng một khách cách nhau', 'Không ghi: 30 ngày.'],
  },
};

const en: Members = {
  classes: {
    kind: ['Scale', 'None chosen: NPS, from 0 to 10.'],
    score: [
      'Scores',
      'One or a range: 0-6. Of NPS, detractor, passive and promoter have theirs by their name.',
    ],
    survey: ['Only of surveys', 'One name a line. Empty: every survey.'],
    queue: ['Only about', 'None chosen: every queue.'],
    segment: ['Only customers of', 'One a line, such as vip.'],
    open: ['Open in queue', 'A new case of the same customer, with the way to the old one.'],
    within: ['Answered within', "In the queue's open time. Not set: the queue's promise."],
    priority: ['Priority', '1 to 99; not set: 70.'],
    agent: ['For whom', 'same: who had the old case; other: anybody but him; or a login.'],
    skills: ['Needed skills', 'One a line, such as care or en 2.'],
    tag: ['Tags', 'One a line.'],
    note: ['A word on it', 'It stands in the new case; the customer never sees it.'],
    action: ['Something to do', 'Whose case it was is reminded of it, after the time below.'],
    send: ['Send template', 'Automatic mail: {review_link}, {referral_link}.'],
    ask: ['Ask for', 'A review, or to bring friends.'],
    link: ['Link', 'Where it is done. To bring friends, with {code}: his own.'],
    after: ['After', 'Since the answer. Not set: sent at once, done in a day.'],
    hours: ['Only in', 'None: at any time.'],
    again: ['To one customer at most every', 'Not set: 30 days.'],
  },
};

export const classMembers = { vi, en };
