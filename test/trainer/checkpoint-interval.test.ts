import { expect, it } from 'vitest';
import { checkpointIntervals } from '../../trainer/checkpoint-interval.ts';

it('has defaults, takes seconds, and refuses anything else', () => {
  expect(checkpointIntervals({})).toEqual({ epochEndMs: 15_000, withinEpochMs: 300_000 });
  const given = { STAGED_STUDY_CHECKPOINT_SECONDS: '0', STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS: '0.5' };
  expect(checkpointIntervals(given)).toEqual({ epochEndMs: 0, withinEpochMs: 500 });
  expect(() => checkpointIntervals({ STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS: '-1' })).toThrow(
    'STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS: expected a number from 0 to 86400, got "-1"',
  );
});
