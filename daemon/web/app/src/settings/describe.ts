// What the configuration has, as forms need to know it: the same members that
// desk.config_check() knows (sql/functions/config_check.sql), in the order in
// which people fill them in. Their words are in members.ts.
import type { Form } from './routewords';

export type Kind =
  | 'text'
  | 'long' // several lines
  | 'name' // letters, digits, . _ @ + -
  | 'int'
  | 'span' // seconds
  | 'minutes'
  | 'bool'
  | 'choice'
  | 'ref' // the name of an entry of another section
  | 'refs'
  | 'picks' // some of the choices
  | 'rows' // words of routing, a row each (routewords.ts)
  | 'deed' // one such word: what becomes of who comes
  | 'questions' // a survey's
  | 'share' // "80%"
  | 'texts' // one a line
  | 'words'; // the same, without blanks

export interface Member {
  name: string;
  kind: Kind;
  need?: boolean;
  low?: number; // of an int's or a span's value
  high?: number;
  of?: string; // of ref and refs: the section
  choices?: string[]; // of choice ('' stands for not set) and picks
  form?: Form; // of rows
  part?: string; // begins a part of this name (part-words.ts)
  usual?: unknown; // of a new entry
  only?: 'customers' | 'staff'; // of a survey: for whom it may be set
}

export type ListName =
  | 'queues'
  | 'agents'
  | 'hours'
  | 'templates'
  | 'macros'
  | 'rules'
  | 'automations'
  | 'targets'
  | 'segments'
  | 'themes'
  | 'surveys'
  | 'objectives'
  | 'classes'
  | 'followups'
  | 'reasons'
  | 'factors'
  | 'reports'
  | 'stages'
  | 'touchpoints'
  | 'journeys'
  | 'sources'
  | 'hooks';
export type BlockName =
  | 'company'
  | 'mail'
  | 'limits'
  | 'units'
  | 'presence'
  | 'widget'
  | 'late_notice'
  | 'top';

// Those that rules may name.
export const channels = ['mail', 'chat', 'call', 'social', 'order', 'store', 'web'];

// What automation may wait for: events, then times.
const happenings = [
  ...['created', 'message', 'reply', 'state', 'assigned', 'moved', 'priority', 'tagged'],
  ...['warned', 'breached', 'waits', 'pending', 'resolved', 'overdue'],
];

// Lists whose order means something.
export const ordered = [
  ...['rules', 'targets', 'automations', 'segments', 'classes', 'objectives'],
  ...['reasons', 'factors'],
  'order_pattern',
  ...['stages', 'touchpoints', 'journeys'],
];

// The stages of a desk that names none, as desk.stages_usual() has them.
export const stages = [
  ['awareness', 'Nhận thức', 'Awareness'],
  ['discovery', 'Khám phá', 'Discovery'],
  ['attraction', 'Thu hút', 'Attraction'],
  ['consultation', 'Tham khảo', 'Consultation'],
  ['purchase', 'Mua', 'Purchase'],
  ['use', 'Sử dụng', 'Use'],
  ['support', 'Bảo hành, hỗ trợ', 'Support'],
  ['advocacy', 'Mua lại, giới thiệu', 'Advocacy'],
].map(([name, vi, en]) => ({ name, vi, en }));

const units = (name: string): Member => ({ name, kind: 'int', need: true, low: 1, high: 100 });

