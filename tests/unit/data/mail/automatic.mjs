// Mail that no person wrote: bounces of many servers, absence, receipts,
// complaints, lists and advertising; and what only looks like it.
import { mail, multi, part, parts, text, utf8, word } from './write.mjs';

export const ours = '<m1.abc@shop.example>';
const id = 'm1.abc@shop.example';
const returned = part(['Content-Type: message/rfc822'], `Message-ID: ${ours}\nFrom: hello@shop.example\nSubject: Re: hi\n\nchào\n`);
export const headers = part(['Content-Type: text/rfc822-headers'], `From: hello@shop.example\nMessage-ID:\n ${ours}\nSubject: Re: hi\n`);
export const status = (s) => part(['Content-Type: message/delivery-status'], s);
export const dsn = ['MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary=b1'];
export const daemon = 'From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>';
export const bounce = (b) => ({ envelope: '', automatic: true, facts: { automatic: 'bounce', forwarded: null, bounce: { message_id: id, ...b } }, thread: [id] });
export const gone = { action: 'failed', status: '5.1.1', recipient: 'lan@customer.example' };

const postfix = 'This is the mail system at host mx.customer.example.\n\nI\'m sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It\'s attached below.\n\n<lan@customer.example>: host mx said: 550 5.1.1 User unknown\n';
const auto = (note, lines, fact, more = {}) => ({
  note: `written by us: ${note}`, mail: mail([...lines, ...utf8], 'Tôi đang vắng mặt.'), automatic: true, facts: { automatic: fact }, ...more,
});
const person = (note, lines, more = {}) => ({
  note: `written by us: ${note}`, mail: mail([...lines, ...utf8], 'Tôi viết đây.'), automatic: null, facts: null, ...more,
});

