/**
 * Markdown for the Temporal UI: the "Current Details" of each workflow. It uses lists, since the UI puts no space between
 * the columns of a table.
 */
import { inputOfTrial } from '../study/definition/input-form.ts';
import { type RankedCandidate, rankCandidates } from '../study/plan/ranking.ts';
import type { TrialStanding } from '../study/record/record.ts';
import { measuredBy } from '../study/trial/measure.ts';
import { type EpochLine, scoreIn } from '../study/trial/trial.ts';
import { trialWorkflowId, UPDATES } from '../temporal/names.ts';
import { datasetInBrief } from '../words/dataset.ts';
import { exampleWord } from '../words/examples.ts';
import { inMarkdown } from '../words/markdown.ts';
import { measureName, scoreInWords, valueInWords } from '../words/measure.ts';
import { networkInBrief } from '../words/network.ts';
import { brief, loss, percent, plural } from '../words/numbers.ts';
import { meanInWords, standingInWords, winnersScoreInWords } from '../words/outcome.ts';
import { searchEndInWords } from '../words/search-end.ts';
import { describeSettings, drawInWords } from '../words/settings.ts';
import { runAgainCommand, STUDY_IS } from '../words/study-end.ts';
import { testScoreInLine } from '../words/test-score.ts';
import { verdictInWords } from '../words/verdict.ts';
import { initialWeightsInWords, weightsInBrief } from '../words/weights.ts';
import type {
  EarlyEnd,
  StageProgress,
  StageRow,
  StageStatus,
  StudyStatus,
  TrialInput,
  TrialStatus,
} from './status.ts';

export function studyDetails(status: StudyStatus): string {
  const { studyId, attention, end } = status;
  const waiting = end ? [] : Object.entries(attention);
  return paragraphs(
    `**${inMarkdown(status.title)}**, profile ${status.profile}`,
    ...(end && end.how !== 'completed'
      ? [
          earlyEnd(end),
          `To run it again: \`${runAgainCommand(status.profile)}\`. ${STUDY_IS} Trials that have results are not trained again.`,
        ]
      : []),
    dataLine(status),
    weightsLine(status),
    status.isPaused && !end
      ? `**Paused**: no trial trains or starts. To continue: \`npx staged-study resume ${studyId}\`, or send this workflow the Update \`${UPDATES.resumeStudy}\`.`
      : undefined,
    ...waiting.map(
      ([id, failure]) =>
        `**Needs attention**: \`${id}\`: ${inMarkdown(failure)}${id === studyId ? howToRetryTest(status) : ''}`,
    ),
    waiting.length > 0 ? 'The pages of these workflows explain what to do.' : undefined,
    status.stages.map((stage, index) => `${index + 1}. ${stageLine(stage, status)}`).join('\n'),
    `Objects: \`studies/${studyId}/\`${status.objectsUrl ? `, [browse](${status.objectsUrl})` : ''}. ${reportLine(status)}`,
  );
}

export function stageDetails(studyId: string, status: StageStatus): string {
  const { end, evaluations, search } = status;
  const ended = status.trials.filter((row): row is EndedRow => row.standing !== null);
  const parked = end ? [] : status.trials.filter(({ failure }) => failure !== null);
  const open = status.trials.filter((row) => !row.standing && !parked.includes(row));
  const ranked = rankCandidates(ended.map(({ standing, drawn }) => ({ ...standing, drawn })));
  return paragraphs(
    `**${status.stage}**: ${inMarkdown(status.question)}`,
    end ? earlyEnd(end) : undefined,
    evaluations === null
      ? undefined
      : `${search?.ended ?? 0} of ${plural(evaluations, 'evaluation')} ended${search?.end ? searchEndInWords(search.end) : ''}`,
    ...parked.map(
      ({ name, failure }) =>
        `**Needs attention**: \`${trialWorkflowId(studyId, status.stage, name)}\`: ${inMarkdown(failure ?? '')}`,
    ),
    firstOf(
      ranked.filter(({ score }) => score !== null),
      (candidate, index) => `${index + 1}. ${candidateLine(candidate)}`,
    ).join('\n'),
    ...firstOf(
      ranked.filter(({ score }) => score === null),
      (candidate) => `– ${candidateLine(candidate)}`,
    ),
    open.length > 0
      ? `${end ? 'Not finished' : 'Queued or training'}: ${firstOf(open, openRow).join(open.some(({ drawn }) => drawn) ? '; ' : ', ')}`
      : undefined,
  );
}

