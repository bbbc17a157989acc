import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pendingActivity } from '../../client/observe/pending-activity.ts';
import { type BlobRef, getBlob } from '../../storage/blobs.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { putWeights } from '../../storage/inputs/weights.ts';
import {
  blobKey,
  checkpointKey,
  checkpointsPrefix,
  trialConfigKey,
  trialLogKey,
} from '../../storage/keys.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readMetrics, readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import type { Network, Settings } from '../../study/definition/training-config.ts';
import { bestEpoch, type EpochLine, NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { canonicalJson, trialKey } from '../../study/trial/trial-key.ts';
import { QUERIES, SIGNALS, UPDATES } from '../../temporal/names.ts';
import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { tensorLayouts } from '../../training/weights/layouts.ts';
import type { TrialStatus } from '../../workflows/status.ts';
import { stealLease, takeLease } from '../storage/leases.ts';
import { watchedStore } from '../storage/watched-store.ts';
import { trainersOf } from '../trainer/trainers.ts';
import { configOf, dense } from '../training/configs.ts';
import { smallImages } from './small-archive.ts';
import { type Bench, openBench } from './training-bench.ts';

const EPOCHS = 20;
/** Of an epoch: 160 images, eight a step. */
const STEPS = 20;

let proxy: Awaited<ReturnType<typeof watchedStore>>;
/** A request to the store waits until this returns. */
let letThrough: (method: string, key: string) => void | Promise<void>;
let bench: Bench;
let dataset: string;
/** Repetition 0 of the trial that the tests below interrupt. */
let uninterrupted: TrialResult;
let uninterruptedEnd: Awaited<ReturnType<typeof trained>>;
beforeAll(async () => {
  letThrough = () => {};
  bench = await openBench(async (store) => {
    proxy = await watchedStore(store, (method, key) => letThrough(method, key));
    return proxy.config;
  });
  ({ dataset } = await putDataset(bench.store, { ...smallImages, origin: { kind: 'generated' } }));
  uninterruptedEnd = await trained(specOf());
  uninterrupted = await resultOf(specOf());
});
beforeEach(() => {
  bench.watch = {};
  letThrough = () => {};
  bench.jobs.length = 0;
});
afterAll(async () => {
  await bench.close();
  proxy.close();
  expect(trainersOf(process.pid)).toEqual([]);
});

describe('a trial', () => {
  it('is stored epoch by epoch, and then its result', async () => {
    const { lines, weights } = uninterrupted;
    const spec = specOf();
    const key = trialKey(spec);
    expect(uninterrupted).toMatchObject({
      spec,
      outcome: 'completed',
      term: 1,
      bestEpoch: bestEpoch(lines)?.epoch,
    });
    expect(uninterrupted.score).toBe(bestEpoch(lines)?.val_accuracy);
    // The network has dropout. With 40 validation images, an accuracy is a multiple of 2.5.
    expect(uninterrupted.scoreInTrainingMode).toBeGreaterThan(0);
    expect((uninterrupted.scoreInTrainingMode as number) % 2.5).toBe(0);
    expect(lines.map(({ epoch }) => epoch)).toEqual(epochsFrom(1));
    expect(lines.at(-1)?.train_loss).toBeLessThan(lines[0]?.train_loss as number);
    expect(uninterrupted.environment).toMatchObject({
      tensorflow: expect.stringMatching(/^2\./),
      node: process.versions.node,
    });

    expect((await bench.store.get(trialConfigKey(key)))?.body.toString()).toBe(canonicalJson(spec));
    expect(await readMetrics(bench.store, key)).toEqual(lines);
    const { tensors } = decodeSafetensors(await getBlob(bench.store, weights as NonNullable<typeof weights>));
    const numbers = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(numbers).toBe(uninterrupted.parameters);
    expect(await bench.store.stat(trialLogKey(key, 1))).toBeDefined();
    // Nobody needs them any more.
    expect(await bench.store.list(checkpointsPrefix(key))).toEqual([]);
  });

  it('is not trained again: its result comes from the store, and no trainer starts', async () => {
    const { standing } = await trained(specOf());
    const { trialKey: key, outcome, score, bestEpoch: best } = uninterrupted;
    expect(standing).toMatchObject({ trialKey: key, outcome, score, bestEpoch: best, reused: true });
    expect(bench.jobs).toEqual([]);
  });

  it('signals its last and its best epoch to its workflow', () => {
    expect(uninterruptedEnd.standing).toMatchObject({ score: uninterrupted.score, reused: false });
    expect(uninterruptedEnd.status).toMatchObject({
      state: 'done',
      lastLine: { epoch: EPOCHS },
      bestLine: { epoch: uninterrupted.bestEpoch, val_accuracy: uninterrupted.score },
    });
  });

  it('signals epoch and score at the beginning of the input, which the Temporal UI shows in the history', async () => {
    const { events } = await uninterruptedEnd.handle.fetchHistory();
    const inputs = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === SIGNALS.epochsEnded
        ? [Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString()]
        : [],
    );
    expect(inputs.at(-1)).toMatch(
      /^\{"summary":"epoch 20: validation accuracy \d+\.\d\d %","epochs":\[\{"epoch":/,
    );
    const epochs = inputs.flatMap((input) => JSON.parse(input).epochs.map((line: EpochLine) => line.epoch));
    expect(epochs).toEqual(epochsFrom(1));
  });

  it('that diverges has that outcome and says why, and has not failed', async () => {
    const spec = specOf({}, { learningRate: 100, activation: 'leakyRelu' });
    const { standing } = await trained(spec);
    expect(standing).toMatchObject({ status: 'trained', outcome: 'diverged', score: null });
    const { message } = await resultOf(spec);
    expect(message).toMatch(/became (NaN|Infinity) .*lower learning rate/);
    expect(standing.message).toBe(message);
    expect(bench.jobs).toHaveLength(1);
  });

  it('whose network is too deep for the images parks after one attempt, with the reason', async () => {
    const convolutions = [{ filters: 4, kernel: 32, padding: 0 }];
    const handle = await bench.startTrial(
      specOf({}, { network: { kind: 'conv', convolutions, hidden: [8] } }),
    );
    const failure = () => handle.query<TrialStatus>(QUERIES.trialStatus).then((status) => status.failure);
    await expect.poll(failure).toMatch(/conv\.0: a 32×32 kernel over 32×32 pixels/);
    expect(await failures(handle)).toEqual(['BadConfiguration']);
    expect(bench.jobs).toHaveLength(1);
    await handle.executeUpdate(UPDATES.skipTrial, { args: [] });
    expect(await handle.result()).toMatchObject({ status: 'skipped', score: null });
  });
});

describe('a trial of a pretrained network', () => {
  const network: Network = { kind: 'dense', hidden: [16], pretrained: true };

  it('starts from the study’s weights, and logs how many tensors it takes', async () => {
    const initialWeights = await storedWeights(dense(16));
    const spec = specOf({ initialWeights }, { network });
    await trained(spec);
    const { lines, spec: recorded } = await resultOf(spec);
    expect(recorded.initialWeights).toBe(initialWeights);
    // From zeros, a network learns only the classes' frequencies.
    expect(lines.every(({ val_accuracy }) => val_accuracy === lines[0]?.val_accuracy)).toBe(true);
    expect(await logOf(spec, 1)).toContain(`starting from the weights ${initialWeights}: 4 of 4 tensors\n`);
  });

  it('parks after one attempt if the weights don’t fit its network, and lists what doesn’t', async () => {
    const initialWeights = await storedWeights(dense(17));
    const handle = await bench.startTrial(specOf({ initialWeights }, { network }));
    const failure = () => handle.query<TrialStatus>(QUERIES.trialStatus).then((status) => status.failure);
    await expect
      .poll(failure)
      .toMatch(
        /layers\.0\.weight: expected \[16, 3072\], got \[17, 3072\]\n.*layers\.0\.bias: expected \[16\], got \[17\]/,
      );
    expect(await failures(handle)).toEqual(['BadConfiguration']);
    expect(bench.jobs).toHaveLength(1);
    await handle.executeUpdate(UPDATES.skipTrial, { args: [] });
    await handle.result();
  });
});

describe('an attempt after one that failed', () => {
  it('continues from the newest checkpoint of a killed trainer, with the result of an uninterrupted trial', async () => {
    const spec = specOf({ repetition: 1 });
    const later = killAfterEpoch(3, spec);
    const { standing, handle } = await trained(spec);
    expect(standing).toMatchObject({ outcome: 'completed', score: uninterrupted.score, reused: false });
    expect(await failures(handle)).toEqual(['Killed']);

    // The first trainer may have stored another epoch before it died. No epoch is trained twice.
    expect(later[0]).toBeGreaterThan(3);
    expect(later).toEqual(epochsFrom(later[0] as number));
    expect(await logOf(spec, 2)).toContain(`continuing after epoch ${(later[0] as number) - 1}, `);
    await expectTheSame(spec, { term: 2 });
  });

  it('skips a damaged checkpoint', async () => {
    const spec = specOf({ repetition: 2 });
    const key = trialKey(spec);
    const later = killAfterEpoch(3, spec);
    let damaged = 0;
    bench.watch.beforeJob = async () => {
      if (bench.jobs.length !== 2) return;
      const { checkpoint } = await newestIntactCheckpoint(bench.store, key);
      if (!checkpoint) throw new Error('expected a checkpoint, got none');
      damaged = checkpoint.manifest.epoch;
      const bytes = Buffer.from(checkpoint.weights);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      await bench.store.put(blobKey(checkpoint.manifest.weights.sha256), bytes);
    };
    await trained(spec);

    expect(later).toEqual(epochsFrom(damaged));
    expect(await logOf(spec, 2)).toMatch(/skipped a checkpoint: blobs\/[0-9a-f]{64} is damaged/);
    await expectTheSame(spec, { term: 2 });
  });

  it('starts at once if the last one lost its lease, and writes under a new term', async () => {
    const spec = specOf({ repetition: 3 });
    letThrough = async (method, key) => {
      if (method !== 'PUT' || key !== checkpointKey(trialKey(spec), 3 * STEPS, 1)) return;
      const lease = await stealLease(bench.store, trialKey(spec));
      await lease.release();
    };
    const { handle } = await trained(spec);
    expect(await failures(handle)).toEqual(['LeaseLost']);
    await expectTheSame(spec, { term: 3 });
  });
});

it('a trial shorter than the interval of checkpoints stores none, and has the same result', async () => {
  vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '3600');
  const spec = specOf({ repetition: 5 });
  const key = trialKey(spec);
  await trained(spec);
  vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '0');

  expect(await bench.store.list(checkpointsPrefix(key))).toEqual([]);
  expect(await readMetrics(bench.store, key)).toHaveLength(EPOCHS);
  const { score, bestEpoch, tensorsSha256 } = uninterrupted;
  const result = await resultOf(spec);
  expect(result).toMatchObject({ score, bestEpoch, tensorsSha256 });
  for (const blob of [result.weights, result.predictions]) await getBlob(bench.store, blob as BlobRef);
});

it('a trial that two studies want is trained once, and the second waits for its result', async () => {
  const spec = specOf({ repetition: 4 });
  const standings = await Promise.all([trained(spec), trained(spec)]);
  expect(standings.map(({ standing }) => standing.reused).sort()).toEqual([false, true]);
  for (const { standing } of standings) expect(standing.score).toBe(uninterrupted.score);
  expect(bench.jobs).toHaveLength(1);
});

it('a trial shows its progress; if cancelled, it stops its trainer, keeps its checkpoint and frees its lease', async () => {
  const spec = specOf({}, { epochs: 10_000 });
  const key = trialKey(spec);
  const training = new Promise<void>((resolve) => {
    bench.watch.onEvent = (event) => event.kind === 'epoch' && resolve();
  });
  const handle = await bench.startTrial(spec);
  await training;
  expect(trainersOf(process.pid)).toHaveLength(1);
  await expectSteadyProgress(handle);
  await handle.cancel();
  await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);

  expect(trainersOf(process.pid)).toEqual([]);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(await readResult(bench.store, key)).toBeUndefined();
  expect((await newestIntactCheckpoint(bench.store, key)).checkpoint).toBeDefined();
  await takeLease(bench.store, key, 'next');
});

