// Texts and subjects in every charset that Vietnamese comes in, labelled
// rightly, wrongly and not at all; and what is no Vietnamese and stays.
import { bytes, mail, qword, to, utf8, word } from './write.mjs';

const text = 'Máy không lên nguồn, báo lỗi E21. Bảo hành thế nào ạ?\nĐơn hàng giao trễ hai ngày rồi.';
const subject = 'Đơn hàng giao trễ quá';
const guessed = { meta: { flags: ['charset-guessed'] } };

const labelled = (charset, label, more = {}) => ({
  note: `written by us: ${charset} bytes labelled ${label ?? 'not at all'}, as old Vietnamese mailers do`,
  mail: mail(
    label
      ? [`Subject: ${qword(label, to(charset, subject))}`, 'MIME-Version: 1.0', `Content-Type: text/plain; charset=${label}`]
      : [bytes('Subject: ', to(charset, subject))],
    to(charset, text),
  ),
  subject,
  text,
  ...more,
});

const french = 'Voilà, l’été déjà passé où les élèves étaient à l’hôtel près de la forêt.';

export default {
  'cs-utf8': { note: 'written by us: plain UTF-8', mail: mail([`Subject: ${word('UTF-8', subject)}`, ...utf8], text), subject, text, meta: { flags: null } },
  'cs-utf8-nfd': {
    note: 'written by us: decomposed letters everywhere, as Apple Mail and macOS file names have them',
    mail: mail(
      [
        `From: ${word('UTF-8', 'Nguyễn Thị Lan'.normalize('NFD'))} <lan@customer.example>`,
        `Subject: ${word('UTF-8', subject.normalize('NFD'))}`,
        ...utf8,
      ],
      text.normalize('NFD'),
    ),
    name: 'Nguyễn Thị Lan'.normalize('NFC'),
    subject: subject.normalize('NFC'),
    text: text.normalize('NFC'),
  },
  'cs-1258': labelled('CP1258', 'windows-1258', { meta: { flags: null } }),
  'cs-1258-latin1': labelled('CP1258', 'iso-8859-1', guessed),
  'cs-1258-utf8': labelled('CP1258', 'utf-8', guessed),
  'cs-1258-none': labelled('CP1258', null, guessed),
  'cs-tcvn': labelled('TCVN5712-1', 'x-viet-tcvn', { meta: { flags: null } }),
  'cs-tcvn-latin1': labelled('TCVN5712-1', 'iso-8859-1', guessed),
  'cs-tcvn-ascii': labelled('TCVN5712-1', 'us-ascii', guessed),
  'cs-tcvn-none': labelled('TCVN5712-1', null, guessed),
  'cs-viscii': labelled('VISCII', 'viscii', { meta: { flags: null } }),
  'cs-viscii-latin1': labelled('VISCII', 'iso-8859-1', guessed),
  'cs-viscii-1258': labelled('VISCII', 'windows-1258', guessed),
  'cs-vni': labelled('VNI', 'x-viet-vni', { meta: { flags: null } }),
  'cs-vni-latin1': labelled('VNI', 'iso-8859-1', guessed),
  'cs-vni-none': labelled('VNI', null, guessed),
  'cs-utf8-as-latin1': {
    note: 'written by us: UTF-8 labelled iso-8859-1, as web forms send it',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/plain; charset=iso-8859-1', `Subject: ${qword('iso-8859-1', Buffer.from(subject))}`], text),
    subject,
    text,
    ...guessed,
  },
  'cs-latin1-as-utf8': {
    note: 'written by us: windows-1252 labelled utf-8',
    mail: mail(utf8, to('CP1252', 'Le café est très cher à Paris')),
    text: 'Le café est très cher à Paris',
    ...guessed,
  },
  'cs-french': {
    note: 'written by us: French in Latin-1 is not taken for Vietnamese',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/plain; charset=iso-8859-1'], to('CP1252', french)),
    text: french,
    meta: { flags: null },
  },
  'cs-german-none': {
    note: 'written by us: German in 8 bits without a label',
    mail: mail([], to('CP1252', 'Müller aus Köln grüßt; die Straße heißt „Große Bleichen“.')),
    text: 'Müller aus Köln grüßt; die Straße heißt „Große Bleichen“.',
    ...guessed,
  },
  'cs-unknown': {
    note: 'written by us: a charset that nobody knows',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/plain; charset=x-klingon'], text),
    text,
    ...guessed,
  },
  'cs-gb2312': {
    note: 'written by us: Chinese labelled gb2312 with letters of GB18030',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/plain; charset=gb2312'], to('GB18030', '你好，請問訂單')),
    text: '你好，請問訂單',
  },
  'cs-iso2022jp': {
    note: 'written by us: Japanese in ISO-2022-JP, subject too',
    mail: mail([`Subject: ${word('ISO-2022-JP', '注文の件')}`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=iso-2022-jp'], to('ISO-2022-JP', '注文が届きません。')),
    subject: '注文の件',
    text: '注文が届きません。',
  },
  'cs-utf7': {
    note: 'written by us: UTF-7 is shown as it came',
    mail: mail(['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-7'], '+ADw-script+AD4-'),
    text: '+ADw-script+AD4-',
    meta: { flags: ['utf7'] },
    facts: { unread: [{ part: 'text' }] },
  },
  'cs-html-meta': {
    note: 'written by us: HTML that names its charset itself, as Outlook Express saved it',
    mail: mail(
      ['MIME-Version: 1.0', 'Content-Type: text/html'],
      '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1258"></head><body><p>',
      to('CP1258', 'Đơn hàng giao trễ'),
      '</p></body></html>',
    ),
    text: 'Đơn hàng giao trễ',
  },
  'cs-nul': { note: 'written by us: NUL bytes in a text', mail: mail(utf8, bytes('Đơn\0hàng\0')), text: 'Đơn?hàng?' },
  'cs-bare': {
    note: 'written by us: lines end in CR, LF and CRLF, as mail through gateways does',
    mail: mail(utf8, 'một\rhai\nba\r\nbốn'),
    text: 'một\nhai\nba\nbốn',
  },
};
