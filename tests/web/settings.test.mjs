// The wallboard and the settings, as a supervisor and administrators use
// them: what is changed here is what deskctl sees, and nobody's is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deskctl, desk, event, login, metric, service, unique, until, using } from '../e2e/lib/desk.mjs';
import { ownBrowser } from './lib/opened.mjs';
import { Team } from './lib/team.mjs';

const { on } = ownBrowser();

const config = async () => {
  const { status, stdout, stderr } = await deskctl(['-j', 'show', 'config']);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
const queue = async (name) => (await config()).config.queues.find((q) => q.name === name);

const first = (page) => page.getByLabel('Trả lời đầu tiên trong', { exact: true });
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function minutes(page, name, value) {
  await page.goto(page.url().replace(/\/d\/.*|\/$/, `/d/settings/queues/${name}`));
  await page.getByLabel('Đơn vị: Trả lời đầu tiên trong').selectOption('60');
  await first(page).fill(String(value));
}

// Looks at the differences, waits for the words, and applies them.
async function apply(page, ...said) {
  await button(page, 'Xem thay đổi').click();
  const dialog = page.getByRole('dialog', { name: 'Sẽ thay đổi' });
  for (const words of said) await dialog.getByText(words).first().waitFor();
  await button(dialog, 'Áp dụng').click();
  await dialog.waitFor({ state: 'detached' });
}

test('a changed target is shown, applied, seen by deskctl, and undone', () =>
  on({}, async (p, page) => {
    const was = (await queue('sales')).first;
    await p.login('admin');
    const to = was === 41 * 60 ? 42 : 41;
    await minutes(page, 'sales', to);
    await p.accessible('a queue with a change');
    await apply(page, 'Hàng đợi: Bán hàng', `${to} phút`);
    assert.equal((await queue('sales')).first, to * 60);
    // Nothing is left to apply, and one press takes it back.
    await button(page, 'Xem thay đổi').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Hoàn tác/ }).click();
    await until('the former target is in force', async () => (await queue('sales')).first === was);
  }));

test('what is edited while changes are on their way stays, and is not in force', () =>
  on({}, async (p, page) => {
    const was = (await config()).config;
    const sales = was.queues.find((q) => q.name === 'sales');
    const to = sales.first === 41 * 60 ? 42 : 41;
    try {
      await p.login('admin');
      await minutes(page, 'sales', to);
      await button(page, 'Xem thay đổi').click();
      const dialog = page.getByRole('dialog', { name: 'Sẽ thay đổi' });
      await dialog.getByText(`${to} phút`).first().waitFor();
      let come;
      const held = new Promise((go) => { come = go; });
      await page.route('**/api/v1/config', async (route) => {
        if (route.request().method() === 'PUT') await held;
        await route.continue();
      });
      const said = page.getByText('Đã áp dụng.').waitFor();
      await button(dialog, 'Áp dụng').click();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      const title = page.getByLabel('Tên hiển thị', { exact: true });
      const name = unique('Bán hàng ');
      await title.fill(name);
      const shown = page.waitForResponse((r) =>
        r.url().endsWith('/api/v1/config') && r.request().method() === 'GET');
      come();
      await Promise.all([said, shown]);
      const now = await queue('sales');
      assert.deepEqual([now.first, now.title], [to * 60, sales.title]);
      assert.equal(await title.inputValue(), name);
      await button(page, 'Bỏ thay đổi').click();
      await until('what is in force is shown', async () =>
        (await title.inputValue()) === sales.title && (await first(page).inputValue()) === String(to));
    } finally {
      await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(was)));
    }
  }));

test('a fault is said at its field, and nothing changes', () =>
  on({}, async (p, page) => {
    const was = await config();
    await p.login('admin');
    await minutes(page, 'warehouse', 0);
    await button(page, 'Xem thay đổi').click();
    await page.getByRole('alert').filter({ hasText: 'Từ 1 tới' }).waitFor();
    await until('the field has the focus', () =>
      first(page).evaluate((e) => e === document.activeElement));
    assert.equal((await config()).version, was.version);
    await button(page, 'Bỏ thay đổi').click();
    await button(page, 'Xem thay đổi').waitFor({ state: 'detached' });
  }));

