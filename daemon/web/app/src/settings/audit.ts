// The record's rows in words.
import { words } from '../lib/i18n.svelte';

export interface Row {
  audit: number;
  at: string;
  who: string;
  role: string;
  from?: string;
  action: string;
  object?: string;
  about?: string; // the customer's name, where it is about one
  outcome: 'done' | 'refused';
  detail?: unknown;
}

type Say = (object: string) => string;

export const auditWords = {
  vi: {
    title: 'Nhật ký',
    who: 'Ai',
    whoHint: 'Tên đăng nhập hoặc tên khoá',
    what: 'Việc gì',
    all: 'Tất cả',
    since: 'Từ lúc',
    find: 'Lọc',
    clear: 'Bỏ lọc',
    when: 'Lúc',
    did: 'Việc',
    from: 'Từ',
    refused: 'bị từ chối',
    details: 'Chi tiết',
    more: 'Xem cũ hơn',
    none: 'Không có dòng nào khớp.',
    again: 'Thử lại',
    console: 'trên máy chủ',
    kinds: {
      login: 'Đăng nhập',
      'config.': 'Cấu hình',
      'user.': 'Mật khẩu',
      'totp.': 'Xác thực hai bước',
      'key.': 'Khoá API',
      'queue.': 'Hàng đợi',
      'agent.': 'Trạng thái nhân viên',
      'customer.': 'Khách hàng',
      'hook.': 'Web hook',
      'session.': 'Phiên',
    } as Record<string, string>,
    said: {
      login: (o) => `đăng nhập${o ? ` (${o})` : ''}`,
      logout: () => 'đăng xuất',
      'config.apply': (o) => `áp dụng cấu hình, phiên bản ${o}`,
      'user.password': (o) => `đặt mật khẩu cho ${o}`,
      'user.totp_reset': (o) => `tắt xác thực hai bước của ${o}`,
      'totp.begin': () => 'bắt đầu bật xác thực hai bước',
      'totp.confirm': () => 'bật xác thực hai bước',
      'totp.end': () => 'tắt xác thực hai bước',
      'key.add': (o) => `tạo khoá ${o}`,
      'key.revoke': (o) => `thu hồi khoá ${o}`,
      'queue.pause': (o) => `tạm dừng hàng đợi ${o}`,
      'queue.resume': (o) => `mở lại hàng đợi ${o}`,
      'agent.state': (o) => `đổi trạng thái của ${o}`,
      'customer.set': (o) => `sửa khách ${o}`,
      'customer.merge': (o) => `gộp khách ${o}`,
      'customer.split': (o) => `tách khách ${o}`,
      'customer.dismiss': (o) => `giữ riêng hai khách ${o}`,
      'customer.export': (o) => `xuất dữ liệu khách ${o}`,
      'customer.erase': (o) => `xoá dữ liệu khách ${o}`,
      'hook.replay': (o) => `gửi lại web hook ${o}`,
      'hook.resume': (o) => `bật lại web hook ${o}`,
      'hook.gone': (o) => `web hook ${o} từ chối hẳn`,
      'session.end': () => 'kết thúc một phiên',
      'setup.code': () => 'tạo mã khởi đầu',
      'setup.begin': (o) => `tạo quản trị viên đầu tiên ${o}`,
    } as Record<string, Say>,
  },
  en: {
    title: 'Audit',
    who: 'Who',
    whoHint: "A login or a key's name",
    what: 'What',
    all: 'Everything',
    since: 'Since',
    find: 'Filter',
    clear: 'Clear',
    when: 'When',
    did: 'What was done',
    from: 'From',
    refused: 'refused',
    details: 'Details',
    more: 'Show older ones',
    none: 'Nothing fits.',
    again: 'Try again',
    console: "on the server's console",
    kinds: {
      login: 'Logins',
      'config.': 'Configuration',
      'user.': 'Passwords',
      'totp.': 'Two-step verification',
      'key.': 'API keys',
      'queue.': 'Queues',
      'agent.': "Agents' states",
      'customer.': 'Customers',
      'hook.': 'Web hooks',
      'session.': 'Sessions',
    } as Record<string, string>,
    said: {
      login: (o) => `logged in${o ? ` (${o})` : ''}`,
      logout: () => 'logged out',
      'config.apply': (o) => `applied the configuration, version ${o}`,
      'user.password': (o) => `set ${o}'s password`,
      'user.totp_reset': (o) => `switched ${o}'s two-step verification off`,
      'totp.begin': () => 'began with two-step verification',
      'totp.confirm': () => 'switched two-step verification on',
      'totp.end': () => 'switched two-step verification off',
      'key.add': (o) => `made the key ${o}`,
      'key.revoke': (o) => `revoked the key ${o}`,
      'queue.pause': (o) => `paused the queue ${o}`,
      'queue.resume': (o) => `resumed the queue ${o}`,
      'agent.state': (o) => `changed ${o}'s state`,
      'customer.set': (o) => `changed customer ${o}`,
      'customer.merge': (o) => `merged customer ${o}`,
      'customer.split': (o) => `split customer ${o}`,
      'customer.dismiss': (o) => `kept customers ${o} apart`,
      'customer.export': (o) => `exported the data of customer ${o}`,
      'customer.erase': (o) => `erased the data of customer ${o}`,
      'hook.replay': (o) => `sent web hook ${o} again`,
      'hook.resume': (o) => `resumed web hook ${o}`,
      'hook.gone': (o) => `web hook ${o} refused for good`,
      'session.end': () => 'ended a session',
      'setup.code': () => 'made the code for the first start',
      'setup.begin': (o) => `made ${o} the first administrator`,
    } as Record<string, Say>,
  },
};

// What has no words of its own is shown by its name: nothing is left out.
export const deed = (r: Row): string =>
  words(auditWords).said[r.action]?.(r.about ?? r.object ?? '') ??
  `${r.action} ${r.object ?? ''}`.trim();
