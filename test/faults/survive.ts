import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { expect, vi } from 'vitest';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { generateImages } from '../../training/data/generated.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { comparable } from './comparable.ts';
import { type DisturbedStudy, runStudy, type Undergone } from './disturbed-study.ts';
import { type Fault, oneOf, type Target } from './faults.ts';
import { mountedFolder } from './mounted-folder.ts';
import { leftOf } from './processes.ts';

const HEARTBEAT_SECONDS = 5;
/** Between two faults. */
const PAUSE_MS = { least: 500, most: 5000 };

/** Runs a study without faults. When it is disturbed, it must end in the same way. */
export async function undisturbed(study: StudyInput) {
  return comparable((await inFolder({ study })).record);
}

/**
 * Runs a study while faults are injected, until it has ended.
 *
 * @param expected the record of the undisturbed study.
 * @param most how many faults to inject at most.
 * @param diskBytes the size of a disk for the stack's state; left out: it is on the disk of temporary files.
 * @returns the names of the faults that were injected.
 */
export async function survives(
  study: StudyInput,
  expected: Awaited<ReturnType<typeof undisturbed>>,
  choices: readonly Fault[],
  random: RandomGenerator,
  most: number,
  diskBytes?: number,
): Promise<string[]> {
  const injected: Fault[] = [];
  const { record, announced } = await inFolder({ study, disturb: injectFaults }, diskBytes);
  expect(comparable(record)).toEqual(expected);
  if (!injected.some(({ losesCheckpoints }) => losesCheckpoints)) expectNothingTwice(announced);
  return injected.map(({ name }) => name);

  async function injectFaults(
    target: () => Promise<Omit<Target, 'random'>>,
    ended: AbortSignal,
  ): Promise<void> {
    while (injected.length < most) {
      await pause(uniformInt(random, PAUSE_MS.least, PAUSE_MS.most), undefined, { signal: ended }).catch(
        () => {},
      );
      if (ended.aborted) return;
      const fault = oneOf(random, choices) as Fault;
      // What it needs may be down because of the fault before.
      const done = await fault.inject({ ...(await target()), random }).catch((error: Error) => error);
      if (done === true) injected.push(fault);
      console.log(
        `${new Date().toISOString()} ${fault.name}${done === true ? '' : `: not done. ${done || ''}`}`,
      );
    }
  }
}

// --- helpers ---

/** Runs the study in a temporary folder, and expects that none of its processes is left. */
async function inFolder(
  { study, disturb }: Pick<DisturbedStudy, 'study' | 'disturb'>,
  diskBytes?: number,
): Promise<Undergone> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'));
  const archive = process.env.CIFAR10_ARCHIVE || join(folder, 'small.tar.gz');
  const state = await mountedFolder(join(folder, 'state'), diskBytes);
  try {
    if (!process.env.CIFAR10_ARCHIVE) {
      await writeFile(archive, await smallArchive(generateImages({ trainImages: 2000, testImages: 500 })));
    }
    const undergone = await runStudy({
      study,
      folder,
      archive,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      ...(disturb && { disturb }),
    });
    await vi.waitFor(() => expect(leftOf(undergone.stateFolder)).toEqual([]), {
      timeout: 20_000,
      interval: 200,
    });
    return undergone;
  } finally {
    await state.unmount();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** An epoch is announced when its checkpoint is stored, so it is never trained again. */
function expectNothingTwice(announced: Undergone['announced']): void {
  for (const [trial, epochs] of announced) expect(epochs, trial).toEqual([...new Set(epochs)]);
}
