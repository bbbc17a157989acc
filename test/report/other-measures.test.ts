import { describe, expect, it } from 'vitest';
import { answer } from '../../report/answers/answer.ts';
import { testAnswer } from '../../report/answers/test-answer.ts';
import { renderCsv } from '../../report/csv.ts';
import { axisLimit, type Curve } from '../../report/figures/curves.ts';
import { modelCard } from '../../report/model-card/model-card.ts';
import { renderReport } from '../../report/render-report.ts';
import { storedConfusion } from '../../study/record/confusion.ts';
import type { StageRecord, StudyRecord, TestRecord, TrialRecord } from '../../study/record/record.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import { bestEpoch, scoreIn } from '../../study/trial/trial.ts';
import { hash, ownRecord, stage, trial } from './example-record.ts';
import { unbalanced, visibleText } from './markup.ts';

describe('a study that ranks by macro F1', () => {
  const record = recordBy('macro F1');
  const stages = record.stages[0] as StageRecord;

  it('has it in titles, columns, figures and answers', async () => {
    const page = (await renderReport(record))['index.html'];
    expect(unbalanced(page)).toEqual([]);
    const text = visibleText(page);
    expect(text).toContain('Leaderboard by the validation macro F1 of each trial’s best epoch');
    expect(text).toContain('Best val macro F1');
    expect(text).toContain('Validation macro F1');
    expect(text).toContain('Test macro F1');
    expect(text).not.toMatch(/Best val(idation)? accuracy/);
    expect(page).toMatch(/aria-label="Macro F1 by epoch, width: a ends at [\d.]+.% on validation images; b/);
    expect(page).toMatch(/aria-label="Accuracy by epoch, width: a ends at [^"]*in training/);
    expect(text).toContain(
      'a has a macro F1 of 61.00 % (95 % interval 58.00 to 64.00) on 500 test images. It classifies 66.00 %',
    );
    expect(text).toMatch(/The macro F1 is [\d.]+ points (below|above) the [\d.]+ % on the validation images/);
  });

  it('answers in it', () => {
    expect(answer(record, stages)).toMatch(/^`a` wins with macro F1 [\d.]+ % at epoch \d+/);
  });

  it('has a column of it in the table of epochs', () => {
    const [header, first] = renderCsv(record).split('\n');
    expect(header).toMatch(/,seconds,val_macro_f1,val_macro_f1_in_training_mode$/);
    expect(first?.split(',').at(-2)).toBe(String(stages.trials[0]?.lines[0]?.val_score));
  });

  it('has it on the card of its winner', () => {
    const [winner] = stages.trials as [TrialRecord];
    const card = modelCard({
      record,
      stage: stages,
      trial: winner,
      spec: {
        config: winner.config!,
        data: { dataset: hash('d'), trainImages: 50_000, validationFraction: 0.2, splitSeed: 1 },
        seed: 1,
        repetition: 0,
        initialWeights: 'scratch',
        numerics: 4,
        rankBy: 'macro F1',
      },
      classes: ['x', 'y'],
      files: [],
      version: '1',
    });
    expect(card).toContain('| images | number | accuracy | loss, nats an image | macro F1 |');
    expect(card).toContain('| test | 500 | 66.00 % | 0.9000 | 61.00 % |');
    expect(card).toContain('of the macro F1 95 % interval 58.00 to 64.00 by bootstrap');
    expect(card).toContain('so the validation macro F1 is optimistic');
    expect(card).toContain(
      '| class | test accuracy | precision | F1 |\n| --- | --- | --- | --- |\n| x | 80.00 % | 61.54 % |',
    );
  });
});

describe('a study that ranks by loss', () => {
  const record = recordBy('loss');
  const stages = record.stages[0] as StageRecord;

  it('ranks the lowest first, in nats', async () => {
    const lowest = stages.trials.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[0] as TrialRecord;
    expect(stages.winner).toBe(lowest.name);
    const text = visibleText((await renderReport(record))['index.html']);
    expect(text).toContain(
      'Leaderboard by the validation loss of each trial’s best epoch; the lowest is best',
    );
    expect(text).toContain('Behind, nats');
    expect(text).toContain(`Validation loss ${lowest.score?.toFixed(4)}`);
    expect(text).toContain('The shortest bar is the best.');
    expect(text).toMatch(new RegExp(`${lowest.name} wins with loss ${lowest.score?.toFixed(4)} at epoch`));
    expect(testAnswer(record).replaceAll('\u00a0', ' ')).toMatch(
      /^`\w` has a loss of 0.9000 on 500 test images\. It classifies 66\.00 % .* The loss is 0\.\d{4} nats (below|above)/,
    );
  });
});

