// The board alone on its screen, as on a television.

// The whole screen where the browser gives it; without it the page has at
// least no frame.
export const enlarge = (): void => {
  const page = document.documentElement as { requestFullscreen?: () => Promise<void> };
  page.requestFullscreen?.().catch(() => undefined);
};

export const reduce = (): void => {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
};

// Keeps the screen from falling asleep, until what it returns is called; takes
// it anew whenever the page is looked at again.
export function stayAwake(): () => void {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const take = (): void => {
    if (over || document.hidden || !wakeLock) return;
    wakeLock
      .request('screen')
      .then((l) => {
        if (over) void l.release();
        else lock = l;
      })
      .catch(() => undefined); // a low battery, or a page that is not secure
  };
  take();
  document.addEventListener('visibilitychange', take);
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', take);
    void lock?.release();
  };
}
