export const feelWords = {
  vi: {
    names: { bad: 'Bực', plain: 'Bình thường', good: 'Vui' },
    title: (name: string) => `Cảm xúc: ${name}`,
    by: (words: string) => `, vì “${words}”`,
    corrected: ', do người của mình đọc',
    button: (name: string) => `Cảm xúc của khách: ${name}. Xem chữ nào cho thấy, hay sửa lại`,
    set: (name: string) => `Đã sửa cảm xúc: ${name}.`,
    about: (theme: string) => `Nói về: ${theme}`,
    isAbout: (theme: string) => `Đã gắn chủ đề “${theme}”.`,
    notAbout: (theme: string) => `Đã bỏ khỏi “${theme}”.`,
    undo: 'Hoàn tác',
    notSet: (why: string) => `Chưa sửa được: ${why}`,
  },
  en: {
    names: { bad: 'Upset', plain: 'Calm', good: 'Happy' },
    title: (name: string) => `Feeling: ${name}`,
    by: (words: string) => `, by “${words}”`,
    corrected: ', as one of us read it',
    button: (name: string) =>
      `The customer's feeling: ${name}. See the words that show it, or correct it`,
    set: (name: string) => `Feeling corrected: ${name}.`,
    about: (theme: string) => `About: ${theme}`,
    isAbout: (theme: string) => `Counted under “${theme}”.`,
    notAbout: (theme: string) => `Taken out of “${theme}”.`,
    undo: 'Undo',
    notSet: (why: string) => `Not corrected: ${why}`,
  },
};
