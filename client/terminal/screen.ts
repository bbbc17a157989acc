import cliTruncate from 'cli-truncate';
import { percent } from '../../words/numbers.ts';
import { standingInWords } from '../../words/outcome.ts';
import type { StageView, StudyView, TrialView } from '../observe/observe-study.ts';
import {
  describeAttention,
  describeDataset,
  describeFailedAttempt,
  describeProgress,
  describeWeights,
  leaderboard,
} from './format.ts';
import { bold, dim, green, red } from './text.ts';

/**
 * A study as lines that fit the terminal's width: each stage with its leaderboard.
 *
 * @param brief show only one line for each stage that is not running, so that the redrawn screen stays short.
 */
export function studyScreen(view: StudyView, columns: number, { brief = false } = {}): string {
  const lines = [
    bold(`${view.title}: ${view.studyId}, profile ${view.profile}`),
    describeDataset(view),
    ...(view.failedAttempt
      ? [red(`${view.failedAttempt.of}: ${describeFailedAttempt(view.failedAttempt, 60)}`)]
      : []),
    ...(view.failure ? [red(`failed: ${view.failure}`)] : []),
    ...describeWeights(view),
    ...view.stages.flatMap((stage) => stageLines(stage, view, brief)),
    ...(view.attention.length > 0 ? ['', ...describeAttention(view).split('\n').map(red)] : []),
  ];
  // A failure's message may have several lines. A wrapped line would spoil the redrawing.
  return lines.map((line) => cliTruncate(line.replaceAll(/\s*\n\s*/g, ' '), columns)).join('\n');
}

// --- helpers ---

function stageLines(stage: StageView, view: StudyView, brief: boolean): string[] {
  const heading = `${bold(stage.name)}  ${stage.question}`;
  if (stage.state === 'waiting') return [dim(heading)];
  if (brief && stage.state === 'done' && stage.kind !== 'test')
    return [`${bold(stage.name)}  ${endOf(stage)}`];
  if (stage.kind === 'test') {
    return [
      '',
      heading,
      view.test ? `  ${green(percent(view.test.accuracy))} of ${view.test.images} test images` : '  testing',
    ];
  }
  const rows = leaderboard(stage);
  const width = Math.max(...rows.map(({ name }) => name.length), 0);
  return ['', heading, ...rows.map((trial, index) => trialLine(trial, index, width, stage))];
}

/** How a stage ended, in one line. */
function endOf({ winner, trials }: StageView): string {
  if (winner) return green(`${winner.name} ${percent(winner.score)}`) + dim(` of ${trials.length}`);
  return trials
    .map(({ name, standing }) => `${name} ${standing ? standingInWords(standing) : ''}`)
    .join(', ');
}

function trialLine(trial: TrialView, index: number, width: number, stage: StageView): string {
  const name = trial.name.padEnd(width);
  if (trial.standing) {
    const won = stage.winner?.name === trial.name;
    const line = `  ${String(index + 1).padStart(2)}  ${name}  ${standingInWords(trial.standing)}${won ? '  winner' : ''}`;
    return won ? green(line) : line;
  }
  const line = `   ·  ${name}  ${describeProgress(trial)}`;
  if (trial.state === 'needsAttention' || (trial.failedAttempt && !trial.failedAttempt.isNextUnderWay))
    return red(line);
  return trial.state === 'queued' ? dim(line) : line;
}
