import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { makeFolder } from '../infra/make-folder.ts';
import { dataRecipe } from '../storage/inputs/data-recipe.ts';
import type { PreparedManifest } from '../storage/inputs/datasets.ts';
import { findPreparedDataset, putPreparedDataset } from '../storage/inputs/prepared-datasets.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { StudyData } from '../study/definition/data-schema.ts';
import { sourceName } from '../study/record/source-name.ts';
import type { Answer, Job, TrainerEvent } from '../trainer/protocol.ts';
import { startTrainer } from '../trainer/start-trainer.ts';
import { isUrl } from './files/is-url.ts';
import { withFile } from './files/with-file.ts';
import type { DatasetProgress } from './prepare-dataset.ts';

/**
 * Prepares and stores data of one's own. Those that have been prepared in the same way before are only hashed. Both happen in
 * a trainer's process, so that this one keeps answering, and outlives a table that fills its memory.
 *
 * @param source path or URL.
 * @param tell takes what is being done.
 * @throws {TrainerError} of kind `DamagedData`, in one line, if they aren't what the study says.
 * @throws the reason of the activity's cancellation, at once.
 */
export function prepareOwnData(
  { store, downloads }: { store: ObjectStore; downloads: string },
  source: string,
  data: StudyData,
  tell: (progress: DatasetProgress) => void,
): Promise<PreparedManifest> {
  const name = sourceName(source);
  const doing = `downloading ${name}`;
  if (isUrl(source)) tell({ doing });
  const options = {
    onProgress: (doneBytes: number, totalBytes: number | undefined) =>
      tell({ doing, doneBytes, ...(totalBytes !== undefined && { totalBytes }) }),
  };
  return withFile(source, downloads, options, async (path) => {
    tell({ doing: `checking ${name}` });
    const sourceSha256 = await inTrainer({ kind: 'digestData', path });
    const recipe = dataRecipe(sourceSha256, data);
    const stored = await findPreparedDataset(store, recipe);
    if (stored) return stored;

    makeFolder(downloads);
    const id = randomUUID();
    const files = { train: join(downloads, `${id}.train.tmp`), test: join(downloads, `${id}.test.tmp`) };
    const preparing = `preparing ${name}`;
    tell({ doing: preparing });
    try {
      const { train, test, ...prepared } = await inTrainer(
        { kind: 'prepareData', path, where: name, data, sourceSha256, files },
        (event) => {
          if (event.kind !== 'prepared') return;
          tell({ doing: preparing, doneExamples: event.done, totalExamples: event.all });
        },
      );
      const content = {
        ...prepared,
        ...(data.kind === 'images' && { fit: data.fit }),
        train,
        test,
        recipe,
        origin: { kind: 'own' as const, archiveSha256: sourceSha256, source: name },
      };
      return await putPreparedDataset(store, content, (doneBytes, totalBytes) =>
        tell({ doing: 'storing the examples', doneBytes, totalBytes }),
      );
    } finally {
      await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
    }
  });
}

// --- helpers ---

/** The trainer is killed if the activity is cancelled: it has nothing to finish. */
function inTrainer<Kind extends 'digestData' | 'prepareData'>(
  job: Job<Kind>,
  onEvent: (event: TrainerEvent) => void = () => {},
): Promise<Answer<Kind>> {
  const signal = Context.current().cancellationSignal;
  return startTrainer(job, { signal, stopGraceMs: 0, onEvent });
}
