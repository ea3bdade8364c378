// Which addresses of the client there are: another one is said to be none, and
// shows nothing that would not be true of it.
const ID = /^[1-9]\d{0,15}$/;
const areas = [
  'cases',
  'board',
  'reports',
  'cx',
  'themes',
  'segments',
  'settings',
  'me',
  'search',
  'customers',
  'queues',
  'incidents',
  'promises',
  'statements',
  'retention',
  'overview',
  'feedback',
  'improve',
  'journey',
  'start',
];

const isId = (part: string | undefined): boolean =>
  part !== undefined && ID.test(part) && Number.isSafeInteger(Number(part));

// parts: of the path below /d/.
export function isPlace([area = 'cases', id, pane]: string[]): boolean {
  if (area === 'cases')
    return id === undefined || (isId(id) && (pane === undefined || pane === 'customer'));
  return area === 'customers' || area === 'incidents' ? isId(id) : areas.includes(area);
}
