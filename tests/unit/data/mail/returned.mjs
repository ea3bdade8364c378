// Reports of mail systems that say what they like.
import { bounce, daemon, dsn, gone, headers, ours, status } from './automatic.mjs';
import { mail, part, parts, text } from './write.mjs';

const says = (what, ...more) =>
  mail([daemon, ...dsn], parts('b1', text('x'), status(`Reporting-MTA: dns; x\n\n${what}\n`), ...more));

export default {
  'b-survey': {
    note: 'written by us: a survey that came back whole brings its link along',
    mail: says('Final-Recipient: rfc822; lan@customer.example\nAction: failed\nStatus: 5.1.1',
      part(['Content-Type: message/rfc822'], `Message-ID: ${ours}\nFrom: hello@shop.example\nList-Unsubscribe: <https://desk.example/survey/0123456789abcdefghijklmnopqrstuv/leave>\n\nchào\n`)),
    ...bounce(gone), facts: { ...bounce(gone).facts, links: [1] },
  },
  'b-contradicts': {
    note: 'written by us: it says that it failed, and that all is well',
    mail: says('Final-Recipient: rfc822; lan@customer.example\nAction: failed\nStatus: 2.0.0', headers),
    ...bounce({ ...gone, status: '2.0.0' }),
  },
  'b-junk': {
    note: 'written by us: what is no status is none, whatever else it says',
    mail: says(`Final-Recipient: rfc822; ;'\x01"<${'a'.repeat(900)}>\nAction: failed'); --\nStatus: 5.1.1.1');DROP\nDiagnostic-Code: smtp; 5.1.1.3 said 999 ${'5.7.1'.repeat(400)}`, headers),
    ...bounce({ action: 'failed', status: null }),
  },
};
