/** Markdown for the Temporal UI: what each page says above its timeline. */
import { TRAINING_QUEUE, trialWorkflowId } from '../study/temporal-names.ts';
import { rank } from '../study/winner.ts';
import type { StageStatus } from './stage-workflow.ts';
import type { StudyStatus } from './study-workflow.ts';
import type { TrialInput, TrialStatus } from './trial-workflow.ts';

export function trialDetails({ spec }: TrialInput, status: TrialStatus): string {
  const { config } = spec;
  const line = status.lastLine;
  return [
    `**${status.name}**: ${status.state}${status.standing?.reused ? ', result taken from the store' : ''}`,
    '',
    `batch ${config.batchSize}, learning rate ${config.learningRate}, ${config.optimizer.kind}, ${config.activation}, ` +
      `${config.epochs} epochs, ${describeNetwork(config.network)}, seed ${spec.seed}`,
    ...(line
      ? [
          '',
          '| epoch | train loss | train accuracy | val loss | val accuracy | best |',
          '| --- | --- | --- | --- | --- | --- |',
          `| ${line.epoch} of ${status.epochs} | ${line.train_loss.toFixed(4)} | ${percent(line.train_accuracy)} ` +
            `| ${line.val_loss.toFixed(4)} | ${percent(line.val_accuracy)} | ${bestOf(status)} |`,
        ]
      : []),
    ...(status.standing?.trialKey ? ['', `Objects: \`trials/${status.standing.trialKey}/\``] : []),
  ].join('\n');
}

export function failureDetails({ studyId, stage, name }: TrialInput, status: TrialStatus): string {
  return [
    `**${name} needs attention**: ${status.failure ?? ''}`,
    '',
    'Its retries are used up, or its error does not go away by itself. The rest of the stage goes on.',
    'Send this workflow the Update `retryTrial` or `skipTrial`: here, or with',
    '',
    '```',
    ...['retryTrial', 'skipTrial'].map(
      (update) =>
        `temporal workflow update execute --workflow-id '${trialWorkflowId(studyId, stage, name)}' --name ${update}`,
    ),
    '```',
  ].join('\n');
}

export function stageDetails(studyId: string, status: StageStatus): string {
  const ended = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
  const parked = status.trials.filter(({ failure }) => failure !== null);
  const open = status.trials.filter(({ standing, failure }) => !standing && failure === null);
  return [
    `**${status.stage}**: ${status.question}`,
    ...(ended.length > 0 ? ['', ...leaderboard(ended)] : []),
    ...(open.length > 0 ? ['', `Queued or training: ${open.map(({ name }) => name).join(', ')}`] : []),
    ...parked.map(
      ({ name, failure }) =>
        `\n**Needs attention**: \`${trialWorkflowId(studyId, status.stage, name)}\`: ${failure}`,
    ),
  ].join('\n');
}

export function studyDetails(status: StudyStatus): string {
  const { dataset } = status;
  return [
    `**${status.title}**, profile ${status.profile}`,
    '',
    dataset
      ? `Data: ${dataset.trainImages} training and ${dataset.testImages} test images (${dataset.origin.kind})`
      : 'Data: being prepared',
    '',
    '| stage | question | state | winner | best val accuracy |',
    '| --- | --- | --- | --- | --- |',
    ...status.stages.map(
      (stage) =>
        `| ${stage.name} | ${stage.question} | ${stage.state} | ${stage.winner?.name ?? ''} ` +
        `| ${stage.kind === 'test' && status.test ? `test: ${percent(status.test.accuracy)}` : stage.winner ? percent(stage.winner.score) : ''} |`,
    ),
    ...Object.entries(status.attention).map(
      ([id, failure]) => `\n**Needs attention**: \`${id}\`: ${failure}`,
    ),
    ...(Object.keys(status.attention).length > 0
      ? [
          '',
          `A trial's own page says what to type. If nothing trains, see whether a worker polls \`${TRAINING_QUEUE}\`.`,
        ]
      : []),
  ].join('\n');
}

// --- helpers ---

function leaderboard(standings: NonNullable<StageStatus['trials'][number]['standing']>[]): string[] {
  return [
    '| | trial | best val accuracy | best epoch | |',
    '| --- | --- | --- | --- | --- |',
    ...rank(standings).map(
      ({ name, score, bestEpoch, outcome, status, reused }, index) =>
        `| ${index + 1} | ${name} | ${score === null ? (outcome ?? status) : percent(score)} | ${bestEpoch ?? ''} ` +
        `| ${reused ? 'from the store' : ''} |`,
    ),
  ];
}

function describeNetwork(network: TrialInput['spec']['config']['network']): string {
  const hidden = network.hidden.join('-');
  if (network.kind === 'dense') return `dense ${hidden}`;
  if (network.kind === 'resnet') {
    return `ResNet of ${network.blocks.join(', ')} blocks, width ${network.width}, dense ${hidden}`;
  }
  const convolutions = network.convolutions.map(({ filters, kernel }) => `${kernel}×${kernel}×${filters}`);
  return `convolutions ${convolutions.join(', ')}, dense ${hidden}`;
}

function bestOf({ bestLine }: TrialStatus): string {
  return bestLine ? `${percent(bestLine.val_accuracy)} (epoch ${bestLine.epoch})` : '';
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
