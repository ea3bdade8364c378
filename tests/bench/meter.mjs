// What a page notes of itself, put into it before its own scripts: by the
// browser's own entries (paints, shifts, long tasks), and until a frame with
// what is waited for was painted.

// Runs in the page; `meter` is what evaluate() finds there.
export function meter() {
  const m = { fcp: 0, lcp: 0, shifts: 0, blocked: 0, usable: 0, coming: null };
  window.meter = m;
  const note = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
    });
  note('paint', (e) => {
    if (e.name === 'first-contentful-paint') m.fcp = e.startTime;
  });
  note('largest-contentful-paint', (e) => (m.lcp = e.startTime));
  note('layout-shift', (e) => {
    if (!e.hadRecentInput) m.shifts += e.value;
  });
  // What keeps a key waiting: of each task what is over 50 ms.
  note('longtask', (e) => (m.blocked += e.duration - 50));

  // A message of a frame's beginning is heard when that frame is painted.
  m.painted = (then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(0);
    });
  // Painted with what `there` finds: when, as performance.now().
  m.sight = (there) =>
    new Promise((done) => {
      const watch = new MutationObserver(look);
      function look() {
        if (!there()) return;
        watch.disconnect();
        m.painted(done);
      }
      watch.observe(document, {
        subtree: true, childList: true, characterData: true, attributes: true,
      });
      look();
    });

  const list = () => document.querySelector('[role=listbox]');
  m.sight(() => list()?.querySelector('[role=option] .who')).then((at) => (m.usable = at));
  // What was noted so far, with what came over the wire (not from the cache).
  m.noted = () => {
    const { fcp, lcp, shifts, blocked, usable } = m;
    let files = 0;
    let answers = 0;
    let requests = 0;
    for (const type of ['navigation', 'resource'])
      for (const e of performance.getEntriesByType(type)) {
        if (new URL(e.name).pathname.startsWith('/api/')) answers += e.transferSize;
        else files += e.transferSize;
        if (e.transferSize > 0) requests++;
      }
    return { fcp, lcp, shifts, blocked, usable, files, answers, requests };
  };
  // The next key, from the browser's own time of it to the frame after.
  m.key = () => {
    m.coming = new Promise((done) =>
      addEventListener(
        'keydown',
        (e) => {
          const before = list().getAttribute('aria-activedescendant');
          m.painted((at) =>
            done({
              took: at - e.timeStamp,
              moved: list().getAttribute('aria-activedescendant') !== before,
            }),
          );
        },
        { capture: true, once: true },
      ),
    );
  };
  // Waits for a word in `where`; meter.coming says when, by the clock of all.
  m.await = (where, word) => {
    const there = () =>
      [...document.querySelectorAll(where)].some((e) => e.textContent.includes(word));
    if (there()) throw new Error(`${word} is there already`);
    m.coming = m.sight(there).then(() => Date.now());
  };
  // The next Enter, until `word` stands in `where`.
  m.opening = (where, word) => {
    m.coming = new Promise((done) =>
      addEventListener(
        'keydown',
        (e) =>
          m
            .sight(() => document.querySelector(where)?.textContent.includes(word))
            .then((at) => done(at - e.timeStamp)),
        { capture: true, once: true },
      ),
    );
  };
}
