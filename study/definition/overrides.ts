import type { z } from 'zod';
import { describeIssue, InvalidStudyError } from './parse-study.ts';
import { settingsSchema } from './training-config.ts';

/** Settings that a person changes when a trial is tried again; its network stays. */
export const overridesSchema = settingsSchema.partial();
export type Overrides = z.infer<typeof overridesSchema>;

/** @throws {InvalidStudyError} naming each fault with its path and the value there. */
export function parseOverrides(value: unknown): Overrides {
  const parsed = overridesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describeIssue(issue, value));
  throw new InvalidStudyError(`overrides: ${faults.join('; ')}`);
}
