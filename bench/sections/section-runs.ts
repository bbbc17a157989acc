import type { SectionRun } from '../bench-results.ts';
import type { Bench, Section } from './section.ts';

/**
 * Measures a section.
 *
 * @returns its run whenever there are more results, at last the complete one; nothing if the networks don't concern it.
 */
export async function* runsOf(
  section: Section,
  bench: Bench,
  about: Pick<SectionRun, 'command' | 'commit' | 'versions'>,
): AsyncGenerator<SectionRun> {
  const started = Date.now();
  let last: SectionRun | undefined;
  for await (const results of section.measure(bench)) {
    last = {
      ...about,
      startedAt: new Date(started).toISOString(),
      minutes: (Date.now() - started) / 60_000,
      complete: false,
      results,
    };
    yield last;
  }
  if (last) yield { ...last, minutes: (Date.now() - started) / 60_000, complete: true };
}
