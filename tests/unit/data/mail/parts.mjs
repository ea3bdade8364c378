// Trees of parts as mailers build them: alternatives, pictures, forwards,
// invitations, Outlook's own, signed and encrypted ones, and broken ones.
import { base64, bytes, html, mail, multi, part, parts, text, to, utf8, word } from './write.mjs';

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const tnef = Buffer.from('789f3e220100', 'hex');
const picture = part(['Content-Type: image/png; name="logo.png"', 'Content-ID: <logo@customer.example>', 'Content-Disposition: inline; filename="logo.png"', 'Content-Transfer-Encoding: base64'], base64(png));
const inner = 'Subject: Đơn cũ\nFrom: kho@other.example\nMessage-ID: <inner@other.example>\n\nlời trong thư cũ\n';
const forwarded = (more = []) => part(['Content-Type: message/rfc822', ...more], inner);

const invite = (method, more = '') =>
  [
    'BEGIN:VCALENDAR', 'VERSION:2.0', `METHOD:${method}`,
    'BEGIN:VTIMEZONE', 'TZID:Asia/Ho_Chi_Minh', 'BEGIN:STANDARD', 'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0700', 'TZOFFSETTO:+0700', 'END:STANDARD', 'END:VTIMEZONE',
    'BEGIN:VEVENT', 'UID:1@customer.example',
    'DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T090000', 'DTEND;TZID=Asia/Ho_Chi_Minh:20261123T103000',
    'SUMMARY:Nghiệm thu lô hàng\\, kho', '  Tân Bình', 'LOCATION:Kho Tân Bình',
    'ORGANIZER;CN="Lan: mua hàng":mailto:lan@customer.example', ...(more ? [more] : []),
    'BEGIN:VALARM', 'TRIGGER:-PT15M', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'END:VALARM',
    'END:VEVENT', 'END:VCALENDAR', '',
  ].join('\r\n');
const ics = (method, name, more) =>
  part([`Content-Type: text/calendar; charset=utf-8; method=${method}${name ? `; name="${name}"` : ''}`], invite(method, more));
const line = 'Invitation: Nghiệm thu lô hàng, kho Tân Bình · 2026-11-23 09:00 – 10:30 (Asia/Ho_Chi_Minh) · Kho Tân Bình · from lan@customer.example';

