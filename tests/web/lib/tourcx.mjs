// The pages of customer experience on the tour of the client's pages (tour.mjs).
import { until } from '../../e2e/lib/desk.mjs';
import { answered } from './answers.mjs';
import { comings, seen } from './comings.mjs';
import { themed, unthemed } from './themes.mjs';
import { walked } from './walked.mjs';
import { both, button, dialog, escape, go, log, menuGone } from './ways.mjs';

// at: the address of a case.
export function experience({ made, at, after }) {
  let feel; // a theme and a segment with something in them: made once
  let segment; // whose answers the scores are of: made once
  let way; // who is on a journey: made once
  let back; // who came back or did not: likewise
  return [
    {
      name: 'cx', main: true, small: true,
      open: async (page) => {
        segment ??= answered({ ticket: made.mail });
        await go(page, `/d/cx?segment=${await segment}`);
        await page.getByRole('region', { name: /^(Câu trả lời NPS|NPS answers)$/ })
          .getByRole('listitem').nth(9).waitFor();
      },
    },
    {
      name: 'retention', main: true, small: true,
      open: async (page) => {
        back ??= comings();
        await until('they were looked at', async () => (await seen(await back)) === 20);
        await go(page, '/d/retention');
        await page.getByRole('region', { name: /^(Sắp mất|About to be lost)$/ }).getByRole('row')
          .nth(3).waitFor();
        await page.getByRole('img', { name: /14/ }).waitFor();
      },
    },
    {
      name: 'statements', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/statements');
        await page.getByRole('region', { name: /^(Điều gì tạo nên kỳ vọng|What shapes expectations)$/ })
          .waitFor();
      },
    },
    {
      name: 'feedback', main: true, small: true,
      open: async (page) => {
        segment ??= answered({ ticket: made.mail });
        await segment;
        await go(page, '/d/feedback');
        await page.getByRole('article').nth(3).waitFor();
        await page.getByText(/n = /).first().waitFor();
      },
    },
    {
      name: 'feedback-actions', main: true,
      open: async (page) => {
        await go(page, '/d/feedback?view=actions&of=all');
        await page.getByRole('group', { name: both('Chọn việc nào', 'Which actions') }).waitFor();
      },
    },
    ...['answered', 'research', 'advocates'].map((view) => ({
      name: `feedback-${view}`,
      open: async (page) => {
        await go(page, `/d/feedback?view=${view}`);
        await page.getByRole('region').last().waitFor();
      },
    })),
    {
      name: 'note', within: 'dialog[open]',
      open: async (page) => {
        await go(page, '/d/feedback?view=research');
        await button(page, 'Thêm ghi chép', 'New note').click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'cx-none',
      open: async (page) => {
        way ??= walked({ steps: [64, 41, 17] });
        await go(page, `/d/cx?segment=${(await way).nobodys}`);
        await page.getByText(/Chưa có câu trả lời|Nobody answered/).first().waitFor();
      },
    },
    {
      name: 'overview', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/overview?span=30');
        await page.getByRole('region', { name: /^(CSAT theo bộ phận|CSAT by department)$/ })
          .or(page.getByText(/^(Chưa có trả lời nào|Nobody has answered)/)).first().waitFor();
      },
    },
    {
      name: 'improve', main: true, small: true,
      open: async (page) => {
        await go(page, '/d/improve?span=365&by=queue');
        await page.getByRole('region', { name: /^(Phiền hà của khách|Customers' trouble)$/ })
          .first().waitFor();
      },
    },
    {
      name: 'improve-add',
      open: async (page) => {
        await go(page, '/d/improve');
        await page.getByRole('button', { name: both('Thêm cải thiện', 'Add an improvement') })
          .click();
        await page.getByLabel(both('Làm gì', 'What is done')).waitFor();
      },
    },
    {
      name: 'journey', main: true, small: true,
      open: async (page) => {
        after((await way).end);
        await go(page, `/d/journey?segment=${(await way).segment}`);
        await page.getByRole('img', { name: /^(Bản đồ hành trình|Map of a journey)/ }).waitFor();
      },
    },
    {
      name: 'journey-validate', within: 'dialog[open]',
      open: async (page) => {
        await button(page, 'Xác nhận “', 'Validate “').click();
        await dialog(page).waitFor();
      },
      leave: escape,
    },
    {
      name: 'customer-journey', main: true, small: true,
      open: async (page) => {
        await go(page, `/d/customers/${(await way).customers[0]}`);
        await page.getByRole('img', { name: /^(Khách đã qua|Passed)/ }).first().waitFor();
      },
    },
    {
      name: 'themes', main: true, small: true,
      open: async (page) => {
        feel ??= themed();
        after(unthemed);
        await go(page, `/d/themes?theme=${(await feel).theme}`);
        await page.getByText('chờ mãi không thấy hàng đâu').nth(3).waitFor();
      },
    },
    {
      name: 'segments', main: true, small: true,
      open: async (page) => {
        await go(page, `/d/segments?segment=${(await feel).segment}`);
        await page.getByText(/Cảm xúc trong lời khách: 1|Feeling in messages: 1/).nth(3).waitFor();
      },
    },
    {
      name: 'feeling', within: '[role=menu]', main: true,
      open: async (page) => {
        await go(page, at((await feel).tickets[0]));
        await log(page);
        await button(page, 'Cảm xúc của khách', "The customer's feeling").click();
        await page.getByRole('menu').waitFor();
        await page.getByRole('menuitemcheckbox').first().waitFor();
      },
      leave: menuGone,
    },
  ];
}
