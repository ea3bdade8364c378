// What of the frame is folded: by the agent ([ and ]), by a middling screen;
// and whether this is a small one, with one pane at a time.
const KEY = 'deskd.folded';
const middling = matchMedia('(max-width: 1180px) and (min-width: 761px)');
const small = matchMedia('(max-width: 760px)');

function kept(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

const state = $state({
  rail: kept().includes('r'),
  side: kept().includes('s'),
  middling: middling.matches,
  phone: small.matches,
});
middling.addEventListener('change', () => (state.middling = middling.matches));
small.addEventListener('change', () => (state.phone = small.matches));

function keep(): void {
  try {
    localStorage.setItem(KEY, `${state.rail ? 'r' : ''}${state.side ? 's' : ''}`);
  } catch {
    /* then it is unfolded the next time */
  }
}

export const folded = {
  get slim(): boolean {
    return state.rail || state.middling;
  },
  get noside(): boolean {
    return state.side;
  },
  // The customer's pane slides over: there is no room for it beside the case.
  get slides(): boolean {
    return state.middling;
  },
  get phone(): boolean {
    return state.phone;
  },
  rail(): void {
    state.rail = !state.rail;
    keep();
  },
  side(): void {
    state.side = !state.side;
    keep();
  },
};
