import type { z } from 'zod';
import { checkSchema } from './checks/check-schema.ts';
import { InvalidStudyError } from './parse-study.ts';
import { trainedSettingsSchema } from './training-config.ts';

/** Settings that a person changes when retrying a trial. `epochs` is the number to train; the network can't be changed. */
export const overridesSchema = trainedSettingsSchema.partial();
export type Overrides = z.infer<typeof overridesSchema>;

/** @throws {InvalidStudyError} that lists every fault with its path and value. */
export function parseOverrides(value: unknown): Overrides {
  const { data, faults } = checkSchema(overridesSchema, value);
  if (data) return data;
  throw new InvalidStudyError(`overrides: ${faults.join('; ')}`);
}
