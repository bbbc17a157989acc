import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import { exact, list, percent, plural, points, signed } from '../../words/numbers.ts';
import { endAsVerb } from '../../words/outcome.ts';
import { searchedSettings } from './searched-settings.ts';
import {
  imagesUsed,
  isRanked,
  ordinaryTrial,
  type RankedTrial,
  standardError,
  startTrial,
} from './study-facts.ts';

/**
 * The answer to a stage's question, composed from its numbers; `names in backticks`.
 *
 * A lead below the standard error of an accuracy on the validation images is called a near-tie.
 */
export function answer(record: StudyRecord, stage: StageRecord): string {
  if (stage.kind === 'variant') return variantAnswer(record, stage);
  if (stage.kind === 'repeat') return repeatAnswer(record, stage);
  return joined(rankedAnswer(record, stage));
}

/** The answer in short: its first sentence where the stage ranks. */
export function headline(record: StudyRecord, stage: StageRecord): string {
  return isRanked(stage) ? rankedAnswer(record, stage)[0] : answer(record, stage);
}

/** The answer that the final test gives. */
export function testAnswer(record: StudyRecord): string {
  const { test } = record;
  if (!test) return 'Not tested.';
  const [low, high] = wilsonInterval(test.accuracy, test.images);
  const chosen = record.stages
    .flatMap(({ trials }) => trials)
    .find(({ trialKey }) => trialKey === test.trialKey);
  return joined([
    `\`${test.trial}\` gets ${percent(test.accuracy)} of ${plural(test.images, 'test image')} right ` +
      `(95 % Wilson interval ${low.toFixed(2)} to ${percent(high)}).`,
    chosen?.score != null &&
      `That is ${points(test.accuracy - chosen.score)} ${test.accuracy < chosen.score ? 'below' : 'above'} the ` +
        `${percent(chosen.score)} on the validation images that it was chosen by.`,
  ]);
}

/** Wilson's interval for a share, in percent; `z` is 1.96 for 95 %. */
export function wilsonInterval(accuracy: number, images: number, z = 1.96): [low: number, high: number] {
  const share = accuracy / 100;
  const scale = 1 + z ** 2 / images;
  const middle = (share + z ** 2 / (2 * images)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / images + z ** 2 / (4 * images ** 2))) / scale;
  return [Math.max(0, 100 * (middle - half)), Math.min(100, 100 * (middle + half))];
}

// --- helpers ---

function rankedAnswer(record: StudyRecord, stage: StageRecord): [string, ...(string | false)[]] {
  const [first, second, ...rest] = rank(stage.trials).filter(
    (trial): trial is RankedTrial => trial.score !== null,
  );
  if (!first)
    return [
      `No answer: no run of the ${stage.kind === 'search' ? 'search' : 'stage'} has a score.`,
      exceptions(stage),
    ];
  if (stage.winner === null) {
    return [`Not decided. So far \`${first.name}\` is best with ${percent(first.score)}.`, exceptions(stage)];
  }
  if (!second) {
    const alone = stage.trials.length === 1 ? 'was the only candidate' : 'is the only one with a score';
    return [
      `\`${first.name}\` ${alone}: ${reached(first)}.`,
      againstStart(record, stage, first),
      exceptions(stage),
    ];
  }
  const last = rest.at(-1);
  return [
    lead(record, stage, first, second),
    againstStart(record, stage, first),
    last !== undefined &&
      !last.takenOver &&
      `From first to last the scores span ${points(first.score - last.score)}, down to \`${last.name}\` with ${percent(last.score)}.`,
    exceptions(stage),
  ];
}

function lead(record: StudyRecord, stage: StageRecord, first: RankedTrial, second: RankedTrial): string {
  const drawn = first.takenOver ? '' : drawnSettings(record, stage, first);
  const ahead = first.score - second.score;
  if (ahead === 0) {
    const tied = stage.trials.filter(({ score }) => score === first.score);
    const kept = first.takenOver ? 'a tie stays with the start' : 'the earlier of equals goes on';
    return `${list(tied.map(({ name }) => `\`${name}\``))} tie at ${percent(first.score)}; ${kept}: \`${first.name}\`${drawn}.`;
  }
  const { validation } = imagesUsed(record);
  const error = standardError(first.score, validation);
  const by = `${points(ahead)} ahead of \`${second.name}\` (${percent(second.score)})`;
  if (ahead < error) {
    return (
      `A near-tie: \`${first.name}\`${drawn} has ${reached(first)}, only ${by}; the standard error of an accuracy on ` +
      `${plural(validation, 'validation image')} is ${points(error)}.`
    );
  }
  return `\`${first.name}\`${drawn} wins with ${reached(first)}, ${by}.`;
}

function againstStart(record: StudyRecord, stage: StageRecord, first: RankedTrial): string | false {
  const start = startTrial(record, stage);
  if (!start || start.score === null) return false;
  if (start.takenOver && first.takenOver) {
    const others = stage.trials.filter(({ takenOver }) => !takenOver).length;
    return (
      others > 0 &&
      (stage.kind === 'search'
        ? `None of the ${plural(others, 'evaluation')} beat the start, whose settings stay.`
        : 'Nothing beat the run that the stage started from, so it goes on as it is.')
    );
  }
  const change = first.score - start.score;
  const where = change > 0 ? 'above' : 'below';
  if (change === 0) return `That is as much as the start, \`${start.name}\`.`;
  return `That is ${points(change)} ${where} the start, \`${start.name}\` (${percent(start.score)}).`;
}

