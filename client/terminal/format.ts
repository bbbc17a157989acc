import { rank } from '../../study/plan/winner.ts';
import type { TrainingProgress } from '../../trainer/protocol.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { count, duration, percent, shortHash } from '../../words/numbers.ts';
import { weightsInBrief } from '../../words/weights.ts';
import type { StageView, StudyView, TrialView } from '../observe/observe-study.ts';
import type { FailedAttempt } from '../observe/pending-activity.ts';

export function describeDataset(view: StudyView): string {
  const { dataset, images, workflowStatus } = view;
  if (!dataset) {
    if (workflowStatus !== 'RUNNING') return 'data set: could not be prepared';
    return `data set: ${describeDatasetProgress(view) ?? 'being prepared'}`;
  }
  const training = share(images?.training, dataset.trainImages, 'training');
  const test = share(images?.test, dataset.testImages, 'test');
  return `data set: ${training} and ${test} images: ${datasetInFull(dataset.origin)}`;
}

/** The progress of preparing the data set; undefined if unknown. */
export function describeDatasetProgress({ datasetProgress }: StudyView): string | undefined {
  if (!datasetProgress) return undefined;
  const { doing, doneBytes, totalBytes } = datasetProgress;
  if (!doneBytes) return doing;
  const done = (doneBytes / 1e6).toFixed(1);
  return `${doing}: ${done}${totalBytes ? ` of ${(totalBytes / 1e6).toFixed(1)}` : ''} MB`;
}

/** A line that says what pretrained networks start from; none if there are no such networks. */
export function describeWeights({ weights }: StudyView): string[] {
  if (!weights) return [];
  return [
    `weights: pretrained networks start from ${weightsInBrief(weights)} (${shortHash(weights.sha256)}…)`,
  ];
}

/** An unfinished trial: epoch, steps, speed, loss, accuracies, time left, and the last failed attempt. */
export function describeProgress(trial: TrialView): string {
  const { lastLine, epochs, failedAttempt } = trial;
  if (trial.state === 'needsAttention') return `needs attention: ${trial.failure ?? ''}`;
  if (failedAttempt && !failedAttempt.isNextUnderWay) return describeFailedAttempt(failedAttempt, 60);
  if (trial.state === 'queued') return 'queued';
  const progress = currentProgress(trial);
  const parts = [progress ? epochOf(progress, epochs) : `epoch ${nextEpoch(trial)} of ${epochs}`];
  if (progress) parts.push(`loss ${progress.loss.toFixed(4)}`, `train ${percent(progress.accuracy)}`);
  if (lastLine) parts.push(`val ${percent(lastLine.val_accuracy)} after epoch ${lastLine.epoch}`);
  const pace = paceOf(trial);
  if (pace) parts.splice(1, 0, `${count(Math.round(pace.imagesPerSecond))} images/s`);
  if (pace && epochs) parts.push(`${duration(pace.secondsLeft)} left`);
  if (failedAttempt) {
    parts.splice(1, 0, `attempt ${failedAttempt.attempt + 1}`);
    parts.push(failureOf(failedAttempt, 60));
  }
  return parts.join(', ');
}

/** Speed and time left, by the current step if known, otherwise by the last epoch. */
export function paceOf({
  progress,
  lastLine,
  epochs,
  images,
}: TrialView): { imagesPerSecond: number; secondsLeft: number } | undefined {
  if (progress) return progress;
  if (!lastLine || !epochs || !images) return undefined;
  return {
    imagesPerSecond: images / lastLine.seconds,
    secondsLeft: (epochs - lastLine.epoch) * lastLine.seconds,
  };
}

/**
 * `attempt 1 failed: the trainer was killed; attempt 2 in 4 s`
 *
 * @param length shortens the reason to its first clause and to this many characters.
 */
export function describeFailedAttempt(failed: FailedAttempt, length?: number): string {
  return `${failureOf(failed, length)}; attempt ${failed.attempt + 1} ${whenNext(failed)}`;
}

/** Trials that have ended, best first; then the others in the order of the candidates. */
export function leaderboard(stage: StageView): TrialView[] {
  const ended = stage.trials.flatMap((trial) =>
    trial.standing ? [{ ...trial, score: trial.standing.score }] : [],
  );
  return [...rank(ended), ...stage.trials.filter(({ standing }) => !standing)];
}

/** What needs attention, and the commands that resolve it. */
export function describeAttention({ studyId, attention }: StudyView): string {
  return attention
    .flatMap(({ id, name, kind, failure }) => [
      `${id} needs attention: ${failure}`,
      `  npx staged-study retry ${studyId} ${name}`,
      ...(kind === 'test' ? [] : [`  npx staged-study retry ${studyId} ${name} --set learningRate=0.001`]),
      ...(kind === 'trial' ? [`  npx staged-study skip ${studyId} ${name}`] : []),
    ])
    .join('\n');
}

// --- helpers ---

function whenNext({ isNextUnderWay, nextAt }: FailedAttempt): string {
  if (isNextUnderWay) return 'is running';
  const seconds = nextAt === null ? 0 : (Date.parse(nextAt) - Date.now()) / 1000;
  return seconds > 0 ? `in ${Math.ceil(seconds)} s` : 'waits for a free worker';
}

function failureOf({ attempt, failure }: FailedAttempt, length: number | undefined): string {
  const line = failure.replaceAll(/\s*\n\s*/g, ' ');
  const [clause = ''] = line.split(';');
  const reason =
    length === undefined ? line : clause.length > length ? `${clause.slice(0, length)}…` : clause;
  return `attempt ${attempt} failed: ${reason}`;
}

/** `2,000 of 50,000 training`, or `50,000 training` if all are used. */
function share(used: number | undefined, available: number, what: string): string {
  if (used === undefined || used === available) return `${count(available)} ${what}`;
  return `${count(used)} of ${count(available)} ${what}`;
}

/** Steps come from heartbeats and epochs from a query, so the last step may belong to an epoch that has ended. */
function currentProgress({ progress, lastLine }: TrialView): TrialView['progress'] {
  return progress && progress.epoch > (lastLine?.epoch ?? 0) ? progress : undefined;
}

function nextEpoch({ lastLine, epochs }: TrialView): number {
  const next = (lastLine?.epoch ?? 0) + 1;
  return epochs === null ? next : Math.min(next, epochs);
}

/** `epoch 2 of 50, step 40 of 1250`. After its last step, an epoch is evaluated and stored. */
function epochOf({ epoch, step, stepsPerEpoch }: TrainingProgress, epochs: number | null): string {
  const phase = step < stepsPerEpoch ? `step ${step} of ${stepsPerEpoch}` : 'evaluating';
  return `epoch ${epoch} of ${epochs}, ${phase}`;
}
