// What outlives the page: the shop's localStorage under names of our own, or
// this page's memory where that is closed (private windows, full disks).  One
// key each thing: two pages that write at once lose nothing of each other's.

export class Store {
  private memory = new Map<string, string>();

  // name: told from others' (the desk's host and who the visitor is).
  constructor(private name: string) {}

  get(key: string): string | null {
    const held = this.memory.get(key);
    if (held !== undefined) return held;
    try {
      return localStorage.getItem(this.name + key);
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      localStorage.setItem(this.name + key, value);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    try {
      localStorage.removeItem(this.name + key);
    } catch {
      // It was never there.
    }
  }

  // All keys that begin so, in order.
  keys(prefix: string): string[] {
    const found = new Set<string>();
    for (const key of this.memory.keys()) if (key.startsWith(prefix)) found.add(key);
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i) ?? '';
        if (key.startsWith(this.name + prefix)) found.add(key.slice(this.name.length));
      }
    } catch {
      // Memory it is.
    }
    const out: string[] = [];
    for (const key of found) out[out.length] = key;
    return out.sort();
  }

  // What another page of ours changed.
  heed(changed: (key: string) => void): () => void {
    const hear = (e: StorageEvent) => {
      if (e.key === null) changed('');
      else if (e.key.startsWith(this.name)) changed(e.key.slice(this.name.length));
    };
    addEventListener('storage', hear);
    return () => removeEventListener('storage', hear);
  }

  // An object that was set, or null when it is none (somebody else's doing).
  read<T extends object>(key: string, good: (value: Partial<T>) => boolean): T | null {
    try {
      const value: unknown = JSON.parse(this.get(key) ?? 'null');
      return typeof value === 'object' && value !== null && good(value as Partial<T>)
        ? (value as T)
        : null;
    } catch {
      return null;
    }
  }
}
