// The status page: the queues, who is here, what happens, as it happens.
// Lists are asked for anew when the stream says that something changed;
// between, only clocks move.  All text of others goes in by textContent.
import { clock, exact, lang, number, span, t, when } from "./words.js";
import { follow } from "./live.js";

const $ = id => document.getElementById(id);

const NEWS_KEPT = 12; // rows; of so many notices asked for:
const NEWS_ASKED = 60;
const HERE = "deskd.here"; // this browser has a session, as far as we know

let csrf = "";
let queues = [];
let titles = {};
let names = {}; // login → how somebody is called
const tickets = new Map(); // id → the number and subject last heard
let skew = 0; // the server's clock less ours
let stream = null;
let asked = 0; // timers
let again = 0;
let said = 0;
let turn = 0; // of the figures asked for: a late answer is dropped
let fresh = 0; // when the figures came
let newsRead = false;
let shown = ""; // of link()
let missed = -1; // notices since the connection came back; -1: it was there

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

// ---- the queues

function dueClass(ms) {
  return ms < 0 ? "late" : ms <= 5 * 60000 ? "due" : ms <= 30 * 60000 ? "soon" : "";
}

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
  li.bits = { title: el("h3"), late: el("span", "chip late"), paused: el("span", "chip paused", t.paused), n: el("b") };
  li.bits.paused.title = t.pausedlong;
  head.append(li.bits.title, li.bits.paused, li.bits.late);
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
  p.late.hidden = !q.overdue;
  say(p.late, t.overdue(number.format(q.overdue || 0)));
  p.paused.hidden = !q.paused;
  li.className = "queue " + (q.overdue ? "late" : cls) + (q.paused ? " held" : "");
  p.due.className = "clock " + cls + (due === null ? " t3" : "");
  say(p.due, due === null ? t.none : due < 0 ? t.over(span(-due)) : t.left(span(due)));
  p.due.title = q.due_next ? exact(Date.parse(q.due_next)) : "";
  p.oldest.className = q.oldest ? "num" : "num t3";
  p.oldest.title = q.oldest ? exact(Date.parse(q.oldest)) : "";
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
  $("noqueues").hidden = !fresh || queues.length > 0;
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
  p.meter.setAttribute("aria-label", t.loadof(a.display || a.name));
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

// What only repeats another notice, or concerns nobody who reads here.
const unsaid = ["ready", "reset", "access", "accepted", "queue", "call", "seen", "typing", "gone", "back"];
// Of an answer's way only what somebody may have to look after.
const trouble = ["deferred", "failed", "bounced", "unknown"];
const isUnsaid = n => unsaid.includes(n.kind) || n.kind === "delivery" && !trouble.includes(n.delivery?.state);
// What is said in one thin line.
const thin = ["agent", "close", "config", "customer", "erase", "hook", "merge", "split", "tag", "priority", "rebuilt", "lost", "withdrawn"];

// A notice in a sentence.  What we have no words for is named as it came.
function newsWords(n) {
  const sentence = Object.hasOwn(t.kinds, n.kind) ? t.kinds[n.kind] : null;
  const called = login => names[login] || login || "deskd";
  const channel = Object.hasOwn(t.channels, n.channel) ? t.channels[n.channel] : String(n.channel || n.kind);
  if (!sentence) return [n.kind, n.who || n.agent, titles[n.queue]].filter(Boolean).join(" · ");
  return sentence(n, { who: called(n.who), agent: called(n.agent), assignee: called(n.assignee),
    queue: titles[n.queue] || n.queue || "", channel, state: typeof t[n.state] === "string" ? t[n.state] : n.state });
}

// Which case it is about; an offer names only its ticket.
function newsCase(n) {
  if (n.number) {
    tickets.delete(n.ticket);
    tickets.set(n.ticket, { number: n.number, subject: n.subject || n.preview || "" });
    if (tickets.size > 500) tickets.delete(tickets.keys().next().value);
  }
  const it = tickets.get(n.ticket);
  return it ? ["#" + it.number, it.subject].filter(Boolean).join(" · ") : "";
}

