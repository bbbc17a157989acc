import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { checkpointKey, trialLogKey } from '../../storage/keys.ts';
import { newestIntactCheckpoint } from '../../storage/trials/checkpoints.ts';
import { readMetrics, readResult, type TrialResult } from '../../storage/trials/trials.ts';
import type { Rung } from '../../study/search/stopping/rung.ts';
import { type EpochLine, NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { QUERIES } from '../../temporal/names.ts';
import type { TrialStatus } from '../../workflows/status.ts';
import { watchedStore } from '../storage/watched-store.ts';
import { trainersOf } from '../trainer/trainers.ts';
import { configOf } from '../training/configs.ts';
import { smallImages } from './small-archive.ts';
import { type Bench, openBench } from './training-bench.ts';

const EPOCHS = 8;
/** Of an epoch: 160 images, eight a step. */
const STEPS = 20;
const RUNG = 3;
/** More than any accuracy. */
const ALWAYS = 101;
const NEVER = 0;

let proxy: Awaited<ReturnType<typeof watchedStore>>;
/** A request to the store waits until this returns. */
let letThrough: (method: string, key: string) => void | Promise<void>;
let bench: Bench;
let dataset: string;
/** Repetition 0, which no rung stops. */
let complete: TrialResult;
beforeAll(async () => {
  letThrough = () => {};
  bench = await openBench(async (store) => {
    proxy = await watchedStore(store, (method, key) => letThrough(method, key));
    return proxy.config;
  });
  ({ dataset } = await putDataset(bench.store, { ...smallImages, origin: { kind: 'generated' } }));
  await ended(specOf(0));
  complete = (await readResult(bench.store, trialKey(specOf(0)))) as TrialResult;
});
beforeEach(() => {
  bench.watch = {};
  letThrough = () => {};
  bench.jobs.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bench.close();
  proxy.close();
});

describe('a trial that is behind at a rung', () => {
  it('stops there, with a checkpoint of that epoch and without a result', async () => {
    // Whatever the interval of checkpoints.
    vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '3600');
    const spec = specOf(1);
    const { standing, status } = await ended(spec, [rung(1, NEVER), rung(RUNG), rung(5)]);
    vi.stubEnv('STAGED_STUDY_CHECKPOINT_SECONDS', '0');
    const key = trialKey(spec);
    expect(standing).toMatchObject({
      status: 'stopped',
      trialKey: key,
      outcome: null,
      score: null,
      stopped: { epoch: RUNG, score: bestOf(complete.lines, RUNG) },
      rungScores: [1, RUNG].map((epoch) => ({ epoch, score: bestOf(complete.lines, epoch) })),
    });
    expect(status).toMatchObject({ state: 'done', lastLine: { epoch: RUNG } });
    expect(await readResult(bench.store, key)).toBeUndefined();
    expect(metrics(await readMetrics(bench.store, key))).toEqual(metrics(complete.lines.slice(0, RUNG)));
    const { manifest } = await checkpointOf(spec);
    expect(manifest).toMatchObject({ epoch: RUNG, step: RUNG * STEPS, within: null });
  });

  it('can be gone on with, to the result of a trial that never stopped', async () => {
    const spec = specOf(2);
    await ended(spec, [rung(RUNG)]);
    expect((await ended(spec)).standing).toMatchObject({ status: 'trained', score: complete.score });
    expect(await logOf(spec, 2)).toContain(`continuing after epoch ${RUNG}, step ${RUNG * STEPS}`);
    await expectTheSame(spec);
  });

  it('stops at the same rung if another study has trained it further', async () => {
    const spec = specOf(3);
    await ended(spec, [rung(5)]);
    const trained = bench.jobs.length;
    const { standing } = await ended(spec, [rung(RUNG)]);
    expect(standing.stopped).toEqual({ epoch: RUNG, score: bestOf(complete.lines, RUNG) });
    expect(standing.rungScores).toHaveLength(1);
    expect(bench.jobs).toHaveLength(trained + 1);
    expect((await checkpointOf(spec)).manifest.epoch).toBe(5);
    await ended(spec);
    await expectTheSame(spec);
  });

  it('completes from the store if its result is there', async () => {
    const { standing } = await ended(specOf(0), [rung(RUNG)]);
    expect(standing).toMatchObject({ status: 'trained', score: complete.score, reused: true });
    expect(standing.rungScores).toEqual([{ epoch: RUNG, score: bestOf(complete.lines, RUNG) }]);
    expect(bench.jobs).toEqual([]);
  });
});

