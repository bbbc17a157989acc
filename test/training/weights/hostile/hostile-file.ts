import { floats } from '../torch-writer.ts';

export interface HostileFile {
  what: string;
  bytes: Buffer;
  /** What it is refused with. */
  message: RegExp;
}

/** What is made hostile. */
export const sound = floats('fc.weight', [2, 3], [1, 2, 3, 4, 5, 6]);

export function file(what: string, bytes: Buffer, message: RegExp): HostileFile {
  return { what, bytes, message };
}
