// A first password to be read out or copied once: 16 letters and digits that
// nobody confuses, in fours.  About 79 bits.
const signs = 'abcdefghjkmnpqrstuvwxyz23456789';

export function firstPassword(): string {
  const out: string[] = [];
  while (out.length < 16)
    // What does not divide evenly is thrown away: each sign is as likely.
    for (const b of crypto.getRandomValues(new Uint8Array(32)))
      if (b < 248 && out.length < 16) out.push(signs[b % signs.length] ?? '');
  return out.join('').replace(/(.{4})(?=.)/g, '$1-');
}
