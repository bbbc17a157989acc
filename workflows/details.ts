/**
 * Markdown for the Temporal UI: the "Current Details" of each workflow. It uses lists, since the UI puts no space between
 * the columns of a table.
 */
import { rank } from '../study/plan/winner.ts';
import { trialWorkflowId, UPDATES } from '../temporal/names.ts';
import { datasetInBrief } from '../words/dataset.ts';
import { networkInBrief } from '../words/network.ts';
import { percent } from '../words/numbers.ts';
import { standingInWords } from '../words/outcome.ts';
import { describeSettings } from '../words/settings.ts';
import { initialWeightsInWords, weightsInBrief } from '../words/weights.ts';
import type { StageStatus } from './stage-workflow.ts';
import type { StageProgress, StudyStatus } from './study-workflow.ts';
import type { TrialInput, TrialStatus } from './trial-workflow.ts';

export function studyDetails(status: StudyStatus): string {
  const { dataset, images, studyId, attention, test } = status;
  const waiting = Object.entries(attention);
  return paragraphs(
    `**${status.title}**, profile ${status.profile}`,
    dataset && images
      ? `Data: ${images.training} of ${dataset.trainImages} training images, ${images.test} of ${dataset.testImages} test ` +
          `images (${datasetInBrief(dataset.origin)})`
      : 'Data: being prepared',
    weightsLine(status),
    ...waiting.map(
      ([id, failure]) =>
        `**Needs attention**: \`${id}\`: ${failure}${id === studyId ? howToRetryTest(status) : ''}`,
    ),
    waiting.length > 0 ? 'The pages of these workflows explain what to do.' : undefined,
    status.stages.map((stage, index) => `${index + 1}. ${stageLine(stage, test)}`).join('\n'),
    `Objects: \`studies/${studyId}/\`${status.objectsUrl ? `, [browse](${status.objectsUrl})` : ''}. ` +
      `Report, after the study has ended: \`npx staged-study report ${studyId}\``,
  );
}

export function stageDetails(studyId: string, status: StageStatus): string {
  const ended = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
  const parked = status.trials.filter(({ failure }) => failure !== null);
  const open = status.trials.filter(({ standing, failure }) => !standing && failure === null);
  return paragraphs(
    `**${status.stage}**: ${status.question}`,
    ...parked.map(
      ({ name, failure }) =>
        `**Needs attention**: \`${trialWorkflowId(studyId, status.stage, name)}\`: ${failure}`,
    ),
    rank(ended)
      .map((standing, index) => `${index + 1}. **${standing.name}** ${standingInWords(standing)}`)
      .join('\n'),
    open.length > 0 ? `Queued or training: ${open.map(({ name }) => name).join(', ')}` : undefined,
  );
}

export function trialDetails({ name, spec, state, end, lastLine, bestLine }: TrialStatus): string {
  const { config } = spec;
  const settings = describeSettings(config).filter(({ name }) => name !== 'network');
  return paragraphs(
    `**${name}**: ${end ? standingInWords({ ...end, takenOver: false }) : state}`,
    lastLine &&
      `Epoch ${lastLine.epoch} of ${config.epochs}: train loss ${lastLine.train_loss.toFixed(4)}, accuracy ` +
        `${percent(lastLine.train_accuracy)}; val loss ${lastLine.val_loss.toFixed(4)}, accuracy ` +
        `${percent(lastLine.val_accuracy)}. Best: ${bestLine ? `${percent(bestLine.val_accuracy)} (epoch ${bestLine.epoch})` : ''}`,
    [
      `- network: ${networkInBrief(config.network)}, from ${initialWeightsInWords(spec.initialWeights)}`,
      `- settings: ${settings.map(({ text }) => text).join(', ')}`,
      `- seed ${spec.seed}, ${spec.data.trainImages} images`,
    ].join('\n'),
    end?.trialKey ? `Objects: \`trials/${end.trialKey}/\`` : undefined,
  );
}

export function failedTrialDetails({ studyId, stage, name, spec }: TrialInput, failure: string): string {
  const id = trialWorkflowId(studyId, stage, name);
  return paragraphs(
    `**${name} needs attention**: ${failure}`,
    'It has used up its retries, or retrying would not help. The rest of the stage continues, then waits for this trial.',
    'Fix the cause and retry it, retry it with other settings, or skip it:',
    commands(
      `npx staged-study retry ${studyId} ${name}`,
      `npx staged-study retry ${studyId} ${name} --set batchSize=${Math.max(1, Math.floor(spec.config.batchSize / 2))}`,
      `npx staged-study skip ${studyId} ${name}`,
    ),
    `Or send this workflow the Update \`${UPDATES.retryTrial}\` or \`${UPDATES.skipTrial}\`, under More Actions on this page or with:`,
    commands(updateCommand(id, UPDATES.retryTrial), updateCommand(id, UPDATES.skipTrial)),
  );
}

export function failedStageDetails(id: string, stage: string, failure: string): string {
  return paragraphs(
    `**Stage ${stage} needs attention**: ${failure}`,
    'None of its trials has a score, so there is no winner. Retry all of them, with other settings if necessary:',
    commands(
      `npx staged-study retry ${id.replace(`/${stage}`, '')} ${stage} --set learningRate=0.001`,
      `${updateCommand(id, UPDATES.retryStage)} --input '{"learningRate": 0.001}'`,
    ),
  );
}

// --- helpers ---

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
  return `Weights that pretrained networks start from: ${weightsInBrief(weights)} (\`weights/${weights.sha256}\`)`;
}

function stageLine(
  { name, question, state, winner, kind }: StageProgress,
  test: StudyStatus['test'],
): string {
  const result =
    kind === 'test' && test
      ? `: ${percent(test.accuracy)} of ${test.images} test images`
      : winner
        ? `: **${winner.name}**, ${percent(winner.score)}`
        : '';
  return `**${name}** (${state})${result}. ${question}`;
}
