import './css/app.css';
import { query } from './lib/api';
import { begin } from './lib/ahead';
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
void import('./page');
