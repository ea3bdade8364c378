// A case's history is here in pages, and not always all of it: the newest ones,
// and those around a place that was gone to. Pure.

// gaps: the events after which some are not here. What is left of them once
// all from one event to another have come; shown: the events that were here.
export function gapsLeft(shown: number[], gaps: number[], from: number, to: number): number[] {
  const left = gaps.filter((g) => g < from || g >= to);
  // It ends where nothing was known, before what is shown further on.
  if (!shown.includes(to) && shown.some((e) => e > to)) left.push(to);
  return left.sort((a, b) => a - b);
}
