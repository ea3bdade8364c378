// The status page: the queues, who is here, what happens, as it happens.
// Lists are asked for anew when the stream says that something changed;
// between, only clocks move.  All text of others goes in by textContent.
"use strict";

const words = {
  vi: {
    title: "Bảng theo dõi", hello: "Chào bạn", hello2: "Đăng nhập để xem các hàng đợi.",
    user: "Tên đăng nhập", pass: "Mật khẩu", enter: "Đăng nhập", leave: "Đăng xuất",
    forgot: "Quên mật khẩu? Quản trị viên đặt lại giúp bạn.",
    wrong: "Tên hoặc mật khẩu chưa đúng.", many: "Thử nhiều lần quá. Đợi một lát rồi thử lại.",
    down: "Chưa nối được máy chủ. Thử lại sau ít phút.", need: "Nhập tên đăng nhập và mật khẩu.",
    skip: "Tới các hàng đợi", queues: "Hàng đợi", agents: "Mọi người", news: "Vừa xảy ra",
    name: "Tên", state: "Trạng thái", inqueues: "Hàng đợi", load: "Tải",
    noagents: "Chưa có ai trong danh sách.", nonews: "Chưa có gì mới từ lúc mở trang.",
    waiting: "đang chờ", next: "Hạn kế tiếp", oldest: "Chờ lâu nhất", none: "không có",
    paused: "tạm dừng", overdue: n => n + " quá hạn",
    left: t => "còn " + t, over: t => "quá " + t, under: "dưới 1 phút",
    min: n => n + " phút", hour: n => n + " giờ", day: n => n + " ngày",
    ready: "Sẵn sàng", busy: "Đủ việc", away: "Vắng một lát", break: "Nghỉ", training: "Đào tạo", offline: "Chưa vào",
    live: "Đang nối", linking: "Đang nối lại…", stale: t => "Mất kết nối, số liệu lúc " + t,
    nolive: "Phần định tuyến đang tạm dừng: số liệu lấy từ hồ sơ, mọi người hiện là chưa vào.",
    sum: (r, n) => r + " sẵn sàng trên " + n,
    message: "tin mới", call: "Cuộc gọi", order: "Đơn hàng", event: "sự kiện", open: "hồ sơ mới", chat: "Trò chuyện",
    assign: "giao cho", transfer: "chuyển sang", note: "ghi chú", tag: "nhãn", priority: "mức ưu tiên",
    offer: "mời nhận", accepted: "đã nhận", declined: "đã nhường", lapsed: "hết giờ nhận", released: "trả lại", withdrawn: "rút lại lời mời",
    resolved: "đã xong", closed: "đã đóng", pending: "chờ khách", reopened: "mở lại",
    customer: "khách hàng", queueNews: "hàng đợi", rebuilt: "Đã dựng lại hàng đợi", lost: "Mất dữ liệu định tuyến",
    mail: "Thư", social: "Mạng xã hội", store: "Cửa hàng", ticket: n => "#" + n,
  },
  en: {
    title: "Overview", hello: "Hello", hello2: "Log in to see the queues.",
    user: "Login", pass: "Password", enter: "Log in", leave: "Log out",
    forgot: "Forgot your password? An administrator can set a new one.",
    wrong: "That login and password do not belong together.", many: "Too many attempts. Wait a moment, then try again.",
    down: "The server can't be reached. Try again in a few minutes.", need: "Enter your login and password.",
    skip: "Skip to the queues", queues: "Queues", agents: "People", news: "Just now",
    name: "Name", state: "State", inqueues: "Queues", load: "Load",
    noagents: "Nobody is listed yet.", nonews: "Nothing new since this page was opened.",
    waiting: "waiting", next: "Next due", oldest: "Oldest", none: "none",
    paused: "paused", overdue: n => n + " overdue",
    left: t => t + " left", over: t => t + " over", under: "under 1 min",
    min: n => n + " min", hour: n => n + " h", day: n => n + (n === 1 ? " day" : " days"),
    ready: "Ready", busy: "Full", away: "Away", break: "Break", training: "Training", offline: "Signed out",
    live: "Connected", linking: "Reconnecting…", stale: t => "Connection lost, figures of " + t,
    nolive: "Routing is down for the moment: figures come from the records, everybody shows as signed out.",
    sum: (r, n) => r + " of " + n + " ready",
    message: "new message", call: "Call", order: "Order", event: "event", open: "new case", chat: "Chat",
    assign: "given to", transfer: "moved to", note: "note", tag: "tag", priority: "priority",
    offer: "offered to", accepted: "accepted", declined: "declined", lapsed: "offer lapsed", released: "released", withdrawn: "offer withdrawn",
    resolved: "resolved", closed: "closed", pending: "waiting for the customer", reopened: "reopened",
    customer: "customer", queueNews: "queue", rebuilt: "Queues were rebuilt", lost: "Routing data was lost",
    mail: "Mail", social: "Social", store: "Store", ticket: n => "#" + n,
  },
};

