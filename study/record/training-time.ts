import type { StudyRecord } from './record.ts';

/** How much of a study's time was training. */
export interface TrainingTime {
  /** Trained for this study: without those whose results were in the store. */
  trials: number;
  /** Of all their epochs, training and validation, added up. */
  trainingSeconds: number;
  /** From the first one's start to the last one's end, whatever happened in between. */
  elapsedSeconds: number;
}

/** @returns undefined if no trial has ended that was trained for the study. */
export function trainingTime({ stages }: Pick<StudyRecord, 'stages'>): TrainingTime | undefined {
  const trained = stages.flatMap(({ trials }) =>
    trials.flatMap(({ takenOver, reused, trainingSeconds, ...times }) =>
      takenOver || reused || !trainingSeconds ? [] : [{ trainingSeconds, ...times }],
    ),
  );
  // A trial that was stopped early has no end.
  const ended = trained.flatMap(({ trainingSeconds, startedAt, finishedAt }) => {
    if (!startedAt || !finishedAt) return [];
    const end = Date.parse(finishedAt) / 1000;
    // Of a trial that was resumed, `startedAt` is the last attempt's start.
    return [{ start: Math.min(Date.parse(startedAt) / 1000, end - trainingSeconds), end }];
  });
  if (ended.length === 0) return undefined;
  return {
    trials: trained.length,
    trainingSeconds: trained.reduce((sum, each) => sum + each.trainingSeconds, 0),
    elapsedSeconds: Math.max(...ended.map(({ end }) => end)) - Math.min(...ended.map(({ start }) => start)),
  };
}
