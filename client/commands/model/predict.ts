import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ensureNativeParts, trainerEnvironment } from '../../../infra/setup/native-parts.ts';
import { UserError } from '../../../infra/user-error.ts';
import { getDatasetManifest } from '../../../storage/inputs/datasets.ts';
import { storeEnvironment } from '../../../storage/minio/store-config.ts';
import { inputOfTrial } from '../../../study/definition/input-form.ts';
import type { ImageFile, ImagePrediction, ValidationScore } from '../../../trainer/protocol.ts';
import { type ExampleWord, exampleWord } from '../../../words/examples.ts';
import { percent } from '../../../words/numbers.ts';
import { askTrainer } from '../../ask-trainer.ts';
import { EXIT, UsageError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { imageFile } from '../../images/image-file.ts';
import { studyStatus } from '../../observe/find-study.ts';
import { type FoundTrial, findTrial } from '../../observe/find-trial.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { table } from '../../terminal/text.ts';

interface PredictOptions {
  validation?: boolean;
  json?: boolean;
}

export async function predict(studyId: string, images: string[], options: PredictOptions): Promise<void> {
  const { validation = false, json = false } = options;
  if (images.length === 0 && !validation) {
    throw new UsageError(
      'images: expected image files, or a table, got none; name at least one, or use --validation',
    );
  }
  const answers = await checkAll(images);
  for (const { problem } of answers) if (problem) console.error(problem);
  if (!validation && answers.every(({ problem }) => problem)) {
    process.exitCode = EXIT.failure;
    return;
  }
  const signal = interruption();
  await withSession({ level: 'servers' }, async (session) => {
    const found = await findTrial(session.store, studyId, undefined, (id) => studyStatus(session, id));
    const score = await ask(session, found, answers, validation, signal);
    const { classes } = await getDatasetManifest(session.store, found.result.spec.data.dataset);
    if (json) printJson(found, answers, classes, score);
    else print(found, answers, classes, score);
    const allRead = answers.every(({ problem }) => problem === undefined);
    if (!allRead || (score && score.accuracy !== recordedAccuracy(found))) process.exitCode = EXIT.failure;
  });
}

// --- helpers ---

/** Of the best epoch, on the validation examples, percent. */
function recordedAccuracy({ result }: FoundTrial): number {
  const best = result.lines.find(({ epoch }) => epoch === result.bestEpoch);
  return best?.val_accuracy ?? Number.NaN;
}

interface Answer {
  /** As it was typed. */
  image: string;
  /** Absent if the image can't be read. */
  file?: ImageFile;
  /** Its absolute path, if it is a table. */
  table?: string;
  probabilities?: number[];
  problem?: string;
}

async function checkAll(images: string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const image of images) {
    try {
      if (isTable(image)) answers.push({ image, table: await tableFile(image) });
      else answers.push({ image, file: await imageFile(image) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      answers.push({ image, problem: error.message });
    }
  }
  return answers;
}

const isTable = (name: string): boolean => /\.(csv|tsv|npz)$/i.test(name);

/** @throws {UserError} if there is no such file. */
async function tableFile(name: string): Promise<string> {
  const path = resolve(name);
  if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  throw new UserError(`${name}: expected a table as a file, got nothing there`);
}

/** Has a trainer classify what can be read, and adds its answers. A table becomes an answer for each row. */
async function ask(
  { bucket }: Session,
  { result }: FoundTrial,
  answers: Answer[],
  validation: boolean,
  signal: AbortSignal,
): Promise<ValidationScore | null> {
  const asked = answers.flatMap((answer) => (answer.file ? [{ answer, file: answer.file }] : []));
  const tables = answers.flatMap((answer) => (answer.table ? [{ answer, path: answer.table }] : []));
  const { trialKey, environment } = result;
  const predicted = await askTrainer(
    {
      kind: 'predict',
      trialKey,
      validation,
      images: asked.map(({ file }) => file),
      tables: tables.map(({ path }) => path),
    },
    {
      failure: 'nothing can be predicted',
      signal,
      // Results depend on the number of threads: the same as in training.
      threads: Number(environment.intraOpThreads) || 1,
      env: { ...trainerEnvironment(await ensureNativeParts()), ...storeEnvironment(bucket) },
    },
  );
  for (const [index, { answer }] of asked.entries()) tell(answer, predicted.images[index]);
  for (const [index, { answer }] of tables.entries()) {
    const rows = (predicted.tables[index] ?? []).map((prediction, row): Answer => {
      const own: Answer = { image: `${answer.image}, row ${row + 1}` };
      tell(own, prediction);
      return own;
    });
    answers.splice(answers.indexOf(answer), 1, ...rows);
  }
  return predicted.validation;
}

/** Adds a prediction to an answer, and prints why there is none. */
function tell(answer: Answer, prediction: ImagePrediction | undefined): void {
  Object.assign(answer, prediction);
  if (!prediction || !('problem' in prediction)) return;
  answer.problem = `${answer.image}: ${prediction.problem}`;
  console.error(answer.problem);
}

function printJson(
  found: FoundTrial,
  answers: Answer[],
  classes: string[],
  score: ValidationScore | null,
): void {
  const { record, trial } = found;
  const images = answers.map(({ image, probabilities, problem }) =>
    probabilities
      ? {
          image,
          class: ranked(probabilities, classes)[0]?.name,
          probabilities: Object.fromEntries(probabilities.map((value, label) => [classes[label], value])),
        }
      : { image, problem },
  );
  const validation = score && { ...score, recordAccuracy: recordedAccuracy(found) };
  const { studyId } = record.opening;
  console.log(JSON.stringify({ study: studyId, trial: trial.name, images, validation }, null, 2));
}

/** Prints the three likeliest classes of each image. */
function print(found: FoundTrial, answers: Answer[], classes: string[], score: ValidationScore | null): void {
  const { record, trial, result } = found;
  const { studyId, dataset } = record.opening;
  const example = exampleWord(inputOfTrial(result.spec.data));
  const accuracy = recordedAccuracy(found);
  console.log(
    `${trial.name}, winner of ${studyId}: ${percent(accuracy)} of its validation ${example}s (epoch ${result.bestEpoch})`,
  );
  if (dataset.origin.kind === 'generated')
    console.log('It was trained on GENERATED images; what it says about real ones means nothing.');
  const rows = answers.flatMap(({ image, probabilities }) =>
    probabilities ? [[image, ...likeliest(probabilities, classes)]] : [],
  );
  if (rows.length > 0) console.log(`\n${table([example, 'likeliest', 'second', 'third'], rows)}`);
  if (score) console.log(`\n${describeValidation(score, accuracy, example)}`);
}

const likeliest = (probabilities: number[], classes: string[]): string[] =>
  ranked(probabilities, classes)
    .slice(0, 3)
    .map(({ name, value }) => `${name} ${percent(100 * value)}`);

function ranked(probabilities: number[], classes: string[]): { name: string; value: number }[] {
  return probabilities
    .map((value, label) => ({ name: classes[label] ?? `class ${label}`, value }))
    .sort((a, b) => b.value - a.value);
}

function describeValidation(
  { images, accuracy }: ValidationScore,
  recorded: number,
  example: ExampleWord,
): string {
  const found = `validation: ${percent(accuracy)} of ${images} ${example}s`;
  if (accuracy === recorded) return `${found}, as in the record`;
  return `${found}, but ${percent(recorded)} in the record; the number of threads or the device may differ from training`;
}
