import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import type { Job, TrainerEvent } from '../../trainer/protocol.ts';
import { type StartTrainer, startTrainer } from '../../trainer/start-trainer.ts';
import { createTrainerPool } from '../../trainer/trainer-pool.ts';
import { trainersOf } from './trainers.ts';

const SECRETS = ['TEMPORAL_API_KEY', 'TEMPORAL_TLS_CLIENT_KEY_DATA', 'AWS_SECRET_ACCESS_KEY', 'SOME_TOKEN'];
const NUMERICS = ['TF_SET_ONEDNN_FPMATH_MODE', 'ONEDNN_MAX_CPU_ISA', 'TF_XLA_FLAGS', 'NVIDIA_TF32_OVERRIDE'];

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each<[string, () => { start: StartTrainer; close: () => Promise<void> }]>([
  ['of its own', () => ({ start: startTrainer, close: async () => {} })],
  [
    'of a pool',
    () => {
      const pool = createTrainerPool();
      return { start: pool.startTrainer, close: pool.close };
    },
  ],
])(
  'a trainer %s gets the store and the cache, but no other secret and nothing that changes results',
  async (_whose, open) => {
    for (const name of [...SECRETS, ...NUMERICS]) vi.stubEnv(name, 'from the worker');
    vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', '0');
    vi.stubEnv('S3_SESSION_TOKEN', 'the token');
    vi.stubEnv('STAGED_STUDY_CACHE', '/the/cache');
    const { start, close } = open();
    const seen = await environmentIn(start);
    await close();
    expect(seen).toMatchObject({
      PATH: process.env.PATH,
      S3_SESSION_TOKEN: 'the token',
      STAGED_STUDY_CACHE: '/the/cache',
      S3_ENDPOINT: 'http://given',
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '3',
    });
    for (const name of [...SECRETS, ...NUMERICS]) expect(seen).not.toHaveProperty(name);
  },
);

// --- helpers ---

/** The environment of the process that does a job. */
async function environmentIn(start: StartTrainer): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  const onEvent = ({ kind }: TrainerEvent) => {
    if (kind !== 'alive') return;
    const [trainer] = trainersOf(process.pid);
    for (const entry of readFileSync(`/proc/${trainer?.pid}/environ`, 'utf8').split('\0')) {
      const at = entry.indexOf('=');
      if (at > 0) seen[entry.slice(0, at)] = entry.slice(at + 1);
    }
  };
  const nothing: Job<'checkWeights'> = {
    kind: 'checkWeights',
    file: '/no/such/weights.pth',
    networks: [],
    input: CIFAR10_INPUT,
  };
  const failed = start(nothing, { threads: 3, env: { S3_ENDPOINT: 'http://given' }, onEvent });
  await expect(failed).rejects.toMatchObject({ kind: 'BadConfiguration' });
  return seen;
}
