import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withFileLock } from '../file-lock.ts';
import type { Finding } from '../finding.ts';
import { chooseMinio, minioPart } from '../parts/minio-build.ts';
import { type Cache, cacheIn, isInstalled, type Part, partFolder } from '../parts/part.ts';
import type { Program } from '../parts/program.ts';
import { chooseTemporal, temporalPart } from '../parts/temporal-cli.ts';
import { cudaEnvironment, type TensorflowBuild, tensorflowPart, wantedBuild } from '../parts/tensorflow.ts';
import { bindingPart, placeBinding, placedBinding } from '../parts/tfjs-binding.ts';
import { projectRoot } from '../project.ts';
import { notice } from '../quiet.ts';
import { UserError } from '../user-error.ts';
import { installParts } from './install-parts.ts';
import { deleteUnused, otherVersions } from './old-versions.ts';
import { checkPrerequisites, diskBytesOf } from './prerequisites.ts';

/** Paths of the programs and libraries that npm does not install. */
export interface NativeParts {
  /** The `temporal` command. */
  temporal: string;
  /** The `minio` command. */
  minio: string;
  tensorflow: { build: TensorflowBuild; folder: string };
  /** The native half of tfjs-node, where its npm package looks for it. */
  binding: string;
}

/**
 * Installs the missing parts and puts tfjs's binding in place. It may be interrupted and repeated: complete parts stay.
 * It shows its progress on standard error, and prints nothing if all parts are installed.
 *
 * @throws {UserError} if the machine lacks a prerequisite, or a part can't be downloaded or built.
 */
export async function ensureNativeParts(): Promise<NativeParts> {
  const plan = await planParts();
  try {
    await installAndPlace(plan);
  } catch (cause) {
    const { code = '', path = projectRoot } = cause as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw cause;
    throw new UserError(
      `Set-up can't write to ${dirname(path)} (${code}). The owner of ${projectRoot} should run: npm run setup`,
      { cause },
    );
  }
  return {
    temporal: plan.temporal.path,
    minio: plan.minio.path,
    tensorflow: { build: plan.build, folder: partFolder(plan.cache, plan.tensorflow) },
    binding: placedBinding(projectRoot),
  };
}

/** Variables through which TensorFlow finds its libraries. They must be set before its process starts. */
export function trainerEnvironment(parts: NativeParts): Record<string, string> {
  return parts.tensorflow.build === 'cuda' ? cudaEnvironment(parts.tensorflow.folder) : {};
}

/** Disk space that installing the missing parts takes at most. */
export async function diskBytesToSetUp(): Promise<number> {
  return diskBytesOf(missing(await planParts()));
}

/** Reports which native parts are installed, for `doctor`. */
export async function inspectNativeParts(): Promise<Finding[]> {
  const { cache, tensorflow, binding, temporal, minio } = await planParts();
  const finding = (name: string, path: string, why?: string): Finding => ({
    name,
    found: existsSync(path),
    required: true,
    detail: `${existsSync(path) ? path : 'not installed yet'}${why ? ` (${why})` : ''}`,
    howToGet: 'run: npm run setup',
  });
  return [
    finding(tensorflow.title, partFolder(cache, tensorflow)),
    finding(binding.title, placedBinding(projectRoot)),
    finding('Temporal', temporal.path, temporal.why),
    finding('MinIO', minio.path, minio.why),
  ];
}

// --- helpers ---

interface Plan {
  cache: Cache;
  build: TensorflowBuild;
  tensorflow: Part;
  binding: Part;
  temporal: Program;
  minio: Program;
}

async function planParts(): Promise<Plan> {
  const cache = cacheIn(projectRoot);
  const build = await wantedBuild();
  return {
    cache,
    build,
    ...tensorflowParts(cache, build),
    temporal: await chooseTemporal(cache),
    minio: chooseMinio(cache),
  };
}

function tensorflowParts(cache: Cache, build: TensorflowBuild) {
  const tensorflow = tensorflowPart(build);
  return { tensorflow, binding: bindingPart(projectRoot, partFolder(cache, tensorflow)) };
}

async function installAndPlace(plan: Plan): Promise<void> {
  const { cache, tensorflow, binding } = plan;
  if (missing(plan).length > 0) {
    const cacheRoot = dirname(cache.native);
    await mkdir(cacheRoot, { recursive: true });
    const onWait = ({ pid }: { pid: number }) => notice(`Waiting for another set-up (process ${pid}).`);
    await withFileLock(join(cacheRoot, 'setup.lock'), onWait, async () => {
      await installMissing(plan);
      await deleteObsolete(cache);
    });
  }
  placeBinding(projectRoot, partFolder(cache, binding), partFolder(cache, tensorflow));
}

function missing({ cache, tensorflow, binding, temporal, minio }: Plan): Part[] {
  const parts = [tensorflow, binding, temporal.part, minio.part].filter((part) => part !== undefined);
  return parts.filter((part) => !isInstalled(cache, part));
}

async function installMissing(plan: Plan): Promise<void> {
  const { cache, tensorflow, binding, temporal } = plan;
  const parts = missing(plan);
  if (parts.length === 0) return;
  await checkPrerequisites(projectRoot, parts);
  const titles = parts.map(({ title }) => title).join(', ');
  notice(`One-time set-up in ${dirname(cache.native)}: ${titles}`);
  if (parts.includes(temporalPart)) notice(`  Temporal: ${temporal.why}`);
  const chains = [[tensorflow, binding], [temporalPart], [minioPart]];
  await installParts(
    cache,
    chains.map((chain) => chain.filter((part) => parts.includes(part))).filter((chain) => chain.length > 0),
  );
}

/** Parts that other versions of this project have installed. Both builds of TensorFlow stay, as a GPU may come and go. */
function obsolete(cache: Cache): string[] {
  const tensorflow = (['cpu', 'cuda'] as const).flatMap((build) =>
    Object.values(tensorflowParts(cache, build)),
  );
  const kept = [...tensorflow, temporalPart, minioPart].map(({ folder }) => folder);
  return otherVersions(cache, new Set(kept));
}

async function deleteObsolete(cache: Cache): Promise<void> {
  const deleted = await deleteUnused(cache, obsolete(cache));
  if (deleted.length > 0) notice(`Deleted obsolete parts: ${deleted.join(', ')}`);
}
