import { imageShape, inputOfTrial } from '../../study/definition/input-form.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { environmentsInWords } from '../../words/environment.ts';
import { exampleWord } from '../../words/examples.ts';
import { inMarkdown } from '../../words/markdown.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { count, moment, plural } from '../../words/numbers.ts';
import { overrideInWords } from '../../words/outcome.ts';
import { describeSettings } from '../../words/settings.ts';
import { initialWeightsInWords } from '../../words/weights.ts';
import { givenInWords } from '../answers/hand-over.ts';
import { bestTrial, imagesUsed, startStage } from '../facts/study-facts.ts';
import { limitations } from '../facts/warnings.ts';
import { table } from '../markdown/table.ts';
import type { ExportedModel } from './exported-model.ts';
import { modelMetrics, testOf } from './model-metrics.ts';
import { modelUse } from './model-use.ts';

/** What someone must know about a model before using it, as Markdown. */
export function modelCard(model: ExportedModel): string {
  const { record, trial, classes } = model;
  const { study, studyId } = record.opening;
  return `${[
    `# ${trial.name}`,
    `${role(model)} of the study \`${studyId}\` (${inMarkdown(study.title)}): a network that assigns ${examplesInWords(model)} to ${classes.length} classes.`,
    modelMetrics(model),
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
    '## Lineage',
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

const SMALL_PICTURES =
  'It was trained on small pictures of single objects. Photographs shrunk to 32×32 look different, so it is less accurate on them.';

function role({ record, stage, trial }: ExportedModel): string {
  if (record.test?.trialKey === trial.trialKey) return 'The winner, as evaluated in the final test,';
  if (testOf(record, trial)) return 'A run of the winner, as evaluated in the final test,';
  return stage.winner === trial.name ? `The winner of the stage \`${stage.name}\`` : 'A trial';
}

/** `32×32 colour images`, `28×28 grey images`, `rows of 6 values` */
function examplesInWords({ spec }: ExportedModel): string {
  const input = inputOfTrial(spec.data);
  const [height, width, channels] = imageShape(input) ?? [];
  if (height === undefined) return `rows of ${plural(input.shape[0], 'value')}`;
  return `${width}×${height} ${channels === 1 ? 'grey' : 'colour'} images`;
}

/** The stages that led to the trial, each with its winner and what the next trial has from that. */
function lineage({ record, stage, trial, spec }: ExportedModel): string {
  const steps: { stage: StageRecord; trial: TrialRecord }[] = [];
  let step: { stage: StageRecord; trial: TrialRecord } | undefined = { stage, trial };
  while (step) {
    steps.unshift(step);
    const earlier: StageRecord | undefined = startStage(record, step.stage);
    const winner = earlier && bestTrial(earlier);
    step = earlier && winner && { stage: earlier, trial: winner };
  }
  const gave = steps.map((each, index) => {
    const next = steps[index + 1];
    const holder = { stage: each.stage, winner: each.trial };
    return next ? givenInWords(record, holder, next.stage, [next.trial]) : '';
  });
  return [
    'A stage takes over settings of an earlier winner’s configuration, and rules of dense layers, never weights.',
    table(
      ['stage', 'question', 'trial', `validation ${measureName(spec.rankBy)}`, 'gave the next'],
      steps.map(({ stage: { name, question }, trial: { name: taken, score } }, index) => [
        `\`${name}\``,
        inMarkdown(question),
        `\`${taken}\``,
        score === null ? '' : valueInWords(score, spec.rankBy),
        gave[index] ?? '',
      ]),
    ),
    `This trial started from \`${initialWeightsInWords(spec.initialWeights)}\`.`,
  ].join('\n\n');
}

function training({ record, trial, spec, version }: ExportedModel): string {
  const settings = trial.config
    ? describeSettings(trial.config, inputOfTrial(spec.data)).map(({ name, text }) => [name, text])
    : [];
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
      ...environmentsInWords(trial)
        .slice(0, -1)
        .map((text) => ['earlier attempts', text]),
    ],
  );
}

function data(model: ExportedModel): string {
  const { record, spec, classes } = model;
  // The card must not tell paths of the machine that made it.
  const { source: _, ...origin } = record.opening.dataset.origin;
  const { training: trained, validation } = imagesUsed(record);
  const example = exampleWord(inputOfTrial(spec.data));
  return [
    `${datasetInFull(origin)}.`,
    list([
      `Classes, by label: ${classes.join(', ')}.`,
      `${plural(trained, `training ${example}`)} and ${count(validation)} validation ${example}s, stratified by class.`,
      `Data set \`${spec.data.dataset}\`${origin.archiveSha256 ? `, archive with SHA-256 \`${origin.archiveSha256}\`` : ''}.`,
      takes(model),
    ]),
  ].join('\n\n');
}

/** What the network takes, and how it is normalised. */
function takes({ spec, normalisation }: ExportedModel): string {
  const input = inputOfTrial(spec.data);
  const [height, width, channels] = imageShape(input) ?? [];
  if (height === undefined) {
    return `The network takes rows of ${plural(input.shape[0], 'value')}, in the order of \`export.json\`, and standardises them itself.`;
  }
  const colour = channels === 1 ? ' grey' : '';
  const values = (numbers: readonly number[]) => numbers.map((value) => value.toPrecision(4)).join(', ');
  const by = normalisation
    ? `mean ${values(normalisation.mean)} and standard deviation ${values(normalisation.deviation)}`
    : 'mean 0.5 and standard deviation 0.5 in each channel';
  return `The network takes ${width}×${height}${colour} images, scaled to [0, 1] and normalised with ${by}.`;
}

function limits(model: ExportedModel): string[] {
  const isOwn = model.record.opening.dataset.origin.kind === 'own';
  return [
    'For teaching, and for comparing networks and training methods. Not for decisions about people or anything else that matters.',
    `It knows ${model.classes.length} classes and assigns every example to one of them. Its probabilities are not calibrated.`,
    ...(isOwn ? [] : [SMALL_PICTURES]),
    'Its errors have not been analysed beyond the accuracies above.',
    ...limitations(recordOf(model)),
  ];
}

/** The part of the record that concerns this trial, without paths of the machine that made it. */
function recordOf({ record, stage, trial, spec }: ExportedModel): StudyRecord {
  const { dataset, weights } = record.opening;
  const { source: _, ...origin } = dataset.origin;
  const file = weights?.origin.source.split('/').at(-1) ?? '';
  return {
    ...record,
    opening: {
      ...record.opening,
      dataset: { ...dataset, origin },
      weights:
        weights && spec.initialWeights === weights.sha256
          ? { ...weights, origin: { ...weights.origin, source: file } }
          : null,
    },
    stages: [{ ...stage, trials: [{ ...trial, takenOver: false }] }],
  };
}

function licence({ record }: ExportedModel): string {
  const program = 'The program that trained it, and `load_in_pytorch.py`, are under the MIT licence.';
  if (record.opening.dataset.origin.kind === 'own') {
    return `${program} Whether and how you may use weights trained on these data depends on the data.`;
  }
  if (record.opening.dataset.origin.kind === 'generated')
    return `${program} The program also generated the images.`;
  return (
    `${program} CIFAR-10’s authors name no licence; they ask users to cite A. Krizhevsky, *Learning Multiple Layers of ` +
    'Features from Tiny Images*, 2009. Its images are from the 80 Million Tiny Images data set, which was collected from ' +
    'the web and which its authors withdrew in 2020. Decide for yourself whether and how you may use weights trained on it.'
  );
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