export const blocks: Record<BlockName, Member[]> = {
  company: [
    { name: 'name', kind: 'text', need: true },
    { name: 'lang', kind: 'choice', choices: ['vi', 'en'], need: true },
    { name: 'timezone', kind: 'text', need: true },
    { name: 'country', kind: 'text', need: true },
    { name: 'close_after', kind: 'span', need: true, low: 1, high: 31536000 },
    { name: 'url', kind: 'text' },
    { name: 'link_after', kind: 'span', low: 1, high: 31536000 },
  ],
  top: [
    { name: 'default_queue', kind: 'ref', of: 'queues', need: true },
    { name: 'order_pattern', kind: 'texts' },
  ],
  mail: [
    { name: 'undo_seconds', kind: 'int', need: true, low: 0, high: 600 },
    { name: 'retry_hours', kind: 'int', need: true, low: 1, high: 720 },
    { name: 'quote', kind: 'bool' },
  ],
  limits: [
    { name: 'answers', kind: 'int', need: true, low: 0, high: 1000 },
    { name: 'exchange', kind: 'int', need: true, low: 1, high: 1000 },
    { name: 'cases', kind: 'int', need: true, low: 1, high: 10000 },
    { name: 'flood', kind: 'int', need: true, low: 0, high: 10000 },
  ],
  units: [
    ...['mail', 'chat', 'call', 'social', 'order', 'store'].map(units),
    { ...units('web'), need: false },
  ],
  presence: [
    { name: 'reasons', kind: 'texts' },
    { name: 'grace', kind: 'span', low: 0, high: 3600 },
    { name: 'chat_grace', kind: 'span', low: 5, high: 3600 },
    { name: 'leave', kind: 'span', low: 60, high: 31536000 },
  ],
  late_notice: [
    { name: 'send', kind: 'ref', of: 'templates' },
    { name: 'hours', kind: 'ref', of: 'hours' },
    { name: 'sure', kind: 'int', low: 1, high: 99 },
    { name: 'orders', kind: 'int', low: 5, high: 1000 },
  ],
  widget: [
    { name: 'queue', kind: 'ref', of: 'queues' },
    { name: 'gone', kind: 'span', need: true, low: 1, high: 3600 },
    { name: 'by_mail', kind: 'bool' },
    { name: 'transcript', kind: 'choice', choices: ['ask', 'end', 'off'], need: true },
    { name: 'require_identity', kind: 'bool' },
    { name: 'secret_file', kind: 'text' },
  ],
};

