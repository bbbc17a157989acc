import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { main } from '../../client/main.ts';
import { startOrResume } from '../../client/start/start-study.ts';
import { getBlob } from '../../storage/blobs.ts';
import { findGarbage } from '../../storage/garbage/find-garbage.ts';
import { removeGarbage } from '../../storage/garbage/remove-garbage.ts';
import { getTestImages } from '../../storage/inputs/test-images.ts';
import { readRecord } from '../../storage/studies.ts';
import { readResult } from '../../storage/trials/trials.ts';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { StudyRecord } from '../../study/record/record.ts';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { decodePredictions } from '../../trainer/storing/predictions.ts';
import { decodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { stratifiedSubset } from '../../training/data/split.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import { tf } from '../../training/tensorflow/tensorflow.ts';
import { fitWeights } from '../../training/weights/fit-weights.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { type Bench, openBench } from '../activities/training-bench.ts';

const conv = (filters: number) => ({
  network: {
    kind: 'conv' as const,
    convolutions: [{ filters, kernel: 5, padding: 0 }],
    hidden: [16],
  },
});
const study: StudyInput = {
  name: 'tiny',
  title: 'A tiny study',
  // `predict` must mirror the same validation images as training.
  base: { epochs: 2, validationFlip: true },
  stages: [
    {
      kind: 'compare',
      name: 'network',
      question: 'How many filters?',
      candidates: [
        { name: 'few', change: conv(3) },
        { name: 'many', change: conv(6) },
      ],
    },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'network' },
  ],
  profiles: { tiny: { description: 'Seconds.', trainImages: 200, testImages: 100, epochDivisor: 1 } },
};

let folder: string;
let bench: Bench;
let record: StudyRecord;
let storedBefore: Awaited<ReturnType<typeof objects>>;

beforeAll(async () => {
  // Each command listens for Ctrl-C until its process ends. Here, all share one process.
  process.setMaxListeners(30);
  folder = await mkdtemp(join(tmpdir(), 'use-winner-'));
  await writeFile(join(folder, 'small.tar.gz'), await smallArchive());
  bench = await openBench();
  vi.stubEnv('TEMPORAL_ADDRESS', inject('temporalAddress'));
  vi.stubEnv('TEMPORAL_NAMESPACE', bench.client.options.namespace);
  const source = { archive: join(folder, 'small.tar.gz') };
  const request = { study: parseStudy(study, 'tiny'), profile: 'tiny', source, weights: { file: null } };
  await startOrResume(bench.client, request, { id: 'ended' });
  await bench.client.workflow.getHandle('ended').result();
  record = (await readRecord(bench.store, 'ended')) as StudyRecord;
  storedBefore = await objects();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bench.close();
  await rm(folder, { recursive: true });
});

describe('predict', () => {
  it('classifies test images, as PNG, as the final test did', async () => {
    const { dataset, study: parsed } = record.opening;
    const images = unpackImages(await getTestImages(bench.store, dataset.sha256), 'test');
    const [first = 0, second = 0] = stratifiedSubset(images.labels, 100, parsed.splitSeed);
    const files = [await testImage(images.pixels, first), await testImage(images.pixels, second)];
    const { code, out, err } = await run('predict', 'ended', ...files, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const said = JSON.parse(out);
    expect(said).toMatchObject({ study: 'ended', trial: record.test?.trial, validation: null });
    const tested = decodePredictions(
      await getBlob(bench.store, record.test?.predictions as { sha256: string; sizeBytes: number }),
    );
    for (const [index, image] of said.images.entries()) {
      expect(image.image).toBe(files[index]);
      expect(Object.keys(image.probabilities)).toEqual([...CIFAR10_CLASSES]);
      const values = Object.values(image.probabilities) as number[];
      for (const [label, value] of values.entries())
        expect(value).toBeCloseTo(tested[index * 10 + label]!, 5);
      expect(image.class).toBe(CIFAR10_CLASSES[values.indexOf(Math.max(...values))]);
    }
  });

  it('classifies the images that can be read, and fails for the others', async () => {
    const intact = await testImage(new Uint8Array(3072).fill(120), 0);
    const cut = join(folder, 'cut.png');
    await writeFile(cut, (await readFile(intact)).subarray(0, 80));
    const images = [cut, intact, join(folder, 'none.png')];
    const { code, out, err } = await run('predict', 'ended', ...images, '--validation');
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      `${join(folder, 'none.png')}: no such file`,
      `${cut}: the PNG is damaged or cut off: its pixels can't be decoded`,
      '',
    ]);
    expect(out).toMatch(new RegExp(`^${record.test?.trial}, winner of ended: `));
    expect(out).toMatch(new RegExp(`\\n${intact} +\\w+ [\\d.]+ %  `));
    expect(out).toMatch(/\nvalidation: [\d.]+ % of 40 images, as in the record\n$/);
  });

  it("reproduces the record's validation accuracy in another process", async () => {
    const { code, out } = await run('predict', 'ended', '--validation', '--json');
    expect(code).toBe(0);
    const winner = record.stages[0]?.trials.find(({ name }) => name === record.test?.trial);
    expect(JSON.parse(out).validation).toMatchObject({
      images: 40,
      accuracy: winner?.score,
      recordAccuracy: winner?.score,
      loss: expect.closeTo(
        winner?.lines.find(({ epoch }) => epoch === winner.bestEpoch)?.val_loss as number,
        5,
      ),
    });
  });
});

