import type { StageRecord } from '../../study/record/record.ts';
import { list } from '../../words/numbers.ts';
import { endAsVerb } from '../../words/outcome.ts';

/** What happened to the trials that have no score; false if there are none. */
export function exceptions({ trials }: StageRecord): string | false {
  const parts = (['diverged', 'outOfMemory', null] as const).flatMap((outcome) => {
    const alike = trials.filter((trial) => trial.outcome === outcome);
    const [first] = alike;
    return first ? [`${list(alike.map(({ name }) => `\`${name}\``))} ${endAsVerb(first, alike.length)}`] : [];
  });
  return parts.length > 0 && `${list(parts)}.`;
}

/** The sentences that there are, as a paragraph. */
export function sentences(parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join(' ');
}