// Patience and what is done when a queue is full: fields, no words. What the
// desk thinks odd of it is said before it is applied, and after.
async function patience(p, page, team) {
  await page.getByLabel('Khi đã đủ người chờ').selectOption('callback');
  const waits = page.getByRole('group', { name: 'Khách chờ được bao lâu' });
  await button(waits, 'Thêm kênh').click();
  const row = waits.getByRole('listitem', { name: 'Dòng 1' });
  await row.getByRole('spinbutton').fill('2');
  await row.getByRole('combobox', { name: 'Rồi làm gì' }).selectOption('callback');
  const steps = page.getByRole('group', { name: 'Nới dần khi chờ lâu' });
  await button(steps, 'Thêm bước').click();
  const third = steps.getByRole('listitem', { name: 'Dòng 3' });
  await third.getByRole('combobox', { name: 'Làm gì' }).selectOption('overflow');
  await third.getByRole('combobox', { name: 'Hàng đợi' }).selectOption('sales');
  await page.getByLabel('Chỉ người trong hàng đợi được đọc').check();
  await button(page, 'Xem thay đổi').click();
  const dialog = page.getByRole('dialog', { name: 'Sẽ thay đổi' });
  await dialog.getByText('chat 2m callback').waitFor();
  await dialog.getByRole('region', { name: 'Nên xem lại' }).waitFor();
  await p.accessible('a difference that is odd');
  await button(dialog, 'Áp dụng').click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Nên xem lại' }).waitFor();
  await button(page, 'Đã xem').click();
  const { when_full, patience: waited } = await queue(team.queue);
  assert.deepEqual([when_full, waited], ['callback', ['chat 2m callback']]);
}

test('routing is edited row by row, and a wrong row is named', () =>
  on({}, async (p, page) => {
    const team = await Team.make({ lan: { display: 'Lê Quỳnh Chi' } });
    try {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/queues/${team.queue}`);
      const steps = page.getByRole('group', { name: 'Nới dần khi chờ lâu' });
      await button(steps, 'Thêm bước').click();
      await button(steps, 'Thêm bước').click();
      const second = steps.getByRole('listitem', { name: 'Dòng 2' });
      await second.getByRole('combobox', { name: 'Làm gì' }).selectOption('levels');
      await second.getByRole('spinbutton').fill('30');
      await button(page, 'Xem thay đổi').click();
      await page.getByRole('alert').filter({ hasText: 'Dòng 2: phải sau bước đứng trên.' }).waitFor();
      await p.accessible('a row that is wrong');
      await second.getByRole('spinbutton').fill('90');
      await apply(page, 'Nới dần khi chờ lâu', '45s preferred, 90s levels 1');
      assert.deepEqual((await queue(team.queue)).widen, ['45s preferred', '90s levels 1']);
      await patience(p, page, team);
    } finally {
      await team.end();
    }
  }));

test('a choice that is refused says so to whoever cannot see it, too', () =>
  on({ allow: /status of 400/ }, async (p, page) => {
    await p.login('admin');
    await page.goto(`${p.base}/d/settings/macros/cam-on-xong`);
    const template = page.getByRole('combobox', { name: 'Trả lời theo mẫu' });
    assert.equal(await template.getAttribute('aria-invalid'), 'false');
    await template.selectOption('chu-ky'); // it has texts of its own, too
    await button(page, 'Xem thay đổi').click();
    await page.locator('select[aria-invalid=true]').waitFor();
    assert.equal(await template.getAttribute('aria-invalid'), 'true');
    await button(page, 'Bỏ thay đổi').click();
    await page.locator('select[aria-invalid=true]').waitFor({ state: 'detached' });
  }));

test('two administrators at once: both changes stand', () =>
  on({}, async (p, page) => {
    const before = await queue('technical');
    await p.login('admin');
    const mine = before.first === 3600 ? 61 : 60;
    await minutes(page, 'technical', mine);
    // The other one applies his by the file, meanwhile.
    const title = `Kỹ thuật ${unique()}`;
    const c = (await config()).config;
    c.queues.find((q) => q.name === 'technical').title = title;
    await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(c)));
    await page.getByText('Cấu hình vừa được người khác đổi.').waitFor();
    assert.equal(await page.getByLabel('Tên hiển thị', { exact: true }).inputValue(), title);
    await apply(page, 'Trả lời đầu tiên trong');
    const after = await queue('technical');
    assert.equal(after.title, title);
    assert.equal(after.first, mine * 60);
    const back = (await config()).config;
    Object.assign(back.queues.find((q) => q.name === 'technical'), before);
    await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(back)));
  }));

test('a rule of automation is made, followed, and told in its case', () =>
  on({}, async (p, page) => {
    const was = (await config()).config;
    const [name, tag] = [unique('tu-dong-'), unique('nhan-')];
    try {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/automations`);
      await button(page, 'Thêm').click();
      await page.getByLabel('Tên dùng trong hệ thống', { exact: true }).fill(name);
      await button(page, 'Thêm').click();
      await page.getByLabel('Thì làm', { exact: true }).fill(`tag ${tag}\npriority 77`);
      await page.getByLabel('Chỉ khi khách viết', { exact: true }).fill(`chữ ${tag}`);
      await p.accessible('a rule of automation');
      await apply(page, 'Thì làm', `tag ${tag}`);
      const { version, config: { automations } } = await config();
      assert.deepEqual(automations.find((a) => a.name === name).actions, [`tag ${tag}`, 'priority 77']);
      await until('the desk has it', async () => (await metric('deskd_config_version')) >= version);
      const { ticket } = await using(service, (wire) =>
        wire.ask('EVENT.ADD', event({ text: `co chu ${tag} day` })));
      await page.goto(`${p.base}/d/cases/${ticket}`);
      await page.getByText(`Quy tắc “${name}”: gắn nhãn ${tag}, ưu tiên 77`).waitFor();
    } finally {
      await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(was)));
    }
  }));

