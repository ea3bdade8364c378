// Why the desk itself set somebody away, by the reason that it gives; what a
// person chose needs no explanation.
export const awayWords = {
  vi: {
    why: {
      'connection lost': (at: string) =>
        `Bạn đang Vắng từ ${at} vì mất kết nối: hồ sơ mới không tới bạn.`,
      'offers not answered': (at: string) =>
        `Bạn đang Vắng từ ${at} vì hai lời mời liền không được trả lời: hồ sơ mới không tới bạn.`,
    } as Record<string, (at: string) => string>,
    ready: 'Sẵn sàng lại',
    title: 'Bạn đang vắng',
  },
  en: {
    why: {
      'connection lost': (at: string) =>
        `You have been away since ${at}, when your connection was lost: no new cases come to you.`,
      'offers not answered': (at: string) =>
        `You have been away since ${at}, when two offers in a row were not answered: no new cases come to you.`,
    } as Record<string, (at: string) => string>,
    ready: 'Be ready again',
    title: 'You are away',
  },
};
