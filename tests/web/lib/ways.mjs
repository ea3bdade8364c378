// How one finds and does things in the client, by keys and roles, in either language.
export const both = (vi, en) => new RegExp(`^(${vi}|${en})`);
export const button = (page, vi, en) => page.getByRole('button', { name: both(vi, en) }).first();
export const dialog = (page) => page.getByRole('dialog').last();

// Another place of the same page, without loading it anew.
export const go = (page, path) =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);

export const heading = (page, level = 1) => page.getByRole('heading', { level }).first().waitFor();
export const log = (page) => page.getByRole('log').waitFor();
export const gone = (locator) => locator.waitFor({ state: 'detached' });
export const escape = async (page) => {
  await page.keyboard.press('Escape');
  await gone(page.getByRole('dialog'));
};
export const menuGone = async (page) => {
  await page.keyboard.press('Escape');
  await gone(page.getByRole('menu'));
};
// Out of whatever one types into.
export const still = (page) => page.evaluate(() => document.activeElement?.blur());
