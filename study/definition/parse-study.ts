import type { z } from 'zod';
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
  const value = asJson(input, source);
  const parsed = studySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${describeIssue(issue, value)}`);
  throw new InvalidStudyError(`${source} is not a study that can be run:\n${faults.join('\n')}`);
}

/** @throws {InvalidStudyError} that names the study's profiles. */
export function selectProfile(study: Study, name: string): Profile {
  if (Object.hasOwn(study.profiles, name)) return study.profiles[name] as Profile;
  const known = Object.keys(study.profiles).join(', ');
  throw new InvalidStudyError(`profile: expected one of ${known} (study "${study.name}"), got "${name}"`);
}

/** One zod issue as `path: expected …, got …; what to do`. */
export function describeIssue(issue: z.core.$ZodIssue, root: unknown): string {
  const path = formatPath(issue.path);
  const got = `got ${show(valueAt(root, issue.path))}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${path}: unknown ${issue.keys.length > 1 ? 'keys' : 'key'} ${issue.keys.map((key) => `"${key}"`).join(', ')}; remove ${issue.keys.length > 1 ? 'them' : 'it'} or correct the spelling`;
    case 'invalid_type':
      return `${path}: expected ${issue.expected}, ${got}`;
    case 'invalid_value':
      return `${path}: expected one of ${issue.values.map(show).join(', ')}, ${got}`;
    case 'invalid_union':
      return `${path}: expected ${unionChoices(issue)}, ${got}`;
    case 'invalid_key':
      return `${path}: expected a key of ${issue.issues[0]?.message ?? 'another form'}, got ${show(issue.path.at(-1))}`;
    case 'too_small':
      return `${path}: expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}, ${got}`;
    case 'too_big':
      return `${path}: expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}, ${got}`;
    default:
      return `${path}: expected ${issue.message}, ${got}`;
  }
}

// --- helpers ---

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

function formatPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'the study';
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function unionChoices(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>): string {
  if (issue.discriminator !== undefined) {
    const options = 'options' in issue && issue.options ? ` (${issue.options.map(show).join(', ')})` : '';
    return `a known ${issue.discriminator}${options}`;
  }
  const choices = issue.errors.flat().map((each) => {
    if (each.code === 'invalid_value') return each.values.map(show).join(', ');
    return each.code === 'invalid_type' ? `a ${each.expected}` : each.message;
  });
  return choices.join(' or ');
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}
