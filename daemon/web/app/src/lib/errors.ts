// Why something did not work, for people: what happened, what is safe, what to
// do; deskd's own sentence where it says more than we can.
import { ApiError } from './api';
import { words } from './i18n.svelte';

const all = {
  vi: {
    AWAY: 'Chưa nối được máy chủ. Chưa có gì bị mất; thử lại sau giây lát.',
    TRYAGAIN: 'Máy chủ đang bận hoặc đang khởi động lại. Chưa có gì bị mất; thử lại sau giây lát.',
    NOAUTH: 'Phiên làm việc đã hết. Đăng nhập lại để làm tiếp.',
    DENIED: 'Bạn không có quyền làm việc này.',
    NOTFOUND: 'Không tìm thấy. Có thể đã được chuyển hoặc xoá.',
    CONFLICT: 'Có người vừa thay đổi trước bạn. Xem lại rồi làm tiếp.',
    TOOMANY: 'Nhiều lần quá. Đợi một lát rồi thử lại.',
    INVALID: 'Máy chủ không nhận.',
    INTERNAL: 'Máy chủ gặp lỗi. Chưa có gì thay đổi; thử lại, hoặc báo quản trị viên.',
  },
  en: {
    AWAY: "The server can't be reached. Nothing is lost; try again in a moment.",
    TRYAGAIN: 'The server is busy or restarting. Nothing is lost; try again in a moment.',
    NOAUTH: 'Your session has ended. Log in again to go on.',
    DENIED: 'You may not do this.',
    NOTFOUND: 'Not found. It may have been moved or erased.',
    CONFLICT: 'Somebody changed this before you. Look again, then go on.',
    TOOMANY: 'Too many times. Wait a moment, then try again.',
    INVALID: 'The server did not take it.',
    INTERNAL:
      'Something failed on the server. Nothing was changed; try again or tell your administrator.',
  },
};

type Code = keyof (typeof all)['vi'];

export function why(e: unknown): string {
  const w = words(all);
  if (!(e instanceof ApiError)) return w.INTERNAL;
  const ours = w[e.code as Code] ?? w.INTERNAL;
  return e.code === 'INVALID' && e.message ? `${ours} ${e.message}` : ours;
}
