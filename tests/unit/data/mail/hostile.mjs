// Mails that are broken or meant to break: each is still an event.
import { bytes, mail, multi, part, parts, text, utf8 } from './write.mjs';

const many = (n, s) => Array.from({ length: n }, (_, i) => (typeof s === 'function' ? s(i) : s)).join('');

export default {
  'x-no-from': { note: 'written by us: nobody wrote it', mail: bytes('Subject: x\n\ny\n'), quarantine: 'it has no usable From', facts: { unread: [{ part: 'mail', why: 'it has no usable From' }] } },
  'x-many-parts': { note: 'written by us: more parts than any mail has', mail: mail(multi('mixed'), many(1500, '--b1\n\nx\n'), '--b1--\n'), quarantine: 'it has too many parts', facts: { unread: [{ part: 'mail', why: 'it has too many parts' }] } },
  'x-999-parts': { note: 'written by us: as many parts as are taken', mail: mail(multi('mixed'), many(990, '--b1\nContent-Type: a/b; name=f\n\nx\n'), '--b1--\n'), quarantine: null },
  'x-deep': { note: 'written by us: 150 multiparts within each other', mail: mail(['MIME-Version: 1.0'].concat(['Content-Type: multipart/mixed; boundary=q0']), many(150, (i) => `--q${i}\nContent-Type: multipart/mixed; boundary=q${i + 1}\n\n`), 'x\n'), quarantine: 'its parts are nested too deeply' },
  'x-many-fields': { note: 'written by us: twelve thousand header fields', mail: mail([many(12000, 'X-A: b\n').trimEnd()], 'x'), quarantine: 'it has too many headers' },
  'x-long-field': { note: 'written by us: one field of 66,000 bytes', mail: mail([`X-Long: ${'y'.repeat(66000)}`, ...utf8], 'chào'), text: 'chào' },
  'x-groups': { note: 'written by us: groups of addresses in each other', mail: mail([`To: ${'a:'.repeat(1000)}`], 'x'), quarantine: 'its addresses are nested too deeply' },
  'x-empty': { note: 'written by us: a header and no body', mail: mail([]), text: null },
  'x-binary': { note: 'written by us: bytes of every value for a text', mail: mail(utf8, Buffer.from(Array.from({ length: 256 }, (_, i) => i))), quarantine: null },
  'x-mbox': { note: 'written by us: a From_ line of an mbox before the header', bare: true, mail: bytes('From lan@customer.example Sat Nov 21 15:15:04 2026\n', mail(utf8, 'chào')), text: 'chào', from: 'lan@customer.example' },
  'x-same-boundary': { note: 'written by us: an inner part with its parent\'s boundary', mail: mail(multi('mixed'), parts('b1', text('một'), part(multi('mixed'), parts('b1', text('hai'))))), quarantine: null },
};
