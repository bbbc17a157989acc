import { endedEvaluations } from '../../study/plan/runs.ts';
import { type EpochLine, scoreIn } from '../../study/trial/trial.ts';
import type { TrainingProgress } from '../../trainer/protocol.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { scoreInWords } from '../../words/measure.ts';
import { count, duration, percent, plural, shortHash } from '../../words/numbers.ts';
import { searchEndInWords } from '../../words/search-end.ts';
import { drawInWords } from '../../words/settings.ts';
import { howToRunAgain, statusInWords } from '../../words/study-end.ts';
import { weightsInBrief } from '../../words/weights.ts';
import type { StageView, StudyView } from '../observe/observe-study.ts';
import type { FailedAttempt } from '../observe/pending-activity.ts';
import type { TrialView } from '../observe/view-trial.ts';

export function describeDataset(view: StudyView): string {
  const { dataset, images, example = 'image', workflowStatus } = view;
  if (!dataset) {
    if (workflowStatus !== 'RUNNING') return 'data set: could not be prepared';
    return `data set: ${describeDatasetProgress(view) ?? 'being prepared'}`;
  }
  const training = share(images?.training, dataset.trainImages, 'training');
  const test = share(images?.test, dataset.testImages, 'test');
  return `data set: ${training} and ${test} ${example}s: ${datasetInFull(dataset.origin)}`;
}

/** The progress of preparing the data set; undefined if unknown. */
export function describeDatasetProgress({ datasetProgress }: StudyView): string | undefined {
  if (!datasetProgress) return undefined;
  const { doing, doneBytes, totalBytes, doneExamples, totalExamples } = datasetProgress;
  if (doneExamples && totalExamples)
    return `${doing}: ${count(doneExamples)} of ${count(totalExamples)} examples`;
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

/** Lines about a study that is over without having completed: how it ended, why, and how to run it again. */
export function describeEarlyEnd({ workflowStatus, failure, profile }: StudyView): string[] {
  if (workflowStatus === 'RUNNING' || workflowStatus === 'COMPLETED') return [];
  return [`${statusInWords(workflowStatus)}${failure ? `: ${failure}` : ''}`, ...howToRunAgain(profile)];
}

/** How far a search is: `3 of 30 evaluations ended`, and why it ended before its last one; undefined for another stage. */
export function describeEvaluations({
  evaluations,
  search,
  searchEnd,
  trials,
}: StageView): string | undefined {
  if (evaluations === null) return undefined;
  const ended = searchEnd?.evaluations ?? search?.ended ?? endedEvaluations(trials);
  const why = searchEnd ? searchEndInWords(searchEnd) : '';
  return `${ended} of ${plural(evaluations, 'evaluation')} ended${why}`;
}

/** A trial that is not on the leaderboard: its place in an epoch, its last accuracy, the time left, and so on. */
export function describeProgress(trial: TrialView, width = Number.POSITIVE_INFINITY): string {
  const { lastLine, epochs, failedAttempt, example = 'image' } = trial;
  if (trial.state === 'needsAttention') return `needs attention: ${trial.failure ?? ''}`;
  if (trial.state === 'cancelled') return describeCancelled(trial);
  if (failedAttempt && !failedAttempt.isNextUnderWay) return describeFailedAttempt(failedAttempt, 60);
  const draw: Part[] = trial.drawn ? [{ text: drawInWords(trial.drawn), dropped: 3 }] : [];
  if (trial.state === 'queued' || trial.state === 'paused')
    return fitWidth([{ text: trial.state }, ...draw], width);
  if (trial.state === 'halted')
    return fitWidth([{ text: `halted after epoch ${lastLine?.epoch ?? '…'}` }, ...draw], width);
  const parts: Part[] = [];
  const progress = currentProgress(trial);
  const pace = paceOf(trial);
  parts.push({ text: `epoch ${progress?.epoch ?? nextEpoch(trial)} of ${epochs}` });
  if (progress) parts.push({ text: stepOf(progress), dropped: 5 });
  if (failedAttempt) parts.push({ text: `attempt ${failedAttempt.attempt + 1}` });
  if (pace) parts.push({ text: `${count(Math.round(pace.imagesPerSecond))} ${example}s/s`, dropped: 6 });
  if (progress)
    parts.push(
      { text: `loss ${progress.loss.toFixed(4)}`, dropped: 4 },
      { text: `train ${percent(progress.accuracy)}`, dropped: 2 },
    );
  if (lastLine)
    parts.push(
      { text: `val ${validationScore(trial, lastLine)}` },
      { text: ` after epoch ${lastLine.epoch}`, dropped: 1, joined: true },
    );
  if (pace && epochs) parts.push({ text: `${duration(pace.secondsLeft)} left` });
  if (failedAttempt) parts.push({ text: failureOf(failedAttempt, 60) });
  return fitWidth([...parts, ...draw], width);
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

/** What needs attention, and the commands that resolve it. */
export function describeAttention({ studyId, attention }: StudyView): string {
  const lines = attention.flatMap(({ id, name, kind, failure }) => [
    `${id} needs attention: ${failure}`,
    `  npx staged-study retry ${studyId} ${name}`,
    ...(kind === 'test' ? [] : [`  npx staged-study retry ${studyId} ${name} --set learningRate=0.001`]),
    ...(kind === 'trial' ? [`  npx staged-study skip ${studyId} ${name}`] : []),
  ]);
  if (attention.length > 1) lines.push(`To retry all of them: npx staged-study retry ${studyId} --all`);
  return lines.join('\n');
}

/** A line that says that a study is paused, and how to continue; none if it is not. */
export function describePause({ studyId, isPaused }: StudyView): string[] {
  return isPaused ? [`paused: nothing trains; to continue: npx staged-study resume ${studyId}`] : [];
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

/** After its last step, an epoch is evaluated and stored. */
function stepOf({ step, stepsPerEpoch }: TrainingProgress): string {
  return step < stepsPerEpoch ? `step ${step} of ${stepsPerEpoch}` : 'evaluating';
}

/** An epoch's score: `60.00 %`, `macro F1 58.12 %`. */
function validationScore({ measure }: TrialView, line: EpochLine): string {
  return scoreInWords(scoreIn(line, measure), measure);
}

function describeCancelled(trial: TrialView): string {
  const { lastLine, epochs } = trial;
  if (!lastLine) return 'cancelled before its first epoch had ended';
  return `cancelled after epoch ${lastLine.epoch} of ${epochs}, val ${validationScore(trial, lastLine)}`;
}

/** A part of a line. */
interface Part {
  text: string;
  /** The part with the highest number is dropped first from a line that is too long; without a number it stays. */
  dropped?: number;
  /** Follows the part before it without a comma. */
  joined?: boolean;
}

/** Joins parts, and drops the least important ones until the line is at most `width` characters long. */
function fitWidth(parts: Part[], width: number): string {
  const line = parts.map(({ text, joined }, index) => (index === 0 || joined ? text : `, ${text}`)).join('');
  const next = Math.max(0, ...parts.map(({ dropped = 0 }) => dropped));
  if (line.length <= width || next === 0) return line;
  return fitWidth(
    parts.filter(({ dropped }) => dropped !== next),
    width,
  );
}
