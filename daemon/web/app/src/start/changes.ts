// What a step would change, in words: "thêm hàng đợi Bán hàng".
import type { Change } from './desk.svelte';
import type { StartWords } from './words';

const title = (c: Change): string => {
  const v = (c.to ?? c.from) as Record<string, unknown> | undefined;
  const said = v && typeof v === 'object' ? (v.title ?? v.display ?? v.address) : undefined;
  return typeof said === 'string' ? said : c.what.replace(/^\S+ ?/, '');
};

// titles: of things by their names, since a changed thing only tells what
// differs.
// Defaults that a first configuration brings with it are nobody's doing.
export const told = (c: Change): boolean =>
  c.change !== 'added' || !/^(units|limits|mail|widget|order pattern|default queue)$/.test(c.what);

export function changeWords(c: Change, w: StartWords, titles: Record<string, string>): string {
  const kind = /^\S+/.exec(c.what)?.[0] ?? '';
  const name = w.things[c.what] ?? w.things[kind] ?? c.what;
  const called =
    w.things[c.what] || ['company', 'default', 'order'].includes(kind)
      ? ''
      : (titles[c.what] ?? title(c)).replace(/^email /, '');
  return `${w.doing[c.change]} ${name}${called ? ` ${called}` : ''}`;
}
