import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Makes a folder that is a disk of its own, in memory.
 *
 * @param bytes its size; left out: nothing is done.
 */
export async function mountedFolder(
  folder: string,
  bytes: number | undefined,
): Promise<{ unmount: () => Promise<void> }> {
  if (bytes === undefined) return { unmount: async () => {} };
  await mkdir(folder);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  return {
    async unmount() {
      await run('umount', [folder]);
    },
  };
}

/** Whether this account may mount a disk. */
export async function mayMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'may-mount-'));
  try {
    await (await mountedFolder(join(folder, 'disk'), 1_000_000)).unmount();
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}