it('export-model writes the weights of the named trial, with a model card and the hash of every file', async () => {
  const to = join(folder, 'model');
  const other = record.stages[0]?.trials.find(({ name }) => name !== record.test?.trial);
  const { code, out, err } = await run('export-model', 'ended', other?.name as string, '--to', to);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(new RegExp(`^${other?.name} of ended, .*: exported to ${to}\\n$`));

  const { files, ...about } = JSON.parse(await readFile(join(to, 'export.json'), 'utf8'));
  expect(about).toMatchObject({
    format: 1,
    study: 'ended',
    trial: other?.name,
    trialKey: other?.trialKey,
    network: other?.config?.network,
    activation: 'relu',
    classes: [...CIFAR10_CLASSES],
  });
  expect(Object.keys(files)).toEqual([
    'README.md',
    'load_in_pytorch.py',
    'model.safetensors',
    'saved_model/saved_model.pb',
    'tfjs/model.json',
    'tfjs/weights.bin',
  ]);
  const card = await readFile(join(to, 'README.md'), 'utf8');
  for (const [path, sha256] of Object.entries(files)) {
    expect(
      createHash('sha256')
        .update(await readFile(join(to, path)))
        .digest('hex'),
    ).toBe(sha256);
    if (path !== 'README.md') expect(card).toContain(sha256);
  }
  const { tensors } = decodeSafetensors(await readFile(join(to, 'model.safetensors')));
  const network = other?.config?.network as Network;
  expect(fitWeights(tensors, network, CIFAR10_INPUT).weights).toEqual(
    await weightsOf(other?.trialKey as string),
  );

  // Another export to the same folder replaces it.
  expect((await run('export-model', 'ended', '--to', to)).code).toBe(0);
  expect(JSON.parse(await readFile(join(to, 'export.json'), 'utf8')).trial).toBe(record.test?.trial);
});

describe('both', () => {
  it.each([
    [['predict', 'ended'], /^images: expected image files, or a table, got none; .*\n$/],
    [
      ['predict', 'nobody', '--validation'],
      /^study: expected the id of a study in the object store \(ended\), got "nobody"\n$/,
    ],
    [
      ['export-model', 'ended', 'wide', '--to', 'model-of-nobody'],
      /^trial: expected one of few, many, got "wide"\n$/,
    ],
    [
      ['export-model', 'ended', '--to', '.'],
      /^--to: expected a folder that is empty or an earlier export.*\n$/,
    ],
  ])('refuse %o in one line', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  // Last, because it looks at the store after all of these commands.
  it('change nothing in the store', async () => {
    expect(await objects()).toEqual(storedBefore);
  });
});

// After all others, since it removes what they use.
describe('gc', () => {
  it('leaves all that the study needs, even if it is old', async () => {
    const later = new Date(Date.now() + 3_600_000);
    const garbage = await findGarbage(bench.store, { before: later, running: [], unwanted: [] });
    expect(garbage.filter(({ kind }) => kind !== 'blob' && kind !== 'checkpoints')).toEqual([]);
    await removeGarbage(bench.store, garbage, later);
    const { code, out } = await run('predict', 'ended', '--validation');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('as in the record') });
    for (const { trialKey } of record.stages[0]?.trials ?? []) await weightsOf(trialKey as string);
    expect((await run('gc', '--dry-run')).out).toBe('There is nothing to remove.\n');
  });

  it('removes an unwanted study with its trials, and what is young stays otherwise', async () => {
    const { code, out } = await run('gc', '--study', 'ended');
    expect(code).toBe(0);
    expect(out.replaceAll('\u00a0', ' ')).toMatch(
      /^Removed 2 trials \(.*\), \d+ blobs \(.*\) and 1 study \(.*\): .* in all\.\n$/,
    );
    const left = await bench.store.list('');
    expect(left.map(({ key }) => key.replace(/[0-9a-f]{64}/, '…'))).toEqual([
      'datasets/…/manifest.json',
      'datasets/…/test',
      'datasets/…/train',
    ]);
    // Temporal deletes a workflow some time after it was told to.
    await expect.poll(async () => (await run('list')).out).toMatch(/^No studies yet/);
  });
});

// --- helpers ---

/** Runs the command line in this process. Its trainers are processes of their own. */
async function run(...args: string[]) {
  const written = { out: '', err: '' };
  const into = (where: keyof typeof written) => (text: unknown) => {
    written[where] += `${text}\n`;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(into('out')),
    vi.spyOn(console, 'error').mockImplementation(into('err')),
  ];
  try {
    await main(['node', 'staged-study', ...args]);
    return { code: process.exitCode ?? 0, ...written };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** One of the packed images as a PNG file. */
async function testImage(pixels: Uint8Array, index: number): Promise<string> {
  const image = pixels.subarray(index * 3072, (index + 1) * 3072);
  const values = Int32Array.from({ length: 3072 }, (_, at) => image[(at % 3) * 1024 + Math.floor(at / 3)]!);
  const tensor = tf.tensor3d(values, [32, 32, 3], 'int32');
  const file = join(folder, `${index}-${createHash('sha256').update(image).digest('hex').slice(0, 8)}.png`);
  await writeFile(file, await tf.node.encodePng(tensor));
  tensor.dispose();
  return file;
}

async function weightsOf(trialKey: string): Promise<NamedTensors> {
  const result = await readResult(bench.store, trialKey);
  if (!result?.weights) throw new Error(`expected weights of trial ${trialKey}, found none`);
  return decodeSafetensors(await getBlob(bench.store, result.weights)).tensors;
}

async function objects() {
  const listed = await bench.store.list('');
  return Promise.all(listed.map(async ({ key }) => [key, (await bench.store.stat(key))?.etag]));
}
