import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../../infra/servers/managed-process.ts';
import { minioServerLaunch, untilMinioAnswers } from '../../infra/servers/minio-server.ts';
import { freePorts } from '../../infra/servers/ports.ts';
import { type NativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { putDataset } from '../../storage/inputs/datasets.ts';
import { ensureBucket } from '../../storage/minio/bucket.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { defaultSettings, type Network } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { NUMERICS, type TrialSpec } from '../../study/trial/trial.ts';
import { startTrainer } from '../../trainer/start-trainer.ts';
import { PACKED_IMAGE_BYTES } from '../../training/data/packed-images.ts';
import { disturbanceBetween, readLoad, untilQuiet } from './machine-load.ts';
import { leastDisturbed, type Measurement } from './measure.ts';
import { summaryOf } from './rounds.ts';
import type { Summary } from './statistics.ts';

const ROUNDS = 3;
const IMAGES = 50_000;
const BATCH_SIZE = 32;

/**
 * Measures the time from the start of a trainer's process to the end of its first step. It uses an object store of its
 * own, and 50,000 images that are already in the machine's cache.
 *
 * @returns seconds.
 */
export async function measureFirstStep(
  parts: NativeParts,
  network: Network,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Summary> {
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-bench-'));
  const ports = await freePorts({ store: [], console: [] });
  const store = {
    endpoint: `http://127.0.0.1:${ports.store}`,
    accessKey: 'bench',
    secretKey: 'bench-secret',
    bucket: 'bench',
    region: 'us-east-1',
  };
  const minio = launch(
    minioServerLaunch({
      binary: parts.minio,
      folder: join(folder, 'objects'),
      credentials: store,
      port: ports.store,
      consolePort: ports.console,
      logFile: join(folder, 'minio.log'),
    }),
  );
  try {
    await untilMinioAnswers(minio, ports.store);
    await ensureBucket(store);
    // A trainer inherits its worker's environment; the worker is this process.
    Object.assign(process.env, trainerEnvironment(parts), {
      S3_ENDPOINT: store.endpoint,
      S3_ACCESS_KEY: store.accessKey,
      S3_SECRET_KEY: store.secretKey,
      S3_BUCKET: store.bucket,
      S3_REGION: store.region,
      STAGED_STUDY_CACHE: join(folder, 'cache'),
      CUDA_VISIBLE_DEVICES: '-1',
    });
    const spec = oneStepTrial(network, await storeImages(store));
    // Fills the cache with the images.
    await untilFirstStep(spec, signal);
    const found: Measurement<number>[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const one = await leastDisturbed(
        () => untilFirstStep(spec, signal),
        () => {
          log('time to the first step: repeated, because other processes took the machine’s time');
          return untilQuiet(signal);
        },
      );
      log(`time to the first step, round ${round} of ${ROUNDS}: ${one.figures.toFixed(2)} s`);
      found.push(one);
    }
    return summaryOf(found, (seconds) => seconds);
  } finally {
    await minio.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

// --- helpers ---

async function storeImages(store: Parameters<typeof createMinioStore>[0]): Promise<string> {
  const train = Buffer.alloc(IMAGES * PACKED_IMAGE_BYTES, 128);
  for (let image = 0; image < IMAGES; image++)
    train[image * PACKED_IMAGE_BYTES] = image % CIFAR10_CLASSES.length;
  const { dataset } = await putDataset(createMinioStore(store), {
    train,
    test: train.subarray(0, 10 * PACKED_IMAGE_BYTES),
    trainImages: IMAGES,
    testImages: 10,
    classes: [...CIFAR10_CLASSES],
    origin: { kind: 'generated' },
  });
  return dataset;
}

/** Loads all images and holds out all but one batch: the epoch's first step is also its last, whose progress is sent. */
function oneStepTrial(network: Network, dataset: string): TrialSpec {
  return {
    config: { ...asTrained({ ...defaultSettings, batchSize: BATCH_SIZE }, { epochDivisor: 1 }), network },
    data: { dataset, trainImages: IMAGES, validationFraction: 1 - BATCH_SIZE / IMAGES, splitSeed: 1 },
    seed: 1,
    repetition: 0,
    initialWeights: 'scratch',
    numerics: NUMERICS,
  };
}

/** Seconds to the first step. Stops the trainer afterwards. */
async function untilFirstStep(spec: TrialSpec, signal: AbortSignal): Promise<Measurement<number>> {
  const enough = new AbortController();
  let log = '';
  const before = readLoad(process.pid);
  let found: Measurement<number> | undefined;
  try {
    await startTrainer(
      { kind: 'train', spec, holder: 'bench', term: 1 },
      {
        signal: AbortSignal.any([signal, enough.signal]),
        onLog: async (text) => {
          log = text;
        },
        onEvent: ({ kind }) => {
          if (kind !== 'progress' || found) return;
          const after = readLoad(process.pid);
          found = { figures: after.at - before.at, disturbance: disturbanceBetween(before, after) };
          enough.abort();
        },
      },
    );
  } catch (cause) {
    signal.throwIfAborted();
    if (!found) throw new Error(`the trainer failed before its first step: ${log.slice(-1000)}`, { cause });
  }
  if (!found) throw new Error('the trainer ended without a step');
  return found;
}
