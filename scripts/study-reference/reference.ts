import { inspect } from 'node:util';
import { z } from 'zod';
import { studySchema } from '../../study/definition/study-schema.ts';
import { defaultSettings, type Settings } from '../../study/definition/training-config.ts';
import { EXAMPLES } from './examples.ts';
import { type Part, partsOf, type Schema } from './parts.ts';
import { linkTo, typeOf } from './types.ts';

/** docs/study-reference.md: every part of a study, from its schema. */
export function studyReference(): string {
  const study = z.toJSONSchema(studySchema, { io: 'input' });
  const parts = partsOf({ ...(study as Schema), title: 'Study', description: 'A study as data.' });
  const chapters = CHAPTERS.map(({ title, parts: titles }) =>
    [
      ...(titles.includes(title) ? [] : [`## ${title}`]),
      ...titles.map((each) => section(take(parts, each), each === title ? 2 : 3)),
    ].join('\n\n'),
  );
  const left = [...parts.keys()];
  if (left.length > 0)
    throw new Error(
      `expected a chapter for every part, got none for ${left.join(', ')}; add them to CHAPTERS`,
    );
  const contents = CHAPTERS.map(({ title }) => linkTo(title)).join(' | ');
  return `${[INTRODUCTION, contents, ...chapters].join('\n\n')}\n`;
}

// --- helpers ---

const INTRODUCTION = `<!-- Written by \`npm run study-reference\` from study/definition/ and study/settings/. Change the schema there. -->

# Study reference

Every part of a study, with its type, limits and default. [study.md](study.md#writing-your-own-study) shows how to write one.

The examples are TypeScript. In a JSON file, keys and text are in double quotes. \`npx staged-study check FILE\` reports every
fault of a study with its path. Unknown keys are faults.

**Data.** A study without \`data\` trains on CIFAR-10, or on other archives in its binary format (\`--dataset\`). [data.md](data.md) says
what data of your own may be.

**Names** have at most 64 letters, digits, \`_\`, \`.\` and \`-\`, and begin with a letter, a digit or \`_\`.

**Text** has at most 2,000 characters. Words in backticks are set as code in the report.`;

/** The order of the parts. A part with the chapter's title stands directly below its heading. */
const CHAPTERS = [
  { title: 'Study', parts: ['Study', 'Measure'] },
  { title: 'Data', parts: ['Data', 'Mean and deviation'] },
  { title: 'Settings', parts: ['Settings', 'Activation', 'Optimizer', 'Schedule', 'Augmentation'] },
  { title: 'Network', parts: ['Network', 'Convolution', 'Dense rule', 'Taken rule'] },
  {
    title: 'Stage',
    parts: [
      'Stage',
      'Candidate',
      'Change',
      'Reduced',
      'Search space',
      'Distribution',
      'Sampler',
      'Early stopping',
      'Budget',
      'Seed',
      'Reference to a candidate',
    ],
  },
  { title: 'Profile', parts: ['Profile'] },
  { title: 'Published results', parts: ['Published results', 'Published result', 'Counterpart'] },
];

function take(parts: Map<string, Part>, title: string): Part {
  const part = parts.get(title);
  if (!part) throw new Error(`expected a part of the schema with the title "${title}", found none`);
  parts.delete(title);
  return part;
}

function section({ title, schema }: Part, level: number): string {
  const heading = `${'#'.repeat(level)} ${title}\n\n${schema.description}`;
  if (schema.oneOf) {
    const kinds = schema.oneOf.map((each) => {
      const kind = String(each.properties?.kind?.const);
      return `${'#'.repeat(level + 1)} \`${kind}\`\n\n${each.description}\n\n${content(each)}${example(`${title} ${kind}`)}`;
    });
    return [heading, ...kinds].join('\n\n');
  }
  return `${heading}\n\n${content(schema, title)}${example(title)}`;
}

/** A table of an object's fields, or of the values to choose from, with an empty line after it. */
function content(schema: Schema, title?: string): string {
  if (schema.enum) {
    const meanings = Object.entries(schema.meanings ?? {});
    return table(
      ['value', 'meaning'],
      meanings.map(([value, meaning]) => [`\`'${value}'\``, meaning]),
    );
  }
  // Every setting and a network, which have their own parts.
  if (title === 'Change') return 'Its fields are those of [Settings](#settings) and `network`.\n\n';
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'kind');
  const rows = fields.map(([name, field]) => {
    const standard = title === 'Settings' ? defaultSettings[name as keyof Settings] : field.default;
    const left = standard === undefined ? 'optional' : `\`${inspect(standard)}\``;
    const otherwise = schema.required?.includes(name) ? 'required' : left;
    return [`\`${name}\``, typeOf(field), otherwise, field.description ?? ''];
  });
  return table(['field', 'type', 'default', 'meaning'], rows);
}

function table(header: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const lines = [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n\n`;
}

function example(name: string): string {
  const found = EXAMPLES[name];
  if (!found) throw new Error(`expected an example of "${name}", found none; add one to examples.ts`);
  const code = inspect(found.part, { depth: Number.POSITIVE_INFINITY, breakLength: 100 });
  return `\`\`\`ts\n${code.replaceAll('[ ', '[').replaceAll(' ]', ']')}\n\`\`\``;
}
