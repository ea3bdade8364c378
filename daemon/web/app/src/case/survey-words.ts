// Words of what customers answer to surveys.

export const surveyWords = {
  vi: {
    scored: (score: number, of: number) => `chấm ${score} trên ${of}`,
    answered: 'trả lời khảo sát',
    via: {
      mail: 'qua e-mail',
      chat: 'trong trò chuyện',
      link: 'qua liên kết',
      call: 'qua điện thoại',
      face: 'tại chỗ',
      form: 'qua mẫu góp ý',
      import: 'nhập vào',
    } as Record<string, string>,
  },
  en: {
    scored: (score: number, of: number) => `gave ${score} of ${of}`,
    answered: 'answered a survey',
    via: {
      mail: 'by e-mail',
      chat: 'in the chat',
      link: 'by a link',
      call: 'by telephone',
      face: 'face to face',
      form: 'by the feedback form',
      import: 'imported',
    } as Record<string, string>,
  },
};
