import type { StudyRecord } from '../../study/record/record.ts';

/** A record without what differs between two runs of the same study: names, times, and how many attempts it took. */
export function comparable({ opening, stages, test }: StudyRecord) {
  const { studyId: _id, startedAt: _started, ...sameOpening } = opening;
  return {
    opening: sameOpening,
    stages: stages.map(({ trials, ...stage }) => ({
      ...stage,
      trials: trials.map(
        ({
          startedAt: _trialStarted,
          finishedAt: _trialFinished,
          trainingSeconds: _seconds,
          attempts: _attempts,
          lines,
          ...trial
        }) => ({ ...trial, lines: lines.map(({ seconds: _epochSeconds, ...line }) => line) }),
      ),
    })),
    test,
  };
}
