import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { type Overrides, parseOverrides } from '../study/definition/overrides.ts';

/** A person's decision about something that waits. */
export type Decision = { choice: 'retry'; overrides: Overrides | null } | { choice: 'skip' };

/** Takes settings to change. Without any, what failed is retried as it was. */
type RetryUpdate = UpdateDefinition<string, [Overrides | undefined]>;
type SkipUpdate = UpdateDefinition<string, []>;

/**
 * Handles the Updates by which a person decides about `what`. An Update is refused, and leaves no event in the history, if
 * nothing waits for it, if its overrides are invalid, or if `what` has no settings.
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
      return overrides ? `${what}: retried from scratch with changed settings` : `${what}: retried`;
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
      `${what}: it does not need attention, so there is nothing to decide`,
      'NotWaiting',
    );
  }

  /** Waits for a person's decision, without a time limit. */
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
