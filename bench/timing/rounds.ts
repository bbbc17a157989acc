import { isDisturbed } from './machine-load.ts';
import { type Figures, leastDisturbed, type Measurement, ProgramFailed } from './measure.ts';
import { median, type Summary, summarise } from './statistics.ts';

/** Something that is measured in turns with others. */
export interface Turn {
  name: string;
  measure(): Promise<Measurement>;
}

/** By name: the measurements, and why some could not be measured. */
export interface RoundsResult {
  measured: Map<string, Measurement[]>;
  failed: Map<string, string>;
}

export interface Rounds {
  /** For the log. */
  title: string;
  turns: readonly Turn[];
  rounds: number;
  /** Called after each round with all measurements so far. The next one measures only the names it returns. */
  continueWith?: (measured: ReadonlyMap<string, Measurement[]>, round: number) => readonly string[];
  log(line: string): void;
  /** Awaited before a repetition. */
  untilQuiet(): Promise<void>;
}

/**
 * Measures in turns, every second round in reverse order, so that none always has the machine at its best or worst.
 *
 * @throws whatever the first turn throws: without it there is nothing to compare.
 */
export async function measureByTurns({
  title,
  turns,
  rounds,
  continueWith,
  log,
  untilQuiet,
}: Rounds): Promise<RoundsResult> {
  const measured = new Map<string, Measurement[]>();
  const failed = new Map<string, string>();
  let names = turns.map(({ name }) => name);
  for (let round = 1; round <= rounds; round++) {
    const ordered = turns.filter(({ name }) => names.includes(name) && !failed.has(name));
    for (const turn of round % 2 === 1 ? ordered : ordered.reverse()) {
      try {
        const found = await leastDisturbed(turn.measure, ({ others, lost }) => {
          const share = `${percent(others)} of the machine went to others, ${percent(lost)} was lost`;
          log(`${title}, ${turn.name}: again, ${share}`);
          return untilQuiet();
        });
        measured.set(turn.name, [...(measured.get(turn.name) ?? []), found]);
        log(`${title}, round ${round} of ${rounds}, ${turn.name}: ${describe(found.figures)}`);
      } catch (error) {
        if (!(error instanceof ProgramFailed) || turn === turns[0]) throw error;
        failed.set(turn.name, error.message);
        log(`${title}, ${turn.name}: ${error.message}`);
      }
    }
    if (continueWith) names = [...continueWith(measured, round)];
    if (names.length === 0) break;
  }
  return { measured, failed };
}

/** @param value the quantity to summarise. */
export function summaryOf<T>(found: readonly Measurement<T>[], value: (figures: T) => number): Summary {
  const disturbed = found.filter(({ disturbance }) => isDisturbed(disturbance)).length;
  return summarise(
    found.map(({ figures }) => value(figures)),
    disturbed,
  );
}

// --- helpers ---

function describe({ milliseconds, seconds, peakMegabytes }: Figures): string {
  const steps = Object.entries(milliseconds ?? {}).map(
    ([variant, blocks]) => `${variant} ${median(blocks).toFixed(2)} ms`,
  );
  return [...steps, seconds && `${seconds.toFixed(1)} s`, peakMegabytes && `${peakMegabytes.toFixed(0)} MiB`]
    .filter(Boolean)
    .join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