function drawnSettings(record: StudyRecord, stage: StageRecord, { config }: TrialRecord): string {
  if (!config || stage.kind !== 'search') return '';
  const texts = searchedSettings(record, stage).map(({ text }) => text(config));
  return texts.length > 0 ? ` (${texts.join(', ')})` : '';
}

function reached({ score, bestEpoch }: RankedTrial): string {
  return `${percent(score)}${bestEpoch === null ? '' : ` at epoch ${bestEpoch}`}`;
}

/** What became of the trials that have no score. */
function exceptions({ trials }: StageRecord): string | false {
  const parts = (['diverged', 'outOfMemory', null] as const).flatMap((outcome) => {
    const alike = trials.filter((trial) => trial.outcome === outcome);
    const [first] = alike;
    return first ? [`${list(alike.map(({ name }) => `\`${name}\``))} ${endAsVerb(first, alike.length)}`] : [];
  });
  return parts.length > 0 && `${list(parts)}.`;
}

function variantAnswer(record: StudyRecord, stage: StageRecord): string {
  const changes = stage.trials.flatMap((trial) => {
    const ordinary = ordinaryTrial(record, trial);
    return trial.score !== null && ordinary?.score != null
      ? [
          {
            name: ordinary.name,
            change: trial.score - ordinary.score,
            error: standardError(ordinary.score, imagesUsed(record).validation),
          },
        ]
      : [];
  });
  if (changes.length === 0)
    return joined(['No answer: no run can be compared with its ordinary one.', exceptions(stage)]);
  const each = list(changes.map(({ name, change }) => `${signed(change)} for \`${name}\``));
  const mean = changes.reduce((sum, { change }) => sum + change, 0) / changes.length;
  const within = changes.every(({ change, error }) => Math.abs(change) < error);
  return joined([
    `With the change the best validation accuracy moves by ${each}, in points${changes.length > 1 ? ` (mean ${signed(mean)})` : ''}.`,
    within
      ? 'Every change is smaller than the standard error of an accuracy on the validation images.'
      : changes.some(({ change, error }) => Math.abs(change) < error) &&
        'Some of these are smaller than the standard error of an accuracy on the validation images.',
    exceptions(stage),
  ]);
}

function repeatAnswer(record: StudyRecord, stage: StageRecord): string {
  const answers = stage.trials.map((trial) => {
    const ordinary = ordinaryTrial(record, trial);
    if (!ordinary || trial.lines.length === 0)
      return `\`${trial.name}\` can’t be compared with an ordinary run.`;
    return `\`${ordinary.name}\` run again with the same seed: ${weightsEqual(ordinary, trial)}; ${metricsEqual(ordinary, trial)}.`;
  });
  return joined([...answers, exceptions(stage)]) || 'Nothing was run again.';
}

function weightsEqual(first: TrialRecord, second: TrialRecord): string {
  if (!first.tensorsSha256 || !second.tensorsSha256) return 'whether the weights are equal is not recorded';
  return first.tensorsSha256 === second.tensorsSha256
    ? 'the best epoch’s weights are equal to the bit'
    : 'the best epoch’s weights are not equal to the bit';
}

/** Whether all that was logged is equal to the bit, or how far apart it is at most. */
function metricsEqual(first: TrialRecord, second: TrialRecord): string {
  const pairs = second.lines.flatMap((line, index) => {
    const other = first.lines[index];
    return other ? [{ epoch: line.epoch, ...apart(line, other) }] : [];
  });
  const differing = pairs.filter(({ loss, accuracy }) => loss > 0 || accuracy > 0);
  const [earliest] = differing;
  if (!earliest)
    return `every loss and accuracy of the ${plural(pairs.length, 'epoch')} is the same to the bit`;
  const largest = (metric: 'loss' | 'accuracy') => exact(Math.max(...differing.map((pair) => pair[metric])));
  const score = (second.score ?? 0) - (first.score ?? 0);
  const elsewhere = canonical(first.environment) !== canonical(second.environment);
  return (
    `${differing.length} of ${plural(pairs.length, 'epoch')} differ, the earliest epoch ${earliest.epoch}: by at most ` +
    `${largest('loss')} nats in a loss and ${largest('accuracy')} points in an accuracy, the best score by ` +
    `${signed(score)} points${elsewhere ? '; the two ran on different devices, builds or numbers of threads' : ''}`
  );
}

/** The largest difference of two epochs' losses, and of their accuracies. */
function apart(line: EpochLine, other: EpochLine): { loss: number; accuracy: number } {
  const largest = (metric: 'loss' | 'accuracy') =>
    Math.max(
      ...(['train', 'val'] as const).map((of) =>
        Math.abs(line[`${of}_${metric}`] - other[`${of}_${metric}`]),
      ),
    );
  return { loss: largest('loss'), accuracy: largest('accuracy') };
}

function canonical(environment: TrialRecord['environment']): string {
  return JSON.stringify(Object.entries(environment ?? {}).sort());
}

function joined(sentences: (string | false)[]): string {
  return sentences.filter(Boolean).join(' ');
}