const lang = (navigator.languages || [navigator.language]).some(l => /^vi\b/i.test(l)) ? "vi" : "en";
const t = words[lang];
const clock = new Intl.DateTimeFormat(lang === "vi" ? "vi-VN" : "en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const number = new Intl.NumberFormat(lang === "vi" ? "vi-VN" : "en-GB");
const $ = id => document.getElementById(id);

// Every kind of notice that the stream names.
const kinds = ["message", "call", "order", "event", "chat", "assign", "transfer", "state", "note", "tag", "priority",
  "customer", "agent", "queue", "offer", "accepted", "declined", "lapsed", "released", "withdrawn", "rebuilt", "lost",
  "ready", "reset"];
const NEWS_KEPT = 12;

let csrf = "";
let queues = [];
let titles = {};
let skew = 0; // the server's clock less ours
let stream = null;
let asked = 0; // timers
let again = 0;
let fresh = 0; // when the figures came

const now = () => Date.now() + skew;

function el(tag, cls, text) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text;
  return e;
}

function say(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

// ---- asking

async function ask(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  const r = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin" });
  const date = Date.parse(r.headers.get("Date"));
  if (!isNaN(date) && Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
  const json = await r.json().catch(() => null);
  if (!r.ok) throw Object.assign(new Error((json && json.detail) || r.statusText), { status: r.status });
  return json;
}

// ---- time in words: nobody has to subtract

function span(ms) {
  const m = Math.floor(ms / 60000), h = Math.floor(m / 60), d = Math.floor(h / 24);
  if (m < 1) return t.under;
  if (m < 60) return t.min(m);
  if (h < 24) return m % 60 ? t.hour(h) + " " + t.min(m % 60) : t.hour(h);
  return h % 24 ? t.day(d) + " " + t.hour(h % 24) : t.day(d);
}

function dueClass(ms) {
  return ms < 0 ? "late" : ms <= 5 * 60000 ? "due" : ms <= 30 * 60000 ? "soon" : "";
}

// ---- the queues

function queueCard(q) {
  const li = el("li", "queue");
  const head = el("div", "head"), figure = el("p", "figure"), dl = el("dl");
  const part = (label, cls) => {
    const box = el("div"), dd = el("dd");
    box.append(el("dt", "", label), dd);
    dd.append(el("span", cls));
    dl.append(box);
    return dd.firstChild;
  };
  li.bits = { title: el("h3"), chip: el("span", "chip"), n: el("b") };
  head.append(li.bits.title, li.bits.chip);
  figure.append(li.bits.n, el("span", "", t.waiting));
  li.bits.due = part(t.next, "clock");
  li.bits.oldest = part(t.oldest, "num");
  li.append(head, figure, dl);
  li.dataset.name = q.name;
  return li;
}

function showQueue(li, q) {
  const p = li.bits;
  const due = q.due_next ? Date.parse(q.due_next) - now() : null;
  const cls = due === null ? "" : dueClass(due);
  say(p.title, q.title || q.name);
  say(p.n, number.format(q.waiting || 0));
  p.chip.hidden = !q.overdue && !q.paused;
  p.chip.className = "chip " + (q.overdue ? "late" : "paused");
  say(p.chip, q.overdue ? t.overdue(q.overdue) : q.paused ? t.paused : "");
  li.className = "queue " + (q.overdue ? "late" : cls);
  p.due.className = "clock " + cls + (due === null ? " t3" : "");
  say(p.due, due === null ? t.none : due < 0 ? t.over(span(-due)) : t.left(span(due)));
  p.due.title = q.due_next ? new Date(q.due_next).toLocaleString(lang === "vi" ? "vi-VN" : "en-GB") : "";
  p.oldest.className = q.oldest ? "num" : "num t3";
  say(p.oldest, q.oldest ? span(Math.max(0, now() - Date.parse(q.oldest))) : t.none);
}

// Rows stay where they are: only what is new is added, what is gone removed.
function keyed(list, rows, key, make, show) {
  const old = new Map([...list.children].map(e => [e.dataset.name, e]));
  rows.forEach((row, i) => {
    const e = old.get(key(row)) || make(row);
    old.delete(key(row));
    if (list.children[i] !== e) list.insertBefore(e, list.children[i] || null);
    show(e, row);
  });
  old.forEach(e => e.remove());
}

function showQueues() {
  keyed($("queues"), queues, q => q.name, queueCard, showQueue);
}

// ---- people

const shapes = { ready: "ready", busy: "busy", away: "away", break: "away", training: "wrap", offline: "off" };
const order = ["ready", "busy", "training", "break", "away", "offline"];

function agentRow(a) {
  const tr = el("tr"), state = el("span", "state"), loads = el("div", "loads");
  const cell = (cls, e) => {
    const td = el("td", cls);
    if (e) td.append(e);
    tr.append(td);
    return td;
  };
  tr.bits = { dot: el("span"), word: el("span"), meter: el("meter", "meter"), n: el("span", "num") };
  tr.bits.name = cell("");
  state.append(tr.bits.dot, tr.bits.word);
  cell("", state);
  tr.bits.queues = cell("hide-m t2");
  loads.append(tr.bits.meter, tr.bits.n);
  cell("", loads);
  tr.dataset.name = a.name;
  return tr;
}

function agentState(a) {
  if (a.state === "ready" && a.capacity > 0 && a.load >= a.capacity) return "busy";
  return shapes[a.state] ? a.state : "offline";
}

function showAgent(tr, a) {
  const p = tr.bits, state = agentState(a);
  say(p.name, a.display || a.name);
  p.dot.className = "here " + shapes[state];
  say(p.word, t[state]);
  say(p.queues, (a.queues || []).map(q => titles[q] || q).join(", "));
  p.meter.max = a.capacity || 100;
  p.meter.value = a.load || 0;
  p.meter.setAttribute("aria-label", t.load);
  say(p.n, String(a.load || 0));
}

function showAgents(agents) {
  agents = agents.slice().sort((a, b) => order.indexOf(agentState(a)) - order.indexOf(agentState(b)) ||
    (a.display || a.name).localeCompare(b.display || b.name, lang));
  keyed($("agents"), agents, a => a.name, agentRow, showAgent);
  $("noagents").hidden = agents.length > 0;
  say($("agentsum"), agents.length ? t.sum(agents.filter(a => a.state === "ready").length, agents.length) : "");
}

// ---- what happens

// Our word for theirs; what we have none for is shown as it came.
function word(k) {
  return Object.hasOwn(t, k) && typeof t[k] === "string" ? t[k] : String(k || "");
}

function newsWords(n) {
  const who = n.agent || n.assignee || n.who || "";
  switch (n.kind) {
  case "state": return word(n.state) || t.state;
  case "assign": return n.assignee ? t.assign + " " + n.assignee : t.reopened;
  case "transfer": return t.transfer + " " + (titles[n.queue] || n.queue || "");
  case "offer": return t.offer + " " + who;
  case "accepted": case "declined": case "lapsed": case "released": case "withdrawn":
    return word(n.kind) + (who ? ": " + who : "");
  case "agent": return who + ": " + word(n.state);
  case "queue": return t.queueNews + " " + (titles[n.queue] || n.queue || "");
  case "rebuilt": case "lost": return word(n.kind);
  default: return (n.channel && n.channel !== n.kind ? word(n.channel) + ": " : "") + word(n.kind);
  }
}

function addNews(n) {
  const li = el("li"), what = el("div", "what"), more = n.subject || n.preview || "";
  li.append(el("time", "", clock.format(now())), what);
  what.append((n.number ? t.ticket(n.number) + " " : "") + newsWords(n));
  if (more) li.append(el("div", "more", more));
  $("news").prepend(li);
  while ($("news").children.length > NEWS_KEPT) $("news").lastChild.remove();
  $("nonews").hidden = true;
}

// ---- the connection, and the truth about it

function link(state) {
  $("dot").className = "here " + (state === "live" ? "ready" : state === "stale" ? "off" : "away");
  say($("linkwords"), state === "stale" && fresh ? t.stale(clock.format(fresh)) : state === "stale" ? t.down : t[state]);
}

async function refresh() {
  clearTimeout(asked);
  asked = 0;
  try {
    const [q, a] = await Promise.all([ask("GET", "/api/v1/queues"), ask("GET", "/api/v1/agents")]);
    queues = q.queues || [];
    titles = Object.fromEntries(queues.map(x => [x.name, x.title || x.name]));
    fresh = now();
    showQueues();
    showAgents(a.agents || []);
    $("banner").hidden = q.live !== false;
    say($("banner"), t.nolive);
    if (stream && stream.readyState === EventSource.OPEN) link("live");
  } catch (e) {
    if (e.status === 401 || e.status === 403) return showLogin();
    link("stale");
  }
  asked = setTimeout(refresh, 30000);
}

// Many notices at once ask for one refresh.
function soon() {
  if (again) return;
  again = setTimeout(() => { again = 0; refresh(); }, 400);
}

function listen() {
  if (stream) stream.close();
  stream = new EventSource("/api/v1/feed/live");
  stream.onopen = () => { link("live"); soon(); };
  stream.onerror = () => {
    link(fresh && now() - fresh > 10000 ? "stale" : "linking");
    // Closed for good, by a refusal: ask who we are, and begin again.
    if (stream && stream.readyState === EventSource.CLOSED) { stream = null; setTimeout(start, 3000); }
  };
  const told = e => {
    if (e.type !== "ready" && e.type !== "reset") {
      try {
        const n = JSON.parse(e.data);
        if (n && typeof n === "object") addNews(Object.assign({ kind: e.type }, n));
      } catch (_) { /* a notice that is none changes nothing */ }
    }
    soon();
  };
  kinds.forEach(k => stream.addEventListener(k, told));
}

// ---- coming and going

function showLogin() {
  if (stream) stream.close();
  stream = null;
  clearTimeout(asked);
  csrf = "";
  $("desk").hidden = true;
  $("login").hidden = false;
  document.title = t.enter + " · deskd";
  $("user").focus();
}

function showDesk(me) {
  csrf = me.csrf || "";
  say($("me"), me.login || "");
  $("login").hidden = true;
  $("desk").hidden = false;
  document.title = t.title + " · deskd";
  link("linking");
  // The queues' names first: the notices speak of them.
  refresh().then(() => { if (!$("desk").hidden) listen(); });
}

async function start() {
  try {
    showDesk(await ask("GET", "/api/v1/me"));
  } catch (e) {
    if (e.status === 401 || e.status === 403) return showLogin();
    if (!$("desk").hidden) link("stale");
    else { if ($("login").hidden) showLogin(); wrong(t.down); }
    setTimeout(start, 5000);
  }
}

function wrong(text) {
  $("wrong").hidden = !text;
  say($("wrong"), text || "");
  for (const id of ["user", "pass"]) $(id).setAttribute("aria-invalid", String(Boolean(text) && text !== t.down));
}

$("form").addEventListener("submit", async e => {
  e.preventDefault();
  wrong("");
  if (!$("user").value || !$("pass").value) return wrong(t.need);
  $("enter").disabled = true;
  try {
    const me = await ask("POST", "/api/v1/login", { login: $("user").value.trim(), password: $("pass").value });
    $("pass").value = "";
    showDesk(me);
  } catch (e2) {
    wrong(e2.status === 429 ? t.many : e2.status && e2.status < 500 ? t.wrong : t.down);
    $("pass").focus();
  }
  $("enter").disabled = false;
});

$("leave").addEventListener("click", async () => {
  try { await ask("POST", "/api/v1/logout", {}); } catch (_) { /* gone is gone */ }
  showLogin();
});

function tick() {
  say($("now"), clock.format(now()));
  showQueues();
}

document.documentElement.lang = lang;
document.querySelectorAll("[data-t]").forEach(e => { e.textContent = t[e.dataset.t]; });
setInterval(tick, 1000);
tick();
start();
