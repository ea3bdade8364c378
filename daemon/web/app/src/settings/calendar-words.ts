// Words of what a calendar comes to (Calendar.svelte).
export const calendarWords = {
  vi: {
    title: 'Lịch này theo ngày',
    week: 'Trong tuần',
    days: ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ Nhật'],
    closed: 'nghỉ',
    night: (t: string) => `${t} hôm sau`,
    year: (y: number) => `Ngày nghỉ năm ${y}`,
    none: 'Không có ngày nghỉ nào.',
    span: (a: string, b: string, n: number) => `${a} – ${b} (${n} ngày)`,
    short: (t: string) => `chỉ mở ${t}`,
    unread: (line: string) => `Chưa tính được ở đây: “${line}”.`,
  },
  en: {
    title: 'What this comes to',
    week: 'Through the week',
    days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    closed: 'closed',
    night: (t: string) => `${t} the next day`,
    year: (y: number) => `Days off in ${y}`,
    none: 'There are none.',
    span: (a: string, b: string, n: number) => `${a} – ${b} (${n} days)`,
    short: (t: string) => `open ${t} only`,
    unread: (line: string) => `Not worked out here: “${line}”.`,
  },
};
