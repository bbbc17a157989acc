import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/project.ts';
import { studyRecordSchema } from '../../study/record/record.ts';
import { runTimed } from '../studies/timed-process.ts';
import { type Curves, curvesOf, type SearchCurves } from './curves.ts';
import { curvesStudy } from './curves-study.ts';

const SEEDS = [1, 2, 3, 4, 5];

/**
 * Trains all curves with the stack that the command line uses. What its store has is not trained again, so this can be
 * interrupted and called again.
 *
 * @param dataset CIFAR-10's archive.
 * @throws {ProgramFailed} if a study doesn't complete.
 */
export async function trainCurves(
  dataset: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Curves> {
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-curves-'));
  try {
    const searches: SearchCurves[] = [];
    for (const seed of SEEDS) searches.push(await trainSearch(seed, { folder, dataset, signal, log }));
    return { machine: `${cpus().length} × ${cpus()[0]?.model.trim()}`, searches };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- helpers ---

interface Request {
  folder: string;
  dataset: string;
  signal: AbortSignal;
  log(line: string): void;
}

async function trainSearch(seed: number, { folder, dataset, signal, log }: Request): Promise<SearchCurves> {
  const study = curvesStudy(seed);
  const file = join(folder, `${study.name}.json`);
  await writeFile(file, JSON.stringify(study));
  const { seconds, lines } = await call(['run', file, '--dataset', dataset], signal);
  const id = /: (\S+), profile /.exec(lines.find((line) => line.startsWith(`${study.title}: `)) ?? '')?.[1];
  if (id === undefined)
    throw new Error(`${study.name}: expected \`run\` to print the study's id, it did not`);
  await call(['report', id, '--out', join(folder, id)], signal);
  const record = studyRecordSchema.parse(JSON.parse(await readFile(join(folder, id, 'record.json'), 'utf8')));
  log(`seed ${seed}: ${(seconds / 60).toFixed(1)} minutes`);
  return curvesOf(record);
}

function call(args: readonly string[], signal: AbortSignal): ReturnType<typeof runTimed> {
  return runTimed({
    command: process.execPath,
    args: [join(projectRoot, 'client', 'staged-study.mjs'), ...args],
    cwd: projectRoot,
    signal,
  });
}
