import type { StudyRecord } from '../../study/record/record.ts';

/**
 * A record without what differs between two runs of the same study: names, times, how many attempts it took, and the
 * archive's file.
 */
export function comparable({ opening, stages, test }: StudyRecord) {
  const { studyId: _id, startedAt: _started, dataset, ...sameOpening } = opening;
  return {
    opening: { ...sameOpening, dataset: dataset.sha256 },
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
