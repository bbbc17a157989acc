import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot } from '../../infra/project.ts';
import { resultsInBrief, resultsInMarkdown } from '../../report/markdown/results.ts';
import { renderReport } from '../../report/render-report.ts';
import { type StudyRecord, studyRecordSchema } from '../../study/record/record.ts';
import { NUMERICS } from '../../study/trial/trial.ts';

/** More would make the repository heavy. */
const MOST_BYTES = 3_000_000;
const FOLDER = join(projectRoot, 'docs/results');

/** Where a record is from. */
interface Origin {
  /** Of this project, with which the study was run. */
  commit: string;
}

/** Names of the folders in docs/results/ that hold a record. */
export function resultFolders(): string[] {
  if (!existsSync(FOLDER)) return [];
  const names = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'record.json')));
  return names.sort();
}

/** Keeps a study's record in docs/results/, without the paths of the machine that made it. */
export function takeOver(name: string, file: string, commit: string): void {
  const record = withoutPaths(studyRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
  mkdirSync(join(FOLDER, name), { recursive: true });
  const origin: Origin = { commit };
  writeFileSync(join(FOLDER, name, 'record.json'), `${JSON.stringify(record)}\n`);
  writeFileSync(join(FOLDER, name, 'origin.json'), `${JSON.stringify(origin)}\n`);
}

/** Writes docs/results.md, the page of every record, and the results that the README shows. */
export async function writeResults(): Promise<void> {
  for (const [path, content] of Object.entries(await documents()))
    writeFileSync(join(projectRoot, path), content);
}

/** What docs/results.md, the pages and the README should hold, by path in the project. */
export async function documents(): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  const sections: string[] = [];
  for (const name of resultFolders()) {
    const { record, origin } = read(name);
    const page = (await renderReport(record))['index.html'];
    if (page.length > MOST_BYTES)
      throw new Error(`${name}: expected a page of at most 3 MB, got ${page.length} bytes`);
    pages[`docs/results/${name}/index.html`] = page;
    sections.push(section(name, record, origin));
  }
  if (sections.length === 0) return {};
  return {
    ...pages,
    'docs/results.md': `${[INTRODUCTION, ...sections].join('\n\n')}\n`,
    'README.md': withResults(readFileSync(join(projectRoot, 'README.md'), 'utf8')),
  };
}

// --- helpers ---

const INTRODUCTION = `# Results

What the shipped study gave when it was run. \`npm run results\` writes this page, and the pages that it links, from the records in
\`docs/results/\`. Results have the same bits on machines of the same kind: [study.md](study.md#where-numbers-cant-be-compared-directly)
says what keeps them from being the original report's.`;

function section(name: string, record: StudyRecord, { commit }: Origin): string {
  const { study, profile, fromScratch, studyId, numerics } = record.opening;
  const older = ` Its numerics were ${numerics}. Later changes of the engine round otherwise, so the same commands give other last bits now.`;
  return `## \`${profile}\`

Commit ${commit}, with these commands; the [page](results/${name}/index.html) and the [record](results/${name}/record.json) are what they gave.${numerics < NUMERICS ? older : ''}

\`\`\`sh
npx staged-study run ${study.name} --profile ${profile}${fromScratch ? ' --from-scratch' : ''}
npx staged-study report ${studyId} --out report
\`\`\`

${resultsInMarkdown(record)}`;
}

/** The README with the results of the folder that its comment `<!-- results of NAME -->` names, up to `<!-- end of results -->`. */
function withResults(readme: string): string {
  return readme.replace(
    /(<!-- results of (\w+) -->\n).*?(<!-- end of results -->)/s,
    (_, start: string, name: string, end: string) => {
      const { record, origin } = read(name);
      return `${start}${resultsInBrief(record)} Commit ${origin.commit}.\n\n${end}`;
    },
  );
}

function read(name: string): { record: StudyRecord; origin: Origin } {
  const parse = (file: string) => JSON.parse(readFileSync(join(FOLDER, name, file), 'utf8'));
  return { record: studyRecordSchema.parse(parse('record.json')), origin: parse('origin.json') as Origin };
}

function withoutPaths(record: StudyRecord): StudyRecord {
  const { opening } = record;
  const { dataset, weights } = opening;
  const { source } = dataset.origin;
  const origin = { ...dataset.origin, ...(source !== undefined && { source: basename(source) }) };
  return {
    ...record,
    opening: {
      ...opening,
      dataset: { ...dataset, origin },
      weights: weights && {
        ...weights,
        origin: { ...weights.origin, source: basename(weights.origin.source) },
      },
    },
  };
}
