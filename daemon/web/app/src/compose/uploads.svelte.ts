// Files on their way to the server, with how far they are (which fetch does not
// tell of what it sends).
import { csrfToken, once } from '../lib/api';
import type { NamedFile } from '../lib/types';

export interface Upload {
  id: string;
  name: string;
  size: number;
  done: number; // 0 to 1
  failed: '' | 'big' | 'empty' | 'away'; // only the last may do another time
  file: File;
}

const state = $state<{ all: Record<string, Upload[]> }>({ all: {} });
const requests: Record<string, XMLHttpRequest | undefined> = {};

// of: the draft that they belong to.
export const uploads = (of: string): Upload[] => state.all[of] ?? [];

function change(of: string, id: string, what: Partial<Upload>): void {
  const u = state.all[of]?.find((x) => x.id === id);
  if (u) Object.assign(u, what);
}

export function remove(of: string, id: string): void {
  requests[id]?.abort();
  requests[id] = undefined;
  state.all[of] = uploads(of).filter((u) => u.id !== id);
}

export function add(of: string, file: File, ready: (f: NamedFile) => void): void {
  const id = once();
  state.all[of] = [
    ...uploads(of),
    { id, name: file.name, size: file.size, done: 0, failed: file.size ? '' : 'empty', file },
  ];
  if (file.size) start(of, id, file, ready);
}

export function retry(of: string, u: Upload, ready: (f: NamedFile) => void): void {
  change(of, u.id, { failed: '', done: 0 });
  start(of, u.id, u.file, ready);
}

function start(of: string, id: string, file: File, ready: (f: NamedFile) => void): void {
  const x = new XMLHttpRequest();
  requests[id] = x;
  x.open('POST', `/api/v1/uploads?name=${encodeURIComponent(file.name.slice(0, 200) || 'file')}`);
  x.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
  x.setRequestHeader('X-CSRF-Token', csrfToken());
  x.upload.onprogress = (e) => {
    if (e.lengthComputable) change(of, id, { done: e.loaded / e.total });
  };
  x.onload = () => {
    if (x.status < 300) {
      try {
        const a = JSON.parse(x.responseText) as NamedFile;
        remove(of, id);
        ready({ ...a, name: a.name || file.name, size: file.size });
        return;
      } catch {
        /* as if it had not answered */
      }
    }
    change(of, id, { failed: x.status === 413 ? 'big' : 'away' });
  };
  x.onerror = () => change(of, id, { failed: 'away' });
  x.send(file);
}
