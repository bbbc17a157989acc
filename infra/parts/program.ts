import type { Part } from './part.ts';

/** A program that set-up brings only where there is none on PATH that will do. */
export interface Program {
  path: string;
  /** Undefined where it is the one on PATH. */
  part: Part | undefined;
  /** Why it is this one. */
  why: string;
}
