// The client's pages, dialogs and menus, and how one comes to each, in either
// language: by keys and roles, so that the way is the same in both.
import { change, desk } from '../../e2e/lib/desk.mjs';
import { experience } from './tourcx.mjs';
import { staffed } from './staff.mjs';
import { both, button, dialog, escape, go, gone, heading, log, menuGone, still } from './ways.mjs';

// Each place: its name, how one comes there, how one leaves; within: the part of
// the page that was not there before; main: one of the main pages, of which
// pictures are taken (small: on a telephone too; show: brings what it is about into
// them).  after: gets what ends it again.
export function tour({ team, made, list, after }) {
  const at = (ticket) => `/d/cases/${ticket}${list}`;
  const mail = async (page) => {
    await go(page, at(made.mail));
    await log(page);
    await page.locator('#customer h2').first().waitFor();
    await still(page);
  };
  const settings = (name) => `/d/settings/${name}`;
  return [
    {
      name: 'list', main: true, small: true,
      open: async (page) => {
        await go(page, `/d/cases${list}`);
        await page.getByRole('option').nth(5).waitFor();
      },
    },
    {
      name: 'list-empty',
      open: async (page) => {
        await go(page, '/d/cases?view=all&tag=chua-ai-dung-nhan-nay');
        await page.getByText(/Không có hồ sơ nào khớp|No case fits/).waitFor();
      },
    },
    {
      name: 'filters', within: '[role=dialog]',
      open: async (page) => {
        await go(page, `/d/cases${list}`);
        await page.getByRole('option').first().waitFor();
        await button(page, 'Lọc$', 'Filter$').click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'chosen',
      open: async (page) => {
        await page.keyboard.press('j');
        await page.keyboard.press('x');
        await page.keyboard.press('j');
        await page.keyboard.press('x');
        await page.locator('[role=option][aria-selected=true]').nth(1).waitFor();
      },
      leave: async (page) => {
        await page.keyboard.press('Escape');
        await gone(page.locator('[role=option][aria-selected=true]'));
      },
    },
    {
      name: 'my-menu', within: '[role=menu]',
      open: async (page) => {
        await button(page, 'Trạng thái của tôi', 'My state').click();
        await page.getByRole('menu').waitFor();
      },
      leave: menuGone,
    },
    {
      name: 'bell', within: '[role=menu]',
      open: async (page) => {
        await button(page, 'Thông báo', 'Notifications').click();
        await page.getByRole('menu').waitFor();
      },
      leave: menuGone,
    },
    {
      name: 'palette', within: 'dialog[open]', main: true,
      open: async (page) => {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').waitFor();
        await page.keyboard.type('hanh');
        await page.getByRole('option').filter({ hasText: /Hạnh/ }).first().waitFor();
      },
      leave: escape,
    },
    {
      name: 'keys', within: 'dialog[open]', main: true,
      open: async (page) => {
        await still(page);
        await page.keyboard.press('?');
        await page.getByRole('heading', { level: 2, name: both('Bản đồ phím', 'Map of keys') }).waitFor();
      },
      leave: escape,
    },
    {
      name: 'new-case', within: 'dialog[open]',
      open: async (page) => {
        await still(page);
        await page.keyboard.press('c');
        await dialog(page).waitFor();
        await page.keyboard.type('Nguyễn');
        await dialog(page).getByRole('option').first().waitFor();
      },
      leave: escape,
    },
    {
      name: 'search', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/search');
        await page.getByRole('combobox').waitFor();
        await page.getByRole('combobox').fill('noi com');
        await page.locator('mark').first().waitFor();
      },
      leave: still,
    },
    {
      name: 'case-mail', main: true, small: true,
      open: async (page) => {
        await mail(page);
        await page.getByText('NC-18-20418').first().waitFor();
      },
    },
    {
      name: 'promise', within: 'dialog[open]',
      open: async (page) => {
        await page.locator('[data-does=promise]').click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'hand-over', within: 'dialog[open]',
      open: async (page) => {
        await page.keyboard.press('t');
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'ask', within: 'dialog[open]',
      open: async (page) => {
        await page.keyboard.press('q');
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'snooze', within: 'dialog[open]',
      open: async (page) => {
        await page.keyboard.press('h');
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'case-menu', within: '[role=menu]',
      open: async (page) => {
        await button(page, 'Thêm việc khác', 'More$').click();
        await page.getByRole('menu').waitFor();
      },
      leave: menuGone,
    },
    ...[
      ['explain', 'Vì sao hồ sơ ở đây', 'Why the case is here'],
      ['split', 'Tách thành hồ sơ mới', 'Split into a new case'],
      ['watchers', 'Ai theo dõi hồ sơ này', 'Who watches this case'],
      ['survey-send', 'Gửi khảo sát', 'Send a survey'],
      ['survey-enter', 'Nhập trả lời khảo sát', 'Key in a survey answer'],
      ['action', 'Thêm việc', 'New action'],
    ].map(([name, ...title]) => ({
      name, within: 'dialog[open]',
      open: async (page) => {
        await button(page, 'Thêm việc khác', 'More$').click();
        await page.getByRole('menuitem', { name: both(...title) }).click();
        await dialog(page).waitFor();
      },
      leave: escape,
    })),
    {
      name: 'tags', within: 'dialog[open]',
      open: async (page) => {
        await button(page, 'Thêm nhãn', 'Add tag').click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'priority', within: '[role=menu]',
      open: async (page) => {
        await still(page);
        await page.keyboard.press('p');
        await page.getByRole('menu').waitFor();
      },
      leave: menuGone,
    },
    {
      name: 'templates', within: '.comp',
      open: async (page) => {
        await still(page);
        await page.keyboard.press('r');
        await page.keyboard.type('/');
        await page.getByRole('option', { name: /xin-loi/ }).first().waitFor();
      },
      leave: async (page) => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Backspace');
        await still(page);
      },
    },
    {
      name: 'mentions', within: '.comp',
      open: async (page) => {
        await page.keyboard.press('n');
        await page.keyboard.type('@');
        await page.locator('#offered-0').waitFor();
      },
      leave: async (page) => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Backspace');
        await still(page);
      },
    },
    {
      name: 'preview', within: '.comp',
      open: async (page) => {
        await page.keyboard.press('r');
        await page.keyboard.type('Dạ **chị Hạnh** ạ');
        await button(page, 'Xem trước', 'Preview').click();
        await page.getByRole('region', { name: both('Xem trước', 'Preview') }).waitFor();
      },
      leave: async (page) => {
        await button(page, 'Sửa tiếp', 'Go on').click();
        await page.locator('#composer textarea').fill('');
        await still(page);
      },
    },
    {
      name: 'send-menu', within: '[role=menu]',
      open: async (page) => {
        await button(page, 'Cách gửi khác', 'Other ways to send').click();
        await page.getByRole('menu').waitFor();
      },
      leave: menuGone,
    },
    {
      name: 'picture', within: 'dialog[open]',
      open: async (page) => {
        await button(page, 'Xem ảnh lỗi', 'View ảnh lỗi').click();
        await dialog(page).getByRole('img', { name: 'ảnh lỗi E4.png' }).waitFor();
      },
      leave: escape,
    },
    {
      name: 'history', within: '#customer',
      open: async (page) => {
        // Whether it is unfolded is remembered with the user.
        const history = button(page, 'Toàn bộ lịch sử', 'Whole history');
        await history.waitFor();
        if ((await history.getAttribute('aria-expanded')) !== 'true') await history.click();
        await page.locator('#customer [aria-expanded=true]').last().waitFor();
      },
    },
    {
      name: 'address-returned', within: '#customer', main: true,
      open: async (page) => {
        await change(
          `INSERT INTO desk.returned_address (address, at, status, said, heard)
           SELECT k.address, now(), '5.1.1', '550 5.1.1 No such user', q.last_value
           FROM desk.contact k, desk.event_id q WHERE k.customer = :v1 AND k.kind = 'email'`,
          made.customer);
        await page.reload();
        await mail(page);
        await button(page, 'Địa chỉ vẫn đúng', 'The address is right').waitFor();
      },
    },
    {
      name: 'case-chat', main: true, small: true,
      open: async (page) => {
        await go(page, at(made.chat));
        await page.getByRole('log').getByText('mình thử 2 lần rồi').waitFor();
      },
    },
    {
      name: 'case-question', main: true, small: true,
      open: async (page) => {
        await go(page, at(made.question));
        await page.getByRole('log').getByText('Chuyến chiều nay').waitFor();
      },
    },
    {
      name: 'case-call', main: true,
      open: async (page) => {
        await go(page, at(made.call));
        await page.getByRole('log').getByText(/gọi nhỡ|missed call/).first().waitFor();
      },
    },
    {
      name: 'case-order', main: true,
      open: async (page) => {
        await go(page, at(made.order));
        await page.getByRole('log').getByText(/Hẹn giao|Promised/).first().waitFor();
      },
    },
    {
      name: 'case-social',
      open: async (page) => {
        await go(page, at(made.social));
        await page.getByRole('log').getByText('Đà Nẵng ship mấy ngày').waitFor();
      },
    },
    {
      name: 'case-missing',
      open: async (page) => {
        await go(page, at(999999999));
        await page.getByText(/Không mở được hồ sơ này|This case cannot be opened/).waitFor();
      },
    },
    {
      name: 'incident', main: true, small: true,
      open: async (page) => {
        await go(page, `/d/incidents/${made.incident}`);
        await page.getByRole('heading', { name: /Lô nồi NC-18/ }).waitFor();
      },
    },
    {
      name: 'promises', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/promises?view=ended');
        await page.getByRole('heading', { level: 1, name: both('Lời hứa', 'Promises') }).waitFor();
        await page.locator('.one').first().waitFor();
      },
    },
    {
      name: 'reports', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/reports');
        await page.getByRole('table').waitFor();
      },
    },
    ...experience({ made, at, after }),
    {
      name: 'board', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/board');
        await page.getByRole('heading', { name: team.title }).first().waitFor();
      },
    },
    {
      name: 'board-agent', within: 'dialog[open]',
      open: async (page) => {
        const offline = button(page, 'Hiện \\d+ người', 'Show \\d+');
        await offline.click();
        await page.getByTitle(both('Xem An Nguyễn', 'Look at An Nguyễn')).click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'me', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/me');
        await heading(page);
        await page.locator('section li').first().waitFor();
      },
    },
    {
      name: 'me-second-factor', within: 'main',
      open: async (page) => {
        await button(page, 'Bật xác thực', 'Switch two-step').click();
        await page.locator('#totp-pass').fill(desk.password);
        await page.keyboard.press('Enter');
        await page.locator('#totp-code').waitFor();
      },
      leave: async (page) => {
        await button(page, 'Thôi', 'Cancel').click();
        await gone(page.locator('#totp-code'));
      },
    },
    ...[
      'queues', 'agents', 'company', 'hours', 'addresses', 'templates', 'macros', 'rules', 'automations', 'segments', 'themes', 'stages', 'touchpoints', 'journeys', 'targets', 'mail',
      'limits', 'units', 'presence', 'channels', 'widget', 'sources', 'hooks', 'keys', 'audit', 'file',
    ].map((name) => ({
      name: `settings-${name}`,
      within: name === 'queues' ? undefined : '.one',
      main: /^(queues|agents|channels|audit|widget)$/.test(name),
      small: name === 'queues',
      open: async (page) => {
        await go(page, settings(name));
        await page.locator(`nav a[href="/d/settings/${name}"][aria-current=page]`).waitFor();
        await page.locator('.one').locator('.card, table, li, textarea').first().waitFor();
      },
    })),
    ...[
      `queues/${team.queue}`, `agents/${team.logins.lan}`, 'templates/chu-ky', 'macros/cam-on-xong',
    ].map((name) => ({
      name: `settings-${name.split('/')[0]}-one`,
      within: '.one',
      main: true,
      open: async (page) => {
        await go(page, settings(name));
        await page.locator('.one input').first().waitFor();
      },
    })),
    {
      // What our own people said, by department.
      name: 'settings-staff', main: true, small: true,
      open: async (page) => {
        const staff = await staffed(team.logins.lan);
        after(staff.end);
        await go(page, settings(`surveys/${staff.survey}`));
        await page.getByRole('table').waitFor();
      },
      show: (page) => page.getByRole('table').scrollIntoViewIfNeeded(),
    },
    {
      // A draft: its questions, with choices and what follows a score.
      name: 'settings-survey', main: true, small: true,
      open: async (page) => {
        await go(page, settings('surveys'));
        await button(page, 'Thêm$', 'Add$').click();
        await page.locator('#new-name').fill('sau-giao');
        await page.locator('#new-name').press('Enter');
        await page.locator('[id$=-questions-0-kind]').selectOption('nps');
        await button(page, 'Thêm câu hỏi', 'Add a question').click();
        await page.locator('[id$=-questions-1-kind]').selectOption('choice');
        await page.locator('[id$=-questions-1-when]').fill('0-6');
        await page.locator('[id$=-questions-1-when]').press('Tab');
        await page.locator('#survey-preview').waitFor();
      },
      leave: async (page) => {
        await button(page, 'Bỏ thay đổi', 'Drop the changes').click();
        await gone(button(page, 'Xem thay đổi', 'See the changes'));
      },
    },
    {
      name: 'settings-changes', within: 'dialog[open]', main: true,
      open: async (page) => {
        await go(page, settings('company'));
        const name = page.locator('.one input').first();
        await name.waitFor();
        await name.fill('Shop Ừng Ực Ẵm Ỗng');
        await button(page, 'Xem thay đổi', 'See the changes').click();
        await dialog(page).locator('del').waitFor();
      },
      leave: async (page) => {
        await escape(page);
        await button(page, 'Bỏ thay đổi', 'Drop the changes').click();
        await gone(button(page, 'Xem thay đổi', 'See the changes'));
      },
    },
  ];
}
