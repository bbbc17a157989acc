import { isSideExperiment } from '../../study/plan/side-experiments.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { count, duration, percent, plural } from '../../words/numbers.ts';
import { standingInWords, winnersScoreInWords } from '../../words/outcome.ts';
import { drawInWords } from '../../words/settings.ts';
import { testScoreInLine } from '../../words/test-score.ts';
import { verdictInWords } from '../../words/verdict.ts';
import type { StageView, StudyView } from '../observe/observe-study.ts';
import type { FailedAttempt } from '../observe/pending-activity.ts';
import type { TrialView } from '../observe/view-trial.ts';
import {
  describeDataset,
  describeDatasetProgress,
  describeEvaluations,
  describeFailedAttempt,
  describePause,
  describeProgress,
  describeWeights,
  paceOf,
} from './format.ts';

/** What has happened between two views of a study, one line each: for logs and pipes. */
export function eventLines(before: StudyView | undefined, now: StudyView): string[] {
  const lines: string[] = [];
  if (!before) lines.push(`${now.title}: ${now.studyId}, profile ${now.profile}`);
  lines.push(...datasetLines(before, now));
  const { failedAttempt } = now;
  if (failedAttempt && failedAttempt.attempt !== before?.failedAttempt?.attempt)
    lines.push(`${failedAttempt.of}: ${describeFailure(before?.failedAttempt, failedAttempt)}`);
  if (now.weights && !before?.weights) lines.push(...describeWeights(now));
  if (now.isPaused && !before?.isPaused) lines.push(...describePause(now));
  if (before?.isPaused && !now.isPaused && now.workflowStatus === 'RUNNING') lines.push('resumed');
  // Until a second stage has started, and in the view in which it does, all lines follow their stage's own.
  const isMixed =
    before?.stages.some((stage) => isSideExperiment(stage) && stage.state !== 'waiting') ||
    (before?.stages.filter(({ state }) => state === 'running').length ?? 0) > 1;
  now.stages.forEach((stage, index) => {
    const prefix = isMixed ? `${stage.name}/` : '';
    lines.push(...stageLines(before?.stages[index], stage, prefix, now.example));
  });
  const known = before?.attention.map(({ id }) => id) ?? [];
  for (const { id, kind, failure } of now.attention) {
    if (kind !== 'trial' && !known.includes(id)) lines.push(`${id}: needs attention: ${failure}`);
  }
  if (now.test && !before?.test) {
    lines.push(`test: ${testScoreInLine(now.test, `${now.example ?? 'image'}s`)}`);
  }
  return lines;
}

// --- helpers ---

/** One line for each thing that is done. Its progress shows only in the first view. */
function datasetLines(before: StudyView | undefined, now: StudyView): string[] {
  if (now.dataset) return before?.dataset ? [] : [describeDataset(now)];
  const { doing } = now.datasetProgress ?? {};
  if (doing === undefined || doing === before?.datasetProgress?.doing) return [];
  return [`data set: ${describeDatasetProgress(now)}`];
}

/** @param prefix of trials' names. */
function stageLines(
  before: StageView | undefined,
  now: StageView,
  prefix: string,
  example: StudyView['example'],
): string[] {
  if (now.state === 'waiting') return [];
  const lines: string[] = [];
  if (before?.state !== 'running' && before?.state !== 'done')
    lines.push(
      `${isSideExperiment(now) ? 'side experiment' : 'stage'} ${now.name}: ${now.question}${now.evaluations === null ? '' : ` (${plural(now.evaluations, 'evaluation')})`}`,
    );
  for (const trial of now.trials) {
    lines.push(
      ...trialLines(
        before?.trials.find(({ name }) => name === trial.name),
        trial,
      ).map((line) => `  ${prefix}${line}`),
    );
  }
  const evaluations = describeEvaluations(now);
  if (evaluations && before && evaluations !== describeEvaluations(before))
    lines.push(`  ${prefix && `${now.name}: `}${evaluations}`);
  if (now.winner && !before?.winner)
    lines.push(`stage ${now.name}: winner ${now.winner.name}, ${winnersScoreInWords(now.winner)}`);
  if (now.winner && now.verdict && !before?.verdict)
    lines.push(`stage ${now.name}: ${verdictInWords(now.winner.name, now.verdict, { example })}`);
  return lines;
}

function trialLines(before: TrialView | undefined, now: TrialView): string[] {
  const { name, standing, lastLine, failedAttempt } = now;
  if (before?.standing) return [];
  const drawn = now.drawn ? ` (${drawInWords(now.drawn)})` : '';
  if (standing) return [`${name}${drawn}: ${standingInWords(standing)}`];
  if (now.state === 'cancelled')
    return before?.state === 'cancelled' ? [] : [`${name}${drawn}: ${describeProgress(now)}`];
  if (now.state === 'needsAttention') {
    return before?.failure === now.failure ? [] : [`${name}: needs attention: ${now.failure}`];
  }
  const lines: string[] = [];
  if (lastLine && lastLine.epoch !== before?.lastLine?.epoch) lines.push(describeEpoch(now, lastLine));
  else if (now.state === 'training' && before?.state !== 'training') lines.push(`${name}${drawn}: training`);
  if (failedAttempt && failedAttempt.attempt !== before?.failedAttempt?.attempt)
    lines.push(`${name}: ${describeFailure(before?.failedAttempt, failedAttempt)}`);
  return lines;
}

/** Prints a reason once, even if it is that of several attempts. */
function describeFailure(before: FailedAttempt | null | undefined, now: FailedAttempt): string {
  const isSame = before?.failure === now.failure;
  return describeFailedAttempt(isSame ? { ...now, failure: 'same reason as before' } : now);
}

function describeEpoch(trial: TrialView, line: EpochLine): string {
  const { measure, example = 'image' } = trial;
  const pace = paceOf(trial);
  const speed = pace
    ? `, ${count(Math.round(pace.imagesPerSecond))} ${example}s/s, ${duration(pace.secondsLeft)} left`
    : '';
  const score =
    line.val_score === undefined ? '' : `, ${measureName(measure)} ${valueInWords(line.val_score, measure)}`;
  return (
    `${trial.name}: epoch ${line.epoch} of ${trial.epochs}: train loss ${line.train_loss.toFixed(4)}, ` +
    `accuracy ${percent(line.train_accuracy)}; val loss ${line.val_loss.toFixed(4)}, ` +
    `accuracy ${percent(line.val_accuracy)}${score}; ${line.seconds.toFixed(1)} s${speed}`
  );
}
