// Header fields in all their broken forms: RFC 2047 and 2231 as they are
// written, and as they are miswritten.
import { bytes, mail, part, parts, multi, qword, text, to, utf8, word } from './write.mjs';

const subject = 'Đơn hàng giao trễ';
const u8 = Buffer.from(subject);
const file = (head) =>
  mail(multi('mixed'), parts('b1', text('xem tệp'), part([...head, 'Content-Transfer-Encoding: base64'], 'JVBERi0=')));
const pdf = 'application/pdf';
const named = (name) => ({ attachments: [{ name, type: pdf, size: 5 }] });

const h = (note, raw, want = { subject }) => ({ note: `written by us: ${note}`, mail: mail([raw, ...utf8], 'x'), ...want });

export default {
  'h-q': h('a subject in Q', `Subject: ${qword('UTF-8', u8)}`),
  'h-lower': h('lower-case b', `Subject: =?utf-8?b?${u8.toString('base64')}?=`),
  'h-split-char': h('words split inside a character, as phones do', `Subject: =?utf-8?B?${u8.subarray(0, 5).toString('base64')}?=\n =?utf-8?B?${u8.subarray(5, 13).toString('base64')}?=\n =?utf-8?B?${u8.subarray(13).toString('base64')}?=`),
  'h-split-mixed': h('a character split over a word in Q and one in B', `Subject: ${qword('utf-8', u8.subarray(0, 1))} =?UTF-8?B?${u8.subarray(1).toString('base64')}?=`),
  'h-split-base64': h('base64 cut anywhere, not at four digits', (() => {
    const d = u8.toString('base64');
    return `Subject: =?utf-8?B?${d.slice(0, 7)}?= =?utf-8?B?${d.slice(7, 13)}?= =?utf-8?B?${d.slice(13)}?=`;
  })()),
  'h-unpadded': h('base64 without its padding', `Subject: =?utf-8?B?${u8.toString('base64').replace(/=+$/, '')}?=`),
  'h-no-end': h('the end mark cut off by a length limit', `Subject: =?utf-8?B?${u8.toString('base64')}`),
  'h-half-end': h('half of the end mark', `Subject: ${qword('utf-8', u8).slice(0, -1)}`),
  'h-blanks': h('blanks inside a word in Q', 'Subject: =?utf-8?Q?=C4=90=C6=A1n h=C3=A0ng giao tr=E1=BB=85?='),
  'h-no-gap': h('two words without a blank between', `Subject: ${word('UTF-8', 'Đơn hàng ')}${word('UTF-8', 'giao trễ')}`),
  'h-in-quotes': h('encoded words inside a quoted name, as old Outlook wrote', `From: "${word('UTF-8', 'Trần Văn Bình')}" <binh@customer.example>`, { name: 'Trần Văn Bình', from: 'binh@customer.example' }),
  'h-whole-from': h('the address encoded with the name', `From: ${word('UTF-8', 'Lan Nguyễn <lan@customer.example>')}`, { from: 'lan@customer.example', name: 'Lan Nguyễn' }),
  'h-raw-name': h('a name in raw windows-1258', bytes('From: ', to('CP1258', 'Nguyễn Thị Bảo'), ' <bao@customer.example>'), { name: 'Nguyễn Thị Bảo', from: 'bao@customer.example' }),
  'h-raw-utf8': h('raw UTF-8 (RFC 6532)', `Subject: ${subject}`),
  'h-raw-tcvn': h('raw TCVN3, as ABC fonts write it', bytes('Subject: ', to('TCVN5712-1', subject))),
  'h-folded': h('a folded subject with tabs', 'Subject: a subject\n\tin three\n   lines', { subject: 'a subject in three lines' }),
  'h-lang': h('a word with a language (RFC 2231 section 5)', `Subject: =?utf-8*vi?B?${u8.toString('base64')}?=`),
  'h-bidi': h('a subject that turns itself around', `Subject: ${word('UTF-8', 'gpj.\u202eexe')}`, { subject: 'gpj.exe' }),
  'h-two-from': h('two From fields', 'From: a@customer.example\nFrom: boss@shop.example', { from: 'a@customer.example', meta: { from_count: 2 } }),
  'h-lying-name': h('another address for a name', 'From: "boss@shop.example" <thief@evil.example>', { from: 'thief@evil.example', meta: { flags: ['address-in-name'] } }),
  'h-group': h('a group for From', 'From: Team: lan@customer.example, b@customer.example;', { from: 'lan@customer.example' }),
  'h-references': h('ids with comments, folds and rubbish between', 'In-Reply-To: Your message of Monday <c@x.example>\nReferences: <a@x.example>\n\t<b@x.example> <> <broken <c@x.example>', { thread: ['c@x.example', 'b@x.example', 'a@x.example'] }),
  'h-obsolete': h('blanks before the colon (RFC 5322 section 4.5)', 'Subject : an old one', { subject: 'an old one' }),

  'n-2231': { note: 'written by us: RFC 2231 in pieces, cut within a character', mail: file([`Content-Type: ${pdf}`, "Content-Disposition: attachment;\n filename*0*=UTF-8''h%C3%B3a%20%C4;\n filename*1*=%91%C6%A1n;\n filename*2=\".pdf\""]), ...named('hóa đơn.pdf') },
  'n-2047': { note: 'written by us: an encoded word for a parameter, as Outlook writes it', mail: file([`Content-Type: ${pdf}; name="${word('UTF-8', 'hóa đơn.pdf')}"`, `Content-Disposition: attachment; filename="${word('UTF-8', 'hóa đơn.pdf')}"`]), ...named('hóa đơn.pdf') },
  'n-raw': { note: 'written by us: a raw UTF-8 name, as web mailers write it', mail: file([`Content-Type: ${pdf}; name="hóa đơn.pdf"`]), ...named('hóa đơn.pdf') },
  'n-tcvn': { note: 'written by us: a raw name in TCVN3, as old Vietnamese Windows has it', mail: file([bytes(`Content-Type: ${pdf}; name="`, to('TCVN5712-1', 'hóa đơn tháng mười.pdf'), '"')]), ...named('hóa đơn tháng mười.pdf') },
  'n-latin1': { note: 'written by us: a raw French name', mail: file([bytes(`Content-Type: ${pdf}; name="`, to('CP1252', 'reçu du café.pdf'), '"')]), ...named('reçu du café.pdf') },
  'n-nfd': { note: 'written by us: a decomposed name of macOS', mail: file([`Content-Type: ${pdf}; name="${'hóa đơn.pdf'.normalize('NFD')}"`]), ...named('hóa đơn.pdf'.normalize('NFC')) },
  'n-unquoted': { note: 'written by us: blanks without quotes, as PHP scripts do', mail: file([`Content-Type: ${pdf}; name=hoa don.pdf`]), ...named('hoa don.pdf') },
  'n-path': { note: 'written by us: a path for a name', mail: file([`Content-Type: ${pdf}; name="..\\\\..\\\\etc/passwd.pdf"`]), ...named('passwd.pdf') },
  'n-none': { note: 'written by us: a part without a name is called by its type', mail: file([`Content-Type: ${pdf}`]), ...named('document.pdf') },
};
