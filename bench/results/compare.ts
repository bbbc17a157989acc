/**
 * `npm run compare-pytorch`: trains networks of the shipped study with our engine and with PyTorch, on the same images and
 * split. Prints both sides' validation accuracies as a Markdown table. Progress goes to standard error.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { endWith } from '../../client/command-line/exit-codes.ts';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { UserError } from '../../infra/user-error.ts';
import { processEnvironment } from '../../trainer/environment.ts';
import { ArchiveError, readCifar10Archive } from '../../training/data/archive.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { splitImages } from '../../training/data/split.ts';
import type { EpochResult, Job, Printed } from './job.ts';
import { comparedConfigs, EPOCHS, splitRequest } from './plan.ts';
import { type ComparedNetwork, comparisonTable } from './table.ts';

try {
  await compare(parseArguments(process.argv.slice(2)));
} catch (error) {
  await endWith(error instanceof ArchiveError ? new UserError(error.message, { cause: error }) : error);
}

// --- helpers ---

interface Arguments {
  python: string;
  archive: string;
}

interface Side {
  name: string;
  /** Trains, and returns the lines of its output. */
  run(job: Job): Promise<Printed[]>;
}

function parseArguments(args: string[]): Arguments {
  const command = new Command('npm run compare-pytorch --')
    .description(
      `Trains four networks for ${EPOCHS} epochs with our engine and with PyTorch, each with three seeds or more, and ` +
        'compares their validation accuracies. Takes about 20 minutes on two cores.',
    )
    .requiredOption('--python <path>', 'a Python with PyTorch (pip install torch)')
    .option('--archive <file>', "CIFAR-10's binary archive", process.env.CIFAR10_ARCHIVE)
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)');
  const { python, archive } = command.parse(args, { from: 'user' }).opts<Partial<Arguments>>();
  if (!python || !archive) {
    throw new UserError(
      "--archive: expected CIFAR-10's binary archive (cifar-10-binary.tar.gz), got neither the option nor CIFAR10_ARCHIVE",
    );
  }
  return { python, archive };
}

async function compare({ python, archive }: Arguments): Promise<void> {
  await checkPython(python);
  // Our side's processes inherit this environment.
  Object.assign(process.env, trainerEnvironment(await ensureNativeParts()), processEnvironment(1));
  const folder = await mkdtemp(join(tmpdir(), 'compare-pytorch-'));
  try {
    const { train } = await readCifar10Archive(archive);
    const { training, validation } = splitImages(unpackImages(train, archive).labels, splitRequest(train));
    await writeFile(join(folder, 'train.bin'), train);
    await writeFile(
      join(folder, 'split.json'),
      JSON.stringify({ training: [...training], validation: [...validation] }),
    );
    const sides = {
      ours: side('ours', process.execPath, ['--import', 'tsx', pathOf('train.ts')]),
      pytorch: side('PyTorch', python, [pathOf('train.py')]),
    };
    const networks: ComparedNetwork[] = [];
    const ranOn = new Set<string>();
    for (const { name, config, seeds } of comparedConfigs()) {
      const trials = { ours: [] as EpochResult[][], pytorch: [] as EpochResult[][] };
      for (const seed of seeds) {
        for (const key of ['ours', 'pytorch'] as const) {
          const started = performance.now();
          const printed = await sides[key].run({ folder, config, seed });
          const epochs = printed.flatMap((line) => ('epoch' in line ? [line.epoch] : []));
          for (const line of printed) if ('ranOn' in line) ranOn.add(line.ranOn);
          trials[key].push(epochs);
          const accuracies = epochs.map(({ accuracy }) => accuracy.toFixed(2)).join(', ');
          const seconds = ((performance.now() - started) / 1000).toFixed(0);
          console.error(`${name}, seed ${seed}, ${sides[key].name}: ${accuracies} % (${seconds} s)`);
        }
      }
      networks.push({ name, ...trials });
    }
    console.log(comparisonTable(networks, EPOCHS));
    console.log(
      `\n${training.length} images to train on, ${validation.length} to validate. ${[...ranOn].join('. ')}.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkPython(python: string): Promise<void> {
  try {
    await promisify(execFile)(python, ['-c', 'import torch']);
  } catch (cause) {
    throw new UserError(`--python: expected a Python with PyTorch (pip install torch), got ${python}`, {
      cause,
    });
  }
}

function side(name: string, command: string, args: string[]): Side {
  return {
    name,
    async run(job) {
      const { stdout } = await promisify(execFile)(command, [...args, JSON.stringify(job)]);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Printed);
    },
  };
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