export default {
  'p-alternative': {
    note: 'written by us: text and HTML, as every mailer sends',
    mail: mail(multi('alternative'), parts('b1', text('một hai'), html('<p>một <b>hai</b></p>'))),
    text: 'một hai', html: '<p>một <b>hai</b></p>', attachments: null,
  },
  'p-apple': {
    note: 'written by us after Apple Mail: mixed within an alternative, text going on behind a file',
    mail: mail(multi('alternative', 'a'), parts('a', text('trước\n\nsau'), part(multi('mixed', 'm'),
      parts('m', html('<p>trước</p>'), part(['Content-Type: application/pdf; name=don.pdf', 'Content-Disposition: inline; filename=don.pdf'], '%PDF'), html('<p>sau</p>'))))),
    text: 'trước\n\nsau', attachments: [{ name: 'don.pdf' }],
  },
  'p-outlook-inline': {
    note: 'written by us after Outlook: a picture by its cid',
    mail: mail(multi('related', 'r'), parts('r', part(multi('alternative', 'a'), parts('a', text('chào'), html('<p>chào<img src="cid:logo@customer.example"></p>'))), picture)),
    text: 'chào', attachments: [{ name: 'logo.png', cid: 'logo@customer.example', size: 8, type: 'image/png' }],
  },
  'p-gmail-mixed': {
    note: 'written by us after Gmail: alternative, then a file',
    mail: mail(multi('mixed', 'm'), parts('m', part(multi('alternative', 'a'), parts('a', text('xem ảnh'), html('<div dir="ltr">xem ảnh</div>'))), picture)),
    text: 'xem ảnh', attachments: [{ name: 'logo.png' }], facts: null,
  },
  'p-html-only': {
    note: 'written by us: HTML alone, as shops send',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8'], '<style>p{}</style><p>Chào &amp; hẹn</p><p>gặp lại</p>'),
    text: 'Chào & hẹn\n\ngặp lại',
  },
  'p-forward-attached': {
    note: 'written by us: forwarded as an attachment (Outlook, Thunderbird)',
    mail: mail(['Subject: xem thư này', ...multi('mixed')], parts('b1', text('xem giúp'), forwarded())),
    text: 'xem giúp', attachments: [{ name: 'Đơn cũ.eml', type: 'message/rfc822' }], facts: { forwarded: true }, thread: null,
  },
  'p-forward-encoded': {
    note: 'written by us: the subject of an attached mail is encoded words in windows-1258',
    mail: mail(multi('mixed'), parts('b1', part(['Content-Type: message/rfc822'], `Subject: ${word('windows-1258', 'Đơn cũ: trễ', to('CP1258', 'Đơn cũ: trễ'))}\nFrom: a@other.example\n\nx\n`))),
    attachments: [{ name: 'Đơn cũ: trễ.eml' }],
  },
  'p-forward-two': {
    note: 'written by us: two mails attached, no text of its own',
    mail: mail(multi('mixed'), parts('b1', forwarded(), forwarded(['Content-Disposition: attachment; filename=khac.eml']))),
    text: null, attachments: [{ name: 'Đơn cũ.eml' }, { name: 'Đơn cũ.eml' }], facts: { forwarded: true },
  },
  'p-forward-gmail': {
    note: 'written by us after Gmail: forwarded in the text',
    mail: mail(['Subject: Fwd: Đơn cũ', ...utf8], 'nhờ shop xem\n\n---------- Forwarded message ---------\nTừ: Kho <kho@other.example>\nDate: Th 2, 3 thg 6, 2024 lúc 10:12\nSubject: Đơn cũ\nTo: <lan@customer.example>\n\nlời cũ\n'),
    facts: { forwarded: true },
  },
  'p-forward-outlook': {
    note: 'written by us after Outlook in Vietnamese: forwarded in the text, no mark but the head',
    mail: mail(['Subject: FW: Đơn cũ', ...utf8], 'nhờ shop xem\n\nTừ: Kho <kho@other.example>\nĐã gửi: 03 Tháng Sáu 2024 10:12 SA\nĐến: lan@customer.example\nChủ đề: Đơn cũ\n\nlời cũ\n'),
    facts: { forwarded: true },
  },
  'p-forward-apple': {
    note: 'written by us after Apple Mail: "Begin forwarded message"',
    mail: mail(utf8, 'xem\n\nBegin forwarded message:\n\n> From: Kho <kho@other.example>\n> Subject: x\n>\n> lời cũ\n'),
    facts: { forwarded: true },
  },
  'p-reply-quoting-forward': {
    note: 'written by us: an answer that quotes a forward is none',
    mail: mail(['Subject: Re: Fwd: x', ...utf8], 'được ạ\n\n> ---------- Forwarded message ---------\n> From: a\n'),
    facts: null,
  },
  'p-invite-gmail': {
    note: 'written by us after Google Calendar: an invitation as a form of the text and as a file',
    mail: mail(multi('mixed', 'm'), parts('m', part(multi('alternative', 'a'), parts('a', text('Mời họp'), html('<p>Mời họp</p>'), ics('REQUEST'))), ics('REQUEST', 'invite.ics'))),
    text: `Mời họp\n\n${line}`, attachments: [{ name: 'invite.ics', type: 'text/calendar' }, { name: 'invite.ics' }],
  },
  'p-invite-cancel': {
    note: 'written by us after Outlook: an invitation withdrawn, calendar alone',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/calendar; method=CANCEL; charset=utf-8'], invite('CANCEL')),
    text: line.replace('Invitation', 'Invitation withdrawn'), attachments: [{ name: 'invite.ics' }],
  },
  'p-invite-answer': {
    note: 'written by us: somebody accepts',
    mail: mail(multi('alternative'), parts('b1', text('ok'), ics('REPLY', '', 'ATTENDEE;PARTSTAT=ACCEPTED;CN=Bình:mailto:binh@customer.example'))),
    text: 'ok\n\nAnswer to an invitation: Nghiệm thu lô hàng, kho Tân Bình · 2026-11-23 09:00 – 10:30 (Asia/Ho_Chi_Minh) · Kho Tân Bình · binh@customer.example: ACCEPTED',
  },
  'p-tnef': {
    note: 'written by us after Outlook with rich text: winmail.dat',
    mail: mail(multi('mixed'), parts('b1', text('xem'), part(['Content-Type: application/ms-tnef; name="winmail.dat"', 'Content-Transfer-Encoding: base64'], base64(tnef)))),
    attachments: [{ name: 'winmail.dat', type: 'application/ms-tnef', size: 6 }], facts: { unread: [{ part: 'winmail.dat' }] },
  },
  'p-tnef-disguised': {
    note: 'written by us: winmail.dat that a gateway calls octet-stream',
    mail: mail(multi('mixed'), parts('b1', text('xem'), part(['Content-Type: application/octet-stream; name="WINMAIL.DAT"', 'Content-Transfer-Encoding: base64'], base64(tnef)))),
    attachments: [{ name: 'WINMAIL.DAT', type: 'application/ms-tnef' }], facts: { unread: [{ part: 'WINMAIL.DAT' }] },
  },
  'p-not-tnef': {
    note: 'written by us: another file of that name is not what it says',
    mail: mail(multi('mixed'), parts('b1', text('xem'), part(['Content-Type: application/octet-stream; name="winmail.dat"'], 'hello'))),
    attachments: [{ type: 'application/octet-stream' }], facts: null,
  },
  'p-pgp': {
    note: 'written by us after Enigmail: RFC 3156 encrypted',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b1'], parts('b1', part(['Content-Type: application/pgp-encrypted'], 'Version: 1\n'), part(['Content-Type: application/octet-stream; name=encrypted.asc'], '-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n'))),
    text: null, attachments: [{ name: 'version.txt' }, { name: 'encrypted.asc' }], facts: { unread: [{ part: 'version.txt' }] },
  },
  'p-smime': {
    note: 'written by us: S/MIME, enveloped',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m', 'Content-Transfer-Encoding: base64'], 'MIAGCSqGSIb3DQEHA6CA\n'),
    attachments: [{ name: 'smime.p7m' }], facts: { unread: [{ part: 'smime.p7m', why: 'it is encrypted (S/MIME)' }] },
  },
  'p-signed': {
    note: 'written by us: signed text is read as any other',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256; boundary=b1'], parts('b1', text('chữ ký đây'), part(['Content-Type: application/pgp-signature; name=signature.asc'], '-----BEGIN PGP SIGNATURE-----\n'))),
    text: 'chữ ký đây', attachments: [{ name: 'signature.asc' }], facts: null,
  },
  'p-unclosed': {
    note: 'written by us: the last boundary is missing',
    mail: mail(multi('mixed'), '--b1\nContent-Type: text/plain\n\nmột\n--b1\nContent-Type: text/plain\n\nhai\n'),
    text: 'một\n\nhai',
  },
  'p-no-boundary': {
    note: 'written by us: a multipart that names no boundary is kept whole',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: multipart/mixed'], 'lời\n'),
    text: null, attachments: [{}], facts: { unread: [{}] },
  },
  'p-base64-multipart': {
    note: 'written by us: a multipart in base64, which RFC 2045 section 6.4 forbids',
    mail: mail([...multi('mixed'), 'Content-Transfer-Encoding: base64'], base64(parts('b1', text('x')))),
    text: null, attachments: [{}],
  },
  'p-qp-broken': {
    note: 'written by us: quoted-printable with what is none',
    mail: mail([...utf8, 'Content-Transfer-Encoding: quoted-printable'], 'giá =100=\nk =C4=91 =ZZ\n'),
    text: 'giá \u0010'.replace('\u0010', '') + '0k đ =ZZ',
  },
  'p-uuencode': {
    note: 'written by us: x-uuencode, as old Unix mailers sent files',
    mail: mail(multi('mixed'), parts('b1', text('xem'), part(['Content-Type: application/octet-stream; name=a.txt', 'Content-Transfer-Encoding: x-uuencode'], 'begin 644 a.txt\n#0V%T\n`\nend\n'))),
    attachments: [{ name: 'a.txt', size: 3 }],
  },
  'p-nested': {
    note: 'written by us: lists and gateways wrap a mail thrice and add a footer',
    mail: mail(multi('mixed', 'x'), parts('x', part(multi('mixed', 'y'), parts('y', part(multi('alternative', 'z'), parts('z', text('lõi'), html('<p>lõi</p>'))))), text('-- chân thư'))),
    text: 'lõi\n\n-- chân thư',
  },
  'p-digest': {
    note: 'written by us after Mailman: a digest of a list is no forward',
    mail: mail(['List-Id: Hội <hoi.list.example>', 'List-Post: <mailto:hoi@list.example>', ...multi('digest')], parts('b1', bytes('\n', inner), bytes('\n', inner))),
    attachments: [{ type: 'message/rfc822' }, { type: 'message/rfc822' }], facts: { list: 'hoi.list.example', forwarded: null },
  },
  'p-partial': {
    note: 'written by us: a piece of a mail (RFC 2046 section 5.2.2) is never put together',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: message/partial; id="abc@x"; number=1; total=2'], 'nửa đầu\n'),
    text: null, facts: { unread: [{ why: 'it is one piece of a mail sent in pieces' }] },
  },
};
