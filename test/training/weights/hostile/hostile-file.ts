import { floats } from '../torch-writer.ts';

export interface HostileFile {
  what: string;
  bytes: Buffer;
  /** The expected error. */
  message: RegExp;
}

/** The valid tensor that the files distort. */
export const valid = floats('fc.weight', [2, 3], [1, 2, 3, 4, 5, 6]);

export function file(what: string, bytes: Buffer, message: RegExp): HostileFile {
  return { what, bytes, message };
}
