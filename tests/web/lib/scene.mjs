// A desk at work, for who looks at the pages: cases of every channel and of
// every age, as people write them, in the queue of a team of the test's own.
import nodemailer from 'nodemailer';
import { change, login, now, phone, service, sql, unique, using } from '../../e2e/lib/desk.mjs';
import { deliver } from '../../e2e/lib/mail.mjs';
import { visit } from '../../e2e/lib/visitor.mjs';
import { post } from '../../e2e/lib/web.mjs';

// A chequered picture, 96 by 64, made by a few lines of Python.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAIAAABqVuVZAAAAi0lEQVR42u3ZMQ0AIAwEQJzgCAvYwwaWUICE' +
  'snQpl3T+pLd9vp09wutzhVc1pwECBAgQIECAAAECBAhQAtDPz7/kAAIECBAgQIAAAQIECFAGkLKqzQMCBAgQ' +
  'IECAAAECBMgups0DAgQIECBAgAABAgTILqasAgIECBAgQIAAAQIECJBdTJsHBKhYzgU9fdYsfoO5LAAAAABJ' +
  'RU5ErkJggg==',
  'base64',
);

// Minutes until an answer is due, and what was written.
const lines = [
  [-14, 'Trần Văn Minh', 'Đơn DH10482 giao trễ 2 ngày', 'Đặt từ thứ Hai, đến giờ vẫn chưa thấy giao.'],
  [4, 'Phạm Quốc Anh', 'Thiếu 1 lõi lọc trong hộp', 'shop ơi mình nhận được máy rồi mà thiếu 1 lõi lọc'],
  [22, 'Lê Thị Hồng', 'Máy xay không lên nguồn', 'Máy mới mua 1 tuần, cắm điện không lên, bảo hành thế nào ạ?'],
  [95, 'Đỗ Văn Bình', 'Đổi địa chỉ nhận hàng đơn DH10501', 'Cho mình đổi địa chỉ sang 25 Lê Lợi, Huế nhé.'],
  [300, 'Emma Clark', 'Where is my parcel?', 'Tracking has not moved for 5 days. Could you check?'],
  [1600, 'Vũ Thanh Hà', 'Báo giá số lượng lớn: 50 bộ quà tặng cuối năm, giao tại Thủ Dầu Một', 'Xin báo giá và chiết khấu.'],
];

async function mailed(team, from) {
  const id = `${unique('scene')}@example.com`;
  const { message } = await nodemailer
    .createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
    .sendMail({
      from: { name: 'Nguyễn Thị Mỹ Hạnh', address: from },
      to: team.address,
      messageId: `<${id}>`,
      subject: 'Nồi cơm điện báo lỗi E4, đơn DH20418',
      text:
        'Chào shop,\n\nNồi cơm mình mua tuần trước báo lỗi E4, bấm nút nào cũng không được. Số máy ' +
        'trên tem là NC-18-20418.\n\nShop đổi giúp mình trước thứ Bảy được không ạ?\n\n' +
        'Vào 15:04, 20/11/2026, Shop Example đã viết:\n' +
        '> Dạ chị, nồi đã giao lúc 10:20 ạ.\n> Chị kiểm tra giúp em.\n',
      html:
        '<p>Chào shop,</p><p>Nồi cơm mình mua tuần trước <b>báo lỗi E4</b>, bấm nút nào cũng không ' +
        'được. Số máy trên tem là <code>NC-18-20418</code>.</p><p>Shop đổi giúp mình trước thứ Bảy ' +
        'được không ạ?</p><img src="https://pictures.example/e4.png" width="120" height="80" alt="">' +
        '<blockquote>Dạ chị, nồi đã giao lúc 10:20 ạ.<br>Chị kiểm tra giúp em.</blockquote>',
      attachments: [
        { filename: 'ảnh lỗi E4.png', content: picture },
        { filename: 'hoá đơn DH20418.pdf', content: Buffer.from('%PDF-1.4\n%%EOF\n') },
      ],
    });
  const [reply] = await deliver({ id, from, to: team.address, bytes: message });
  if (reply.code !== 250) throw new Error(reply.text);
  const [row] = await sql(
    `SELECT e.ticket, t.customer FROM desk.event_key k
     JOIN desk.event e ON e.id = k.event JOIN desk.ticket t ON t.id = e.ticket
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`,
    id,
  );
  return row;
}

