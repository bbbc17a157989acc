import type { NativeParts } from '../../infra/setup/native-parts.ts';
import type { NamedNetwork } from '../networks.ts';
import type { Programs } from '../programs.ts';
import type { Measurement, Program } from '../timing/measure.ts';

/** A part of the bench, which is measured, stored and shown by itself. */
export interface Section<Results = unknown> {
  /** For `--section`, and in docs/bench.json. */
  name: string;
  title: string;
  /** Whether it measures whole studies, whatever the networks are. `--only` leaves it out unless `--section` names it. */
  wholeStudies?: true;
  /** Whether it is left out unless `--all` is given or `--section` names it. */
  onlyIfNamed?: true;
  /** Paragraphs that say what is measured, and how. */
  method: string;
  /** Yields all results so far whenever there are more. Each of them is saved, so that a run may be cut off. */
  measure(bench: Bench): AsyncGenerator<Results>;
  /** The results as Markdown. */
  markdown(results: Results): string;
}

/** What sections measure with. */
export interface Bench {
  networks: readonly NamedNetwork[];
  programs: Programs;
  parts: NativeParts;
  /** The peers' interpreter. */
  python: string;
  /** Runs a program of the bench to its end. */
  run(program: Program): Promise<Measurement>;
  /** Waits until other processes leave the machine alone, but not for long. */
  untilQuiet(): Promise<void>;
  signal: AbortSignal;
  log(line: string): void;
}
