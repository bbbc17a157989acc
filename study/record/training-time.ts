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

/** @returns undefined if the study has trained nothing. */
export function trainingTime({ stages }: Pick<StudyRecord, 'stages'>): TrainingTime | undefined {
  const trained = stages.flatMap(({ trials }) =>
    trials.flatMap(({ takenOver, reused, startedAt, finishedAt, trainingSeconds }) => {
      if (takenOver || reused || !startedAt || !finishedAt || !trainingSeconds) return [];
      const end = Date.parse(finishedAt) / 1000;
      // Of a trial that was resumed, `startedAt` is the last attempt's start.
      return [{ start: Math.min(Date.parse(startedAt) / 1000, end - trainingSeconds), end, trainingSeconds }];
    }),
  );
  if (trained.length === 0) return undefined;
  return {
    trials: trained.length,
    trainingSeconds: trained.reduce((sum, each) => sum + each.trainingSeconds, 0),
    elapsedSeconds:
      Math.max(...trained.map(({ end }) => end)) - Math.min(...trained.map(({ start }) => start)),
  };
}
