// What a customer wrote, apart from what he quoted: what decides, what is
// shown first, and that the whole text stays a word away.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { event, service, sql, unique, until, using } from './lib/desk.mjs';
import { deliver, mail } from './lib/mail.mjs';

const head = 'Vào Th 2, 3 thg 6, 2024 lúc 10:12 Shop Hoa Sen <hello@shop.example> đã viết:';

// Delivers, must be taken; the event's history and its ticket.
async function take(m) {
  const [reply] = await deliver(m);
  assert.equal(reply.code, 250, reply.text);
  const [row] = await sql(
    `SELECT e.ticket FROM desk.event_key k JOIN desk.event e ON e.id = k.event
     WHERE k.channel = 'mail' AND k.external_id LIKE :'v1' || '/%'`,
    m.id,
  );
  const { ticket, events } = await using(service, (wire) => wire.ask('TICKET.GET', row.ticket));
  return { ticket, event: events[0] };
}

describe('a reply that quotes our answer', () => {
  const quoted = unique('trichdan');
  const own = 'Máy vẫn không lên nguồn, báo lỗi E21.';
  const text = [
    own,
    '',
    head,
    '',
    '> Đơn hàng giao trễ, shipper chưa giao hàng, mã vận đơn của đơn DH99887766.',
    `> Giao hàng vận chuyển shipper ${quoted}`,
    '',
  ].join('\n');

  test('is sorted and shown by what the customer wrote', async () => {
    const got = await take(mail({ subject: 'Re: Hỏi shop', text }));
    assert.equal(got.event.own, own);
    assert.match(got.event.text, new RegExp(quoted));
    assert.equal(got.ticket.queue, 'technical');
    assert.equal(got.ticket.preview, own);
    assert.equal(got.ticket.order, undefined);
  });

  test('is found by what it quotes', async () => {
    const word = unique('chitrichdan');
    const { ticket } = await take(
      mail({ subject: 'Re: Hỏi shop', text: text.replace(quoted, word) }),
    );
    await using(service, (wire) =>
      until('the quoted word is found', async () => {
        const found = await wire.ask('SEARCH', word);
        return found.tickets.some((r) => r.ticket === ticket.ticket);
      }),
    );
  });

  test('says so in a terminal', async () => {
    const { ticket } = await take(mail({ subject: 'Re: Hỏi shop', text }));
    const { stdout } = await promisify(execFile)(
      'script',
      [
        '-qec',
        `exec "$DESKCTL" -S "$DESKD_CONTROL" ticket get ${ticket.ticket}`,
        '/dev/null',
      ],
      { env: { ...process.env, DESKCTL: `${process.env.DESKD_BUILD}/deskctl` } },
    );
    const lines = stdout.split(/\r?\n/);
    assert.ok(lines.includes(`    ${own}`), stdout);
    assert.ok(lines.includes('    … quoted text'), stdout);
    assert.doesNotMatch(stdout, new RegExp(quoted));
  });
});

test('HTML of a mail that another service brings is trimmed as well', async () => {
  await using(service, async (wire) => {
    const { ticket } = await wire.ask(
      'EVENT.ADD',
      event({
        channel: 'mail',
        from: { kind: 'email', address: `${unique()}@example.com` },
        subject: 'RE: Báo giá',
        text: undefined,
        html:
          '<p>Cho anh 20 cái.</p><div id="appendonsend"></div><hr>' +
          '<div id="divRplyFwdMsg"><b>From:</b> Shop</div><p>Anh cần bao nhiêu?</p>',
      }),
    );
    const { events } = await wire.ask('TICKET.GET', ticket);
    assert.equal(events[0].own, 'Cho anh 20 cái.');
    assert.match(events[0].text, /Anh cần bao nhiêu/);
  });
});

for (const [what, subject, text] of [
  ['a mail handed on', 'Fwd: Hoá đơn', `Shop xem giúp\n\n${head}\n\n> Hoá đơn`],
  ['answers between the lines', 'Re: Hỏi', `${head}\n\n> Size?\n\nM\n\n> Màu?\n\nXanh`],
  ['nothing but a quote', 'Re: Hỏi', `${head}\n\n> Size?`],
])
  test(`${what} is left whole`, async () => {
    const got = await take(mail({ subject, text }));
    assert.equal(got.event.own, undefined);
    assert.match(got.event.text, /> /);
  });
