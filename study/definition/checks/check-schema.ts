import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';

/** What a schema makes of a value; or every fault, as `path: expected …, got …; what to do`. */
export function checkSchema<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { data: z.output<Schema>; faults?: never } | { data?: never; faults: string[] } {
  const parsed = schema.safeParse(value, { error: describeUnknownKeys });
  if (parsed.success) return { data: parsed.data };
  return { faults: parsed.error.issues.map((issue) => describeIssue(issue, value)) };
}

// --- helpers ---

const WHOLE_NUMBER = 'a whole number';

/** Zod asks for this message while it still knows the schema, and so the keys that it has. */
function describeUnknownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  const keys = (issue.keys as string[]).map((key) => `"${key}"${didYouMean(key, known)}`);
  return keys.length > 1
    ? `unknown keys ${keys.join(', ')}; remove them or correct the spelling`
    : `unknown key ${keys[0]}; remove it or correct the spelling`;
}

/** One zod issue as `path: expected …, got …; what to do`. */
function describeIssue(issue: z.core.$ZodIssue, root: unknown): string {
  const path = formatPath(issue.path);
  const value = valueAt(root, issue.path);
  const got = `got ${show(value)}`;
  const suggest = (known: unknown, word = value) =>
    typeof word === 'string' && Array.isArray(known) ? didYouMean(word, known.filter(isString)) : '';
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${path}: ${issue.message}`;
    case 'invalid_type':
      return `${path}: expected ${typeInWords(issue.expected)}, ${got}`;
    case 'invalid_value':
      return `${path}: expected one of ${issue.values.map(show).join(', ')}, ${got}${suggest(issue.values)}`;
    case 'invalid_union': {
      const meant = meantOption(issue);
      if (meant) {
        const inside = meant.map((each) =>
          describeIssue({ ...each, path: [...issue.path, ...each.path] }, root),
        );
        return inside.join('; ');
      }
      return `${path}: expected ${unionChoices(issue)}, ${got}${suggest('options' in issue ? issue.options : [])}`;
    }
    case 'invalid_key':
      return `${path}: expected a key of ${issue.issues[0]?.message ?? 'another form'}, got ${show(issue.path.at(-1))}`;
    case 'too_small':
      return `${path}: expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}, ${got}`;
    case 'too_big':
      return `${path}: expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}, ${got}`;
    case 'custom':
      // A key may be the misspelt name.
      return `${path}: expected ${issue.message}, ${got}${suggest(issue.params?.known, typeof value === 'string' ? value : issue.path.at(-1))}`;
    default:
      return `${path}: expected ${issue.message}, ${got}`;
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

/** The faults of the only option that has the value's type, so that the value was probably meant to be that. */
function meantOption(
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
): z.core.$ZodIssue[] | undefined {
  const fitting = issue.errors.filter(
    (faults) => !faults.some(({ code, path }) => path.length === 0 && code.startsWith('invalid_')),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function unionChoices(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>): string {
  if (issue.discriminator !== undefined) {
    const options = 'options' in issue && issue.options ? ` (${issue.options.map(show).join(', ')})` : '';
    return `a known ${issue.discriminator}${options}`;
  }
  const choices = issue.errors.flat().map((each) => {
    if (each.code === 'invalid_value') return each.values.map(show).join(', ');
    return each.code === 'invalid_type' ? oneOf(each.expected) : each.message;
  });
  return [...new Set(choices)].join(' or ');
}

function typeInWords(type: string): string {
  return type === 'int' ? WHOLE_NUMBER : type;
}

function oneOf(type: string): string {
  return type === 'int' ? WHOLE_NUMBER : `a ${type}`;
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
