// The one line that a shop puts into its pages: deskd-chat(7).  Pure.
export interface Look {
  name: string;
  color: string; // #rrggbb
  position: 'right' | 'left';
  greeting: string; // '': the widget's own
}

const escaped = (s: string): string =>
  s.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

// The attributes, as names of a dataset; what is as usual is left out.
export function attributes(l: Look): Record<string, string> {
  const all: Record<string, string> = {};
  if (l.name.trim()) all.name = l.name.trim();
  if (l.color.toLowerCase() !== '#3056c6') all.color = l.color;
  if (l.position !== 'right') all.position = l.position;
  if (l.greeting.trim()) all.greeting = l.greeting.trim();
  return all;
}

export const snippet = (origin: string, l: Look): string =>
  [
    `<script src="${origin}/widget.js" async`,
    ...Object.entries(attributes(l)).map(([k, v]) => ` data-${k}="${escaped(v)}"`),
    '></',
    'script>',
  ].join('');