it('a trial that is not behind passes its rungs without a stop', async () => {
  const spec = specOf(4);
  const { standing } = await ended(spec, [rung(RUNG, NEVER)]);
  expect(standing).toMatchObject({ status: 'trained', score: complete.score });
  expect(bench.jobs).toHaveLength(1);
  await expectTheSame(spec);
});

it.each([
  ['before its checkpoint is stored', 5],
  ['when its checkpoint is stored', 6],
])('a trainer that is killed at a rung %s changes nothing', async (when, repetition) => {
  const spec = specOf(repetition);
  const kill = () => {
    for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
  };
  const last = checkpointKey(trialKey(spec), RUNG * STEPS, 1);
  if (when.startsWith('before')) {
    letThrough = (method, key) => (method === 'PUT' && key === last ? kill() : undefined);
  } else {
    bench.watch.onEvent = (event) => {
      if (event.kind === 'epoch' && event.line.epoch === RUNG && bench.jobs.length === 1) kill();
    };
  }
  const { standing } = await ended(spec, [rung(RUNG)]);
  expect(standing.stopped).toEqual({ epoch: RUNG, score: bestOf(complete.lines, RUNG) });
  // Once its checkpoint is stored, it may have answered before it dies.
  if (when.startsWith('before')) expect(bench.jobs).toHaveLength(2);
  expect((await checkpointOf(spec)).manifest.epoch).toBe(RUNG);
  await ended(spec);
  await expectTheSame(spec);
});

it('a trial that is ranked by loss is behind if its loss is higher', async () => {
  const spec: TrialSpec = { ...specOf(0), rankBy: 'loss' };
  const losses = complete.lines.map((line) => line.val_loss);
  const lowest = Math.min(...losses.slice(0, RUNG));
  const { standing } = await ended(spec, [rung(1, -losses[0]! - 1e-9), rung(RUNG, -lowest + 1e-9)]);
  expect(standing).toMatchObject({ status: 'stopped', stopped: { epoch: RUNG, score: lowest } });
  expect(standing.rungScores).toEqual([
    { epoch: 1, score: -losses[0]! },
    { epoch: RUNG, score: -lowest },
  ]);
  await ended(spec);
  const result = (await readResult(bench.store, trialKey(spec))) as TrialResult;
  expect(result).toMatchObject({
    score: Math.min(...losses),
    bestEpoch: losses.indexOf(Math.min(...losses)) + 1,
  });
  // The same training: only what counts of it is another.
  expect(metrics(result.lines)).toEqual(metrics(complete.lines));
});

// --- helpers ---

function specOf(repetition: number): TrialSpec {
  return {
    config: configOf(
      { kind: 'dense', hidden: [16] },
      { epochs: EPOCHS, batchSize: 8, learningRate: 0.005, dropout: 0.1 },
    ),
    data: { dataset, trainImages: 200, validationFraction: 0.2, splitSeed: 1 },
    seed: 1,
    repetition,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
}

function rung(epoch: number, haltBelow = ALWAYS): Rung {
  return { epoch, haltBelow };
}

async function ended(spec: TrialSpec, rungs?: Rung[]) {
  const handle = await bench.startTrial(spec, rungs);
  return { standing: await handle.result(), status: await handle.query<TrialStatus>(QUERIES.trialStatus) };
}

function bestOf(lines: readonly EpochLine[], epochs: number): number {
  return Math.max(...lines.slice(0, epochs).map((line) => line.val_accuracy));
}

function metrics(lines: readonly EpochLine[]) {
  return lines.map(({ seconds: _, ...line }) => line);
}

async function checkpointOf(spec: TrialSpec) {
  const { checkpoint } = await newestIntactCheckpoint(bench.store, trialKey(spec));
  if (!checkpoint) throw new Error('expected a checkpoint in the store, found none');
  return checkpoint;
}

async function logOf(spec: TrialSpec, term: number): Promise<string> {
  const log = await bench.store.get(trialLogKey(trialKey(spec), term));
  return log?.body.toString() ?? '';
}

/** Expects the result of the complete trial, except for times. */
async function expectTheSame(spec: TrialSpec): Promise<void> {
  const result = (await readResult(bench.store, trialKey(spec))) as TrialResult;
  expect(metrics(result.lines)).toEqual(metrics(complete.lines));
  const { score, scoreInTrainingMode, bestEpoch, tensorsSha256, parameters } = complete;
  expect(result).toMatchObject({ score, scoreInTrainingMode, bestEpoch, tensorsSha256, parameters });
}
