// A slow machine, on purpose: what a page may take long for, it takes long for.
//
//   SLOW=6    each page has a sixth of a processor, and the network takes 150 ms
//   LATE=300  frames are drawn so many ms later (what asks for one, not what the
//             browser does by its own, as to tell that a dialog is closed)
//   HELD=1500  what is asked of the desk comes there up to so many ms later, each by
//             a time of its own (SLOW holds answers alone: the desk hears at once)
import { env } from 'node:process';

const slow = Number(env.SLOW ?? 0);
const late = Number(env.LATE ?? 0);
const held = Number(env.HELD ?? 0);

// What a page is waited for, ms: it costs time only where a test fails.
export const PATIENCE = 60000;

const hold = (ms) => {
  const draw = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  const waiting = new Map();
  let last = 0;
  window.requestAnimationFrame = (work) => {
    const id = ++last;
    const timer = setTimeout(() => {
      waiting.set(id, () => cancel(frame));
      const frame = draw((at) => {
        waiting.delete(id);
        work(at);
      });
    }, ms);
    waiting.set(id, () => clearTimeout(timer));
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    waiting.get(id)?.();
    waiting.delete(id);
  };
};

// The pages that the context comes to have.
export async function slowly(context) {
  if (late) await context.addInitScript(hold, late);
  if (held)
    await context.route(/\/api\/v1\//, async (route) => {
      await new Promise((done) => setTimeout(done, Math.random() * held));
      // (Its page may be gone.)
      await route.continue().catch(() => undefined);
    });
  if (!slow) return;
  const doors = new Set();
  const network = (door, offline) => door.send('Network.emulateNetworkConditions', {
    offline, latency: 150, downloadThroughput: -1, uploadThroughput: -1,
  });
  context.on('page', async (page) => {
    try {
      const door = await context.newCDPSession(page);
      await door.send('Emulation.setCPUThrottlingRate', { rate: slow });
      await door.send('Network.enable');
      await network(door, false);
      doors.add(door);
      page.once('close', () => doors.delete(door));
    } catch (e) {
      if (!page.isClosed()) throw e;
    }
  });
  // (Else ours would say that there is a network.)
  const setOffline = context.setOffline.bind(context);
  context.setOffline = async (offline) => {
    await Promise.all([...doors].map((door) => network(door, offline)));
    await setOffline(offline);
  };
}
