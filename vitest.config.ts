import { defineConfig } from 'vitest/config';

export default defineConfig({
  // `staged-study` is this checkout's source, as tsc sees it.
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most files wait for servers and processes more than they compute.
    maxWorkers: 3,
    globalSetup: 'test/global-setup.ts',
    // These end what hangs. A machine with other work to do needs many times the seconds that a test takes otherwise.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // As a trainer's surroundings are; TensorFlow reads them when it loads.
    env: {
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_CPP_MIN_LOG_LEVEL: '2',
      TF_NUM_INTRAOP_THREADS: '2',
      TF_NUM_INTEROP_THREADS: '2',
      // Small trials take less time than a checkpoint's usual interval.
      STAGED_STUDY_CHECKPOINT_SECONDS: '0',
    },
  },
});