// --- helpers ---

type Handle = Awaited<ReturnType<Bench['startTrial']>>;

function specOf(
  change: Partial<TrialSpec> = {},
  configChange: Partial<Settings & { network: Network }> = {},
): TrialSpec {
  const { network = { kind: 'dense', hidden: [16] }, ...settings } = configChange;
  return {
    config: configOf(network, {
      epochs: EPOCHS,
      batchSize: 8,
      learningRate: 0.005,
      dropout: 0.1,
      ...settings,
    }),
    data: { dataset, trainImages: 200, validationFraction: 0.2, splitSeed: 1 },
    seed: 1,
    repetition: 0,
    initialWeights: 'scratch',
    numerics: NUMERICS,
    ...change,
  };
}

async function trained(spec: TrialSpec) {
  const handle = await bench.startTrial(spec);
  const standing = await handle.result();
  return { handle, standing, status: await handle.query<TrialStatus>(QUERIES.trialStatus) };
}

/** Epochs take a fraction of a second here, most of it between steps. */
async function expectSteadyProgress(handle: Handle): Promise<void> {
  const progress = async () => pendingActivity(await handle.describe())?.details;
  await expect.poll(progress).toMatchObject({ epochs: 10_000 });
  const seen = new Set<string>();
  while (seen.size < 5) {
    const details = await progress();
    expect(details).toMatchObject({ epochs: 10_000, imagesPerSecond: expect.any(Number) });
    seen.add(JSON.stringify(details));
  }
}

