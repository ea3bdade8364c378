// The customer's page of his case, as tests come to it.
import { event, service, unique, using } from './desk.mjs';
import { stranger } from './web.mjs';

// A case, and the path of its customer's page.
export async function caseOf(members = {}) {
  const address = `${unique()}@example.com`;
  const made = await using(service, (wire) =>
    wire.ask('EVENT.ADD', event({ subject: 'Giao trễ', text: 'shop ơi đơn tới đâu rồi',
      from: { kind: 'email', address, name: 'Nguyễn Thị Hạnh' }, ...members })));
  const link = await using(service, (wire) => wire.ask('CASE.LINK', made.ticket));
  return { ...made, address, path: `/case/${link.url.split('/case/')[1]}` };
}

// A form as a browser sends it; a file is [bytes, name].
export function form(members) {
  const f = new FormData();
  for (const [name, value] of Object.entries(members))
    if (Array.isArray(value)) f.append(name, ...value);
    else f.append(name, value);
  return f;
}

export const send = (path, members, base = process.env.DESKD_HTTP) =>
  fetch(base + path, { method: 'POST', body: form(members), redirect: 'manual' });

// Wrong links are counted in 1,024 places by address (FNV-1a), so that some
// addresses share one: who must not wait for another's guesses comes from one
// that does not share his.
const place = (address) => {
  let h = 2166136261;
  for (const c of address) h = Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0;
  return h % 1024;
};

export function strangers(n) {
  const list = [];
  const taken = new Set([place('127.0.0.1')]);
  while (list.length < n) {
    const one = stranger();
    if (taken.has(place(one))) continue;
    taken.add(place(one));
    list.push(one);
  }
  return list;
}
