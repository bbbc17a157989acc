import { checkSchema } from './checks/check-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Profile, type Study, studySchema } from './study-schema.ts';

/** A study, or a choice within one, that can't be run. The message names every fault, its place and its fix. */
export class InvalidStudyError extends Error {
  override name = 'InvalidStudyError';
}

/**
 * Checks a study and fills in its defaults.
 *
 * @param source the name of the study's file, for messages.
 * @throws {InvalidStudyError} that lists every fault as `path: expected …, got …`.
 */
export function parseStudy(input: unknown, source: string): Study {
  const { data, faults } = checkSchema(studySchema, withTableDefaults(asJson(input, source)));
  if (data) return data;
  const lines = faults.map((fault) => `  ${fault}`);
  throw new InvalidStudyError(`${source} is not a study that can be run:\n${lines.join('\n')}`);
}

/** @throws {InvalidStudyError} that names the study's profiles. */
export function selectProfile(study: Study, name: string): Profile {
  if (Object.hasOwn(study.profiles, name)) return study.profiles[name] as Profile;
  const known = Object.keys(study.profiles);
  throw new InvalidStudyError(
    `profile: expected one of ${known.join(', ')} (study "${study.name}"), got "${name}"${didYouMean(name, known)}`,
  );
}

// --- helpers ---

/** Rows of a table are not mirrored unless a study says so, and is refused. */
function withTableDefaults(study: unknown): unknown {
  const { data, base = {} } = (study ?? {}) as { data?: { kind?: unknown } | null; base?: object | null };
  if (data?.kind !== 'table' || typeof base !== 'object') return study;
  return { ...(study as object), base: { horizontalFlip: 0, ...base } };
}

/** Round-trips through JSON, since that is how a study is stored. It drops keys that a program left undefined. */
function asJson(input: unknown, source: string): unknown {
  try {
    return JSON.parse(JSON.stringify(input) ?? 'null');
  } catch (cause) {
    throw new InvalidStudyError(
      `${source}: expected a study that can be written as JSON, got ${(cause as Error).message}`,
      { cause },
    );
  }
}
