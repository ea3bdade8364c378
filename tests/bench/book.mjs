// The figures of a run, beside their aims.
import { cpus, loadavg, totalmem, release } from 'node:os';

const short = (n) =>
  n >= 1000 ? Math.round(n).toLocaleString('en') : String(Number(n.toPrecision(3)));

export class Book {
  constructor(quick) {
    this.quick = quick;
    this.figures = [];
    this.failed = [];
    this.began = loadavg()[0];
  }

  // Seconds of one measurement.
  get seconds() {
    return this.quick ? 2 : 8;
  }

  // A figure; aim is { least } or { most }, when there is one.
  put(name, value, unit, aim = {}) {
    const met =
      aim.least !== undefined ? value >= aim.least : aim.most !== undefined ? value <= aim.most : undefined;
    this.figures.push({ name, value: Number(value.toPrecision(6)), unit, ...aim, met });
    console.log(`  ${name}: ${short(value)} ${unit}`);
    return value;
  }

  print() {
    const rows = this.figures.map((f) => [
      f.name,
      short(f.value),
      f.unit,
      f.least !== undefined ? `≥ ${f.least}` : f.most !== undefined ? `≤ ${f.most}` : '',
      f.met === undefined ? '' : f.met ? 'met' : 'MISSED',
    ]);
    const width = [0, 1, 2, 3].map((i) => Math.max(...rows.map((r) => r[i].length)));
    const machine = this.machine();
    console.log(
      `\n${machine.cores} cores (${machine.processor}), ${machine.memory_mib} MiB,` +
        ` shared by clients and servers; load before: ${this.began.toFixed(1)}\n`,
    );
    for (const r of rows)
      console.log(
        [r[0].padEnd(width[0]), r[1].padStart(width[1]), r[2].padEnd(width[2]), r[3].padEnd(width[3]), r[4]]
          .join('  ')
          .trimEnd(),
      );
  }

  machine() {
    return {
      cores: cpus().length,
      processor: cpus()[0]?.model.trim() ?? '',
      memory_mib: Math.round(totalmem() / 1048576),
      kernel: release(),
    };
  }

  json() {
    return {
      at: new Date().toISOString(),
      quick: this.quick,
      machine: { ...this.machine(), load_before: this.began },
      failed: this.failed,
      figures: this.figures,
    };
  }
}
