// A file on its way to the desk, by XMLHttpRequest: fetch does not say how far
// an upload is.
import { meaning, parsed, pathOf, type Answer, type Api, type Talk } from './api';

export function upload(
  api: Api,
  talk: Talk,
  file: Blob,
  name: string,
  progress: (share: number) => void, // 0 to 1
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((done) => {
    const x = new XMLHttpRequest();
    const over = (a: Answer) => done(a);
    x.open('POST', api.base + pathOf(talk, `/attachments?name=${encodeURIComponent(name)}`));
    x.setRequestHeader('Authorization', `Bearer ${talk.token}`);
    x.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    x.upload.onprogress = (e) => progress(e.lengthComputable ? e.loaded / e.total : 0);
    x.onerror = x.onabort = x.ontimeout = () => over({ how: 'later', after: 0 });
    x.onload = () =>
      over(
        meaning(
          x.status,
          x.getResponseHeader('Content-Type') ?? '',
          Number(x.getResponseHeader('Retry-After')) || 0,
          parsed(x.responseText),
        ),
      );
    signal.addEventListener('abort', () => x.abort());
    x.send(file);
  });
}
