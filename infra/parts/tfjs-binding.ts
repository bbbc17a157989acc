import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { UserError } from '../user-error.ts';
import { findOnPath, run } from './commands.ts';
import type { Part } from './part.ts';
import { tensorflowLibraries } from './tensorflow.ts';

/**
 * The native half of tfjs-node, compiled from the sources in its npm package, with this project's own operations for TensorFlow.
 *
 * @param tensorflow the folder of TensorFlow's part.
 */
export function bindingPart(projectRoot: string, tensorflow: string): Part {
  const sources = readSources(projectRoot);
  const key = createHash('sha256').update(basename(tensorflow)).update(COMPILE_FLAGS.join(' '));
  for (const { path, text } of sources) key.update(relative(projectRoot, path)).update(text);
  return {
    title: 'tfjs binding',
    folder: `tfjs-binding-${key.digest('hex').slice(0, 16)}`,
    needs: ['compiler'],
    diskBytes: 10_000_000,
    async make(target, _work, onProgress) {
      onProgress('compiling');
      const compiler = findCompiler();
      if (!compiler) throw new UserError('Building the tfjs binding needs a C++ compiler.');
      const units = sources.map(({ path }) => path).filter((path) => path.endsWith('.cc'));
      const libraries = tensorflowLibraries(tensorflow);
      await run(compiler, [
        ...COMPILE_FLAGS,
        `-I${join(libraries, 'include')}`,
        `-I${nodeHeaders(projectRoot)}`,
        '-o',
        join(target, BINDING_NAME),
        ...units,
        join(libraries, 'libtensorflow_cc.so.2'),
        join(libraries, 'libtensorflow_framework.so.2'),
      ]);
    },
  };
}

/**
 * Puts the binding and TensorFlow where the npm package looks for them. `npm ci` empties that place, so every set-up
 * calls this. It writes only what has changed.
 */
export function placeBinding(projectRoot: string, binding: string, tensorflow: string): void {
  const target = placedBinding(projectRoot);
  const built = readFileSync(join(binding, BINDING_NAME));
  if (!readIfThere(target)?.equals(built)) {
    mkdirSync(dirname(target), { recursive: true });
    replace(target, (draft) => writeFileSync(draft, built, { mode: 0o755 }));
  }
  const link = join(tfjsPackage(projectRoot), 'deps', 'lib');
  const destination = relative(dirname(link), tensorflowLibraries(tensorflow));
  if (linkDestination(link) !== destination) {
    mkdirSync(dirname(link), { recursive: true });
    if (linkDestination(link) === undefined) rmSync(link, { recursive: true, force: true });
    replace(link, (draft) => symlinkSync(destination, draft));
  }
}

export function placedBinding(projectRoot: string): string {
  return join(tfjsPackage(projectRoot), 'lib', 'napi-v8', BINDING_NAME);
}

/** @returns the path of a C++ compiler: `CXX`, or the first one with a usual name on PATH. */
export function findCompiler(): string | undefined {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  return names.map((name) => (name.includes('/') ? name : findOnPath(name))).find(Boolean);
}

// --- helpers ---

const BINDING_NAME = 'tfjs_binding.node';

const COMPILE_FLAGS = [
  '-std=c++17',
  '-O2',
  // A product and the sum that takes it are one operation, which rounds once. A root sets no error code, so vectors have it too.
  '-ffp-contract=fast',
  '-fno-math-errno',
  '-fPIC',
  '-shared',
  '-DNAPI_VERSION=8',
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
];

function tfjsPackage(projectRoot: string): string {
  return join(projectRoot, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
}

function nodeHeaders(projectRoot: string): string {
  return join(projectRoot, 'node_modules', 'node-api-headers', 'include');
}

function readSources(projectRoot: string): { path: string; text: Buffer }[] {
  const folders = [
    join(tfjsPackage(projectRoot), 'binding'),
    nodeHeaders(projectRoot),
    join(projectRoot, 'training', 'native'),
  ];
  try {
    return folders.flatMap((folder) =>
      readdirSync(folder)
        .sort()
        .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name)) })),
    );
  } catch (cause) {
    throw new UserError('The npm packages are not installed. Run: npm ci', { cause });
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function linkDestination(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Replaces a file by a rename, so that a process that is starting finds either the old or the new one. */
function replace(path: string, write: (draft: string) => void): void {
  const draft = `${path}.${randomUUID()}`;
  write(draft);
  renameSync(draft, path);
}
