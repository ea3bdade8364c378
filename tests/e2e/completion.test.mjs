// deskctl's words, completed by bash.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { desk, deskctl } from './lib/desk.mjs';

const script = `${desk.build}/completions/deskctl`;

// What bash offers for the last of the words.
async function offers(...words) {
  const { stdout } = await promisify(execFile)('bash', [
    '--norc',
    '-c',
    '. "$1"; shift; COMP_WORDS=(deskctl "$@"); COMP_CWORD=$#; _deskctl; printf "%s\\n" "${COMPREPLY[@]}"',
    'bash',
    script,
    ...words,
  ]);
  return stdout.split('\n').filter((w) => w !== '');
}

// What deskctl itself says, by which zsh completes.
async function says(...words) {
  const { stdout } = await promisify(execFile)(`${desk.build}/deskctl`, ['--complete', '--', ...words]);
  return stdout.split('\n').filter((w) => w !== '');
}

describe('completion in bash', () => {
  test('knows words, options and what they take', async () => {
    assert.deepEqual(await offers('tic'), ['ticket', 'tickets']);
    assert.deepEqual(await offers('ticket', 'tr'), ['transfer']);
    assert.deepEqual(await offers('to'), ['top', 'totp', 'touchpoint']);
    assert.deepEqual(await offers('top', '--'), ['--once']);
    assert.deepEqual(await offers('ticket', 'list', '--st'), ['--state']);
    assert.deepEqual(await offers('ticket', 'list', '--state', 'p'), ['pending']);
    assert.deepEqual(await offers('agent', 'state', 'me', 'r'), ['ready']);
    assert.deepEqual(await offers('import', 'o'), ['orders']);
    assert.deepEqual(await offers('simulate', '--s'), ['--save', '--seed', '--shifts', '--staff']);
    assert.deepEqual(await offers('simulate', '--d'), ['--day']);
    assert.deepEqual(await offers('-S', '/run/x', '-j', 'queue', 'pa'), ['pause']);
    assert.deepEqual(await offers('-H', 'host', ':', '6390', 'queue', 'pa'), ['pause']);
    assert.deepEqual(await offers('--t'), ['--tls']);
    assert.deepEqual(await offers('no', 'such'), []);
    assert.deepEqual(await offers("'; echo x", '$(echo y)'), []);
  });

  test('knows every command that help names', async () => {
    const { stdout } = await deskctl(['help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z_]+)(?: ([a-z_]+))?(.*)$/gm)];
    assert.ok(commands.length > 100);
    const first = new Set(await offers(''));
    for (const [, word] of commands) assert.ok(first.has(word), word);
    const second = await offers('ticket', '');
    for (const word of ['get', 'list', 'take', 'transfer', 'note'])
      assert.ok(second.includes(word), word);
  });
});

describe('completion in zsh', () => {
  test('offers the same words, by deskctl itself', async () => {
    const lines = [
      [''], ['to'], ['tic'], ['-'], ['--t'], ['-S', ''], ['-S', '/run/x', '-j', 'queue', 'pa'],
      ['ticket', ''], ['ticket', 'tr'], ['ticket', 'list', '--'], ['ticket', 'list', '--st'],
      ['ticket', 'list', '--state', ''], ['ticket', 'list', '--state', 'p'],
      ['ticket', 'get', '1', '--html', ''], ['agent', 'state', 'me', 'r'], ['agent', 'set', 'an', 'a'],
      ['queue', 'drain', '--'], ['tickets', ''], ['tickets', 'pend', '--c'], ['import', 'o'],
      ['simulate', '--s'], ['report', '', '--by', 'q'], ['show', 'q'], ['no', 'such'], ['top', ''],
      ["'; echo x", '$(echo y)'],
    ];
    for (const words of lines)
      assert.deepEqual((await says(...words)).sort(), (await offers(...words)).sort(), words.join(' '));
    assert.deepEqual(await says('agent', 'set', 'an', 'a'), ['away']);
    assert.deepEqual(await says(), await says(''));
  });
});
