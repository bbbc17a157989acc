import { readFileSync } from 'node:fs';

/** A file that make-weights.py has written. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
}