test('what is exported is what deskctl takes, and changes nothing', () =>
  on({ acceptDownloads: true }, async (p, page) => {
    await p.login('admin');
    await page.goto(`${p.base}/d/settings/file`);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Tải desk.conf').click(),
    ]);
    assert.equal(file.suggestedFilename(), 'desk.conf');
    const was = await config();
    const done = await deskctl(['apply', '--yes', await file.path()]);
    assert.equal(done.status, 0, done.stderr);
    assert.equal((await config()).version, was.version);
    // A file with a fault names its line.
    await page.getByLabel('Nội dung desk.conf').fill('company {\n\tname = "Shop"\n\tlng = "vi"\n}\n');
    await button(page, 'Đọc tệp').click();
    await button(page, 'Dòng 3').waitFor();
    await p.accessible('the file');
  }));

test('a file is read in: its differences, another’s change meanwhile, applied, undone', () =>
  on({ allow: /status of 409/ }, async (p, page) => {
    const was = (await config()).config;
    const { stdout } = await deskctl(['export']);
    const [mine, theirs] = [unique('Kỹ thuật '), unique('Kho ')];
    const rule = /^rule "(.*)" \{[^]*?^\}\n/m;
    const text = stdout
      .replace(/^queue "technical" \{\n.*title .*$/m, (m) => m.replace(/".*"$/, `"${mine}"`))
      .replace(rule, '')
      .concat(`template "${mine.replace(/.* /, 't')}" {\n\tvi = "Dạ em nghe ạ"\n}\n`);
    const titles = async () =>
      [(await queue('technical')).title, (await queue('warehouse')).title];
    const first = await titles();
    try {
      await p.login('admin');
      await page.goto(`${p.base}/d/settings/file`);
      await page.getByLabel('Chọn tệp…').setInputFiles({
        name: 'desk.conf', mimeType: 'text/plain', buffer: Buffer.from(text),
      });
      await until('it is there', async () =>
        (await page.getByLabel('Nội dung desk.conf').inputValue()) === text);
      await button(page, 'Đọc tệp').click();
      await page.getByText('Đã đọc vào bản nháp.').waitFor();
      assert.deepEqual(await titles(), first);
      await button(page, 'Xem thay đổi').click();
      const dialog = page.getByRole('dialog', { name: 'Sẽ thay đổi' });
      const thing = (name, how) =>
        dialog.getByRole('heading', { name: `${name} ${how}` }).waitFor();
      await thing(`Hàng đợi: ${mine}`, 'sửa');
      await thing(`Quy tắc chia việc: ${rule.exec(stdout)[1]}`, 'xoá');
      await dialog.getByText('Dạ em nghe ạ').waitFor();
      await p.accessible('what a file changes');
      // Somebody applies his where this page does not hear of it in time.
      let once = false;
      await page.route('**/api/v1/config', async (route) => {
        if (route.request().method() === 'PUT' && !once) {
          once = true;
          const { config: c } = await config();
          c.queues.find((q) => q.name === 'warehouse').title = theirs;
          await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(c)));
        }
        await route.continue();
      });
      await button(dialog, 'Áp dụng').click();
      await dialog.getByRole('alert').filter({ hasText: 'vừa được người khác đổi' }).waitFor();
      assert.deepEqual(await titles(), [first[0], theirs]);
      await thing(`Hàng đợi: ${mine}`, 'sửa');
      assert.equal(await dialog.getByText(theirs).count(), 0);
      await button(dialog, 'Áp dụng').click();
      await dialog.waitFor({ state: 'detached' });
      assert.deepEqual(await titles(), [mine, theirs]);
      assert.ok(!(await config()).config.rules.some((r) => r.name === rule.exec(stdout)[1]));
      await page.getByRole('button', { name: /^Hoàn tác/ }).click();
      await until('it is undone, and theirs stands', async () =>
        String(await titles()) === String([first[0], theirs]));
    } finally {
      await using(() => login('admin'), (wire) => wire.ask('CONFIG.APPLY', JSON.stringify(was)));
    }
    assert.deepEqual((await config()).config, was);
  }));

