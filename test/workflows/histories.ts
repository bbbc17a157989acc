import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));

/** The studies whose histories are kept, by what happens in them. */
const RECORDED = {
  stages: ['promotes', 'retrains', 'early', 'changed'],
  search: ['searches', 'halves', 'goes-on', 'medians', 'orders'],
  repeats: ['repeats'],
  'side experiments': ['parked-beside', 'all-cancelled'],
  signals: ['signals'],
  failures: ['progresses', 'out-of-memory', 'interrupted'],
  decisions: ['parks', 'overrides', 'hopeless', 'untested', 'ended-twice'],
  cancellation: ['cancelled'],
  pause: ['pauses', 'cancelled-in-pause'],
  reset: ['reset-at-its-end', 'reset-while-training'],
};

/**
 * Writes the histories of a study, its first stage and one of that stage's trials, for later versions to replay; also those
 * of its search and of its side experiments, if it has them. Does nothing for a study whose histories would show nothing new.
 */
export async function recordHistories(client: Client, studyId: string): Promise<void> {
  if (!Object.values(RECORDED).some((ids) => ids.includes(studyId))) return;
  await mkdir(folder, { recursive: true });
  for (const part of [
    '',
    '/width',
    '/width/wide',
    '/search',
    '/search/wide_search_01',
    '/leakage',
    '/again',
  ]) {
    const id = `${studyId}${part}`;
    const history = await historyOf(client, id);
    if (!history) continue;
    await writeFile(
      `${folder}${id.replaceAll('/', '.')}.json`,
      // Stacks name folders of this machine, and a replay doesn't need them.
      JSON.stringify(JSON.parse(historyToJSON(history), (key, value) => (key === 'stackTrace' ? '' : value))),
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

// --- helpers ---

async function historyOf(client: Client, id: string) {
  try {
    const handle = client.workflow.getHandle(id);
    await handle.describe();
    return await handle.fetchHistory();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