async function resultOf(spec: TrialSpec): Promise<TrialResult> {
  const result = await readResult(bench.store, trialKey(spec));
  if (!result) throw new Error('expected a result in the store, found none');
  return result;
}

/** Stores zeros as weights, in PyTorch's layout. */
async function storedWeights(network: Network): Promise<string> {
  const tensors = tensorLayouts(network, CIFAR10_INPUT).map(({ name, torchShape: shape }) => {
    const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
    return [name, { shape, data }] as const;
  });
  const { sha256 } = await putWeights(bench.store, {
    file: encodeSafetensors(new Map(tensors)),
    tensors: tensors.length,
    origin: { kind: 'other', source: 'zeros', fileSha256: 'ab'.repeat(32), format: 'safetensors' },
  });
  return sha256;
}

/** How a trial's attempts failed, from its workflow's history. */
async function failures(handle: Handle): Promise<(string | null | undefined)[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskStartedEventAttributes: started, activityTaskFailedEventAttributes: failed }) =>
      [started?.lastFailure, failed?.failure].flatMap(
        (failure) => failure?.applicationFailureInfo?.type ?? [],
      ),
  );
}

/**
 * Kills the first trainer when it has stored an epoch. Until it dies, it may store one more.
 *
 * @returns a list to which the epochs of later trainers will be added.
 */
