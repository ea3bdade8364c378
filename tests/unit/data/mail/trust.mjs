// Whose word about the sender is believed (RFC 8601 section 5): mx.shop.example
// is our server, named by authserv_id.
import { mail, utf8 } from './write.mjs';

const own = 'Received: from mx.customer.example ([192.0.2.1])\n\tby mx.shop.example (Postfix) with ESMTPS id 1;\n\tSat, 21 Nov 2026 15:15:04 +0700';
const theirs = 'Received: from pc.customer.example by mx.customer.example with ESMTPSA; Sat, 21 Nov 2026 15:15:00 +0700';
const ar = (s, id = 'mx.shop.example') => `Authentication-Results: ${id}; ${s}`;
const t = (note, lines, want) => ({ note: `written by us: ${note}`, mail: mail([...lines, ...utf8], 'x'), ...want });
const pass = { auth: 'pass', facts: { auth: { dmarc: 'pass', from: 'customer.example' } } };
const nothing = { auth: 'none', facts: null };

export default {
  't-above': t('an results field that a milter put above our Received', [ar('dmarc=pass (p=none) header.from=customer.example; spf=pass smtp.mailfrom=customer.example; dkim=fail; dkim=pass header.d=customer.example'), own, theirs], {
    auth: 'pass', facts: { auth: { dmarc: 'pass', spf: 'pass', dkim: 'pass', from: 'customer.example' } },
  }),
  't-below': t('where Postfix lets milters write: below its own Received', [own, ar('dmarc=pass header.from=customer.example'), theirs], pass),
  't-fail': t('a sender that fails', [own, ar('dmarc=fail header.from=bank.example'), theirs], { auth: 'fail', facts: { auth: { dmarc: 'fail', from: 'bank.example' } } }),
  't-forged-below': t('the sender wrote our name himself, below his own Received', [own, theirs, ar('dmarc=pass header.from=customer.example')], nothing),
  't-forged-second': t('the sender wrote one, ours stands above it', [own, ar('dmarc=fail header.from=x.example'), ar('dmarc=pass header.from=x.example'), theirs], { auth: 'fail' }),
  't-other': t('another server\'s name', [ar('dmarc=pass header.from=customer.example', 'mx.evil.example'), own, theirs], nothing),
  't-spf': t('Received-SPF of our policy server, above our Received', ['Received-SPF: Softfail (mailfrom) identity=mailfrom; client-ip=192.0.2.1', own, theirs], { auth: 'none', facts: { auth: { spf: 'softfail', from: 'customer.example' } } }),
  't-spf-forged': t('Received-SPF that the sender wrote', [own, 'Received-SPF: pass', theirs], nothing),
  't-none': t('a domain without DMARC', [own, ar('dmarc=none header.from=customer.example; spf=pass'), theirs], { auth: 'none', facts: { auth: { dmarc: 'none', spf: 'pass' } } }),
  't-inner-hop': t('a scanner of ours took it on: the first Received by our name counts', ['Received: from localhost by scan.shop.example; x', own, ar('dmarc=pass header.from=customer.example'), theirs], pass),
  't-comment': t('comments and quotes that hide a verdict', [own, ar('spf=fail reason="; dmarc=pass" (; dmarc=pass)'), theirs], { auth: 'none', facts: { auth: { spf: 'fail' } } }),
};
