import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { type Overrides, parseOverrides } from '../study/definition/overrides.ts';

/** What a person has decided about something that waits. */
export type Decision = { choice: 'retry'; overrides: Overrides | null } | { choice: 'skip' };

/** Takes settings to change; with none, what failed is tried again as it was. */
type RetryUpdate = UpdateDefinition<string, [Overrides | undefined]>;
type SkipUpdate = UpdateDefinition<string, []>;

/**
 * Takes the Updates by which a person decides about `what`. They are refused, and leave no trace in the history, while
 * nothing waits for them, or where the overrides are no settings, or `what` has none.
 */
export function takeDecisions(
  what: string,
  updates: { retry: RetryUpdate; skip?: SkipUpdate; hasSettings: boolean },
) {
  let waiting = false;
  let decision: Decision | undefined;

  setHandler(
    updates.retry,
    (overrides) => {
      decision = { choice: 'retry', overrides: overrides ?? null };
      return overrides ? `${what}: tried again, from scratch, with changed settings` : `${what}: tried again`;
    },
    {
      validator: (overrides) => {
        refuseUnlessWaiting();
        if (overrides && !updates.hasSettings) refuse(`${what}: it has no settings to change; send none`);
        if (overrides) refuseUnlessSettings(overrides);
      },
    },
  );
  if (updates.skip) {
    const skip = () => {
      decision = { choice: 'skip' };
      return `${what}: skipped`;
    };
    setHandler(updates.skip, skip, { validator: refuseUnlessWaiting });
  }

  function refuseUnlessWaiting(): void {
    if (waiting && !decision) return;
    throw ApplicationFailure.nonRetryable(
      `${what}: expected something that waits for attention, but it does not; there is nothing to decide`,
      'NotWaiting',
    );
  }

  /** Waits for a person's decision, for as long as it takes. */
  return async function waitForDecision(): Promise<Decision> {
    waiting = true;
    await condition(() => decision !== undefined);
    const taken = decision as Decision;
    waiting = false;
    decision = undefined;
    return taken;
  };
}

// --- helpers ---

function refuseUnlessSettings(overrides: unknown): void {
  try {
    parseOverrides(overrides);
  } catch (error) {
    refuse((error as Error).message);
  }
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, 'InvalidOverrides');
}
