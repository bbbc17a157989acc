import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { count, loss, moment, percent, plural } from '../../words/numbers.ts';
import { overrideInWords } from '../../words/outcome.ts';
import { describeSettings } from '../../words/settings.ts';
import { initialWeightsInWords } from '../../words/weights.ts';
import { wilsonInterval } from '../facts/sentences.ts';
import { bestTrial, imagesUsed, startStage } from '../facts/study-facts.ts';
import { limitations } from '../facts/warnings.ts';
import { modelUse } from './model-use.ts';

/** A trained trial as it is handed on. */
export interface ExportedModel {
  record: StudyRecord;
  /** Where the trial stands. */
  stage: StageRecord;
  trial: TrialRecord;
  spec: TrialSpec;
  /** By label. */
  classes: string[];
  /** Of everything beside the card. */
  files: { path: string; what: string; sizeBytes: number; sha256: string }[];
  /** This program's. */
  version: string;
}

/** What one should know about a model before using it, as Markdown. */
export function modelCard(model: ExportedModel): string {
  const { record, trial } = model;
  const { study, studyId } = record.opening;
  return `${[
    `# ${trial.name}`,
    `${role(model)} of the study \`${studyId}\` (${study.title}): a network that tells ten classes of 32×32 colour images apart.`,
    metrics(model),
    '## Files',
    table(
      ['file', 'what', 'bytes', 'SHA-256'],
      model.files.map(({ path, what, sizeBytes, sha256 }) => [
        `\`${path}\``,
        what,
        count(sizeBytes),
        `\`${sha256}\``,
      ]),
    ),
    modelUse(model),
    '## Where it comes from',
    lineage(model),
    '## Training',
    training(model),
    '## Data',
    data(model),
    '## Intended use and limits',
    list(limits(model)),
    '## Licence',
    licence(model),
  ].join('\n\n')}\n`;
}

// --- helpers ---

function role({ record, stage, trial }: ExportedModel): string {
  if (record.test?.trialKey === trial.trialKey) return 'The winner, as the final test took it,';
  return stage.winner === trial.name ? `The winner of the stage \`${stage.name}\`` : 'A trial';
}

function metrics({ record, trial, classes }: ExportedModel): string {
  const best = trial.lines.find(({ epoch }) => epoch === trial.bestEpoch);
  const { validation, training: trained } = imagesUsed(record);
  const test = record.test?.trialKey === trial.trialKey ? record.test : null;
  const rows = [
    [
      'training',
      count(trained),
      ...(best ? [percent(best.train_accuracy), loss(best.train_loss)] : ['', '']),
    ],
    [
      'validation',
      count(validation),
      ...(best ? [percent(best.val_accuracy), loss(best.val_loss)] : ['', '']),
    ],
  ];
  if (test) rows.push(['test', count(test.images), percent(test.accuracy), loss(test.loss)]);
  const parts = [
    table(['images', 'number', 'accuracy', 'loss, nats an image'], rows),
    `Weights of the best epoch, ${trial.bestEpoch} of ${trial.lines.length}. It was chosen by the validation images, so that their accuracy flatters it.`,
  ];
  if (!test) return [...parts, 'It was not tested on the test images.'].join('\n\n');
  const [low, high] = wilsonInterval(test.accuracy, test.images);
  const recalls = test.confusion.map((row, label) => {
    const all = row.reduce((sum, images) => sum + images, 0);
    return [classes[label] ?? `class ${label}`, all ? percent((100 * (row[label] ?? 0)) / all) : ''];
  });
  return [
    ...parts,
    `The test images were looked at once, after the last choice: 95 % Wilson interval ${low.toFixed(2)} to ${percent(high)}. Of each class, right:`,
    table(['class', 'test accuracy'], recalls),
  ].join('\n\n');
}