function killAfterEpoch(epoch: number, spec: TrialSpec): number[] {
  const later: number[] = [];
  const tooLate = checkpointKey(trialKey(spec), (epoch + 2) * STEPS, 1);
  letThrough = (_method, key) => (key === tooLate ? new Promise(() => {}) : undefined);
  bench.watch.onEvent = (event) => {
    if (event.kind !== 'epoch') return;
    if (bench.jobs.length > 1) later.push(event.line.epoch);
    else if (event.line.epoch === epoch)
      for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
  };
  return later;
}

async function logOf(spec: TrialSpec, term: number): Promise<string> {
  const log = await bench.store.get(trialLogKey(trialKey(spec), term));
  return log?.body.toString() ?? '';
}

function epochsFrom(first: number): number[] {
  return Array.from({ length: EPOCHS - first + 1 }, (_, index) => first + index);
}

/** Expects the result of the uninterrupted trial, except for times. */
async function expectTheSame(spec: TrialSpec, { term }: { term: number }): Promise<void> {
  const result = await resultOf(spec);
  const metrics = (lines: EpochLine[]) => lines.map(({ seconds: _, ...line }) => line);
  expect(metrics(result.lines)).toEqual(metrics(uninterrupted.lines));
  const { score, scoreInTrainingMode, bestEpoch: best, tensorsSha256 } = uninterrupted;
  expect(result).toMatchObject({ term, score, scoreInTrainingMode, bestEpoch: best, tensorsSha256 });
}
