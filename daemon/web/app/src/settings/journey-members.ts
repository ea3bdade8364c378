// Labels and hints of where customers are on their way: stages, touchpoints and
// journeys, as desk.conf(5) has them.
import type { Members } from './members';

const vi: Members = {
  stages: {
    vi: ['Tên tiếng Việt', 'Không ghi: như tiếng Anh, hay tên.'],
    en: ['Tên tiếng Anh', 'Không ghi: như tiếng Việt, hay tên.'],
  },
  touchpoints: {
    vi: ['Tên tiếng Việt', 'Không ghi: như tiếng Anh, hay tên.'],
    en: ['Tên tiếng Anh', 'Không ghi: như tiếng Việt, hay tên.'],
    stage: ['Thuộc bước', ''],
    department: ['Bộ phận', 'Hàng đợi lo điểm chạm này.'],
    owner: ['Người lo', ''],
    target: ['Mục tiêu', 'Điểm trên 5 như 4.2, hay một thước đo và điểm: nps 40.'],
    kind: ['Chỉ những việc', 'Mỗi dòng một: message, call, order, survey. Để trống: mọi việc.'],
    channel: ['Chỉ qua các kênh', 'Không chọn kênh nào: mọi kênh.'],
    queue: ['Chỉ ở hàng đợi', 'Không chọn: mọi hàng đợi.'],
    status: ['Chỉ khi đơn đang', 'Mỗi dòng một trạng thái, như chương trình của shop ghi.'],
    keywords: [
      'Chỉ khi khách viết',
      'Mỗi dòng một từ hay cụm từ. Không có điều kiện nào: chỉ người và khảo sát gọi tên.',
    ],
  },
  journeys: {
    vi: ['Tên tiếng Việt', 'Không ghi: như tiếng Anh, hay tên.'],
    en: ['Tên tiếng Anh', 'Không ghi: như tiếng Việt, hay tên.'],
    stages: ['Đi qua các bước', 'Ít nhất một.'],
    segments: ['Chỉ nhóm khách', 'Mỗi dòng một nhóm, ví dụ vip. Để trống: mọi khách.'],
  },
};

const en: Members = {
  stages: {
    vi: ['Name in Vietnamese', 'Not set: as in English, or its name.'],
    en: ['Name in English', 'Not set: as in Vietnamese, or its name.'],
  },
  touchpoints: {
    vi: ['Name in Vietnamese', 'Not set: as in English, or its name.'],
    en: ['Name in English', 'Not set: as in Vietnamese, or its name.'],
    stage: ['Of the stage', ''],
    department: ['Department', 'The queue whose touchpoint this is.'],
    owner: ['Owner', ''],
    target: ['Target', 'A mark of 5 such as 4.2, or a measure and its score: nps 40.'],
    kind: ['Only what is', 'One a line: message, call, order, survey. Empty: anything.'],
    channel: ['Only on the channels', 'None chosen: every channel.'],
    queue: ['Only in the queues', 'None chosen: every queue.'],
    status: ['Only orders that are', "One status a line, as the shop's program writes them."],
    keywords: [
      'Only where is written',
      'One word or phrase a line. Without any condition: named by people and surveys alone.',
    ],
  },
  journeys: {
    vi: ['Name in Vietnamese', 'Not set: as in English, or its name.'],
    en: ['Name in English', 'Not set: as in Vietnamese, or its name.'],
    stages: ['Goes through', 'One at least.'],
    segments: ['Only customers of', 'One segment a line, such as vip. Empty: everybody.'],
  },
};

export const journeyMembers = { vi, en };
