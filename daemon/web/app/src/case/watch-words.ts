// Words of who watches a case.
export const watchWords = {
  vi: {
    watch: 'Theo dõi hồ sơ',
    unwatch: 'Thôi theo dõi',
    title: 'Ai theo dõi hồ sơ này',
    named: (who: string) => `Đang theo dõi: ${who}`,
    hint: 'Người theo dõi được báo khi khách viết, có ghi chú, chuyển bộ phận, quá hạn hoặc giải quyết xong.',
    nobody: 'Chưa ai theo dõi.',
    whom: 'Thêm người',
    add: 'Thêm',
    remove: (who: string) => `${who} thôi theo dõi`,
    did: 'Bạn theo dõi hồ sơ này.',
    didNot: 'Bạn thôi theo dõi hồ sơ này.',
  },
  en: {
    watch: 'Watch the case',
    unwatch: 'Stop watching',
    title: 'Who watches this case',
    named: (who: string) => `Watched by ${who}`,
    hint: 'Watchers are told when the customer writes, of notes, hand-overs, broken promises and resolutions.',
    nobody: 'Nobody watches it.',
    whom: 'Add somebody',
    add: 'Add',
    remove: (who: string) => `${who} watches no longer`,
    did: 'You watch this case.',
    didNot: 'You watch this case no longer.',
  },
};
