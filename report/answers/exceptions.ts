import type { StageRecord, TrialRecord } from '../../study/record/record.ts';
import { list, plural } from '../../words/numbers.ts';
import { endAsVerb } from '../../words/outcome.ts';

/** What happened to the trials that have no score; false if there are none. */
export function exceptions({ trials }: StageRecord): string | false {
  const kinds: ((trial: TrialRecord) => boolean)[] = [
    ({ outcome }) => outcome === 'diverged',
    ({ outcome }) => outcome === 'outOfMemory',
    ({ status }) => status === 'skipped',
    ({ status }) => status === 'stopped',
  ];
  const parts = kinds.flatMap((isOfKind) => {
    const alike = trials.filter(isOfKind);
    const [first] = alike;
    if (!first) return [];
    const who =
      alike.length > MOST_NAMED
        ? plural(alike.length, 'trial')
        : list(alike.map(({ name }) => `\`${name}\``));
    return [`${who} ${endAsVerb(first, alike.length)}`];
  });
  return parts.length > 0 && `${list(parts)}.`;
}

/** The sentences that there are, as a paragraph. */
export function sentences(parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join(' ');
}

// --- helpers ---

/** A search may stop dozens. */
const MOST_NAMED = 10;
