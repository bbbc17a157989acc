import { z } from 'zod';
import type { StudyRecord } from '../../study/record/record.ts';

/** Complete trainings of one search, in the order in which they were drawn. */
const searchCurvesSchema = z.strictObject({
  seed: z.number().int(),
  trials: z
    .array(
      z.strictObject({
        learningRate: z.number(),
        batchSize: z.number().int(),
        /** Validation accuracy after each epoch, percent. */
        accuracies: z.array(z.number()).min(1),
      }),
    )
    .min(1),
});

export const curvesSchema = z.strictObject({
  /** What trained them. */
  machine: z.string(),
  searches: z.array(searchCurvesSchema).min(2),
});

export type SearchCurves = z.infer<typeof searchCurvesSchema>;
export type Curves = z.infer<typeof curvesSchema>;

/**
 * The curves of a study of `curvesStudy`.
 *
 * @throws {Error} if a trial has not been trained.
 */
export function curvesOf({ opening, stages }: StudyRecord): SearchCurves {
  const trials = stages.flatMap((stage) =>
    stage.kind === 'search' ? stage.trials.filter(({ takenOver }) => !takenOver) : [],
  );
  return {
    seed: opening.study.seed,
    trials: trials.map(({ name, config, lines }) => {
      if (!config || lines.length === 0) throw new Error(`${name}: expected a trial with epochs, got none`);
      const { learningRate, batchSize } = config;
      return { learningRate, batchSize, accuracies: lines.map((line) => line.val_accuracy) };
    }),
  };
}
