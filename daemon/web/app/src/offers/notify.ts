// A notice of the desktop, for who looks at another window: only when he
// asked for it, never at load.
export const allowed = (): boolean =>
  'Notification' in window && Notification.permission === 'granted';

export async function askToNotify(): Promise<boolean> {
  if (!('Notification' in window)) return false;
  return (await Notification.requestPermission()) === 'granted';
}

// tag: one that stands for the same thing takes the place of the one before.
export function notify(title: string, body: string, tag: string, open: () => void): void {
  if (!allowed() || document.hasFocus()) return;
  try {
    const n = new Notification(title, { body, tag });
    n.onclick = () => {
      window.focus();
      open();
      n.close();
    };
  } catch {
    /* telephones want a service worker for it: then the page alone tells */
  }
}
