import { ensureNativeParts, trainerEnvironment } from '../../../infra/setup/native-parts.ts';
import { UserError } from '../../../infra/user-error.ts';
import { getDatasetManifest } from '../../../storage/inputs/datasets.ts';
import { storeEnvironment } from '../../../storage/minio/store-config.ts';
import type { ImageFile, ValidationScore } from '../../../trainer/protocol.ts';
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
      'images: expected PNG or JPEG files, got none; name at least one, or use --validation',
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
    if (!allRead || (score && score.accuracy !== found.result.score)) process.exitCode = EXIT.failure;
  });
}

// --- helpers ---

interface Answer {
  /** As it was typed. */
  image: string;
  /** Absent if the image can't be read. */
  file?: ImageFile;
  probabilities?: number[];
  problem?: string;
}

async function checkAll(images: string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const image of images) {
    try {
      answers.push({ image, file: await imageFile(image) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      answers.push({ image, problem: error.message });
    }
  }
  return answers;
}

/** Has a trainer classify the images that can be read, and adds its answers to them. */
async function ask(
  { bucket }: Session,
  { result }: FoundTrial,
  answers: Answer[],
  validation: boolean,
  signal: AbortSignal,
): Promise<ValidationScore | null> {
  const asked = answers.flatMap((answer) => (answer.file ? [{ answer, file: answer.file }] : []));
  const { trialKey, environment } = result;
  const predicted = await askTrainer(
    { kind: 'predict', trialKey, validation, images: asked.map(({ file }) => file) },
    {
      failure: 'nothing can be predicted',
      signal,
      // Results depend on the number of threads: the same as in training.
      threads: Number(environment.intraOpThreads) || 1,
      env: { ...trainerEnvironment(await ensureNativeParts()), ...storeEnvironment(bucket) },
    },
  );
  for (const [index, { answer }] of asked.entries()) {
    const prediction = predicted.images[index];
    Object.assign(answer, prediction);
    if (prediction && 'problem' in prediction) {
      answer.problem = `${answer.image}: ${prediction.problem}`;
      console.error(answer.problem);
    }
  }
  return predicted.validation;
}

function printJson(
  { record, trial, result }: FoundTrial,
  answers: Answer[],
  classes: string[],
  score: ValidationScore | null,
): void {
  const images = answers.map(({ image, probabilities, problem }) =>
    probabilities
      ? {
          image,
          class: ranked(probabilities, classes)[0]?.name,
          probabilities: Object.fromEntries(probabilities.map((value, label) => [classes[label], value])),
        }
      : { image, problem },
  );
  const validation = score && { ...score, recordAccuracy: result.score };
  const { studyId } = record.opening;
  console.log(JSON.stringify({ study: studyId, trial: trial.name, images, validation }, null, 2));
}

/** Prints the three likeliest classes of each image. */
function print(
  { record, trial, result }: FoundTrial,
  answers: Answer[],
  classes: string[],
  score: ValidationScore | null,
): void {
  const { studyId, dataset } = record.opening;
  console.log(
    `${trial.name}, winner of ${studyId}: ${percent(result.score as number)} of its validation images ` +
      `(epoch ${result.bestEpoch})`,
  );
  if (dataset.origin.kind === 'generated')
    console.log('It was trained on GENERATED images; what it says about real ones means nothing.');
  const rows = answers.flatMap(({ image, probabilities }) =>
    probabilities ? [[image, ...likeliest(probabilities, classes)]] : [],
  );
  if (rows.length > 0) console.log(`\n${table(['image', 'likeliest', 'second', 'third'], rows)}`);
  if (score) console.log(`\n${describeValidation(score, result.score as number)}`);
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

function describeValidation({ images, accuracy }: ValidationScore, recorded: number): string {
  const found = `validation: ${percent(accuracy)} of ${images} images`;
  if (accuracy === recorded) return `${found}, as in the record`;
  return `${found}, but ${percent(recorded)} in the record; the number of threads or the device may differ from training`;
}
