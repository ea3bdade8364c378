// Asking again after notices.  Those of a while make one question, and none is asked
// while its answer is on its way: where answers take longer than notices are apart,
// each would be given up for the next, and the page would never change.
export interface Again {
  tell: (ms?: number) => void; // something changed: ask in a while, or sooner
  end: () => void; // nothing is asked any more
}

// load: asks and shows; it settles when that is over, and refuses nothing.
export function again(load: () => Promise<unknown>, usual: number): Again {
  let timer = 0;
  let due = Infinity; // when it asks
  let under = false; // a question is on its way
  let more = -1; // told meanwhile: how long to wait after the answer
  let over = false;
  const tell = (ms = usual): void => {
    if (over) return;
    if (under) more = more < 0 ? ms : Math.min(more, ms);
    else if (performance.now() + ms < due) {
      clearTimeout(timer);
      due = performance.now() + ms;
      timer = window.setTimeout(() => void ask(), ms);
    }
  };
  async function ask(): Promise<void> {
    due = Infinity;
    under = true;
    try {
      await load();
    } finally {
      under = false;
      const wait = more;
      more = -1;
      if (wait >= 0) tell(wait);
    }
  }
  return {
    tell,
    end: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}