test('a key is shown once, and ends when it is revoked', () =>
  on({ lang: 'en-GB', theme: 'dark' }, async (p, page) => {
    const name = unique('k');
    await p.login('admin');
    await page.goto(`${p.base}/d/settings/keys`);
    await page.getByLabel("Key's name").fill(name);
    await button(page, 'Make a key').click();
    await page.getByText('The new key, shown this once:').waitFor();
    await p.accessible('the keys');
    await button(page, 'I have kept it').click();
    await button(page, `Revoke ${name}`).click();
    await button(page.getByRole('dialog'), 'Revoke').click();
    await button(page, `Revoke ${name}`).waitFor({ state: 'detached' });
    // And the record has both, by their words.
    await page.goto(`${p.base}/d/settings/audit?what=key.`);
    await page.getByText(`revoked the key ${name}`).waitFor();
    await page.getByText(`made the key ${name}`).waitFor();
    await p.accessible('the audit');
  }));

test('a supervisor looks, pauses a queue on the board, and takes it back', () =>
  on({ width: 390, height: 844 }, async (p, page) => {
    await p.open();
    await page.locator('#user').fill('sup');
    await page.locator('#pass').fill(desk.password);
    await page.locator('#enter').click();
    await page.locator('#user').waitFor({ state: 'detached' });
    await page.goto(`${p.base}/d/board`);
    await button(page, 'Tạm dừng Kho hàng').click();
    const paused = (is) => async () => {
      const { queues } = await using(() => login('binh'), (wire) => wire.ask('QUEUE.LIST'));
      return queues.find((q) => q.name === 'warehouse').paused === is;
    };
    await until('an agent sees the queue paused', paused(true));
    await p.accessible('the board');
    await p.fits('the board');
    await button(page, 'Mở lại Kho hàng').click();
    await until('it goes on', paused(false));
    await page.goto(`${p.base}/d/settings/queues/warehouse`);
    await page.getByText('Bạn xem được; chỉ quản trị viên đổi được.').waitFor();
    assert.equal(await first(page).getAttribute('readonly'), '');
    await p.accessible('a queue, to look at');
    await p.fits('a queue');
  }));
