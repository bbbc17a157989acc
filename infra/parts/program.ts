import type { Part } from './part.ts';

/** A program that set-up installs only if PATH has no suitable one. */
export interface Program {
  path: string;
  /** Undefined if it is the one on PATH. */
  part: Part | undefined;
  /** Why this one was chosen. */
  why: string;
}