export function trialDetails({ name, spec, state, end, lastLine, bestLine }: TrialStatus): string {
  const { config, rankBy } = spec;
  const example = exampleWord(inputOfTrial(spec.data));
  const settings = describeSettings(
    { ...config, learningRate: brief(config.learningRate), dropout: brief(config.dropout) },
    inputOfTrial(spec.data),
  ).filter(({ name }) => name !== 'network' && (name !== 'threads' || config.threads));
  return paragraphs(
    `**${name}**: ${end ? inMarkdown(standingInWords({ ...end, ...measuredBy(rankBy), takenOver: false })) : TRIAL_STATES[state]}`,
    lastLine &&
      `Epoch ${lastLine.epoch} of ${config.epochs}: train loss ${loss(lastLine.train_loss)}, accuracy ` +
        `${percent(lastLine.train_accuracy)}; val loss ${loss(lastLine.val_loss)}, accuracy ` +
        `${percent(lastLine.val_accuracy)}${ownScore(lastLine, rankBy)}. Best: ` +
        `${bestLine ? `${scoreInWords(scoreIn(bestLine, rankBy), rankBy)} (epoch ${bestLine.epoch})` : ''}`,
    [
      `- network: ${networkInBrief(config.network)}, from ${initialWeightsInWords(spec.initialWeights)}`,
      `- settings: ${settings.map(({ text }) => text).join(', ')}`,
      `- seed ${spec.seed}, ${spec.data.trainImages} ${example}s`,
    ].join('\n'),
    end?.trialKey ? `Objects: \`trials/${end.trialKey}/\`` : undefined,
  );
}

export function failedTrialDetails({ studyId, stage, name, spec }: TrialInput, failure: string): string {
  const id = trialWorkflowId(studyId, stage, name);
  return paragraphs(
    `**${name} needs attention**: ${inMarkdown(failure)}`,
    'The rest of the stage continues, then waits for this trial.',
    'Fix the cause and retry it, retry it with other settings, or skip it:',
    commands(
      `npx staged-study retry ${studyId} ${stage}/${name}`,
      `npx staged-study retry ${studyId} ${stage}/${name} --set batchSize=${Math.max(1, Math.floor(spec.config.batchSize / 2))}`,
      `npx staged-study skip ${studyId} ${stage}/${name}`,
    ),
    `Or send this workflow the Update \`${UPDATES.retryTrial}\` or \`${UPDATES.skipTrial}\`, under More Actions on this page or with:`,
    commands(updateCommand(id, UPDATES.retryTrial), updateCommand(id, UPDATES.skipTrial)),
  );
}

export function failedStageDetails(id: string, stage: string, failure: string): string {
  return paragraphs(
    `**Stage ${stage} needs attention**: ${inMarkdown(failure)}`,
    'None of its trials has a score, so there is no winner. Retry all of them, with other settings if necessary:',
    commands(
      `npx staged-study retry ${id.replace(`/${stage}`, '')} ${stage} --set learningRate=0.001`,
      `${updateCommand(id, UPDATES.retryStage)} --input '{"learningRate": 0.001}'`,
    ),
  );
}

// --- helpers ---

/** More would hold up a reader, and the workflow's answer. */
const MOST_LINES = 100;

/** A line for each of the first, and one that says how many others there are. */
function firstOf<T>(rows: readonly T[], line: (row: T, index: number) => string): string[] {
  const lines = rows.slice(0, MOST_LINES).map(line);
  return rows.length > MOST_LINES ? [...lines, `and ${rows.length - MOST_LINES} more`] : lines;
}

