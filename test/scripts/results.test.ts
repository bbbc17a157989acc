import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../infra/project.ts';
import { documents, resultFolders } from '../../scripts/results/documents.ts';

it('are what `npm run results` writes from their records', async () => {
  for (const [path, content] of Object.entries(await documents()))
    expect(readFileSync(join(projectRoot, path), 'utf8') === content, path).toBe(true);
});

it('take less than 3 MB each', () => {
  for (const name of resultFolders())
    for (const file of ['record.json', 'index.html'])
      expect(statSync(join(projectRoot, 'docs/results', name, file)).size).toBeLessThan(3_000_000);
});
