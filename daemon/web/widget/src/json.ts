// JSON as the desk reads it, whatever a library of the page's has done to
// JSON.stringify or given Array.prototype a toJSON (Prototype 1.6 did).

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { [key: string]: Json | undefined };

const NAMED: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quoted(s: string): string {
  let out = '"';
  for (let i = 0; i < s.length; i++) {
    const c = s.charAt(i);
    const code = s.charCodeAt(i);
    const high = code >= 0xd800 && code < 0xdc00;
    const next = s.charCodeAt(i + 1);
    if (NAMED[c] !== undefined) out += NAMED[c];
    else if (high && next >= 0xdc00 && next < 0xe000) out += c + s.charAt(++i);
    else if (code >= 0xd800 && code < 0xe000)
      out += '\ufffd'; // half a pair is no text
    else if (code < 32) out += '\\u00' + (code < 16 ? '0' : '') + code.toString(16);
    else out += c;
  }
  return out + '"';
}

export function encode(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  let out = '';
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) out += (i > 0 ? ',' : '') + encode(value[i] as Json);
    return `[${out}]`;
  }
  const members = value as { [key: string]: Json | undefined };
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member !== undefined) out += (out === '' ? '' : ',') + quoted(key) + ':' + encode(member);
  }
  return `{${out}}`;
}
