// What a customer says on the telephone is keyed in, stands unanswered until
// somebody acts, and the action is verified by another; what is learnt is found.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, apply, login, sql, unique, until, using } from '../e2e/lib/desk.mjs';
import { surveys } from '../e2e/lib/survey.mjs';
import { Browser } from './lib/browser.mjs';
import { on, openCase } from './lib/cases.mjs';
import { Customer, Shop } from './lib/customer.mjs';
import { staffed } from './lib/staff.mjs';
import { Team } from './lib/team.mjs';

const words = unique('Giao thiếu nắp nồi ');
const deed = unique('Gửi lại nắp ');
let browser, team, ticket, survey, chat, ours, url;

const dialog = (page) => page.getByRole('dialog');
const button = (at, name) => at.getByRole('button', { name, exact: true });
const answered = (id) => sql(
  `SELECT r.score, r.words, r.via, (SELECT json_agg(a.choices) FROM desk.answer a
     WHERE a.response = r.id AND a.choices IS NOT NULL) AS choices
   FROM desk.response r WHERE r.ticket = :v1`, id);

before(async () => {
  team = await Team.make({
    lan: { display: 'Trần Thị Lan' },
    sep: { display: 'Lê Quang Sếp', role: 'supervisor' },
    quan: { display: 'Phạm Thị Quản', role: 'admin' },
  });
  survey = { ...surveys[0], name: unique('hoi-'), title: unique('Hỏi sau giao ') };
  chat = { name: unique('chat-'), title: 'Sau khi chat', quiet: 1, questions: [
    { name: 'diem', kind: 'csat', vi: 'Anh/chị thấy sao ạ?' },
    { name: 'loi', kind: 'text', vi: 'Vì sao ạ?', when: '1-3' }] };
  ours = { name: unique('nv-'), title: 'Bạn thấy sao', for: 'staff', every: 'month',
    questions: [{ name: 'diem', kind: 'nps' }] };
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    ({ url } = config.company);
    await apply(wire, {
      ...config,
      company: { ...config.company, url: url ?? 'https://desk.example' },
      surveys: [...(config.surveys ?? []), survey, chat, ours],
      agents: config.agents.map((a) =>
        a.name === team.logins.lan ? { ...a, email: `${a.name}@shop.example` } : a),
    });
  });
  ({ ticket } = await team.write({ subject: unique('Hỏi nắp nồi ') }));
  await using(admin, (wire) => wire.ask('TICKET.ASSIGN', ticket, team.logins.lan));
  browser = await Browser.open();
});
after(async () => {
  await browser?.end();
  await team?.end();
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    const mine = [survey.name, chat.name, ours.name];
    await apply(wire, {
      ...config,
      company: { ...config.company, url },
      surveys: config.surveys?.filter((s) => !mine.includes(s.name)),
    });
  });
});