export const lists: Record<ListName, Member[]> = {
  queues: [
    { name: 'title', kind: 'text', need: true },
    { name: 'first', kind: 'span', need: true, low: 1, high: 31536000, usual: 1800 },
    { name: 'next', kind: 'span', need: true, low: 1, high: 31536000, usual: 3600 },
    {
      name: 'mode',
      kind: 'choice',
      choices: ['', 'offer', 'assign', 'pull'],
      part: 'routing',
    },
    {
      name: 'strategy',
      kind: 'choice',
      choices: ['', 'longest_idle', 'least_loaded', 'round_robin', 'best_skill', 'fixed_order'],
    },
    { name: 'order', kind: 'words' },
    { name: 'offer', kind: 'span', need: true, low: 5, high: 3600, usual: 30 },
    { name: 'offer_by', kind: 'rows', form: 'spans', high: 7 },
    { name: 'widen', kind: 'rows', form: 'steps', high: 20 },
    { name: 'same_agent', kind: 'span', low: 0, high: 86400 },
    { name: 'same_within', kind: 'span', low: 60, high: 31536000 },
    { name: 'wrap_up', kind: 'rows', form: 'spans', high: 7 },
    { name: 'full', kind: 'int', low: 0, high: 100000 },
    { name: 'when_full', kind: 'deed' },
    { name: 'when_closed', kind: 'deed' },
    { name: 'patience', kind: 'rows', form: 'waits', high: 2 },
    { name: 'turned_away', kind: 'ref', of: 'templates' },
    { name: 'when_abandoned', kind: 'choice', choices: ['', 'hold', 'callback', 'resolve'] },
    { name: 'short_abandon', kind: 'span', low: 0, high: 60 },
    { name: 'hours', kind: 'ref', of: 'hours', part: 'answers' },
    { name: 'signature', kind: 'ref', of: 'templates' },
    { name: 'acknowledge', kind: 'ref', of: 'templates' },
    { name: 'acknowledge_closed', kind: 'ref', of: 'templates' },
    { name: 'members_only', kind: 'bool', usual: false },
  ],
  agents: [
    { name: 'display', kind: 'text', need: true },
    {
      name: 'role',
      kind: 'choice',
      choices: ['agent', 'supervisor', 'admin'],
      need: true,
      usual: 'agent',
    },
    { name: 'queues', kind: 'rows', form: 'serves', usual: [], part: 'work' },
    { name: 'skills', kind: 'rows', form: 'knows', high: 100, usual: [] },
    { name: 'capacity', kind: 'int', need: true, low: 1, high: 10000, usual: 100 },
    { name: 'limits', kind: 'rows', form: 'counts', high: 7 },
    { name: 'schedule', kind: 'ref', of: 'hours' },
    { name: 'email', kind: 'text', part: 'reach' },
    { name: 'extension', kind: 'text' },
  ],
  hours: [
    { name: 'week', kind: 'texts', need: true, usual: ['mon-fri 08:00-17:30'] },
    { name: 'holidays', kind: 'texts', usual: [] },
    { name: 'timezone', kind: 'text' },
  ],
  templates: [
    { name: 'subject_vi', kind: 'text' },
    { name: 'subject_en', kind: 'text' },
    { name: 'vi', kind: 'long' },
    { name: 'en', kind: 'long' },
    { name: 'promise', kind: 'text' },
  ],
  macros: [
    { name: 'title', kind: 'text', need: true },
    { name: 'template', kind: 'ref', of: 'templates' },
    { name: 'promise', kind: 'text' },
    { name: 'vi', kind: 'long' },
    { name: 'en', kind: 'long' },
    { name: 'note', kind: 'long' },
    { name: 'tags', kind: 'texts', usual: [] },
    { name: 'assign', kind: 'bool', usual: false },
    { name: 'priority', kind: 'int', low: 1, high: 99 },
    { name: 'state', kind: 'choice', choices: ['', 'resolved', 'pending'] },
    { name: 'snooze', kind: 'minutes', low: 1, high: 525600 },
    { name: 'queue', kind: 'ref', of: 'queues' },
  ],
  rules: [
    { name: 'keywords', kind: 'texts', usual: [] },
    {
      name: 'channel',
      kind: 'choice',
      choices: ['', ...channels],
    },
    { name: 'to', kind: 'text' },
    { name: 'segment', kind: 'text' },
    { name: 'order', kind: 'bool' },
    { name: 'queue', kind: 'ref', of: 'queues' },
    { name: 'weight', kind: 'int', need: true, low: 1, high: 1000, usual: 1 },
    { name: 'priority', kind: 'int', low: 1, high: 99 },
    { name: 'skills', kind: 'rows', form: 'asks', high: 100, usual: [] },
    { name: 'prefer', kind: 'rows', form: 'asks', high: 100 },
  ],
  targets: [
    { name: 'queue', kind: 'ref', of: 'queues', part: 'whom' },
    { name: 'channel', kind: 'picks', choices: [...channels, 'desk', 'consult'], usual: [] },
    { name: 'segment', kind: 'words', usual: [] },
    { name: 'priority', kind: 'text' },
    { name: 'first', kind: 'span', low: 1, high: 31536000, part: 'promise' },
    { name: 'next', kind: 'span', low: 1, high: 31536000 },
    { name: 'resolve', kind: 'span', low: 1, high: 31536000 },
    { name: 'department', kind: 'span', low: 1, high: 31536000 },
    { name: 'hours', kind: 'ref', of: 'hours' },
    { name: 'reopen', kind: 'choice', choices: ['', 'restart', 'continue'] },
    { name: 'warn', kind: 'share', part: 'alarms' },
    { name: 'on_warn', kind: 'rows', form: 'acts', high: 5, usual: [] },
    { name: 'on_breach', kind: 'rows', form: 'acts', high: 5, usual: [] },
  ],
  segments: [
    { name: 'title', kind: 'text' },
    { name: 'orders', kind: 'text', part: 'bought' },
    { name: 'value', kind: 'text' },
    { name: 'currency', kind: 'text' },
    { name: 'idle', kind: 'span', low: 1, high: 31536000 },
    { name: 'cases', kind: 'text', part: 'asked' },
    { name: 'channel', kind: 'picks', choices: [...channels, 'desk'] },
    { name: 'tag', kind: 'texts' },
    { name: 'nps', kind: 'text', part: 'answered' },
    { name: 'csat', kind: 'text' },
    { name: 'ces', kind: 'text' },
    { name: 'mood', kind: 'text', part: 'felt' },
    { name: 'promises_broken', kind: 'text' },
    { name: 'churn', kind: 'words' },
    { name: 'contact', kind: 'words', part: 'who' },
    { name: 'known', kind: 'span', low: 1, high: 31536000 },
    { name: 'within', kind: 'span', low: 1, high: 31536000 },
  ],
  reasons: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
    { name: 'ours', kind: 'bool', usual: false },
  ],
  factors: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
    { name: 'about', kind: 'texts', usual: [] },
    { name: 'touchpoint', kind: 'words', usual: [] },
    { name: 'pair', kind: 'texts', usual: [] },
  ],
  themes: [
    { name: 'title', kind: 'text' },
    { name: 'keywords', kind: 'texts', usual: [] },
    { name: 'alert', kind: 'int', low: 2, high: 10000 },
  ],
  reports: [
    { name: 'title', kind: 'text' },
    { name: 'every', kind: 'choice', choices: ['', 'day', 'week', 'month'] },
    {
      name: 'day',
      kind: 'choice',
      choices: ['', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    },
    { name: 'at', kind: 'text' },
    { name: 'to', kind: 'texts', usual: [] },
    { name: 'queue', kind: 'ref', of: 'queues' },
    { name: 'lang', kind: 'choice', choices: ['', 'vi', 'en'] },
  ],
  surveys: [
    { name: 'title', kind: 'text', need: true, usual: 'Khảo sát' },
    {
      name: 'after',
      kind: 'choice',
      choices: ['hand', 'resolved', 'delivered'],
      need: true,
      usual: 'hand',
      only: 'customers',
    },
    { name: 'delay', kind: 'span', low: 1, high: 31536000, only: 'customers' },
    {
      name: 'for',
      kind: 'choice',
      choices: ['customers', 'staff'],
      need: true,
      usual: 'customers',
    },
    { name: 'every', kind: 'choice', choices: ['', 'week', 'month', 'quarter'], only: 'staff' },
    {
      name: 'questions',
      kind: 'questions',
      need: true,
      part: 'questions',
      usual: [{ name: 'diem', kind: 'csat', required: false }],
    },
    { name: 'queues', kind: 'refs', of: 'queues', part: 'asks', usual: [] },
    {
      name: 'channels',
      kind: 'picks',
      choices: [...channels, 'desk'],
      usual: [],
      only: 'customers',
    },
    { name: 'segments', kind: 'words', usual: [], only: 'customers' },
    {
      name: 'via',
      kind: 'picks',
      choices: ['mail', 'chat'],
      part: 'sent',
      usual: [],
      only: 'customers',
    },
    { name: 'hours', kind: 'ref', of: 'hours' },
    { name: 'sample', kind: 'int', need: true, low: 1, high: 100, usual: 100 },
    { name: 'quiet', kind: 'span', need: true, low: 1, high: 31536000, usual: 2592000 },
    { name: 'remind', kind: 'span', low: 1, high: 31536000 },
    { name: 'expires', kind: 'span', need: true, low: 1, high: 31536000, usual: 2592000 },
    { name: 'touchpoint', kind: 'text' },
    { name: 'public', kind: 'bool', part: 'more', usual: false, only: 'customers' },
    { name: 'help', kind: 'bool', usual: false, only: 'customers' },
  ],
  objectives: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
    {
      name: 'measure',
      kind: 'choice',
      choices: ['csat', 'nps', 'ces', 'mood', 'promise', 'closed'],
      need: true,
    },
    { name: 'target', kind: 'text', need: true },
    { name: 'department', kind: 'ref', of: 'queues' },
    { name: 'touchpoint', kind: 'text' },
    { name: 'segment', kind: 'text' },
  ],
  classes: [
    { name: 'kind', kind: 'choice', choices: ['', 'nps', 'csat', 'ces'] },
    { name: 'score', kind: 'text' },
    { name: 'survey', kind: 'words', usual: [] },
    { name: 'queue', kind: 'refs', of: 'queues', usual: [] },
    { name: 'segment', kind: 'words', usual: [] },
    { name: 'open', kind: 'ref', of: 'queues', part: 'recovery' },
    { name: 'within', kind: 'span', low: 60, high: 31536000 },
    { name: 'priority', kind: 'int', low: 1, high: 99 },
    { name: 'agent', kind: 'text' },
    { name: 'skills', kind: 'rows', form: 'asks', high: 100, usual: [] },
    { name: 'tag', kind: 'texts', usual: [] },
    { name: 'note', kind: 'text' },
    { name: 'action', kind: 'text', part: 'touch' },
    { name: 'send', kind: 'ref', of: 'templates' },
    { name: 'ask', kind: 'choice', choices: ['', 'review', 'referral'] },
    { name: 'link', kind: 'text' },
    { name: 'after', kind: 'span', low: 60, high: 31536000 },
    { name: 'hours', kind: 'ref', of: 'hours' },
    { name: 'again', kind: 'span', low: 60, high: 31536000 },
  ],
  stages: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
  ],
  touchpoints: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
    { name: 'stage', kind: 'ref', of: 'stages', need: true },
    { name: 'department', kind: 'ref', of: 'queues', part: 'whose' },
    { name: 'owner', kind: 'ref', of: 'agents' },
    { name: 'target', kind: 'text' },
    { name: 'kind', kind: 'words', usual: [], part: 'happens' },
    { name: 'channel', kind: 'picks', choices: channels, usual: [] },
    { name: 'queue', kind: 'refs', of: 'queues', usual: [] },
    { name: 'status', kind: 'texts', usual: [] },
    { name: 'keywords', kind: 'texts', usual: [] },
  ],
  journeys: [
    { name: 'vi', kind: 'text' },
    { name: 'en', kind: 'text' },
    { name: 'stages', kind: 'refs', of: 'stages', need: true, usual: [] },
    { name: 'segments', kind: 'words', usual: [] },
  ],
  followups: [
    { name: 'title', kind: 'text' },
    { name: 'after', kind: 'choice', choices: ['delivered', 'silent', 'stage', 'risk'] },
    { name: 'delay', kind: 'span', low: 1, high: 31536000 },
    { name: 'stages', kind: 'words', usual: [] },
    { name: 'reasons', kind: 'words', usual: [] },
    { name: 'segments', kind: 'words', usual: [], part: 'whom' },
    { name: 'sample', kind: 'int', low: 1, high: 100, usual: 100 },
    { name: 'quiet', kind: 'span', low: 1, high: 31536000, usual: 2592000 },
    { name: 'send', kind: 'ref', of: 'templates', part: 'touch' },
    { name: 'hours', kind: 'ref', of: 'hours' },
    { name: 'expires', kind: 'span', low: 1, high: 31536000, usual: 604800 },
    { name: 'queue', kind: 'ref', of: 'queues' },
    { name: 'agent', kind: 'text' },
  ],
  automations: [
    { name: 'on', kind: 'choice', choices: happenings, need: true, usual: 'created' },
    { name: 'after', kind: 'span', low: 60, high: 31536000 },
    { name: 'actions', kind: 'texts', need: true, usual: [] },
    { name: 'queue', kind: 'refs', of: 'queues', usual: [] },
    { name: 'keywords', kind: 'texts', usual: [] },
    { name: 'channel', kind: 'words', usual: [] },
    { name: 'segment', kind: 'words', usual: [] },
    { name: 'state', kind: 'words', usual: [] },
    { name: 'priority', kind: 'text' },
    { name: 'lang', kind: 'choice', choices: ['', 'vi', 'en'] },
    { name: 'tag', kind: 'texts', usual: [] },
    { name: 'without', kind: 'texts', usual: [] },
    {
      name: 'mood',
      kind: 'choice',
      choices: ['', 'bad', 'bad 2', 'bad 3', 'plain', 'good', 'good 2', 'good 3'],
    },
    { name: 'assigned', kind: 'choice', choices: ['', 'yes', 'no'] },
    { name: 'daily', kind: 'int', low: 1, high: 1000 },
    { name: 'send_every', kind: 'span', low: 60, high: 31536000 },
  ],
  sources: [
    {
      name: 'form',
      kind: 'choice',
      choices: ['freeswitch', 'generic', 'ami', 'data'],
      need: true,
      usual: 'generic',
    },
    { name: 'host', kind: 'text' },
    { name: 'user', kind: 'text' },
    { name: 'secret_file', kind: 'text' },
    { name: 'trust', kind: 'texts', usual: [] },
  ],
  hooks: [
    { name: 'url', kind: 'text', need: true },
    { name: 'secret_file', kind: 'text', need: true },
    { name: 'notices', kind: 'words', usual: [] },
    { name: 'queues', kind: 'refs', of: 'queues', usual: [] },
    { name: 'allow', kind: 'texts', usual: [] },
    { name: 'ca', kind: 'text' },
    { name: 'keep', kind: 'span', need: true, low: 3600, high: 31536000, usual: 604800 },
  ],
};

export const isOrdered = (list: string): boolean => ordered.includes(list);

export const isList = (s: string): s is ListName => Object.hasOwn(lists, s);
export const isBlock = (s: string): s is BlockName => Object.hasOwn(blocks, s);

// What CONFIG.APPLY calls the entries of a list in its differences.
export const wordOf: Record<string, ListName | 'served'> = {
  queue: 'queues',
  agent: 'agents',
  hours: 'hours',
  template: 'templates',
  macro: 'macros',
  rule: 'rules',
  automation: 'automations',
  target: 'targets',
  segment: 'segments',
  theme: 'themes',
  survey: 'surveys',
  objective: 'objectives',
  class: 'classes',
  followup: 'followups',
  reason: 'reasons',
  factor: 'factors',
  report: 'reports',
  stage: 'stages',
  touchpoint: 'touchpoints',
  journey: 'journeys',
  source: 'sources',
  hook: 'hooks',
  address: 'served',
};
