import { percent } from '../../words/numbers.ts';
import { standingInWords } from '../../words/outcome.ts';
import type { StageView, StudyView, TrialView } from '../observe/observe-study.ts';
import { attentionText } from './attention-text.ts';
import {
  bold,
  describeDataset,
  describeFailedAttempt,
  describeProgress,
  describeWeights,
  dim,
  green,
  leaderboard,
  red,
} from './format.ts';

/**
 * A study as lines cut to the terminal's width: each stage with its leaderboard.
 *
 * @param brief a line for each stage that is not under way, for a screen that is drawn anew at every look.
 */
export function studyView(view: StudyView, columns: number, { brief = false } = {}): string {
  const lines = [
    bold(`${view.title}: ${view.studyId}, profile ${view.profile}`),
    describeDataset(view),
    ...(view.failedAttempt
      ? [red(`${view.failedAttempt.of}: ${describeFailedAttempt(view.failedAttempt, 60)}`)]
      : []),
    ...(view.failure ? [red(`failed: ${view.failure}`)] : []),
    ...describeWeights(view),
    ...view.stages.flatMap((stage) => stageLines(stage, view, brief)),
    ...(view.attention.length > 0 ? ['', ...attentionText(view).split('\n').map(red)] : []),
  ];
  // A failure's message may have several lines.
  return lines.map((line) => cut(line.replaceAll(/\s*\n\s*/g, ' '), columns)).join('\n');
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

/** How a stage ended, in a line. */
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

/** Cut to the width: a wrapped line would spoil the redrawing. Escape sequences take no room. */
function cut(line: string, columns: number): string {
  let visible = 0;
  let end = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour's sequence
  for (const [token] of line.matchAll(/\u001b\[[0-9;]*m|./gu)) {
    if (token.length > 1 && token.startsWith('\u001b')) end += token.length;
    else if (visible < columns - 1) {
      visible += 1;
      end += token.length;
    } else return `${line.slice(0, end)}…\u001b[0m`;
  }
  return line;
}
