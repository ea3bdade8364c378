export const journeyWords = {
  vi: {
    title: 'Hành trình',
    whole: 'Xem cả hành trình',
    here: (t: string) => `${t} ở bước này`,
    last: (d: string) => `lần cuối ${d}`,
    picture: (all: string, now: string) => `Đã qua: ${all}. Đang ở: ${now}.`,
    happy: 'vui',
    calm: 'bình thường',
    upset: 'bực',
  },
  en: {
    title: 'Journey',
    whole: 'See the whole journey',
    here: (t: string) => `${t} in this stage`,
    last: (d: string) => `last ${d}`,
    picture: (all: string, now: string) => `Passed: ${all}. Now in: ${now}.`,
    happy: 'happy',
    calm: 'calm',
    upset: 'upset',
  },
};
