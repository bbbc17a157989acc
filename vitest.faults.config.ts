import { defineConfig, mergeConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** `npm run test:faults`: studies that are disturbed. Each has the machine to itself. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [] } },
  defineConfig({
    test: {
      include: ['test/faults/*.faults.ts'],
      maxWorkers: 1,
      testTimeout: 6 * 3_600_000,
      hookTimeout: 600_000,
      disableConsoleIntercept: true,
    },
  }),
);
