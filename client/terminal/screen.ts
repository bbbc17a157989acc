import cliTruncate from 'cli-truncate';
import { isSideExperiment } from '../../study/plan/side-experiments.ts';
import { plural } from '../../words/numbers.ts';
import { standingInWords, winnersScoreInWords } from '../../words/outcome.ts';
import { drawInWords } from '../../words/settings.ts';
import { testScoreInLine } from '../../words/test-score.ts';
import { verdictInWords, verdictLabel } from '../../words/verdict.ts';
import type { StageView, StudyView } from '../observe/observe-study.ts';
import {
  describeAttention,
  describeDataset,
  describeEarlyEnd,
  describeEvaluations,
  describeFailedAttempt,
  describePause,
  describeProgress,
  describeWeights,
} from './format.ts';
import { type LeaderboardLine, leaderboard } from './leaderboard.ts';
import { bold, dim, green, red } from './text.ts';

/**
 * A study as lines of text: each stage with its leaderboard.
 *
 * @param columns the terminal's width, for a screen that is redrawn: longer lines are cut.
 * @param brief show only one line for each stage that is not running, and for a side experiment that runs beside another
 *   stage, so that the redrawn screen stays short.
 */
export function studyScreen(
  view: StudyView,
  columns = Number.POSITIVE_INFINITY,
  { brief = false } = {},
): string {
  const lines = [
    bold(`${view.title}: ${view.studyId}, profile ${view.profile}`),
    describeDataset(view),
    ...(view.failedAttempt
      ? [red(`${view.failedAttempt.of}: ${describeFailedAttempt(view.failedAttempt, 60)}`)]
      : []),
    ...describeEarlyEnd(view).map(red),
    ...describePause(view).map(red),
    ...describeWeights(view),
    ...view.stages.flatMap((stage) => stageLines(stage, view, { brief, columns })),
    ...(view.attention.length > 0 ? ['', ...describeAttention(view).split('\n').map(red)] : []),
  ];
  // A failure's message may have several lines. A wrapped line would spoil the redrawing.
  return lines.map((line) => cliTruncate(line.replaceAll(/\s*\n\s*/g, ' '), columns)).join('\n');
}

// --- helpers ---

function stageLines(
  stage: StageView,
  view: StudyView,
  { brief, columns }: { brief: boolean; columns: number },
): string[] {
  const heading = `${bold(stage.name)}  ${stage.question}${stage.early ? dim('  (early)') : ''}`;
  if (stage.state === 'waiting')
    return [dim(view.workflowStatus === 'RUNNING' ? heading : `${heading}  (not started)`)];
  if (brief && stage.state === 'done' && stage.kind !== 'test')
    return [`${bold(stage.name)}  ${endOf(stage)}`];
  if (brief && runsBeside(stage, view)) return [`${bold(stage.name)}  ${besideInWords(stage)}`];
  if (stage.kind === 'test') {
    return [
      '',
      heading,
      view.test
        ? `  ${green(testScoreInLine(view.test, `test ${view.example ?? 'image'}s`))}`
        : `  ${stage.state === 'cancelled' ? 'no result' : 'testing'}`,
    ];
  }
  const rows = leaderboard(stage);
  const width = Math.max(...rows.map((row) => nameOf(row).length), 0);
  const evaluations = describeEvaluations(stage);
  return [
    '',
    heading,
    ...(evaluations ? [dim(`  ${evaluations}`)] : []),
    ...rows.map((row) => leaderboardLine(row, { width, columns }, stage)),
    ...(stage.winner && stage.verdict
      ? [dim(`  ${verdictInWords(stage.winner.name, stage.verdict, { example: view.example })}`)]
      : []),
  ];
}

/** Whether this is a side experiment that runs beside a stage of the main line. */
function runsBeside(stage: StageView, { stages }: StudyView): boolean {
  return (
    isSideExperiment(stage) &&
    stage.state === 'running' &&
    stages.some((other) => other.state === 'running' && !isSideExperiment(other))
  );
}

/** `beside: 1 of 3 trials ended, training MLP_leakage` */
function besideInWords({ trials }: StageView): string {
  const ended = trials.filter(({ standing }) => standing).length;
  const training = trials.filter(({ state }) => state === 'training').map(({ name }) => name);
  return `beside: ${ended} of ${plural(trials.length, 'trial')} ended${training.length > 0 ? `, training ${training.join(', ')}` : ''}`;
}

/** How a stage ended, in one line. */
function endOf({ winner, verdict, trials }: StageView): string {
  if (winner)
    return (
      green(`${winner.name} ${winnersScoreInWords(winner)}`) +
      dim(`, best of ${plural(trials.length, 'trial')}${verdict ? `: ${verdictLabel(verdict)}` : ''}`)
    );
  return trials
    .map(({ name, standing }) => `${name} ${standing ? standingInWords(standing) : ''}`)
    .join(', ');
}

function leaderboardLine(
  row: LeaderboardLine,
  { width, columns }: { width: number; columns: number },
  stage: StageView,
): string {
  const won = stage.winner?.name === nameOf(row);
  const start = `  ${row.place.padStart(2)}  ${nameOf(row).padEnd(width)}  `;
  if (row.kind === 'candidate') {
    const line = `${start}${row.text}${won ? '  winner' : ''}`;
    return won ? green(line) : line;
  }
  const { trial } = row;
  if (trial.standing) {
    // Below its candidate, a run is no winner of its own.
    const isWinner = won && row.place !== '';
    const drawn = trial.drawn ? `  ${drawInWords(trial.drawn)}` : '';
    const line = `${start}${standingInWords(trial.standing)}${isWinner ? '  winner' : ''}${drawn}`;
    if (isWinner) return green(line);
    return row.place === '' ? dim(line) : line;
  }
  const line = start + describeProgress(trial, columns - start.length);
  if (trial.state === 'needsAttention' || (trial.failedAttempt && !trial.failedAttempt.isNextUnderWay))
    return red(line);
  return ['queued', 'halted', 'paused', 'cancelled'].includes(trial.state) ? dim(line) : line;
}

function nameOf(row: LeaderboardLine): string {
  return row.kind === 'candidate' ? row.name : row.trial.name;
}