describe('a test of 1,000 classes', () => {
  const record = recordBy('top-5', { classes: 1000, images: 50_000 });

  it('has a record and a page of a few megabytes at most, with the most frequent mistakes', async () => {
    const files = await renderReport(record);
    expect(files['record.json'].length).toBeLessThan(3_000_000);
    expect(files['index.html'].length).toBeLessThan(1_000_000);
    expect(unbalanced(files['index.html'])).toEqual([]);
    const text = visibleText(files['index.html']);
    expect(text).toMatch(/Mistakes, the 30 most frequent of [\d,]+ kinds; record\.json has the whole matrix/);
    expect(text).toContain('kind 0 kind 1 7 14.00 %');
    expect(text).toContain('Classes by F1, the 100 lowest of 1,000.');
    expect(text).not.toContain('Confusion matrix');
    const rows = files['index.html'].match(/<tr>/g) ?? [];
    expect(rows.length).toBeLessThan(1000);
  });

  it('has a place on the axis for the loss of a network that guesses', () => {
    const guess = Math.log(1000);
    const lines = [0.9, 0.8, 0.7, 0.6, guess].map((val_loss, index) => ({
      ...trial('a', { to: 50 }).lines[index]!,
      train_loss: val_loss,
      val_loss,
    }));
    const curve: Curve = { name: 'a', lines, bestEpoch: 4, winner: false, colour: '', shape: '' };
    const shown = { metric: 'loss', example: 'image' } as const;
    expect(axisLimit([curve], { ...shown, classes: 1000 })).toBeNull();
    expect(axisLimit([curve], { ...shown, classes: 2 })).toBe(0.9);
  });
});

it('says rows where the data are a table', async () => {
  const record = recordBy('balanced accuracy');
  record.opening.study.data = {
    kind: 'table',
    classes: 10,
    features: 4,
    label: 'kind',
    categorical: [],
    ignored: [],
    missing: 'refuse',
    testFraction: 0.2,
  };
  record.opening.dataset.origin = { kind: 'own' };
  record.opening.profile = 'mine';
  const text = visibleText((await renderReport(record))['index.html']);
  expect(text).not.toMatch(/\bimages?\b/);
  expect(text).toContain('40,000 training rows, 10,000 validation rows');
  expect(text).toContain('on 500 test rows');
});

// --- helpers ---

/** A study of two candidates, tested. In other measures than accuracy and loss, an epoch's score is a little less than its accuracy. */
function recordBy(measure: OtherMeasure, { classes = 2, images = 500 } = {}): StudyRecord {
  const trials = [scored(trial('a', { to: 70 }), measure), scored(trial('b', { to: 66 }), measure)];
  const record = ownRecord([stage('width', trials)]);
  const [best] = trials as [TrialRecord];
  const winner = trials.find(({ name }) => name === record.stages[0]?.winner) ?? best;
  const score = measure === 'loss' ? 0.9 : 61;
  const interval = { low: 61.7, high: 70 };
  const scoreInterval = measure === 'loss' ? {} : { scoreInterval: { low: 58, high: 64 } };
  const test: TestRecord = {
    format: 1,
    trialKey: winner.trialKey ?? '',
    images,
    accuracy: 66,
    loss: 0.9,
    measure,
    score,
    confusion: storedConfusion(confusionOf(classes, images)),
    predictions: { sha256: hash('p'), sizeBytes: 4 },
    stage: 'test',
    trial: winner.name,
    runs: [
      {
        trial: winner.name,
        trialKey: winner.trialKey ?? '',
        seed: 1,
        accuracy: 66,
        loss: 0.9,
        interval,
        score,
        ...scoreInterval,
      },
    ],
    mean: { accuracy: 66, loss: 0.9, deviation: null, interval, score, scoreDeviation: null },
    optimism: null,
  };
  const names = Array.from({ length: classes }, (_, label) => `kind ${label}`);
  const { opening } = record;
  return {
    ...record,
    opening: {
      ...opening,
      study: { ...opening.study, rankBy: measure },
      dataset: { ...opening.dataset, classes: names },
    },
    test,
  };
}

function scored(of: TrialRecord, measure: OtherMeasure): TrialRecord {
  const own = measure !== 'loss';
  const lines = of.lines.map((line) => (own ? { ...line, val_score: line.val_accuracy - 3 } : line));
  const best = bestEpoch(lines, measure);
  return {
    ...of,
    lines,
    measure,
    score: best ? scoreIn(best, measure) : null,
    bestEpoch: best?.epoch ?? null,
  };
}

/** Most images of a class are right; some of each are taken for the next class. */
function confusionOf(classes: number, images: number): number[][] {
  const each = images / classes;
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [label, row] of matrix.entries()) {
    const wrong = classes === 2 ? (label === 0 ? each / 5 : each / 2) : 7 + (label % 3 === 0 ? 0 : -3);
    row[label] = each - wrong;
    row[(label + 1) % classes] = wrong;
  }
  return matrix;
}
