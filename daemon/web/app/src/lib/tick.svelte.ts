// One clock for all that counts down: it ticks with the second while something
// has less than a minute, else with the quarter of a minute.
const state = $state({ now: 0 });
let timer = 0;
let fast = 0;

function beat(): void {
  state.now++;
  timer = window.setTimeout(beat, fast > 0 ? 1000 : 15000);
}

// Read in a component, it makes the component read the clock again.
export function tick(): number {
  if (!timer) timer = window.setTimeout(beat, fast > 0 ? 1000 : 15000);
  return state.now;
}

// While held (call what it returns to let go) it ticks every second.
export function hasten(): () => void {
  fast++;
  clearTimeout(timer);
  timer = window.setTimeout(beat, 1000);
  return () => void fast--;
}
