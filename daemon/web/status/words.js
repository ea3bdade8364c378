// The page's words, in Vietnamese and English, and its ways of saying times.
// The browser's first language that we have decides; the hours are always
// Vietnam's, where the desk is, whatever zone the browser is in.

export const lang = (navigator.languages || [navigator.language])
  .map(l => (/^(vi|en)\b/i.exec(l) || [""])[0].toLowerCase()).find(Boolean) || "en";

const all = {
  vi: {
    title: "Bảng theo dõi", hello: "Chào bạn", hello2: "Đăng nhập để xem các hàng đợi.",
    user: "Tên đăng nhập", pass: "Mật khẩu", enter: "Đăng nhập", leave: "Đăng xuất",
    forgot: "Quên mật khẩu? Quản trị viên đặt lại giúp bạn.",
    wrong: "Tên hoặc mật khẩu chưa đúng.", many: "Thử nhiều lần quá. Đợi một lát rồi thử lại.",
    down: "Chưa nối được máy chủ. Thử lại sau ít phút.", need: "Nhập tên đăng nhập và mật khẩu.",
    ended: "Phiên làm việc đã hết. Đăng nhập lại để xem tiếp.",
    skip: "Tới các hàng đợi", queues: "Hàng đợi", agents: "Mọi người", news: "Vừa xảy ra",
    name: "Tên", state: "Trạng thái", inqueues: "Hàng đợi", load: "Tải",
    noagents: "Chưa có ai trong danh sách.", nonews: "Chưa có gì xảy ra.", noqueues: "Chưa có hàng đợi nào.",
    waiting: "đang chờ", next: "Hạn kế tiếp", oldest: "Chờ lâu nhất", none: "không có",
    paused: "tạm dừng", pausedlong: "Không mời ai nhận cho tới khi mở lại", overdue: n => n + " quá hạn",
    left: t => "còn " + t, over: t => "quá " + t, under: "dưới 1 phút",
    min: n => n + " phút", hour: n => n + " giờ", day: n => n + " ngày",
    ready: "Sẵn sàng", busy: "Đủ việc", away: "Vắng một lát", break: "Nghỉ", training: "Đào tạo", offline: "Chưa vào",
    live: "Đang nối", linking: "Đang nối lại…", stale: t => "Mất kết nối, số liệu lúc " + t,
    lost: t => "Mất kết nối. Số liệu bên dưới là của lúc " + t + "; trang tự nối lại.",
    back: n => n > 0 ? "Đã nối, thêm " + n + " tin mới" : "Đã nối lại",
    nolive: "Phần định tuyến đang tạm dừng: số liệu lấy từ hồ sơ, mọi người hiện là chưa vào.",
    sum: (r, n) => r + " sẵn sàng trên " + n, loadof: w => "Tải của " + w,
    channels: { mail: "Thư", chat: "Tin nhắn", call: "Cuộc gọi", order: "Đơn hàng", social: "Tin mạng xã hội", store: "Cửa hàng" },
    kinds: {
      event: (n, x) => n.direction === "own" ? x.who + " ghi chú" : n.direction !== "out" ? x.channel + " vào " + x.queue :
        n.channel === "call" ? x.who + " gọi cho khách" : x.who + " trả lời khách",
      open: (n, x) => x.who + " mở hồ sơ ở " + x.queue,
      take: (n, x) => x.who + " nhận hồ sơ",
      accept: (n, x) => x.who + " nhận hồ sơ được mời",
      assign: (n, x) => n.assignee ? x.who + " giao cho " + x.assignee : x.who + " trả về " + x.queue,
      transfer: (n, x) => x.who + " chuyển sang " + x.queue,
      resolve: (n, x) => x.who + " giải quyết xong",
      pend: (n, x) => x.who + " chờ khách trả lời",
      reopen: (n, x) => x.who + " mở lại hồ sơ",
      priority: (n, x) => x.who + " đổi mức ưu tiên",
      tag: (n, x) => x.who + " đổi nhãn",
      unsend: (n, x) => x.who + " rút lại câu trả lời",
      resend: (n, x) => x.who + " gửi lại câu trả lời",
      delivery: n => ({ deferred: "Câu trả lời chưa đi được, sẽ gửi lại", failed: "Câu trả lời không gửi được",
        bounced: "Câu trả lời bị trả về", unknown: "Không rõ câu trả lời đã đến chưa",
        withdrawn: "Câu trả lời đã được rút lại" })[n.delivery?.state] || "Câu trả lời đã gửi",
      bounce: () => "Thư trả lời bị trả về",
      close: () => "Hồ sơ được đóng lại",
      ended: (n, x) => n.by === "visitor" ? "Khách kết thúc trò chuyện" : x.who + " kết thúc trò chuyện",
      abandoned: () => "Khách rời đi khi chưa có ai trả lời",
      merge: (n, x) => x.who + " gộp hai khách làm một",
      split: (n, x) => x.who + " tách một khách làm hai",
      erase: () => "Dữ liệu của một khách đã được xoá",
      hook: n => "Web hook " + n.hook + (n.state === "gone" ? " đã tắt" : n.state === "paused" ? " tạm dừng" : " chạy lại"),
      customer: (n, x) => n.who ? x.who + " sửa thông tin khách" : "Khách cho biết cách liên hệ",
      config: n => "Cấu hình mới, bản " + n.version,
      pause: (n, x) => x.who + " tạm dừng " + x.queue,
      resume: (n, x) => x.who + " mở lại " + x.queue,
      offer: (n, x) => "Mời " + x.agent + " nhận" + (n.seconds ? " trong " + n.seconds + " giây" : ""),
      declined: (n, x) => x.agent + " nhường lời mời",
      lapsed: (n, x) => x.agent + " không kịp nhận",
      released: (n, x) => x.agent + " trả về " + x.queue,
      withdrawn: (n, x) => "Rút lời mời với " + x.agent,
      agent: (n, x) => x.agent + ": " + x.state + (n.reason ? ", " + n.reason : ""),
      rebuilt: () => "Đã dựng lại các hàng đợi từ hồ sơ",
      lost: () => "Mất dữ liệu định tuyến, đang dựng lại",
    },
  },
  en: {
    title: "Overview", hello: "Hello", hello2: "Log in to see the queues.",
    user: "Login", pass: "Password", enter: "Log in", leave: "Log out",
    forgot: "Forgot your password? An administrator can set a new one.",
    wrong: "That login and password do not belong together.", many: "Too many attempts. Wait a moment, then try again.",
    down: "The server can't be reached. Try again in a few minutes.", need: "Enter your login and password.",
    ended: "Your session has ended. Log in again to go on.",
    skip: "Skip to the queues", queues: "Queues", agents: "People", news: "Just now",
    name: "Name", state: "State", inqueues: "Queues", load: "Load",
    noagents: "Nobody is listed yet.", nonews: "Nothing has happened yet.", noqueues: "There are no queues yet.",
    waiting: "waiting", next: "Next due", oldest: "Oldest", none: "none",
    paused: "paused", pausedlong: "Nobody is offered a case until it is resumed", overdue: n => n + " overdue",
    left: t => t + " left", over: t => t + " over", under: "under 1 min",
    min: n => n + " min", hour: n => n + " h", day: n => n + (n === 1 ? " day" : " days"),
    ready: "Ready", busy: "Full", away: "Away", break: "Break", training: "Training", offline: "Signed out",
    live: "Connected", linking: "Reconnecting…", stale: t => "Connection lost, figures of " + t,
    lost: t => "Connection lost. The figures below are of " + t + "; the page reconnects by itself.",
    back: n => n > 0 ? "Reconnected, " + n + " new" : "Reconnected",
    nolive: "Routing is down for the moment: figures come from the records, everybody shows as signed out.",
    sum: (r, n) => r + " of " + n + " ready", loadof: w => "Load of " + w,
    channels: { mail: "Mail", chat: "Chat message", call: "Call", order: "Order", social: "Social message", store: "Store visit" },
    kinds: {
      event: (n, x) => n.direction === "own" ? x.who + " added a note" : n.direction !== "out" ? x.channel + " to " + x.queue :
        n.channel === "call" ? x.who + " called the customer" : x.who + " answered",
      open: (n, x) => x.who + " opened a case in " + x.queue,
      take: (n, x) => x.who + " took the case",
      accept: (n, x) => x.who + " accepted the offer",
      assign: (n, x) => n.assignee ? x.who + " gave it to " + x.assignee : x.who + " put it back in " + x.queue,
      transfer: (n, x) => x.who + " handed over to " + x.queue,
      resolve: (n, x) => x.who + " resolved it",
      pend: (n, x) => x.who + " waits for the customer",
      reopen: (n, x) => x.who + " reopened it",
      priority: (n, x) => x.who + " changed the priority",
      tag: (n, x) => x.who + " changed the tags",
      unsend: (n, x) => x.who + " took an answer back",
      resend: (n, x) => x.who + " sent an answer again",
      delivery: n => ({ deferred: "An answer could not go yet, it is tried again", failed: "An answer could not be sent",
        bounced: "An answer came back", unknown: "Nobody knows whether an answer arrived",
        withdrawn: "An answer was taken back" })[n.delivery?.state] || "An answer was sent",
      bounce: () => "An answer came back",
      close: () => "The case was closed",
      ended: (n, x) => n.by === "visitor" ? "The visitor ended the chat" : x.who + " ended the chat",
      abandoned: () => "The visitor left before anybody answered",
      merge: (n, x) => x.who + " made two customers one",
      split: (n, x) => x.who + " made one customer two",
      erase: () => "A customer's data was erased",
      hook: n => "Web hook " + n.hook + (n.state === "gone" ? " was disabled" : n.state === "paused" ? " was paused" : " runs again"),
      customer: (n, x) => n.who ? x.who + " changed a customer's data" : "A visitor said how to be reached",
      config: n => "New configuration, version " + n.version,
      pause: (n, x) => x.who + " paused " + x.queue,
      resume: (n, x) => x.who + " resumed " + x.queue,
      offer: (n, x) => "Offered to " + x.agent + (n.seconds ? " for " + n.seconds + " s" : ""),
      declined: (n, x) => x.agent + " declined the offer",
      lapsed: (n, x) => x.agent + " let the offer lapse",
      released: (n, x) => x.agent + " gave it back to " + x.queue,
      withdrawn: (n, x) => "Offer to " + x.agent + " withdrawn",
      agent: (n, x) => x.agent + ": " + x.state + (n.reason ? ", " + n.reason : ""),
      rebuilt: () => "The queues were rebuilt from the records",
      lost: () => "Routing data was lost, rebuilding",
    },
  },
};

export const t = all[lang];

const locale = lang === "vi" ? "vi-VN" : "en-GB";
const zone = "Asia/Ho_Chi_Minh";
const clockOf = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const dayOf = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", timeZone: zone });
const yearOf = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", year: "numeric", timeZone: zone });
const exactOf = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23", timeZone: zone });

export const number = new Intl.NumberFormat(locale);
export const clock = ms => clockOf.format(ms);
export const exact = ms => exactOf.format(ms);

// Today only the time, this year the day, else the year too.
export function when(ms, now) {
  const that = yearOf.format(ms), today = yearOf.format(now);
  return that === today ? clock(ms) : that.slice(6) === today.slice(6) ? dayOf.format(ms) : that;
}

// A length of time in words: nobody has to subtract.
export function span(ms) {
  const m = Math.floor(ms / 60000), h = Math.floor(m / 60), d = Math.floor(h / 24);
  if (m < 1) return t.under;
  if (m < 60) return t.min(m);
  if (h < 24) return m % 60 ? t.hour(h) + " " + t.min(m % 60) : t.hour(h);
  return h % 24 ? t.day(d) + " " + t.hour(h % 24) : t.day(d);
}