// What was made: tickets by their channel. agent: who answers, of the team.
export async function scene(team, agent) {
  for (const [minutes, name, subject, text] of lines) {
    const { ticket } = await team.write({ subject, text, from: { name } });
    await change(
      `UPDATE desk.ticket SET due_at = now() + :v2 * interval '1 minute' WHERE id = :v1`,
      ticket, minutes);
  }

  const address = `${unique('hanh.')}@example.com`;
  const { ticket: mail, customer } = await mailed(team, address);
  const tel = phone();
  const rang = async (call, state, more = {}) => {
    const got = await post('/hooks/pbx',
      { call, from: tel, to: '19001234', agent: team.logins[agent], at: now(), state, ...more });
    if (got.status !== 201) throw new Error(got.text);
    return got.json;
  };
  const talk = unique('c-');
  await rang(talk, 'ringing');
  await rang(talk, 'answered', { wait: 12 });
  await rang(talk, 'ended', { duration: 154 });
  const { ticket: call } = await rang(unique('c-'), 'missed');

  const v = await visit({ name: 'Hoàng Gia Bảo' });
  await v.say('mã giảm giá TET không dùng được ạ');
  await v.say('mình thử 2 lần rồi');
  const chat = await v.ticket();

  const made = await using(service, async (wire) => {
    const told = (members) => wire.ask('EVENT.ADD', JSON.stringify({
      id: unique('scene-'), at: now(), ...members }));
    const from = { kind: 'email', address };
    const no = unique('DH').toUpperCase();
    const day = (n) => new Date(Date.now() + n * 86400e3).toISOString();
    await told({ channel: 'order', from, at: day(-6),
      order: { no, status: 'confirmed', amount: 3480000, currency: 'VND', promised_at: day(-3) } });
    const order = await told({ channel: 'order', from, at: day(-1),
      order: { no, status: 'delivered', carrier: 'GHN', promised_at: day(-3), delivered_at: day(-1) } });
    const social = await told({ channel: 'social', to: team.address,
      from: { kind: 'facebook', address: unique('fb'), name: 'Bích Phượng Ừ Ữ' },
      text: 'Nồi này còn màu đỏ không shop ơi, Đà Nẵng ship mấy ngày?' });
    const [{ customer: other }] = await sql(
      `SELECT customer FROM desk.ticket WHERE id = :v1`, call);
    await wire.ask('CUSTOMER.MERGE', customer, other);
    return { order: order.ticket, social: social.ticket };
  });
  const question = await using(service, async (wire) => {
    const { queues } = await wire.ask('QUEUE.LIST');
    const other = queues.find((q) => q.name !== team.queue && !q.members_only).name;
    const asks = (text) => wire.ask('CONSULT.ASK', mail, text, 'QUEUE', other);
    const first = await asks('Anh ơi, kho còn mấy nồi NC-18 ạ?');
    await wire.ask('CONSULT.ANSWER', first.consult, 'Còn 2 nồi, anh để riêng một cái.');
    return (await asks('Chuyến chiều nay còn gửi kịp không anh?')).consult;
  });
  const { incident } = await using(service, (wire) =>
    wire.ask('INCIDENT.OPEN', 'SUBJECT', 'Lô nồi NC-18 lỗi rơ-le nhiệt', 'TICKET', mail));
  await using(() => login(team.logins[agent]), async (wire) => {
    await wire.ask('TICKET.REPLY', mail, 'Dạ chị Hạnh, em xin lỗi chị về lỗi E4 ạ.\n\n' +
      '- Em gửi nồi mới **trước thứ Bảy**\n- Nồi lỗi shipper nhận lại khi giao');
    await wire.ask('TICKET.NOTE', mail,
      'Kho còn 2 nồi NC-18, giữ cho chị Hạnh một cái. Nhờ @an xem giúp.');
  });
  return { mail, customer, call, chat, question, incident, ...made };
}
