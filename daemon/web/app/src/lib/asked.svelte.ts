// What a page makes of what it asks for: anew when it asks for something else, or
// once more; what is there stays until the other has come.
import { why } from './errors';

export class Asked<T> {
  made = $state.raw<T | undefined>();
  of = $state(''); // what was asked for it
  failed = $state('');
  private turn = $state(0);

  // To be made while a component is: what asked() and load() read is followed.
  constructor(asked: () => string, load: (asked: string, signal: AbortSignal) => Promise<T>) {
    $effect(() => {
      const is = asked();
      void this.turn;
      this.failed = '';
      const end = new AbortController();
      load(is, end.signal).then(
        (made) => {
          this.made = made;
          this.of = is;
        },
        (e: unknown) => {
          if (!end.signal.aborted) this.failed = why(e);
        },
      );
      return () => end.abort();
    });
  }

  again = (): void => {
    this.turn++;
  };
}
