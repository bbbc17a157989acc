import { unsupportedNode } from '../build/supported-node.mjs';
import { diskOf, gigabytes } from '../disk.ts';
import type { Finding } from '../finding.ts';
import { findOnPath, run } from '../parts/commands.ts';
import { cacheIn, type Part } from '../parts/part.ts';
import { findGpu } from '../parts/tensorflow.ts';
import { findCompiler } from '../parts/tfjs-binding.ts';
import { UserError } from '../user-error.ts';

/**
 * Checks everything that set-up needs from the machine.
 *
 * @param diskBytes disk space that set-up may still take.
 */
export async function inspectPrerequisites(projectRoot: string, diskBytes: number): Promise<Finding[]> {
  const gpu = await findGpu();
  return [
    inspectNode(),
    inspectPlatform(),
    await inspectPython(),
    inspectCompiler(),
    inspectDisk(projectRoot, diskBytes),
    {
      name: 'NVIDIA GPU',
      found: gpu !== undefined,
      required: false,
      detail: gpu ?? 'none: training runs on the CPU',
      howToGet: "install NVIDIA's driver; nvidia-smi then lists the GPU",
    },
  ];
}

/**
 * Checks what these parts need before anything is downloaded.
 *
 * @throws {UserError} with a line for each prerequisite that is missing.
 */
export async function checkPrerequisites(projectRoot: string, parts: readonly Part[]): Promise<void> {
  const needs = new Set(parts.flatMap((part) => part.needs));
  const findings = [
    inspectNode(),
    inspectPlatform(),
    ...(needs.has('python') ? [await inspectPython()] : []),
    ...(needs.has('compiler') ? [inspectCompiler()] : []),
    inspectDisk(projectRoot, diskBytesOf(parts)),
  ];
  const missing = findings.filter((finding) => !finding.found);
  if (missing.length === 0) return;
  throw new UserError(
    missing.map(({ name, detail, howToGet }) => `${name}: ${detail}; ${howToGet}`).join('\n'),
  );
}

/** Disk space that making these parts takes at most. */
export function diskBytesOf(parts: readonly Part[]): number {
  return parts.reduce((total, part) => total + part.diskBytes, 0);
}

// --- helpers ---

function inspectNode(): Finding {
  return {
    name: 'Node',
    found: unsupportedNode() === undefined,
    required: true,
    detail: process.version,
    howToGet: 'use Node 20 (20.12 or newer), 22 (22.12 or newer) or 24',
  };
}

function inspectPlatform(): Finding {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
    .header;
  const [major = 0, minor = 0] = (glibcVersionRuntime ?? '').split('.').map(Number);
  return {
    name: 'Linux x64 with glibc',
    found:
      process.platform === 'linux' && process.arch === 'x64' && (major > 2 || (major === 2 && minor >= 27)),
    required: true,
    detail: `${process.platform} ${process.arch}, ${glibcVersionRuntime ? `glibc ${glibcVersionRuntime}` : 'no glibc'}`,
    howToGet: 'TensorFlow needs Linux on x64 with glibc 2.27 or newer (Alpine has musl instead)',
  };
}

async function inspectPython(): Promise<Finding> {
  const common = { name: 'Python 3 with pip', required: true };
  const howToGet = 'install both, for example: apt install python3 python3-pip';
  if (!findOnPath('python3')) return { ...common, found: false, detail: 'no python3 on PATH', howToGet };
  try {
    const version = await run('python3', ['-m', 'pip', '--version']);
    return { ...common, found: true, detail: /^pip \S+/.exec(version)?.[0] ?? version.trim(), howToGet };
  } catch {
    return { ...common, found: false, detail: 'python3 without pip', howToGet };
  }
}

function inspectCompiler(): Finding {
  const compiler = findCompiler();
  return {
    name: 'C++ compiler',
    found: compiler !== undefined,
    required: true,
    detail: compiler ?? 'no c++, g++ or clang++ on PATH',
    howToGet: 'install one, for example: apt install g++',
  };
}

function inspectDisk(projectRoot: string, neededBytes: number): Finding {
  const { native } = cacheIn(projectRoot);
  const { freeBytes } = diskOf(native);
  return {
    name: 'Disk space',
    found: freeBytes >= neededBytes,
    required: true,
    detail: `${gigabytes(freeBytes)} free for ${native}`,
    howToGet: `set-up temporarily takes up to ${gigabytes(neededBytes)}: free some space, or move the project to another disk`,
  };
}
