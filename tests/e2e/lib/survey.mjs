// Surveys as tests come to their pages: some to ask, and links to them.
import { createHash, randomBytes } from 'node:crypto';
import { change, event, service, sql, unique, using, uuid } from './desk.mjs';

// What desk.conf would say; each kind of question, and each way to offer help.
export const surveys = [
  { name: 'sau-giao', title: 'Sau khi giao hàng', questions: [
    { name: 'diem', kind: 'nps' },
    { name: 'vi-sao', kind: 'choice', when: '0-6', vi: 'Điều gì làm anh/chị chưa vui ạ?',
      en: 'What went wrong?', choices: [
        { name: 'tre', vi: 'Giao trễ', en: 'Late' },
        { name: 'thieu', vi: 'Thiếu hàng', en: 'Something missing' },
        { name: 'lien-lac', vi: 'Khó liên lạc', en: 'Hard to reach' },
        { name: 'gia', vi: 'Giá', en: 'Price' },
        { name: 'khac', vi: 'Khác', en: 'Other' }] },
    { name: 'loi', kind: 'text', vi: 'Anh/chị viết thêm nếu muốn ạ', en: 'In your own words' }] },
  { name: 'ho-tro', title: 'Hỗ trợ', help: true, questions: [{ name: 'diem', kind: 'csat' }] },
  { name: 'mong-duoc', title: 'Anh/chị mong gì, và được gì ạ?', questions: [
    { name: 'mong', kind: 'ces', about: 'expectation', vi: 'Anh/chị mong dễ tới mức nào ạ?', required: true },
    { name: 'duoc', kind: 'ces', about: 'experience', pair: 'mong', vi: 'Thật ra dễ tới mức nào ạ?',
      required: true },
    { name: 'ngay', kind: 'number', vi: 'Anh/chị chờ mấy ngày ạ?' }] },
  { name: 'gop-y', title: 'Góp ý với An Tâm', public: true, questions: [
    { name: 'diem', kind: 'csat' },
    { name: 'loi', kind: 'text', vi: 'Anh/chị muốn nói gì với chúng em ạ?',
      en: 'What would you like to tell us?' }] },
];

// A customer's case, and the path of a link to that survey about it.
export async function invited(survey, members = {}) {
  const address = `${unique()}@example.com`;
  const made = await using(service, (wire) => wire.ask('EVENT.ADD', event({
    subject: 'Giao trễ, hỏi riêng', text: 'chuyện riêng của tôi',
    from: { kind: 'email', address, name: 'Nguyễn Thị Hạnh' } })));
  return { ...made, address, ...(await link(survey, made, members)) };
}

export async function link(survey, made, { order = null, lang = 'vi', agent = null } = {}) {
  const token = randomBytes(24).toString('base64url');
  const [{ id }] = JSON.parse(await change(`WITH i AS (INSERT INTO desk.invitation
      (survey, occasion, customer, contact, ticket, order_no, queue, agent, channel, lang, via,
      state, sent_at, expires_at, token)
    SELECT s.id, 'test:' || :'v3', t.customer, (SELECT c.id FROM desk.contact c
      WHERE c.customer = t.customer LIMIT 1), t.id, nullif(:'v5', ''), t.queue,
      coalesce((SELECT a.id FROM desk.agent a WHERE a.name = :'v6'), 0), 'mail', :'v4', 'mail',
      'sent', now(), now() + interval '30 days', decode(:'v7', 'hex')
    FROM desk.survey s, desk.ticket t WHERE s.name = :'v1' AND t.id = :v2
    RETURNING id) SELECT json_agg(i) FROM i`,
  survey, made.ticket, uuid(), lang, order ?? '', agent ?? '',
  createHash('sha256').update(token).digest('hex')));
  return { invitation: id, token, path: `/survey/${token}` };
}

export const responses = (invitation) => sql(`SELECT r.*, (SELECT json_agg(a ORDER BY a.question)
  FROM desk.answer a WHERE a.response = r.id) AS answers
  FROM desk.response r WHERE r.invitation = :v1`, invitation);

// A form as a browser sends it without a script.
export const send = (path, members, base = process.env.DESKD_HTTP) =>
  fetch(base + path, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams(members) });
