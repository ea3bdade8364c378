// What a file of tests has open while it runs: a browser, and pages of it.
import { after, before } from 'node:test';
import { Browser } from './browser.mjs';
import { on } from './cases.mjs';

// The file's own browser: there before its first test, gone after its last.
// on(options, work): see cases.mjs.
export function ownBrowser() {
  let browser;
  before(async () => { browser = await Browser.open(); });
  after(() => browser?.end());
  return {
    on: (options, work) => on(browser, options, work),
    // A page more, which its test ends.
    another: (options) => browser.page(options),
  };
}

// One page for all tests of the file, with somebody logged in; nothing may go
// wrong in it until the last is over.  given: gets it before the first.
export function ownPage(login, options, given) {
  let browser, p;
  before(async () => {
    browser = await Browser.open();
    p = await browser.page(options);
    await p.login(login);
    given(p);
  });
  after(async () => {
    try {
      await p?.end();
    } finally {
      await browser?.end();
    }
  });
}
