// Makes a part in the given project folder, and hangs half-way.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheIn, installPart } from '../../infra/parts/part.ts';

const part = {
  title: 'a part',
  folder: 'a-part-1',
  needs: [],
  diskBytes: 0,
  async make(target: string) {
    writeFileSync(join(target, 'half'), '');
    process.send?.('half-way');
    await new Promise(() => setInterval(() => {}, 60_000));
  },
};
await installPart(cacheIn(process.argv[2] ?? ''), part, () => {});
