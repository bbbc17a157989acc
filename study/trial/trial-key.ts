import { createHash } from 'node:crypto';
import type { TrialSpec } from './trial.ts';

/** SHA-256 in lower-case hex of a trial's specification in canonical JSON: its identity, across all studies. */
export function trialKey(spec: TrialSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/** JSON with sorted keys and no white space: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
