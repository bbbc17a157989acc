import type { StudyInput } from '../../study/definition/study-schema.ts';

/** A new study, and what explains it. */
export interface NewStudy {
  study: StudyInput;
  /** What was found in the data, a line each. */
  found: string[];
  /** Comments for lines of the file, by the path of the field that they stand above: `data.height`, `stages.0`. */
  comments: Record<string, string>;
}

/** A study as a TypeScript file, with comments. */
export function studyText({ study, found, comments }: NewStudy): string {
  const { stages, ...head } = study;
  const calls = stages.map(({ kind, name, ...stage }, index) => {
    const comment = comments[`stages.${index}`];
    return `${comment ? `  // ${comment}\n` : ''}  .${kind}('${name}', ${literal(stage, `stages.${index}`, comments, '  ')})`;
  });
  return [
    ...found.map((line) => `// ${line}`),
    '// Every field: docs/study-reference.md; how to write a study: docs/study.md; what data may be: docs/data.md.',
    "import { defineStudy } from 'staged-study';",
    '',
    `export default defineStudy(${literal(head, '', comments, '')})`,
    `${calls.join('\n')};`,
    '',
  ].join('\n');
}

// --- helpers ---

const WIDEST = 100;

/** A value as TypeScript: on one line if it fits and has no comments. */
function literal(value: unknown, path: string, comments: Record<string, string>, indent: string): string {
  const short = inOneLine(value);
  const isCommented = Object.keys(comments).some((key) => key.startsWith(path === '' ? '' : `${path}.`));
  if (typeof value !== 'object' || value === null) return short;
  if (!isCommented && short.length + indent.length < WIDEST) return short;
  const deeper = `${indent}  `;
  const lines = Object.entries(value).map(([key, part]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const comment = comments[own];
    const named = Array.isArray(value) ? '' : `${nameOf(key)}: `;
    return `${comment ? `${deeper}// ${comment}\n` : ''}${deeper}${named}${literal(part, own, comments, deeper)},`;
  });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join('\n')}\n${indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => `${nameOf(key)}: ${inOneLine(part)}`);
    return `{ ${parts.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function nameOf(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
