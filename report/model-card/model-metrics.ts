import { inputOfTrial } from '../../study/definition/input-form.ts';
import type { TestRun } from '../../study/record/comparison-record.ts';
import type { StudyRecord, TestRecord, TrialRecord } from '../../study/record/record.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { anExample, type ExampleWord, exampleWord } from '../../words/examples.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { count, loss, percent } from '../../words/numbers.ts';
import { intervalInWords, optimismInWords } from '../../words/verdict.ts';
import { testedInWords, testedRuns } from '../answers/test-answer.ts';
import { classRows, worstFirst } from '../facts/class-rows.ts';
import { imagesUsed } from '../facts/study-facts.ts';
import { table } from '../markdown/table.ts';
import type { ExportedModel } from './exported-model.ts';

/** How well a model does: of the training, validation and test examples, and of each class in the test. */
export function modelMetrics(model: ExportedModel): string {
  const { record, trial, spec, classes } = model;
  const example = exampleWord(inputOfTrial(spec.data));
  const test = testOf(record, trial);
  const parts = [
    figuresTable(model, example),
    `The weights are those of the best epoch, ${trial.bestEpoch} of ${trial.lines.length}. The validation ${example}s selected it, so ` +
      `the validation ${measureName(spec.rankBy)} is optimistic.`,
  ];
  if (!record.test || !test) return [...parts, `It was not evaluated on the test ${example}s.`].join('\n\n');
  const { runs, trialKey, optimism } = record.test;
  const gives = spec.rankBy ? 'test gives' : 'test accuracy is';
  parts.push(
    testInterval(record.test, test, spec, example),
    ...(runs && runs.length > 1
      ? [`Over all runs of the winner, the ${gives} ${testedInWords(record, record.test)}.`]
      : []),
    ...(optimism ? [optimismInWords(optimism, example)] : []),
  );
  if (trialKey !== trial.trialKey) return parts.join('\n\n');
  return [...parts, ...byClass(record.test, classes)].join('\n\n');
}

/** The final test of this trial, which may be one of the winner's runs; undefined if it was not tested. */
export function testOf({ test }: StudyRecord, { trialKey }: TrialRecord) {
  return test ? testedRuns(test).runs.find((run) => run.trialKey === trialKey) : undefined;
}

// --- helpers ---

interface Figures {
  accuracy: number;
  loss: number;
  score?: number;
}

/** Accuracy and loss, and the score if it is neither, on what it was trained, validated and tested on. */
function figuresTable({ record, trial, spec: { rankBy } }: ExportedModel, example: ExampleWord): string {
  const own = rankBy && rankBy !== 'loss' ? [rankBy] : [];
  const best = trial.lines.find(({ epoch }) => epoch === trial.bestEpoch);
  const used = imagesUsed(record);
  const test = testOf(record, trial);
  const row = (what: string, number: number, figures: Figures | undefined): string[] => [
    what,
    count(number),
    ...(figures ? [percent(figures.accuracy), loss(figures.loss)] : ['', '']),
    ...own.map((measure) => (figures?.score === undefined ? '' : valueInWords(figures.score, measure))),
  ];
  const validated = best && {
    accuracy: best.val_accuracy,
    loss: best.val_loss,
    ...(best.val_score !== undefined && { score: best.val_score }),
  };
  return table(
    [`${example}s`, 'number', 'accuracy', `loss, nats ${anExample(example)}`, ...own.map(measureName)],
    [
      row('training', used.training, best && { accuracy: best.train_accuracy, loss: best.train_loss }),
      row('validation', used.validation, validated),
      ...(record.test && test ? [row('test', record.test.images, test)] : []),
    ],
  );
}

function testInterval(
  { supersedes }: TestRecord,
  { interval: { low, high }, scoreInterval }: TestRun,
  { rankBy }: TrialSpec,
  example: ExampleWord,
): string {
  const used = supersedes
    ? 'before, for the winner of an earlier run of the study'
    : 'once, after every choice had been made';
  const accuracy = `95 % Wilson interval ${rankBy ? 'of the accuracy ' : ''}${low.toFixed(2)} to ${percent(high)}`;
  const by = rankBy === 'top-5' ? '' : ' by bootstrap';
  const score = scoreInterval
    ? `, of the ${measureName(rankBy)} ${intervalInWords(scoreInterval, rankBy)}${by}`
    : '';
  return `The test ${example}s were used ${used}: ${accuracy}${score}.`;
}

/** More rows would make a card unreadable. */
const MOST_CLASSES = 100;

/** Precision, recall and F1 of each class in the final test; of many classes, the worst. */
function byClass(test: TestRecord, classes: readonly string[]): string[] {
  const rows = classRows(test, classes);
  const shown = rows.length > MOST_CLASSES ? worstFirst(rows).slice(0, MOST_CLASSES) : rows;
  const cell = (value: number | null) => (value === null ? '' : percent(value));
  const title =
    shown.length < rows.length
      ? `By class, the worst ${shown.length} of ${count(rows.length)}:`
      : 'By class:';
  return [
    title,
    table(
      ['class', 'test accuracy', 'precision', 'F1'],
      shown.map(({ name, recall, precision, f1 }) => [name, cell(recall), cell(precision), cell(f1)]),
    ),
  ];
}
