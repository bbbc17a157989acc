import { z } from 'zod';

/** What a trial was trained on: versions, hardware, and variables that change results. */
export const environmentSchema = z.record(z.string(), z.string());
export type Environment = z.infer<typeof environmentSchema>;

/** Environments in which earlier attempts trained the first part of a trial, in order. */
export const earlierEnvironmentsSchema = z.array(
  z.strictObject({
    /** Steps of the trial that were done when the next environment took over. */
    untilStep: z.number().int().min(0),
    /** Empty if an earlier version, which did not record it, has stored the checkpoint. */
    values: environmentSchema,
  }),
);
export type EarlierEnvironments = z.infer<typeof earlierEnvironmentsSchema>;

/** All environments that took part in a trial, in order. */
export function environmentsOf(trial: {
  environment: Environment | null;
  earlierEnvironments?: EarlierEnvironments;
}): Environment[] {
  const earlier = (trial.earlierEnvironments ?? []).map(({ values }) => values);
  return trial.environment ? [...earlier, trial.environment] : earlier;
}

/** The names of what is not the same in all of the environments, sorted. */
export function differentFacts(environments: readonly Environment[]): string[] {
  const names = new Set(environments.flatMap((values) => Object.keys(values)));
  return [...names].filter((name) => new Set(environments.map((values) => values[name])).size > 1).sort();
}
