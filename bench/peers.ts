import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskOf } from '../infra/disk.ts';
import { findOnPath, run } from '../infra/parts/commands.ts';
import { installPart, isInstalled, type Part, partFolder } from '../infra/parts/part.ts';
import { projectRoot } from '../infra/project.ts';
import { checkPrerequisites } from '../infra/setup/prerequisites.ts';
import { runTasks } from '../infra/setup/progress.ts';
import { UserError } from '../infra/user-error.ts';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const SIZES = { gigabytesDownloaded: 3.6, gigabytesInstalled: 8 };
/** Versions that all packages support: PyTorch needs the first or later, TensorFlow the last or earlier. */
const PYTHONS = ['3.11', '3.12', '3.13'];

/** For the bench's downloads. Git ignores it. */
export const benchCache = {
  native: join(projectRoot, '.cache', 'bench'),
  tmp: join(projectRoot, '.cache', 'bench', 'tmp'),
};

/**
 * Installs PyTorch, TensorFlow for Python, JAX, Ray and Optuna into a virtual environment, if they aren't installed yet.
 *
 * @returns the environment's Python.
 * @throws {UserError} if there is no suitable Python, too little disk space, or a package can't be installed.
 */
export async function ensurePeers(): Promise<string> {
  const python = await findPython();
  const part = peersPart(python);
  if (!isInstalled(benchCache, part)) {
    await rm(benchCache.tmp, { recursive: true, force: true });
    await checkPrerequisites(projectRoot, [part]);
    const { gigabytesDownloaded, gigabytesInstalled } = SIZES;
    console.error(
      `Installing ${part.title} into ${benchCache.native}, for the comparison. They take up to ${gigabytesDownloaded} GB ` +
        `to download and ${gigabytesInstalled} GB on disk; much less if pip is configured for PyTorch's CPU build.`,
    );
    const [error] = await runTasks([
      { title: part.title, run: (report) => installPart(benchCache, part, report) },
    ]);
    if (error) throw error;
  }
  return join(partFolder(benchCache, part), 'bin', 'python');
}

// --- helpers ---

interface Python {
  command: string;
  /** `3.12`. */
  version: string;
}

async function findPython(): Promise<Python> {
  const seen: string[] = [];
  const script = 'import sys, ensurepip, venv; print("%d.%d" % sys.version_info[:2])';
  for (const name of ['python3', ...PYTHONS.map((version) => `python${version}`)]) {
    const command = findOnPath(name);
    // A command may exist without working: version managers keep names of versions that aren't installed.
    const version = command && (await run(command, ['-c', script]).catch(() => '')).trim();
    if (!command || !version) continue;
    if (PYTHONS.includes(version)) return { command, version };
    seen.push(`${name} is ${version}`);
  }
  throw new UserError(
    `Python: expected 3.11, 3.12 or 3.13 with its venv module, got ${seen.join(', ') || 'none on PATH'}; ` +
      'install one, for example: apt install python3 python3-venv',
  );
}

function peersPart({ command, version }: Python): Part {
  const requirements = readFileSync(REQUIREMENTS);
  const hash = createHash('sha256').update(requirements).update(version).digest('hex').slice(0, 12);
  return {
    title: 'PyTorch, torchvision, TensorFlow for Python, Keras, JAX, Ray and Optuna',
    folder: `peers-${hash}`,
    needs: ['python'],
    diskBytes: (SIZES.gigabytesDownloaded + SIZES.gigabytesInstalled) * 1e9,
    async make(target, work, report) {
      await run(command, ['-m', 'venv', target]);
      const before = diskOf(work).freeBytes;
      const watch = setInterval(() => {
        const written = before - diskOf(work).freeBytes;
        report(`downloading and installing: ${(written / 1e9).toFixed(1)} GB written so far`);
      }, 1000);
      const options = ['--no-cache-dir', '--progress-bar', 'off', '--disable-pip-version-check'];
      try {
        await run(
          join(target, 'bin', 'python'),
          ['-m', 'pip', 'install', ...options, '--only-binary=:all:', '--requirement', REQUIREMENTS],
          { env: { TMPDIR: work } },
        );
      } catch (cause) {
        throw new UserError(
          `can't install the packages of bench/requirements.txt: ${cause instanceof Error ? cause.message : cause}. ` +
            'Run the same command to try again',
          { cause },
        );
      } finally {
        clearInterval(watch);
      }
    },
  };
}