export default {
  'b-postfix': {
    note: 'written by us after Postfix: RFC 3464, the mail attached',
    mail: mail([daemon, 'Subject: Undelivered Mail Returned to Sender', 'Auto-Submitted: auto-replied', ...dsn], parts('b1', text(postfix),
      status('Reporting-MTA: dns; mx.customer.example\n\nFinal-Recipient: rfc822; lan@customer.example\nOriginal-Recipient: rfc822;lan@customer.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx\nDiagnostic-Code: smtp; 550 5.1.1\n    <lan@customer.example>: User unknown\n'), returned)),
    ...bounce({ ...gone, diagnostic: 'smtp; 550 5.1.1 <lan@customer.example>: User unknown' }),
  },
  'b-delayed': {
    note: 'written by us after Postfix: delayed is not failed; headers only',
    mail: mail([daemon, 'Subject: Delayed Mail (still being retried)', ...dsn], parts('b1', text('delayed'),
      status('Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; lan@customer.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx: Connection timed out\n'), headers)),
    ...bounce({ action: 'delayed', status: '4.4.1', recipient: 'lan@customer.example' }), meta: { bounce: 'delayed 4.4.1' },
  },
  'b-several': {
    note: 'written by us after Sendmail: several recipients, the one that failed counts',
    mail: mail([daemon, ...dsn], parts('b1', text('x'),
      status('Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: RFC822; ok@customer.example\r\nAction: Delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: RFC822; lan@customer.example\r\nAction: Failed\r\nStatus: 5.1.1\r\n'), headers)),
    ...bounce(gone),
  },
  'b-relayed': {
    note: 'written by us: relayed onwards',
    mail: mail([daemon, ...dsn], parts('b1', text('x'), status('Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; lan@customer.example\nAction: relayed\nStatus: 2.0.0\n'), headers)),
    ...bounce({ action: 'relayed', status: '2.0.0' }),
  },
  'b-utf8': {
    note: 'written by us after RFC 6533: an international report',
    mail: mail([daemon, ...dsn], parts('b1', text('x'), part(['Content-Type: message/global-delivery-status'], 'Reporting-MTA: dns; x\n\nFinal-Recipient: utf-8; hồng@customer.example\nAction: failed\nStatus: 5.1.1\n'), part(['Content-Type: message/global-headers'], `Message-ID: ${ours}\n`))),
    ...bounce({ action: 'failed', recipient: 'hồng@customer.example' }),
  },
  'b-gmail': {
    note: 'written by us after Gmail: the report is nested in related',
    mail: mail([daemon, 'X-Failed-Recipients: lan@customer.example', 'Auto-Submitted: auto-replied', ...dsn], parts('b1', part(multi('related', 'r'), parts('r', part(multi('alternative', 'a'), parts('a', text('Address not found'))))), status('Reporting-MTA: dns; googlemail.example\n\nFinal-Recipient: rfc822; lan@customer.example\nAction: failed\nStatus: 5.1.1\n'), returned)),
    ...bounce(gone),
  },
  'b-qmail': {
    note: 'written by us after qmail: text alone',
    mail: mail([daemon, 'Subject: failure notice'], `Hi. This is the qmail-send program at mx.customer.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<lan@customer.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <hello@shop.example>\nFrom: hello@shop.example\nMessage-ID: ${ours}\n\nchào\n`),
    ...bounce({ ...gone, diagnostic: 'Sorry, no mailbox here by that name. (#5.1.1)' }),
  },
  'b-exim': {
    note: 'written by us after Exim: text alone, X-Failed-Recipients',
    mail: mail([daemon, 'X-Failed-Recipients: lan@customer.example', 'Auto-Submitted: auto-replied', 'Subject: Mail delivery failed: returning message to sender'], `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  lan@customer.example\n    host mx [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<lan@customer.example>:\n    550 5.1.1 no such user\n\n------ This is a copy of the message, including all the headers. ------\n\nFrom: hello@shop.example\nMessage-Id: ${ours}\n\nchào\n`),
    ...bounce(gone),
  },
  'b-exim-delayed': {
    note: 'written by us after Exim: a warning',
    mail: mail([daemon, 'Subject: Warning: message 1abc-000 delayed 24 hours'], 'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.\n\nThe address to which the message has not yet been delivered is:\n\n  lan@customer.example\n\nNo action is required on your part.\n'),
    envelope: '', automatic: true, facts: { automatic: 'bounce', bounce: { action: 'delayed', status: '4.0.0', recipient: 'lan@customer.example' } },
  },
  'b-exchange': {
    note: 'written by us after an old Exchange: text, the mail attached, no report',
    mail: mail(['From: postmaster@customer.example', 'Subject: Undeliverable: Re: hi', ...multi('mixed')], parts('b1', text('Delivery has failed to these recipients or distribution lists:\n\nlan@customer.example\nThe recipient was not found. #550 5.1.1 RESOLVER.ADR.RecipNotFound #\n'), returned)),
    ...bounce(gone),
  },
  'b-sendmail-old': {
    note: 'written by us after sendmail 8.6: text alone',
    mail: mail([daemon, 'Subject: Returned mail: User unknown'], `The original message was received at Mon, 3 Jun 2024\n\n   ----- The following addresses had permanent fatal errors -----\n<lan@customer.example>\n\n   ----- Transcript of session follows -----\n550 <lan@customer.example>... User unknown\n\n   ----- Original message follows -----\n\nMessage-Id: ${ours}\nFrom: hello@shop.example\n\nchào\n`),
    ...bounce({ action: 'failed', status: '5.0.0', recipient: 'lan@customer.example' }),
  },
  'b-forged': person('a person who writes the words of a bounce', ['Subject: Undeliverable', 'From: lan@customer.example'], {
    mail: mail(['Subject: fwd'], 'Hi. This is the qmail-send program at x.\n<a@b.example>:\n550 5.1.1\n'),
  }),
  'a-vacation': auto('RFC 3834, as vacation programs do', ['Auto-Submitted: auto-replied', `Subject: ${word('UTF-8', 'Trả lời tự động: đơn hàng')}`], 'out-of-office'),
  'a-exchange-oof': auto('Exchange, out of office', ['Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All', 'Subject: Automatic reply: hi'], 'out-of-office'),
  'a-gmail-oof': auto('Gmail, out of office', ['X-Autoreply: yes', 'Precedence: bulk', 'Auto-Submitted: auto-replied', 'Subject: Out of Office Re: hi'], 'out-of-office', { facts: { automatic: 'out-of-office', bulk: true } }),
  'a-null-oof': auto('nobody in the envelope, absence in the subject', [`Subject: ${word('UTF-8', 'Vắng mặt đến thứ hai')}`], 'out-of-office', { envelope: '' }),
  'a-person-away': person('a person who writes of his absence is a person', [`Subject: ${word('UTF-8', 'Tôi vắng mặt tuần sau, giao hàng giúp')}`]),
  'a-replied': auto('a shop that acknowledges', ['Auto-Submitted: auto-replied (acknowledgement)', 'Subject: We got your mail'], 'auto-replied'),
  'a-generated': auto('a cron job', ['Auto-Submitted: auto-generated', 'From: cron@host.customer.example'], 'auto-generated'),
  'a-suppress': auto('only Exchange asks for no answer', ['X-Auto-Response-Suppress: OOF, AutoReply'], 'auto-generated'),
  'a-noreply': auto('a no-reply address', ['From: Shop <no-reply@customer.example>'], 'auto-generated'),
  'a-precedence': auto('autoresponders of cPanel', ['Precedence: auto_reply', 'Subject: re'], 'auto-replied'),
  'a-no': person('Auto-Submitted: no', ['Auto-Submitted: no']),
  'l-mailman': {
    note: 'written by us after Mailman: a person on a list',
    mail: mail(['List-Id: Khách hàng <khach.list.example>', 'List-Post: <mailto:khach@list.example>', 'List-Unsubscribe: <mailto:x@list.example>', 'Precedence: list', ...utf8], 'chào cả nhà'),
    automatic: true, facts: { list: 'khach.list.example', bulk: null, automatic: null },
  },
  'l-news': {
    note: 'written by us: advertising (RFC 8058)',
    mail: mail(['List-Unsubscribe: <https://news.example/u>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', ...utf8], 'giảm giá'),
    automatic: true, facts: { bulk: true, list: null },
  },
  'l-bulk': { note: 'written by us: Precedence: bulk', mail: mail(['Precedence: bulk', ...utf8], 'x'), automatic: true, facts: { bulk: true } },
  'r-receipt': {
    note: 'written by us after RFC 8098: a receipt that a person has seen',
    mail: mail(['Subject: Read: hi', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b1'], parts('b1', text('Your message was read'), part(['Content-Type: message/disposition-notification'], `Reporting-UA: x\nFinal-Recipient: rfc822;lan@customer.example\nOriginal-Message-ID: ${ours}\nDisposition: manual-action/MDN-sent-manually; displayed\n`))),
    automatic: true, thread: [id], facts: { automatic: 'receipt', bounce: null }, attachments: [{ name: 'receipt.txt' }],
  },
  'r-complaint': {
    note: 'written by us after RFC 5965: a complaint (ARF)',
    mail: mail(['From: fbl@provider.example', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=feedback-report; boundary=b1'], parts('b1', text('This is a complaint'), part(['Content-Type: message/feedback-report'], 'Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n'), returned)),
    automatic: true, thread: [id], facts: { automatic: 'feedback-report', forwarded: null },
  },
};
