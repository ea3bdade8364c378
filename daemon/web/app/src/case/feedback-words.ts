// Words of what the history tells of surveys that were sent, of what followed an
// answer, and of actions that came due.

export const saidWords = {
  vi: {
    asked: (survey: string, way: string) => `Đã gửi khảo sát ${survey}${way}`,
    reminded: (survey: string, way: string) => `Đã nhắc khảo sát ${survey}${way}`,
    did: (name: string, did: string) => `Sau câu trả lời “${name}”: ${did}`,
    didNot: (name: string, not: string) => `Sau câu trả lời “${name}”, chưa làm được: ${not}`,
    notDone: (not: string) => `; chưa làm được: ${not}`,
    nothing: (name: string) => `Câu trả lời “${name}”: không có việc gì thêm`,
    acts: {
      open: (arg: string) => `mở hồ sơ chăm sóc lại ở ${arg}`,
      action: () => 'giao việc',
      send: (arg: string) => `gửi mẫu ${arg}`,
    } as Record<string, (arg: string) => string>,
    inCase: (n: string) => ` (#${n})`,
    classes: {
      promoter: 'ủng hộ',
      passive: 'trung lập',
      detractor: 'chưa hài lòng',
    } as Record<string, string>,
    actionDue: (who: string) => (who ? `Tới hạn việc của ${who}` : 'Tới hạn việc chưa ai nhận'),
    recovery: 'Chăm sóc lại',
    scored: (score: number, of: number) => `khách chấm ${score} trên ${of}`,
    from: (n: string) => `từ hồ sơ #${n}`,
  },
  en: {
    asked: (survey: string, way: string) => `Survey ${survey} was sent${way}`,
    reminded: (survey: string, way: string) => `Survey ${survey} was asked once more${way}`,
    did: (name: string, did: string) => `After the answer “${name}”: ${did}`,
    didNot: (name: string, not: string) => `After the answer “${name}”, not done: ${not}`,
    notDone: (not: string) => `; not done: ${not}`,
    nothing: (name: string) => `Answer “${name}”: nothing more to do`,
    acts: {
      open: (arg: string) => `a recovery case in ${arg}`,
      action: () => 'an action',
      send: (arg: string) => `template ${arg} sent`,
    } as Record<string, (arg: string) => string>,
    inCase: (n: string) => ` (#${n})`,
    classes: {
      promoter: 'promoter',
      passive: 'passive',
      detractor: 'detractor',
    } as Record<string, string>,
    actionDue: (who: string) => (who ? `An action of ${who} is due` : 'An action of nobody is due'),
    recovery: 'Recovery',
    scored: (score: number, of: number) => `the customer gave ${score} of ${of}`,
    from: (n: string) => `from case #${n}`,
  },
};
