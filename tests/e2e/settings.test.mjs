// deskd -n: what is wrong in deskd.conf is said before anything starts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const dir = mkdtempSync(join(tmpdir(), 'deskd-settings-'));
after(() => rmSync(dir, { recursive: true }));

function check(text) {
  const path = join(dir, 'deskd.conf');
  writeFileSync(path, text, { mode: 0o600 });
  return spawnSync(`${process.env.DESKD_BUILD}/deskd`, ['-n', '-f', path], { encoding: 'utf8' });
}

const good = {
  'a port of every address': 'listen_http = "*:8080"',
  'an IPv6 address': 'listen_resp = "[::1]:6390"',
  'a port that is not served': 'listen_smtp = ""',
  'proxies of both families': 'trusted_proxy = "10.0.0.2 fd00::2"',
  'Redis by its URL': 'redis = "redis://:secret@127.0.0.1:6379/2"',
};
for (const [what, line] of Object.entries(good))
  test(`${what} is right`, () => {
    const { status, stderr } = check(line);
    assert.equal(status, 0, stderr);
  });

const bad = {
  'an unknown option': ['listen_htp = "x"', /deskd\.conf:1: no such option 'listen_htp'/],
  'a port past the last': ['listen_http = "127.0.0.1:99999"', /listen_http "127\.0\.0\.1:99999": /],
  'an address without a port': ['listen_metrics = "nonsense"', /listen_metrics "nonsense": /],
  'a proxy by name': ['trusted_proxy = "10.0.0.2 proxy"', /trusted_proxy takes addresses/],
  'Redis without a port': ['redis = "127.0.0.1:0"', /redis: the port is no number/],
};
for (const [what, [line, says]] of Object.entries(bad))
  test(`${what} is named`, () => {
    const { status, stderr } = check(`${line}\n`);
    assert.equal(status, 1);
    assert.match(stderr, says);
  });
