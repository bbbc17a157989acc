/**
 * `npm run compare-pytorch`: trains networks of the shipped study with our engine and with PyTorch, from the same weights,
 * on the same images in the same order. Writes docs/results-against-pytorch.md. Progress goes to standard error.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { endWith } from '../../client/command-line/exit-codes.ts';
import { projectRoot } from '../../infra/project.ts';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { UserError } from '../../infra/user-error.ts';
import { processEnvironment } from '../../trainer/environment.ts';
import { ArchiveError, readCifar10Archive } from '../../training/data/archive.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { splitImages } from '../../training/data/split.ts';
import { trainOnBothSides } from './both-sides.ts';
import { resultsPage } from './page.ts';
import { type ComparedRow, comparedRows, IMAGES, isRecipe, recipeRows, SEEDS, splitRequest } from './plan.ts';
import type { Pair, RowResults } from './table.ts';

try {
  await compare(parseArguments(process.argv.slice(2)));
} catch (error) {
  await endWith(error instanceof ArchiveError ? new UserError(error.message, { cause: error }) : error);
}

// --- helpers ---

interface Arguments {
  python: string;
  archive: string;
  only: string[] | undefined;
  images: number;
}

function parseArguments(args: string[]): Arguments {
  const command = new Command('npm run compare-pytorch --')
    .description(
      'Trains networks of the shipped study with our engine and with PyTorch, from the same weights and with the same order ' +
        'and flips, and compares their losses and accuracies. Takes about 12 minutes on two cores.',
    )
    .requiredOption(
      '--python <path>',
      'a Python with PyTorch and torchvision (pip install torch torchvision)',
    )
    .option('--archive <file>', "CIFAR-10's binary archive", process.env.CIFAR10_ARCHIVE)
    .option(
      '--only <network...>',
      'only these networks, or resnet18, a recipe with AdamW that is trained only if it is named; prints the results without ' +
        'writing them to docs/',
    )
    .option('--images <number>', 'with --only: training images before the split', String(IMAGES))
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)');
  const options = command.parse(args, { from: 'user' }).opts();
  const { python, archive, only } = options as Partial<Arguments>;
  const images = Number(options.images);
  if (!Number.isInteger(images) || images < 1000) {
    throw new UserError(`--images: expected a number from 1000 on, got "${options.images}"`);
  }
  if (images !== IMAGES && !only) {
    throw new UserError('--images: expected --only with it, since the page in docs/ has its own number');
  }
  if (!python || !archive) {
    throw new UserError(
      "--archive: expected CIFAR-10's binary archive (cifar-10-binary.tar.gz), got neither the option nor CIFAR10_ARCHIVE",
    );
  }
  return { python, archive, only, images };
}

async function compare({ python, archive, only, images: wanted }: Arguments): Promise<void> {
  await checkPython(python);
  const rows = selectedRows(only);
  const started = Date.now();
  // Several programs run at once, with one thread each.
  const env = { ...process.env, ...trainerEnvironment(await ensureNativeParts()), ...processEnvironment(1) };
  const folder = await mkdtemp(join(tmpdir(), 'compare-pytorch-'));
  try {
    const { train, trainImages } = await readCifar10Archive(archive);
    if (trainImages < wanted) {
      throw new UserError(`--archive: expected ${wanted} training images or more, got ${trainImages}`);
    }
    const images = join(folder, 'train.bin');
    await writeFile(images, train);
    const { training, validation } = splitImages(unpackImages(train, archive).labels, splitRequest(wanted));

    const ranOn = new Set<string>();
    const sides = {
      python,
      env,
      log: (line: string) => console.error(line),
      onMachine: (line: string) => void ranOn.add(line),
    };
    const results = await trainAll(rows, (row, seed) =>
      trainOnBothSides(
        `${row.title}, seed ${seed}`,
        {
          images,
          training: [...training],
          validation: [...validation],
          config: row.config,
          seed,
          start: join(folder, `${row.title}, ${seed}`),
        },
        { ...sides, withDouble: seed === SEEDS[0] && !isRecipe(row) },
      ),
    );
    const page = resultsPage(results, {
      training: training.length,
      validation: validation.length,
      ranOn: [...ranOn].sort(),
      minutes: (Date.now() - started) / 60_000,
    });
    console.log(page);
    if (only) return;
    await writeFile(join(projectRoot, 'docs', 'results-against-pytorch.md'), page);
    console.error('Wrote docs/results-against-pytorch.md.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Trains every row with every seed, as many at once as there are processors. */
async function trainAll(
  rows: readonly ComparedRow[],
  train: (row: ComparedRow, seed: number) => Promise<Pair>,
): Promise<RowResults[]> {
  const results = rows.map(({ title }) => ({ title, pairs: [] as Pair[] }));
  const tasks = rows.flatMap((row, index) => SEEDS.map((seed) => ({ row, seed, index })));
  const line = async () => {
    // Those that take longest first, so that none is left alone at the end.
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      const pair = await train(task.row, task.seed);
      results[task.index]?.pairs.push(pair);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, line));
  return results;
}

function selectedRows(only: string[] | undefined): ComparedRow[] {
  const rows = comparedRows();
  const named = [...rows, ...recipeRows()];
  const names = new Set(named.map(({ network }) => network));
  const unknown = only?.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new UserError(`--only: expected one of ${[...names].join(', ')}, got "${unknown}"`);
  }
  return only ? named.filter(({ network }) => only.includes(network)) : rows;
}

async function checkPython(python: string): Promise<void> {
  try {
    await promisify(execFile)(python, ['-c', 'import torch, torchvision']);
  } catch (cause) {
    throw new UserError(
      `--python: expected a Python with PyTorch and torchvision (pip install torch torchvision), got ${python}`,
      { cause },
    );
  }
}
