// A program on a terminal: tmux's, without anybody looking at it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from './desk.mjs';

const run = promisify(execFile);

// Runs the shell's words on a terminal of that size; env: more variables.
export async function terminal(words, { columns = 80, rows = 24, env = {} } = {}) {
  const dir = await mkdtemp('/tmp/deskd-tmux.');
  const tmux = (...args) =>
    run('tmux', ['-u', '-S', `${dir}/socket`, '-f', '/dev/null', ...args], {
      env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TMUX: '', ...env },
    }).then(({ stdout }) => stdout);
  const size = ['-x', String(columns), '-y', String(rows)];
  try {
    // (With its size kept, though nobody is attached.)
    await tmux('new-session', '-d', '-s', 't', ...size, words);
  } catch (e) {
    await rm(dir, { recursive: true, force: true });
    throw e;
  }
  const screen = () => tmux('capture-pane', '-p', '-t', 't');
  return {
    screen,
    keys: (...keys) => tmux('send-keys', '-t', 't', ...keys),
    type: (text) => tmux('send-keys', '-t', 't', '-l', text),
    resize: (c, r) => tmux('resize-window', '-t', 't', '-x', String(c), '-y', String(r)),
    // Waits until the screen fits; gives it.
    async shows(what, seconds = 120) {
      let last = '';
      try {
        return await until(`the screen shows ${what}`, async () => {
          last = await screen();
          return (what instanceof RegExp ? what.test(last) : last.includes(what)) && last;
        }, seconds);
      } catch (e) {
        throw new Error(`${e.message}\n${last}`);
      }
    },
    async close() {
      await tmux('kill-server').catch(() => {});
      await rm(dir, { recursive: true, force: true });
    },
  };
}