test('an answer is keyed in by digits, with what follows from it', () =>
  on(browser, {}, async (p, page) => {
    await p.login(team.logins.lan);
    await openCase(p, ticket);
    await page.getByRole('button', { name: 'Thêm việc khác', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Nhập trả lời khảo sát' }).click();
    const d = dialog(page);
    const choice = d.getByLabel('Khảo sát', { exact: true });
    await d.getByRole('radio').first().waitFor();
    if (await choice.count()) await choice.selectOption(survey.name);
    await d.getByRole('radio', { name: '0', exact: true }).focus();
    // 1 and 0 are ten, which asks nothing more; a 2 does.
    await page.keyboard.press('1');
    await page.keyboard.press('0');
    assert.equal(await d.getByRole('radio', { name: '10', exact: true }).isChecked(), true);
    assert.equal(await d.getByText('Thiếu hàng').count(), 0);
    await page.keyboard.press('2');
    await d.getByText('Thiếu hàng').click();
    await d.getByRole('textbox').last().fill(words);
    await d.getByRole('textbox').last().press('Control+Enter');
    await d.waitFor({ state: 'detached' });
    await page.getByRole('log').getByText('chấm 2 trên 10').first().waitFor();
    assert.deepEqual(await answered(ticket), [
      { score: 2, words, via: 'call', choices: [['thieu']] }]);
    // In the customer's pane, with its n.
    const pane = page.getByRole('complementary', { name: 'Khách hàng' });
    await pane.getByText('NPS 2/10').waitFor();
    await pane.getByText(/n = 1$/).waitFor();
  }));

test('it waits until somebody acts; another verifies', () =>
  on(browser, {}, async (p, page) => {
    await p.login(team.logins.lan);
    // (As a piece of advice leads there.)
    await page.goto(`${p.base}/d/feedback?queue=${team.queue}`);
    await until('the queue is chosen', async () =>
      (await page.getByLabel('Hàng đợi', { exact: true }).inputValue()) === team.queue);
    const piece = page.getByRole('article').filter({ hasText: words });
    await piece.waitFor();
    assert.match(await piece.innerText(), /2\/10[^]*Chưa hài lòng/);
    // By the keyboard: along the rows.
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.closest('[data-row]') !== null);
    await piece.getByRole('button', { name: /^Giao việc/ }).click();
    await dialog(page).getByLabel('Làm việc gì').fill(deed);
    await button(dialog(page), 'Ghi').click();
    // By the notice, or the answer: it is answered, and gone from what is not.
    await piece.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Việc cần làm', exact: true }).click();
    await page.getByText(deed, { exact: true }).waitFor();
    await button(page, `Đã làm: ${deed}`).click();
    await button(dialog(page), 'Đã làm').click();
    await page.getByText('Bạn không còn việc nào.').waitFor();
    // His own he cannot verify.
    await button(page, 'Chờ kiểm tra').click();
    await page.getByText(deed, { exact: true }).waitFor();
    assert.equal(await button(page, `Kiểm tra: ${deed}`).count(), 0);
    await on(browser, {}, async (q, other) => {
      await q.login(team.logins.sep);
      await other.goto(`${q.base}/d/feedback?view=actions&of=done`);
      await button(other, `Kiểm tra: ${deed}`).click();
      await button(dialog(other), 'Được rồi').click();
      await dialog(other).getByText('Viết điều bạn thấy.').waitFor();
      await dialog(other).getByLabel('Bạn thấy thế nào').fill('Khách đã nhận nắp');
      await button(dialog(other), 'Được rồi').click();
      await other.getByText(deed, { exact: true }).waitFor({ state: 'detached' });
    });
    // Told by the feed, without asking.
    await page.getByText(deed, { exact: true }).waitFor({ state: 'detached' });
    const [a] = await sql('SELECT state, verdict FROM desk.action WHERE what = :\'v1\'', deed);
    assert.deepEqual(a, { state: 'verified', verdict: 'Khách đã nhận nắp' });
  }));

test('what is learnt is kept, and found without its marks', () =>
  on(browser, {}, async (p, page) => {
    const title = unique('Nắp nồi khó mở ');
    await p.login(team.logins.lan);
    await page.goto(`${p.base}/d/feedback?view=research`);
    await button(page, 'Thêm ghi chép').click();
    await button(dialog(page), 'Ghi').click();
    await dialog(page).getByText('Viết một dòng tóm tắt.').waitFor();
    await dialog(page).getByLabel('Tóm tắt một dòng').fill(title);
    await dialog(page).getByLabel('Đã biết được gì').fill('<b>Khách</b> phải dùng khăn');
    await button(dialog(page), 'Ghi').click();
    await dialog(page).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByLabel('Tìm trong ghi chép').fill(`dung khan ${title.split(' ').at(-1)}`);
    await page.waitForURL(/q=dung/);
    await until('only that one is shown', async () =>
      (await page.getByRole('listitem').filter({ has: page.getByRole('heading') }).count()) === 1);
    await page.getByText('<b>Khách</b> phải dùng khăn').waitFor();
  }));

test('in the chat one tap answers, once; then it may be added to, after a reload too', async () => {
  const shop = await Shop.open();
  try {
    const c = await Customer.come(browser, shop.page('/survey'));
    await c.open();
    await c.say(unique('cho hỏi '));
    await c.sent();
    const asked = await c.ticket();
    await using(() => login('sup'), (wire) =>
      wire.ask('SURVEY.SEND', chat.name, 'TICKET', asked));
    const scale = c.page.getByRole('group', { name: 'Anh/chị thấy sao ạ?' });
    await scale.getByRole('button').nth(4).waitFor();
    assert.deepEqual(await scale.getByRole('button').allInnerTexts(),
      ['Rất tốt', 'Tốt', 'Tạm được', 'Chưa tốt', 'Rất tệ']);
    // Its link is nothing to read here.
    assert.equal(await c.bubble('/survey/').count(), 0);
    await c.accessible('a survey in the chat');
    await scale.getByRole('button', { name: 'Chưa tốt' }).dblclick();
    await scale.getByText('Anh/chị đã chọn: Chưa tốt.').waitFor();
    await scale.getByLabel('Vì sao ạ?').waitFor();
    assert.deepEqual((await answered(asked)).map((r) => [r.score, r.via]), [[2, 'chat']]);
    await c.page.reload();
    await scale.getByText('Anh/chị đã chọn: Chưa tốt.').waitFor();
    assert.equal(await scale.getByRole('button', { name: 'Rất tốt' }).count(), 0);
    await scale.getByLabel('Vì sao ạ?').fill('chờ lâu');
    await scale.getByRole('button', { name: 'Gửi' }).click();
    await scale.getByLabel('Vì sao ạ?').waitFor({ state: 'detached' });
    assert.deepEqual((await answered(asked)).map((r) => [r.score, r.words]), [[2, 'chờ lâu']]);
    await c.end();
  } finally {
    await shop.end();
  }
});

test('a survey is edited in the settings, seen as it will be, and applied', () =>
  on(browser, { allow: /status of 400/ }, async (p, page) => {
    const said = unique('Còn gì nữa không ạ ');
    await p.login(team.logins.quan);
    await page.goto(`${p.base}/d/settings/surveys/${survey.name}`);
    await button(page, 'Thêm câu hỏi').click();
    const fourth = page.locator('[id$=-questions-3-vi]');
    await fourth.fill(said);
    await fourth.press('Tab');
    await page.getByRole('region', { name: 'Khách sẽ thấy' }).getByText(said).first().waitFor();
    await button(page, 'Đưa câu 4 lên').click();
    // What cannot be is said at the questions, and changes nothing.
    await page.locator('[id$=-questions-2-when]').fill('7-99');
    await page.locator('[id$=-questions-2-when]').press('Tab');
    await button(page, 'Xem thay đổi').click();
    await page.getByRole('alert').filter({ hasText: 'scores' }).waitFor();
    // (The focus goes there a moment later, from wherever one had begun to type.)
    await page.locator('[id$=-questions]:focus').waitFor();
    await page.locator('[id$=-questions-2-when]').fill('7-10');
    await page.locator('[id$=-questions-2-when]').press('Tab');
    await button(page, 'Xem thay đổi').click();
    await button(dialog(page), 'Áp dụng').click();
    await dialog(page).waitFor({ state: 'detached' });
    const [row] = await sql(
      "SELECT body->'questions' AS q FROM desk.survey WHERE name = :'v1'", survey.name);
    assert.deepEqual(row.q.map((q) => q.kind), ['nps', 'choice', 'text', 'text']);
    assert.deepEqual([row.q[2].vi, row.q[2].when], [said, '7-10']);
  }));

test('our own people are asked from the settings, who sees first who gets it', () =>
  on(browser, { allow: /status of 400/ }, async (p, page) => {
    await p.login(team.logins.quan);
    await page.goto(`${p.base}/d/settings/surveys/${ours.name}`);
    // In the words that the desk will say, with nothing that is refused for them.
    const seen = page.getByRole('region', { name: 'Nhân viên sẽ thấy' });
    const [{ vi }] = await sql(`SELECT desk.question_words('{"kind":"nps"}', 'vi', true) AS vi`);
    await seen.getByText(vi, { exact: true }).waitFor();
    await page.getByLabel('Tự gửi').waitFor();
    for (const not of ['Hỏi khi nào', 'Ai cũng trả lời được', 'Hỏi còn cần giúp không'])
      assert.equal(await page.getByLabel(not).count(), 0, not);
    const card = page.getByRole('region', { name: 'Gửi cho nhân viên' });
    await card.getByText(/^Tự gửi mỗi tháng: lần tới 01\/\d\d\/\d{4}\.$/).waitFor();
    await card.getByText('Chưa hỏi ai.').waitFor();
    await card.getByLabel('Gửi tới').fill('khong-ai');
    await button(card, 'Xem ai nhận').click();
    await card.getByRole('alert').waitFor();
    await card.getByLabel('Gửi tới').fill(`${team.logins.lan}, ${team.logins.sep}`);
    await page.keyboard.press('Enter');
    await card.getByText('1 người sẽ nhận: Trần Thị Lan.').waitFor();
    await card.getByText('Lê Quang Sếp: không có e-mail').waitFor();
    await p.accessible('who is asked');
    await button(card, 'Gửi').click();
    await card.getByText('Đã hỏi 1, đã trả lời 0.').waitFor();
    const rows = await sql(`SELECT o.address, o.purpose FROM desk.invitation i
      JOIN desk.survey s ON s.id = i.survey
      JOIN desk.invitation_message m ON m.invitation = i.id
      JOIN desk.outbound o ON o.letter = m.letter WHERE s.name = :'v1'`, ours.name);
    assert.deepEqual(rows, [{ address: `${team.logins.lan}@shop.example`, purpose: 'letter' }]);
  }));

test('what our own people said is shown by department, where nobody can be told from it', () =>
  on(browser, {}, async (p, page) => {
    const { survey: name, end } = await staffed(team.logins.lan);
    try {
      await p.login(team.logins.quan);
      await page.goto(`${p.base}/d/settings/surveys/${name}`);
      const card = page.getByRole('region', { name: 'Gửi cho nhân viên' });
      await card.getByText('4 thư không tới nơi.').waitFor();
      const rows = await card.getByRole('row').allInnerTexts();
      assert.deepEqual(rows.map((r) => r.split(/\s*\t\s*/)), [
        ['Bộ phận', 'Điểm', 'Tin cậy 95%', 'n'],
        ['Bán hàng', '+43', '−20 … +87', '7 trên 9'],
        ['Kỹ thuật', '+40', '−37 … +94', '5 trên 6'],
      ]);
      await card.getByText(/^2 bộ phận không hiện \(7 câu trả lời\)/).waitFor();
      await p.accessible('what staff said', { within: '.one' });
      await page.setViewportSize({ width: 390, height: 844 });
      await p.fits('what staff said');
    } finally {
      await end();
    }
  }));
