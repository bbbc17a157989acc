import type { Machine } from './timing/machine.ts';

/** The results of all benches, in the format of docs/bench.json. */
export interface BenchDocument {
  /** By `machineKey`: ratios of one machine don't hold for another. */
  machines: Record<string, MachineResults>;
}

export interface MachineResults {
  machine: Machine;
  /** By the section's name. */
  sections: Record<string, SectionRun>;
}

/** What one run measured in one section. */
export interface SectionRun<Results = unknown> {
  command: string;
  /** ISO 8601. */
  startedAt: string;
  minutes: number;
  /** Of this project, and whether its files had changes. */
  commit: string;
  /** Of the compared programs, by name. */
  versions: Record<string, string>;
  /** False if the run was cut off within this section. */
  complete: boolean;
  results: Results;
}
