import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../../client/main.ts';
import { renderReport } from '../../../report/render-report.ts';
import { studyRecordSchema } from '../../../study/record/record.ts';
import { fullRecord } from '../../report/example-study.ts';

const whole = fullRecord({ profile: 'demo' });
/** With its keys in the schema's order, as stored ones are. */
const record = studyRecordSchema.parse({ ...whole, stages: whole.stages.slice(0, 1), test: null });
let folder: string;
let printed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  printed = '';
  for (const stream of ['log', 'error'] as const)
    vi.spyOn(console, stream).mockImplementation((text) => {
      printed += `${text}\n`;
    });
  // Servers would be started in these folders.
  vi.stubEnv('STAGED_STUDY_STATE', join(folder, 'state'));
  vi.stubEnv('STAGED_STUDY_CACHE', join(folder, 'cache'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('makes a report from the record that an earlier report wrote', async () => {
  const files = await renderReport(record);
  const file = join(folder, 'record.json');
  await writeFile(file, files['record.json']);
  const out = join(folder, 'newer-page');
  expect(await report(file, '--out', out)).toBe(0);
  for (const [name, content] of Object.entries(files))
    expect(await readFile(join(out, name), 'utf8')).toBe(content);
  expect(printed).toContain(join(out, 'index.html'));
});

it.each([
  [
    'a study',
    JSON.stringify(record.opening.study),
    /expected the record of a study, as report writes it; \w+/,
  ],
  ['no JSON', '{', /: expected JSON \(/],
])('refuses a file that holds %s', async (what, content, message) => {
  const file = join(folder, `${what}.json`);
  await writeFile(file, content);
  expect(await report(file)).toBe(2);
  expect(printed).toMatch(message);
  expect(printed).toContain(`${file}: `);
});

it('refuses a file that is not there', async () => {
  expect(await report(join(folder, 'none.json'))).toBe(2);
  expect(printed).toContain("none.json: the record can't be read (ENOENT");
});

// --- helpers ---

async function report(...words: string[]): Promise<unknown> {
  process.exitCode = 0;
  await main(['node', 'staged-study', 'report', ...words]);
  const code = process.exitCode;
  process.exitCode = 0;
  return code;
}
