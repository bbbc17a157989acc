import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFileLock } from '../file-lock.ts';
import { UserError } from '../user-error.ts';
import { endCommands, findOnPath } from './commands.ts';
import { minioBinary, minioPart } from './minio-server.ts';
import { cacheIn, installPart, isInstalled, type Part, partFolder } from './part.ts';
import { checkPrerequisites, type Finding } from './prerequisites.ts';
import { runTasks, type Task } from './progress.ts';
import { temporalBinary, temporalPart } from './temporal-cli.ts';
import { cudaEnvironment, type TensorflowBuild, tensorflowPart, wantedBuild } from './tensorflow.ts';
import { bindingPart, placeBinding, placedBinding } from './tfjs-binding.ts';

/** What this project runs that npm does not bring: paths of programs and libraries. */
export interface NativeParts {
  /** The `temporal` command. */
  temporal: string;
  /** The `minio` command. */
  minio: string;
  tensorflow: { build: TensorflowBuild; folder: string };
  /** The compiled half of tfjs-node, where its npm package looks for it. */
  binding: string;
}

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Brings what is missing, and puts tfjs's binding in place. Repeatable, and safe to interrupt: what is whole stays, the
 * rest is begun anew. Shows its progress on standard error, and nothing where all is there.
 *
 * @throws UserError where something is missing on the machine, or can't be fetched or built
 */
export async function ensureNativeParts(): Promise<NativeParts> {
  const plan = await planParts();
  try {
    await bringMissing(plan);
  } catch (cause) {
    const { code = '', path = projectRoot } = cause as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw cause;
    throw new UserError(
      `Set-up can't write in ${dirname(path)} (${code}); let the user whose folder ${projectRoot} is run: npm run setup`,
      { cause },
    );
  }
  return located(plan);
}

/** The environment, beside the process's own, in which TensorFlow finds its libraries; set before the process starts. */
export function trainerEnvironment(parts: NativeParts): Record<string, string> {
  return parts.tensorflow.build === 'cuda' ? cudaEnvironment(parts.tensorflow.folder) : {};
}

/** Says which native parts are there, for `doctor`. */
export async function inspectNativeParts(): Promise<Finding[]> {
  const plan = await planParts();
  const { temporal, minio } = located(plan);
  const howToGet = 'run: npm run setup';
  const finding = (name: string, path: string, found: boolean): Finding => ({
    ...{ name, found, required: true, howToGet },
    detail: found ? path : 'not there yet',
  });
  return [
    finding(
      plan.tensorflow.title,
      partFolder(plan.cache, plan.tensorflow),
      isInstalled(plan.cache, plan.tensorflow),
    ),
    finding(plan.binding.title, placedBinding(projectRoot), existsSync(placedBinding(projectRoot))),
    finding('Temporal', temporal, existsSync(temporal)),
    finding('MinIO', minio, existsSync(minio)),
  ];
}

// --- helpers ---

async function bringMissing(plan: Plan): Promise<void> {
  if (missing(plan).length > 0) {
    const cacheRoot = dirname(plan.cache.native);
    await mkdir(cacheRoot, { recursive: true });
    const onWait = ({ pid }: { pid: number }) =>
      console.error(`Another set-up is under way (process ${pid}); waiting for it.`);
    await withFileLock(join(cacheRoot, 'setup.lock'), onWait, () => installMissing(plan));
  }
  placeBinding(projectRoot, partFolder(plan.cache, plan.binding), partFolder(plan.cache, plan.tensorflow));
}

interface Plan {
  cache: ReturnType<typeof cacheIn>;
  build: TensorflowBuild;
  tensorflow: Part;
  binding: Part;
  /** Programs that are on PATH are taken from there. */
  onPath: { temporal: string | undefined; minio: string | undefined };
}

async function planParts(): Promise<Plan> {
  const cache = cacheIn(projectRoot);
  const build = await wantedBuild();
  const tensorflow = tensorflowPart(build);
  const binding = bindingPart(projectRoot, partFolder(cache, tensorflow));
  return {
    cache,
    build,
    tensorflow,
    binding,
    onPath: { temporal: findOnPath('temporal'), minio: findOnPath('minio') },
  };
}

function missing({ cache, tensorflow, binding, onPath }: Plan): Part[] {
  const parts = [tensorflow, binding];
  if (!onPath.temporal) parts.push(temporalPart);
  if (!onPath.minio) parts.push(minioPart);
  return parts.filter((part) => !isInstalled(cache, part));
}

function located({ cache, build, tensorflow, onPath }: Plan): NativeParts {
  return {
    temporal: onPath.temporal ?? temporalBinary(partFolder(cache, temporalPart)),
    minio: onPath.minio ?? minioBinary(partFolder(cache, minioPart)),
    tensorflow: { build, folder: partFolder(cache, tensorflow) },
    binding: placedBinding(projectRoot),
  };
}

async function installMissing(plan: Plan): Promise<void> {
  const parts = missing(plan);
  if (parts.length === 0) return;
  const { cache, tensorflow, binding } = plan;
  // Only a set-up that was killed leaves anything here.
  await rm(cache.tmp, { recursive: true, force: true });
  await checkPrerequisites(projectRoot, parts);
  console.error(
    `Setting up, once, in ${dirname(cache.native)}: ${parts.map(({ title }) => title).join(', ')}`,
  );
  const independent = parts.filter((part) => part !== tensorflow && part !== binding);
  const tasks: Task[] = independent.map((part) => ({
    title: part.title,
    run: (report) => installPart(cache, part, report),
  }));
  if (parts.length > independent.length) {
    tasks.unshift({
      title: `${tensorflow.title} and its binding for tfjs`,
      run: async (report) => {
        await installPart(cache, tensorflow, report);
        await installPart(cache, binding, report);
        placeBinding(projectRoot, partFolder(cache, binding), partFolder(cache, tensorflow));
      },
    });
  }
  const errors = await endingCommandsOnSignals(() => runTasks(tasks));
  if (errors.length === 0) return;
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new UserError(`Set-up failed:\n${messages.join('\n')}`, { cause: errors[0] });
}

/** A signal sent to this process alone must not leave downloads and compilers behind. */
async function endingCommandsOnSignals<T>(work: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = (signal: NodeJS.Signals) => {
    endCommands();
    release();
    process.kill(process.pid, signal);
  };
  const release = () => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  try {
    return await work();
  } finally {
    release();
  }
}