/** The stages that led here, each with the winner that the next one took its configuration from. */
function lineage({ record, stage, trial, spec }: ExportedModel): string {
  const steps: { stage: StageRecord; trial: TrialRecord }[] = [];
  let step: { stage: StageRecord; trial: TrialRecord } | undefined = { stage, trial };
  while (step) {
    steps.unshift(step);
    const earlier: StageRecord | undefined = startStage(record, step.stage);
    const winner = earlier && bestTrial(earlier);
    step = earlier && winner && { stage: earlier, trial: winner };
  }
  return [
    'Each stage took the configuration of the winner before it, never its weights.',
    table(
      ['stage', 'question', 'run', 'validation accuracy'],
      steps.map(({ stage: { name, question }, trial: { name: taken, score } }) => [
        `\`${name}\``,
        question,
        `\`${taken}\``,
        score === null ? '' : percent(score),
      ]),
    ),
    `Its own training started from \`${initialWeightsInWords(spec.initialWeights)}\`.`,
  ].join('\n\n');
}

function training({ record, trial, spec, version }: ExportedModel): string {
  const settings = trial.config ? describeSettings(trial.config).map(({ name, text }) => [name, text]) : [];
  const override = overrideInWords(trial);
  return table(
    ['what', 'value'],
    [
      ...settings,
      ...(override ? [['settings', override]] : []),
      ['parameters', trial.parameters === null ? '' : count(trial.parameters)],
      ['seed of weights, order, flips and dropout', `${spec.seed}, repetition ${spec.repetition}`],
      ['seed of the split', String(spec.data.splitSeed)],
      ['profile of the study', `\`${record.opening.profile}\``],
      ['trial key', `\`${trial.trialKey}\``],
      ['digest of the weights', `\`${trial.tensorsSha256}\``],
      ['trained', `${moment(trial.startedAt ?? '')} to ${moment(trial.finishedAt ?? '')}`],
      ['staged-study', `${version}, numerics ${spec.numerics}`],
      ...Object.entries(trial.environment ?? {}),
    ],
  );
}

function data({ record, spec, classes }: ExportedModel): string {
  const { source: _, ...origin } = record.opening.dataset.origin;
  const { training: trained, validation } = imagesUsed(record);
  return [
    `${datasetInFull(origin)}.`,
    list([
      `Classes, by label: ${classes.join(', ')}.`,
      `${plural(trained, 'image')} to train on and ${count(validation)} to choose by, stratified by class.`,
      `Data set \`${spec.data.dataset}\`${origin.archiveSha256 ? `, archive with SHA-256 \`${origin.archiveSha256}\`` : ''}.`,
      'Images go in at 32×32, scaled to [0, 1] and normalised with mean 0.5 and deviation 0.5 a channel.',
    ]),
  ].join('\n\n');
}

function limits({ record, stage, trial }: ExportedModel): string[] {
  // Of the record, what concerns this trial; and no path of the machine that had the archive.
  const { source: _, ...origin } = record.opening.dataset.origin;
  const dataset = { ...record.opening.dataset, origin };
  const alone = {
    ...record,
    opening: { ...record.opening, dataset },
    stages: [{ ...stage, trials: [{ ...trial, takenOver: false }] }],
  };
  return [
    'For teaching, and for comparing networks and ways to train them. Not for decisions about people or anything else that matters.',
    'It knows ten classes and no others: whatever it is shown, it names one of them. Its probabilities are not calibrated.',
    'It has seen small pictures of single things. Photographs that are shrunk to 32×32 differ from them, and it does worse there.',
    'Beyond the accuracies above, nobody has looked at what it gets wrong.',
    ...limitations(alone),
  ];
}

function licence({ record }: ExportedModel): string {
  const program = 'The program that trained it, and `load_in_pytorch.py`, are under the MIT licence.';
  if (record.opening.dataset.origin.kind === 'generated')
    return `${program} The images are the program’s own.`;
  return (
    `${program} CIFAR-10’s authors name no licence; they ask to cite A. Krizhevsky, *Learning Multiple Layers of Features ` +
    'from Tiny Images*, 2009. Its images come from the 80 Million Tiny Images, which were gathered from the web and which ' +
    'their makers withdrew in 2020. Whether and how weights made of them may be used is for you to judge.'
  );
}

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