function newsRow(n, at) {
  const isThin = thin.includes(n.kind) || !Object.hasOwn(t.kinds, n.kind);
  const li = el("li", isThin ? "thin" : ""), time = el("time", "", when(at, now()));
  const about = newsCase(n);
  time.dateTime = new Date(at).toISOString();
  time.title = exact(at);
  li.append(time, el("div", "what", newsWords(n)));
  if (about && !isThin) li.append(el("div", "more", about));
  li.dataset.kind = n.kind;
  return li;
}

// offset: the notice's id in the feed, which begins with its time.
function addNews(n, offset) {
  const about = isUnsaid(n) ? null : newsRow(n, parseInt(offset, 10) || now());
  // One that was read and streamed too is told once.
  if (!about || [...$("news").children].some(e => offset && e.dataset.offset === offset)) return;
  about.dataset.offset = offset || "";
  $("news").prepend(about);
  while ($("news").children.length > NEWS_KEPT) $("news").lastChild.remove();
  $("nonews").hidden = true;
}

// The latest notices; returns the offset to go on from.
async function readNews() {
  const page = await ask("GET", "/api/v1/feed?offset=0&last=" + NEWS_ASKED);
  $("news").replaceChildren();
  for (const n of page.notices) addNews(n, n.offset);
  $("nonews").hidden = $("news").children.length > 0;
  newsRead = true;
  return page.offset;
}

// ---- the connection, and the truth about it

// state: live, linking or stale; words: what to say of it for a while.
function link(state, words) {
  const stale = state === "stale";
  clearTimeout(said);
  shown = state;
  if (words) said = setTimeout(() => link("live"), 8000);
  $("dot").className = "here " + (state === "live" ? "ready" : stale ? "off" : "away");
  say($("linkwords"), words || (!stale ? t[state] : fresh ? t.stale(clock(fresh)) : t.down));
  $("desk").classList.toggle("stale", stale);
  banner(stale ? (fresh ? t.lost(clock(fresh)) : t.down) : "", "lost");
}

// Two things can be wrong at once; the connection's comes first.
const wrongs = { lost: "", nolive: "" };
function banner(text, which) {
  wrongs[which] = text;
  say($("banner"), wrongs.lost || wrongs.nolive);
  $("banner").hidden = !$("banner").textContent;
}

// A refusal of who we are: the session is over, and the page goes back.
function over(e) {
  if (e.status !== 401 && e.status !== 403) return false;
  if (!$("desk").hidden) showLogin(t.ended);
  return true;
}

async function refresh() {
  const mine = ++turn;
  clearTimeout(asked);
  try {
    const [q, a] = await Promise.all([ask("GET", "/api/v1/queues"), ask("GET", "/api/v1/agents")]);
    if (mine !== turn || $("desk").hidden) return;
    queues = q.queues || [];
    titles = Object.fromEntries(queues.map(x => [x.name, x.title || x.name]));
    names = Object.fromEntries((a.agents || []).map(x => [x.name, x.display || x.name]));
    fresh = now();
    showQueues();
    showAgents(a.agents || []);
    banner(q.live === false ? t.nolive : "", "nolive");
    if (shown === "stale" && mayBeLive()) link("live");
  } catch (e) {
    if (mine !== turn || over(e)) return;
    link("stale");
  }
  asked = setTimeout(refresh, shown === "stale" ? 3000 : 30000);
}

// Many notices at once ask for one refresh.
function soon() {
  if (again) return;
  again = setTimeout(() => { again = 0; if (!$("desk").hidden) refresh(); }, 400);
}

