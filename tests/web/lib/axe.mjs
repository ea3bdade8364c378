// axe-core, and how it looks at a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Every rule of WCAG 2.2 AA and the best practices, or those named; run in the
// page.  Only the wrong nodes are told one by one, and no sheet is fetched.
export const look = ({ within, rules }) =>
  window.axe.run(within ?? document, {
    runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
    preload: false,
  });

// A page has few colours, which axe-core reads anew from each of its elements: that
// is a third of a look.  Run in the page, once.
const remember = () => {
  const { Color } = window.axe.commons.color;
  const read = Color.prototype.parseString;
  const known = new Map();
  Color.prototype.parseString = function parseString(text) {
    const is = known.get(text);
    if (is) [this.r, this.g, this.b, this.alpha] = is;
    else known.set(text, [read.call(this, text).r, this.g, this.b, this.alpha]);
    return this;
  };
};

// The page has it.
export async function given(page) {
  // By the debugger's door: the page's own policy lets no script in.
  if (await page.evaluate(() => 'axe' in window)) return;
  await page.evaluate(axe);
  await page.evaluate(remember);
}
