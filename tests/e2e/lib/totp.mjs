// An authenticator app: RFC 6238 as every one of them has it, written from the
// RFC and not from deskd's own code.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// The bytes of a base32 text (RFC 4648 section 6).
function bytes(text) {
  const out = [];
  let held = 0;
  let bits = 0;
  for (const c of text) {
    assert.ok(letters.includes(c), `${c} is no base32`);
    held = ((held << 5) | letters.indexOf(c)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((held >> bits) & 0xff);
    }
  }
  return Buffer.from(out);
}

// The code of that time step (now's, when not given).
export function totp(secret, step = Math.floor(Date.now() / 30000)) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytes(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, '0');
}

// One that is right neither now nor in the steps beside it.
export function wrongCode(secret) {
  const now = Math.floor(Date.now() / 30000);
  const right = [-2, -1, 0, 1, 2].map((i) => totp(secret, now + i));
  for (let n = 0; ; n++) {
    const code = String(n).padStart(6, '0');
    if (!right.includes(code)) return code;
  }
}