// One event of the stream.
function told(e) {
  if (e.event === "reset") {
    readNews().catch(over);
  } else if (e.event === "ready") {
    if (!newsRead) readNews().catch(over);
    // All that was missed has come: only now is the page up to date.
    refresh().then(() => { if (mayBeLive()) link("live", missed >= 0 ? t.back(missed) : ""); missed = -1; });
  } else {
    try {
      const n = JSON.parse(e.data);
      if (n && typeof n === "object") addNews(Object.assign({}, n, { kind: n.kind || e.event }), e.id);
      if (missed >= 0) missed++;
    } catch (_) { /* a notice that is none changes nothing */ }
  }
  soon();
}

const mayBeLive = () => stream && stream.is === "open" && !$("desk").hidden;

function listen(after) {
  const mine = { is: "linking" };
  const handle = follow("/api/v1/feed/live", after, {
    open: () => { mine.is = "open"; },
    event: e => { if (stream === mine) told(e); },
    lost: tries => {
      mine.is = "lost";
      if (stream !== mine) return;
      missed = 0;
      link(tries > 1 ? "stale" : "linking");
    },
    refused: status => { if (stream === mine) over({ status }); },
  });
  mine.stop = handle.stop;
  stream = mine;
}

// ---- coming and going

// Whoever logs in next finds nothing of what was seen here.
function forget() {
  if (stream) stream.stop();
  stream = null;
  clearTimeout(asked);
  clearTimeout(said);
  turn++;
  csrf = "";
  queues = [];
  fresh = 0;
  missed = -1;
  newsRead = false;
  tickets.clear();
  for (const id of ["queues", "agents", "news"]) $(id).replaceChildren();
}

// The browser keeps the session's cookie from us, so we note that there is
// one: who has none is not asked about.
function remember(here) {
  try {
    if (here) localStorage.setItem(HERE, "1");
    else localStorage.removeItem(HERE);
  } catch (_) { /* then it is asked for by logging in */ }
}

function remembered() {
  try { return localStorage.getItem(HERE) === "1"; } catch (_) { return false; }
}

function showLogin(why) {
  forget();
  remember(false);
  $("desk").hidden = true;
  $("login").hidden = false;
  $("hello2").textContent = why || t.hello2;
  document.title = t.enter + " · deskd";
  $("user").focus();
}

async function showDesk(me) {
  csrf = me.csrf || "";
  remember(true);
  say($("me"), names[me.login] || me.login || "");
  $("login").hidden = true;
  $("desk").hidden = false;
  document.title = t.title + " · deskd";
  link("linking");
  // The queues' and people's names first: the notices speak of them.
  await refresh();
  say($("me"), names[me.login] || me.login || "");
  let after;
  try {
    after = await readNews();
  } catch (e) {
    if (over(e)) return;
  }
  if (csrf === (me.csrf || "") && !$("desk").hidden) listen(after);
}

async function start() {
  if (!remembered()) return showLogin();
  try {
    await showDesk(await ask("GET", "/api/v1/me"));
  } catch (e) {
    if (e.status === 401 || e.status === 403) return showLogin(t.ended);
    if ($("login").hidden) {
      $("login").hidden = false;
      wrong(t.down);
    }
    setTimeout(() => { if ($("desk").hidden && !csrf) start(); }, 5000);
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
    $("queues").focus();
  } catch (e2) {
    wrong(e2.status === 429 ? t.many : e2.status && e2.status < 500 ? t.wrong : t.down);
    $("pass").focus();
  }
  $("enter").disabled = false;
});

$("leave").addEventListener("click", async () => {
  try {
    await ask("POST", "/api/v1/logout", {});
  } catch (e) {
    // The session lives on at the server: do not say that it is over.
    if (!e.status || e.status >= 500) return link("stale");
  }
  showLogin();
});

function tick() {
  say($("now"), clock(now()));
  showQueues();
}

document.documentElement.lang = lang;
document.querySelectorAll("[data-t]").forEach(e => { e.textContent = t[e.dataset.t]; });
setInterval(tick, 1000);
tick();
start();
