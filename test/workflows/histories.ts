import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));

/** Writes the histories of a study, its first stage and one of that stage's trials, for later versions to replay. */
export async function recordHistories(client: Client, studyId: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const id of [studyId, `${studyId}/width`, `${studyId}/width/wide`]) {
    const history = await client.workflow.getHandle(id).fetchHistory();
    await writeFile(
      `${folder}${id.replaceAll('/', '.')}.json`,
      JSON.stringify(JSON.parse(historyToJSON(history))),
    );
  }
}

export function recordedHistories(): { name: string; history: unknown }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => ({
    name: file.replace(/\.json$/, ''),
    history: JSON.parse(readFileSync(`${folder}${file}`, 'utf8')),
  }));
}
