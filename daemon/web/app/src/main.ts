import './css/app.css';
import { query } from './lib/api';
import { begin } from './lib/ahead';
import { partWords } from './parts/words';
import { firstOf, read } from './list/query';

const [area = 'cases'] = location.pathname
  .replace(/^\/d\/?|^\//, '')
  .split('/')
  .filter(Boolean);
const list = query('/api/v1/tickets', firstOf(read(new URLSearchParams(location.search))));
void begin([
  ...(area === 'cases' ? [list] : []),
  '/api/v1/counts',
  '/api/v1/queues',
  '/api/v1/agents',
]);
import('./page').catch(() => {
  // Nothing of the page is there to say so with: see parts/NotLoaded.svelte.
  const english = /^en\b/i.test(navigator.languages.find((l) => /^(vi|en)\b/i.test(l)) ?? 'vi');
  const w = partWords[english ? 'en' : 'vi'];
  const make = (tag: string, kind: string, text = ''): HTMLElement =>
    Object.assign(document.createElement(tag), { className: kind, textContent: text });
  const page = make('main', 'unloaded');
  const all = make('div', 'unloaded');
  const again = make('button', 'btn pri', w.reload);
  again.onclick = () => location.reload();
  all.setAttribute('role', 'alert');
  all.append(make('h1', 'head', w.notLoaded), make('p', 't2', w.notLoadedHint), again);
  document.documentElement.lang = english ? 'en' : 'vi';
  document.getElementById('app')?.replaceChildren(page);
  page.append(all);
});
