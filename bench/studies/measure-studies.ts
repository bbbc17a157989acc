import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../infra/project.ts';
import { withCheckoutStack } from './checkout-stack.ts';
import { studyImages } from './images.ts';
import { measureOverhead, type Overhead } from './overhead.ts';
import { IMAGES } from './study-files.ts';
import { measureTrainings, type TrainingsAnHour } from './trainings.ts';

/** Whole studies beside other ways to run many trainings. */
export interface StudyResults {
  overhead: Overhead;
  trainings: TrainingsAnHour;
}

/**
 * Measures studies that `run` runs on a stack of its own, which is up and has the images.
 *
 * @param python the peers' interpreter.
 */
export async function measureStudies(
  python: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<StudyResults> {
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-studies-'));
  const atOnce = availableParallelism();
  try {
    const images = await studyImages(folder, IMAGES);
    // The peers use the CPU only.
    const env = { CUDA_VISIBLE_DEVICES: '-1' };
    return await withCheckoutStack({ checkout: projectRoot, env, signal }, async (stack) => {
      const common = { stack, images, python, folder, signal, log };
      // First, because it also stores the images.
      const overhead = await measureOverhead({ ...common, atOnce });
      return { overhead, trainings: await measureTrainings(common) };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
