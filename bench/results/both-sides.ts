import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Job, Printed } from './job.ts';
import type { Pair, Trial } from './table.ts';

export interface BothSides {
  /** The Python that has PyTorch. */
  python: string;
  env: NodeJS.ProcessEnv;
  log(line: string): void;
  /** Receives what a side ran on. */
  onMachine(ranOn: string): void;
}

/**
 * Trains with our engine, then with PyTorch from the files that ours has written.
 *
 * @param title of the training, for the log.
 * @param withDouble whether PyTorch also trains epoch 1 in double precision.
 */
export async function trainOnBothSides(
  title: string,
  job: Job,
  { python, env, log, onMachine, withDouble }: BothSides & { withDouble: boolean },
): Promise<Pair> {
  const file = join(job.start, 'job.json');
  await mkdir(job.start, { recursive: true });
  await writeFile(file, JSON.stringify(job));
  const train = async (side: string, command: string, args: string[]): Promise<Trial> => {
    const started = performance.now();
    const { stdout } = await promisify(execFile)(command, args, { env });
    const printed = stdout.trim().split('\n').map(parse);
    for (const line of printed) if ('ranOn' in line) onMachine(line.ranOn);
    const trial = {
      epochs: printed.flatMap((line) => ('epoch' in line ? [line.epoch] : [])),
      firstEpoch: printed.flatMap((line) => ('firstEpoch' in line ? line.firstEpoch : [])),
    };
    const accuracies = trial.epochs.map(({ accuracy }) => `${accuracy.toFixed(2)} %`).join(', ');
    log(`${title}, ${side}: ${accuracies} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
    return trial;
  };
  const ours = await train('ours', process.execPath, ['--import', 'tsx', pathOf('train.ts'), file]);
  const pytorch = await train('PyTorch', python, [pathOf('train.py'), file]);
  const double = withDouble
    ? await train('PyTorch in double precision', python, [pathOf('train.py'), file, 'float64'])
    : null;
  await rm(job.start, { recursive: true });
  return { ours, pytorch, double: double?.firstEpoch ?? null };
}

// --- helpers ---

function parse(line: string): Printed {
  return JSON.parse(line);
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