type EndedRow = StageRow & { standing: TrialStanding };
type EndedRun = TrialStanding & Pick<StageRow, 'drawn'>;

const TRIAL_STATES: Record<TrialStatus['state'], string> = {
  queued: 'queued',
  training: 'training',
  halted: 'halted at a rung, until its search decides whether it goes on',
  paused: 'paused with its study',
  needsAttention: 'needs attention',
  done: 'done',
  cancelled: 'cancelled before it had a result',
};

const STAGE_STATES: Record<StageProgress['state'], string> = {
  waiting: 'not started',
  running: 'running',
  done: 'done',
  cancelled: 'cancelled before it had ended',
};

function earlyEnd({ how, failure }: EarlyEnd): string {
  return how === 'cancelled' ? '**Cancelled**' : `**Failed**: ${inMarkdown(failure ?? '')}`;
}

/** A candidate, with its runs if it has several: in the same line, since the UI shows no list within a list. */
function candidateLine(candidate: RankedCandidate<EndedRun>): string {
  const { name, runs, counted, score, deviation, measure } = candidate;
  const [only] = runs;
  if (only && runs.length === 1) return runLine(only);
  const mean =
    score === null
      ? 'no score'
      : meanInWords({ score, deviation, runs: counted.length, ...measuredBy(measure) }, runs.length);
  return `**${name}** ${mean}: ${runs.map(runLine).join('; ')}`;
}

function runLine(run: EndedRun): string {
  const { name, drawn } = run;
  return `**${name}** ${drawn ? `(${drawInWords(drawn)}) ` : ''}${inMarkdown(standingInWords(run))}`;
}

function openRow({ name, drawn }: StageRow): string {
  return drawn ? `${name} (${drawInWords(drawn)})` : name;
}

/** `, macro F1 71.20 %`: the score of an epoch, if it isn't said anyway. */
function ownScore(line: EpochLine, rankBy: TrialStatus['spec']['rankBy']): string {
  if (!rankBy || line.val_score === undefined) return '';
  return `, ${measureName(rankBy)} ${valueInWords(line.val_score, rankBy)}`;
}

function dataLine({ dataset, images, end, example = 'image' }: StudyStatus): string {
  if (!dataset || !images) return `Data: ${end ? 'not prepared' : 'being prepared'}`;
  return (
    `Data: ${images.training} of ${dataset.trainImages} training ${example}s, ${images.test} of ${dataset.testImages} test ` +
    `${example}s (${datasetInBrief(dataset.origin)})`
  );
}

function reportLine({ studyId, end }: StudyStatus): string {
  if (end && end.how !== 'completed') return 'A study has a report only if it completed.';
  return `Report${end ? '' : ', once the study has completed'}: \`npx staged-study report ${studyId}\``;
}

function paragraphs(...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part).join('\n\n');
}

function commands(...lines: string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

function updateCommand(id: string, name: string): string {
  return `temporal workflow update execute --workflow-id '${id}' --name ${name}`;
}

function howToRetryTest({ studyId, stages }: StudyStatus): string {
  const name = stages.find(({ kind }) => kind === 'test')?.name ?? 'test';
  return `\n\n${commands(`npx staged-study retry ${studyId} ${name}`, updateCommand(studyId, UPDATES.retryTest))}`;
}

function weightsLine({ weights }: StudyStatus): string | undefined {
  if (!weights) return undefined;
  return `Weights that pretrained networks start from: ${inMarkdown(weightsInBrief(weights))} (\`weights/${weights.sha256}\`)`;
}

function stageLine(
  { name, question, state, winner, verdict, kind }: StageProgress,
  { test, example = 'image' }: StudyStatus,
): string {
  const result =
    kind === 'test' && test
      ? `: ${testScoreInLine(test, `test ${example}s`)}`
      : winner
        ? `: **${winner.name}**, ${winnersScoreInWords(winner)}`
        : '';
  const sure = winner && verdict ? ` ${verdictInWords(winner.name, verdict, { example })}` : '';
  return `**${name}** (${STAGE_STATES[state]})${result}. ${inMarkdown(question)}${sure}`;
}
