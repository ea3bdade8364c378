// What scripts/bench runs beside the desk that it started: every figure of
// one run, as a table and as JSON.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Book } from './book.mjs';
import { cxFigures } from './cx.mjs';
import { httpFigures } from './http.mjs';
import { afterFigures, idleFigures, shopFigures } from './memory.mjs';
import { ingestFigures, searchFigures } from './ingest.mjs';
import { liveFigures } from './live.mjs';
import { routeFigures } from './route.mjs';
import { webFigures } from './web.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string' },
  },
});

// In this order: memory before any load, and whether it came back after.
const parts = {
  shop: shopFigures,
  memory: idleFigures,
  ingest: ingestFigures,
  search: searchFigures,
  http: httpFigures,
  live: liveFigures,
  route: routeFigures,
  web: webFigures,
  after: afterFigures,
  cx: cxFigures,
};
// Reports alone want a disk of gigabytes and the better part of an hour.
const chosen = values.only?.split(',') ?? Object.keys(parts).filter((name) => name !== 'cx');
for (const name of chosen)
  if (!parts[name]) throw new Error(`--only: ${Object.keys(parts).join(' ')}`);

const book = new Book(values.quick);
for (const name of Object.keys(parts)) {
  if (!chosen.includes(name)) continue;
  console.log(`\n== ${name}`);
  try {
    await parts[name](book);
  } catch (wrong) {
    // The others are worth having without it; the run has failed all the same.
    console.log(`FAILED  ${name}: ${wrong.stack}`);
    book.failed.push(name);
    process.exitCode = 1;
  }
}
book.print();
if (values.json)
  writeFileSync(values.json, JSON.stringify(book.json(), null, 2) + '\n');
process.exit();
