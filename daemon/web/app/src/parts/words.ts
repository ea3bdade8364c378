// Of parts that are used everywhere; main.ts says these before there is a page.
export const partWords = {
  vi: {
    notLoaded: 'Phần này của trang chưa tải được.',
    notLoadedHint: 'Có thể đã có bản mới, hoặc mất kết nối. Chưa có gì bị mất.',
    reload: 'Tải lại trang',
    close: 'Đóng',
    times: {
      inHour: 'Sau 1 giờ',
      afternoon: 'Chiều nay',
      evening: 'Tối nay',
      tomorrow: 'Sáng mai',
      monday: 'Thứ Hai tới',
    },
  },
  en: {
    notLoaded: 'This part of the page did not load.',
    notLoadedHint: 'There may be a new version, or no connection. Nothing is lost.',
    reload: 'Reload the page',
    close: 'Close',
    times: {
      inHour: 'In 1 hour',
      afternoon: 'This afternoon',
      evening: 'This evening',
      tomorrow: 'Tomorrow morning',
      monday: 'Next Monday',
    },
  },
};
