import { beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../report/render-report.ts';
import type { Published } from '../../study/definition/published-schema.ts';
import { rankCandidates } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TestRecord } from '../../study/record/record.ts';
import { failed, hash, ownRecord, stage, trial } from './example-record.ts';
import { fullRecord, torchvisionWeights } from './example-study.ts';
import { unbalanced, visibleText } from './markup.ts';

const pageOf = async (record: StudyRecord) => (await renderReport(record))['index.html'];
const full = await pageOf(fullRecord());

it('is one page that needs no other file and no script', () => {
  const references = full.replace(/xmlns(:\w+)?="[^"]*"/g, '');
  expect(references).not.toMatch(/https?:|\/\/\w|@import|<script|<link|<img|\bon\w+=|url\((?!#)/);
  expect(full).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(unbalanced(full)).toEqual([]);
});

it('links only to anchors that it has, each of them once', () => {
  const ids = [...full.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const targets = [...full.matchAll(/(?:href="#|aria-labelledby="|url\(#)([^")]*)/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(10);
  for (const target of targets) expect(ids).toContain(target);
});

it('shows every number of the record', () => {
  const record = fullRecord();
  const text = visibleText(full);
  for (const { name, question, trials } of record.stages) {
    expect(text).toContain(name);
    expect(text).toContain(question);
    for (const each of trials) {
      expect(text).toContain(each.name);
      if (each.score !== null) expect(text).toContain(`${each.score.toFixed(2)} %`);
      if (each.message) expect(text).toContain(each.message);
      for (const line of each.lines) {
        expect(text).toContain(line.train_accuracy.toFixed(2));
        expect(text).toContain(line.val_accuracy.toFixed(2));
      }
    }
  }
  for (const images of record.test?.confusion.flat() ?? []) expect(text).toContain(` ${images} `);
  expect(text).toContain('Example Processor 9000');
});

it('has the figures of every stage, each with a label', () => {
  const labels = [...full.matchAll(/<svg class="plot"[^>]*aria-label="([^"]+)"/g)].map(([, label]) => label);
  for (const name of ['dense', 'cnn', 'activation', 'optimizer', 'search', 'dropout']) {
    for (const what of ['Accuracy by epoch', 'Loss by epoch', 'Best validation accuracies']) {
      expect(labels.filter((label) => label?.startsWith(`${what}, ${name}:`))).toHaveLength(1);
    }
  }
  // Beside these: the winners, five of the search, three leaking pairs, the repeated trial, the test's classes.
  expect(labels).toHaveLength(18 + 1 + 5 + 3 + 1 + 1);
});

it('says what a search stopped early, and ranks it last', async () => {
  const record = structuredClone(fullRecord());
  const planned = record.opening.study.stages.find(({ kind }) => kind === 'search');
  const search = record.stages.find(({ kind }) => kind === 'search');
  const [, first, second] = search?.trials ?? [];
  if (planned?.kind !== 'search' || !first || !second?.config) throw new Error('expected a search');
  planned.stopping = { kind: 'halving', first: 5, factor: 3 };
  const stopped = { epoch: 5, score: 41.25 };
  Object.assign(second, { status: 'stopped', outcome: null, score: null, bestEpoch: null, stopped });
  second.lines = second.lines.slice(0, 5);
  const text = visibleText(await pageOf(record));
  expect(text).toContain(
    'The search stops trials early: all but the best 1 of 3 of a round (halving). It stopped 1 of 10 trials',
  );
  expect(text).toMatch(new RegExp(`– ${second.name} stopped at epoch 5 with 41.25 %`));
  expect(text).toContain('1 trial was stopped early: what it would have reached is not known.');
});

it('escapes what people name and what machines say', async () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const own = trial(
    hostile,
    { to: 50, epochs: 3 },
    { message: hostile, environment: { name: hostile, [hostile]: hostile } },
  );
  const other = failed(`${hostile}2`, 'diverged', hostile);
  const record = ownRecord([stage(hostile, [own, other], { question: hostile })]);
  const { study, dataset } = record.opening;
  const html = await pageOf({
    ...record,
    opening: {
      ...record.opening,
      studyId: hostile,
      study: { ...study, title: hostile, name: hostile },
      dataset: { ...dataset, origin: { kind: 'other', source: hostile } },
    },
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('&amp;"');
  expect(unbalanced(html)).toEqual([]);
  expect(visibleText(html).split(hostile).length).toBeGreaterThan(12);
});

it('warns of generated images, a small profile and a reduced network, and of nothing else', async () => {
  const warning = (html: string) => visibleText(/<div class="warning"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '');
  const demo = warning(await pageOf(fullRecord({ profile: 'demo', generated: true })));
  expect(demo).toContain('GENERATED images, not CIFAR-10');
  expect(demo).toContain('The profile demo uses 2,000 images for training and validation and divides');
  expect(demo).toContain('In the profile demo, rn14_reduced stands in for rn50: its numbers are not rn50’s.');
  expect(demo).toContain('1 trial trained with settings that were changed on retry.');
  const on = (name: string, device: string) =>
    trial(name, { to: 50, epochs: 3 }, { environment: { name: device, intraOpThreads: device } });
  const elsewhere = ownRecord([stage('s', [on('a', '1'), on('b', '2')])]);
  expect(warning(await pageOf(elsewhere))).toContain(
    'Not all trials were trained in the same environment (different: device)',
  );
  expect(warning(full)).not.toContain('environment');
  expect(warning(full)).not.toContain('scratch');
  expect(warning(full)).not.toContain('generated');
  const scratch = fullRecord();
  const opening = { ...scratch.opening, fromScratch: true, weights: null };
  expect(warning(await pageOf({ ...scratch, opening }))).toContain('The study was run with --from-scratch');
  const plain = await pageOf(ownRecord([stage('s', [trial('a', { to: 50 }), trial('b', { to: 60 })])]));
  expect(plain).not.toContain('class="warning"');
});

it('says which weights pretrained networks started from, or that there were none', async () => {
  const text = visibleText(full);
  expect(text).toContain(`torchvision’s ImageNet ResNet-50: ${torchvisionWeights.sha256}, 267 tensors`);
  expect(text).toContain('Weights file resnet50.pth (torch.save, zip)');
  expect(text).toContain(
    'ResNet-50 (blocks 3-4-6-3, width 64); dense 2048-1024-512-256-128-64-32-16-10; pretrained',
  );

  const record = fullRecord();
  const origin = { ...torchvisionWeights.origin, kind: 'other' as const, source: 'my-own.safetensors' };
  const weights = { ...torchvisionWeights, origin };
  const other = await pageOf({ ...record, opening: { ...record.opening, weights } });
  expect(visibleText(other)).toContain(
    'Pretrained networks start from my-own.safetensors, not from torchvision’s ImageNet ResNet-50.',
  );

  const demo = visibleText(await pageOf(fullRecord({ profile: 'demo' })));
  expect(demo).toContain('Weights none: every network started from scratch');
  expect(demo).toContain('ResNet (blocks 1-1-1-1, width 16); dense 512-64-32-16-10');
});

it('sets published results beside the study’s own, if it names any', async () => {
  const text = visibleText(full);
  expect(text).toContain('87.24 % with lr 0.06802, batch 128, 90 epochs');
  expect(text).toMatch(/cnn ResNet-50 above 80 % rn50 \d+\.\d\d %/);
  expect(text).toMatch(/cnn ResNet-50 above 80 % rn50 \d+\.\d\d % \(in training mode \d+\.\d\d %\)/);
  const demo = visibleText(await pageOf(fullRecord({ profile: 'demo' })));
  expect(demo).toContain('rn14_reduced, in place of rn50: ResNet-50, all layers trained.');
  expect(demo).toMatch(/cnn ResNet-50 above 80 % rn14_reduced \d+\.\d\d %/);
  expect(text).not.toMatch(/\bthe report\b/i);

  const record = ownRecord([stage('dense', [trial('MLP', { to: 50 })])]);
  expect(await pageOf(record)).not.toContain('id="published"');
  const published: Published = {
    title: 'A paper',
    source: 'Its authors, 1999',
    results: [{ stage: 'dense', what: 'Baseline', published: 'about 40 %', ours: { kind: 'best' } }],
    caveats: ['They had fewer images.'],
  };
  const { study } = record.opening;
  const own = await pageOf({ ...record, opening: { ...record.opening, study: { ...study, published } } });
  expect(visibleText(own)).toMatch(
    /Published results: A paper Its authors, 1999 The comparison Stage What A paper This study dense Baseline about 40 % MLP \d+\.\d\d %/,
  );
  expect(visibleText(own)).toContain('Limits of this comparison 1 limit They had fewer images.');
});

it('names the classes as the data set does, if the record has their names', async () => {
  const record = fullRecord();
  expect(visibleText(full)).toContain('Most frequent mistakes: cat taken for dog');
  const { classes: _, ...dataset } = record.opening.dataset;
  const nameless = await pageOf({ ...record, opening: { ...record.opening, dataset } });
  expect(visibleText(nameless)).toContain('Most frequent mistakes: class 3 taken for class 5');
});

it('has the accuracies in training mode beside the scores, in those stages that have any', () => {
  const boards = [...full.matchAll(/<table[^>]*><caption>Leaderboard[\s\S]*?<\/table>/g)].map(([table]) =>
    visibleText(table),
  );
  const both = boards.map((board) => board.includes('Best val accuracy In training mode Behind'));
  expect(both).toEqual([false, true, true, true, true, true]);
  expect(full.match(/never switches the network to evaluation mode/g)).toHaveLength(5);
  const [rn50] = fullRecord().stages[1]?.trials.filter(({ name }) => name === 'rn50') ?? [];
  const [row] = /1 rn50.*?2 simple_cnn_arq_4.*?−/.exec(boards[1] ?? '') ?? [];
  expect(row).toContain(`${rn50?.score?.toFixed(2)} % ${rn50?.scoreInTrainingMode?.toFixed(2)} %`);
  expect(row).toMatch(/% – −$/);
});

it('says what a stage takes over, and lists the scores of the earlier stage if it doesn’t rank its start', () => {
  expect(visibleText(full)).toContain(
    'It takes no setting from the winner of dense, relu_layer_div2 (54.78 %): every candidate here replaces its network. ' +
      'rn50 takes over the rule of dense layers of relu_layer_div2, the best-ranked network of dense that has one: ÷2, which ' +
      'gives 1024-512-256-128-64-32-16. For comparison, dense: relu_layer_div2 54.78 %, relu_layer_div4 54.50 %,',
  );
  expect(visibleText(full)).not.toContain('It starts from the configuration of relu_layer_div2');
  expect(visibleText(full)).toContain('whose trial is ranked too');
});

it('says what each winner gave to later stages', () => {
  const text = visibleText(full);
  const [table] = /What later stages have of each winner’s configuration.*?Glossary/.exec(text) ?? [''];
  expect(table).toContain(
    'dense relu_layer_div2 cnn the rule ÷2 of relu_layer_div2, by which rn50 has dense layers',
  );
  expect(table).toContain('activation rn50_elu optimizer ELU');
  expect(table).toContain('search rn50_elu_adadelta_search_03 dropout lr 0.06802, batch 128 and 90 epochs');
  expect(table).toMatch(/dropout \S+_dropout_0\.\d test its weights/);
});

it('has what the study notes about its candidates', () => {
  const text = visibleText(full);
  expect(text).toContain('MLP: The baseline. Its hidden layers are this study’s choice.');
  expect(text).toContain('rn50: ResNet-50, all layers trained.');
});

it('marks the settings that a stage changes, and those alone', () => {
  const row = /<tr><th scope="row"><code>rn50_<wbr>elu<\/code>[\s\S]*?<\/tr>/.exec(
    full.slice(full.indexOf('id="trials"')),
  );
  expect([...(row?.[0] ?? '').matchAll(/<mark>([^<]*)/g)].map(([, text]) => text)).toEqual(['ELU']);
});

it.each<[string, StudyRecord]>([
  ['nothing yet', ownRecord([])],
  ['one candidate of one epoch', ownRecord([stage('s', [trial('a', { to: 50, epochs: 1 })])])],
  ['no trial with a score', ownRecord([stage('s', [failed('a', 'diverged'), failed('b', null)])])],
  [
    'an unfinished study',
    { ...fullRecord(), stages: fullRecord().stages.slice(0, 2), test: null, finishedAt: '' },
  ],
  [
    'side experiments without their ordinary trials',
    { ...fullRecord(), stages: fullRecord().stages.slice(-2) },
  ],
  [
    'many trials with long names, one that exploded',
    ownRecord([
      stage('s', [
        ...Array.from({ length: 20 }, (_, index) =>
          trial(`${'long_'.repeat(30)}${index}`, { to: 50, epochs: 3 }),
        ),
        trial(
          'exploded',
          { to: 20, epochs: 3 },
          {
            outcome: 'diverged',
            score: null,
            lines: trial('x', { to: 20, epochs: 3 }).lines.map((line, index) => ({
              ...line,
              val_loss: 10 ** (9 * index),
            })),
          },
        ),
      ]),
    ]),
  ],
])('reports on %s', async (_what, record) => {
  const files = await renderReport(record);
  const html = files['index.html'];
  expect(unbalanced(html)).toEqual([]);
  expect(visibleText(html)).not.toMatch(/\bNaN\b|undefined|\[object|Infinity/);
  expect(html).not.toMatch(/="[^"]*(NaN|undefined|Infinity)[^"]*"/);
  expect(JSON.parse(files['record.json'])).toEqual(record);
  expect(files['epochs.csv']).toMatch(/^stage,trial,/);
});

it('marks exploding losses at the edge of the figure, and says so', async () => {
  const lines = trial('a', { to: 50, epochs: 9 }).lines.map((line, index) =>
    index === 8 ? { ...line, val_loss: 1e9 } : line,
  );
  const html = await pageOf(ownRecord([stage('s', [trial('a', { to: 50 }, { lines })])]));
  expect(visibleText(html)).toMatch(
    /Triangles at the edge are larger losses, above \d+\.\d+; the table has them\./,
  );
  expect(visibleText(html)).toContain('1.000e+9');
});

it('gives equal pages for equal records', async () => {
  expect((await pageOf(fullRecord())) === full).toBe(true);
});

it('has learning rates in four digits, each with its exact value', () => {
  expect(visibleText(full)).not.toContain('0.06801699813974062');
  const short = full.match(/<span title="0\.06801699813974062">0\.06802<\/span>/g);
  // In the leaderboard, with the published results and in the list of all trials.
  expect(short?.length).toBeGreaterThan(3);
});

it('draws a trial alike in every stage, and the trials of a stage unlike', () => {
  const keys = full.matchAll(
    /<svg class="key"[^>]*><path d="M0,6H28" stroke="([^"]*)"[^>]*><path d="([^"]*)"[^>]*><\/svg>(<code>.*?<\/code>)/g,
  );
  const drawn = new Map<string, Set<string>>();
  for (const [, colour, shape, name] of keys) {
    const known = drawn.get(visibleText(name as string)) ?? new Set();
    drawn.set(visibleText(name as string), known.add(`${colour} ${shape}`));
  }
  // `rn50_elu` wins in one stage and is taken over in the next.
  expect(drawn.get('rn50_elu')?.size).toBe(1);
  const different = new Set([...drawn.values()].flatMap((styles) => [...styles]));
  expect(different.size).toBe(drawn.size);
});

it('has no column in which no trial has a value, and says once what all trials have in common', async () => {
  const html = await pageOf(ownRecord([stage('s', [trial('a', { to: 50 }), trial('b', { to: 60 })])]));
  const [board] = /<table[^>]*><caption>Leaderboard[\s\S]*?<\/table>/.exec(html) ?? [''];
  expect(visibleText(board)).toContain('; 50 epochs each; 1,707,274 parameters each');
  expect(visibleText(board)).not.toMatch(/In training mode|Epochs|Parameters /);
});

it('ranks no trial without a score', async () => {
  const html = await pageOf(ownRecord([stage('s', [failed('x', 'diverged'), trial('a', { to: 50 })])]));
  expect(visibleText(html)).toMatch(/ 1 a winner .* – x diverged –/);
});

it('counts a stored result without a score among those from the store', async () => {
  const diverged = { ...failed('x', 'diverged'), lines: [], reused: true };
  const html = await pageOf(ownRecord([stage('s', [trial('a', { to: 50 }), diverged])]));
  expect(visibleText(html)).toContain(
    '1 trial trained for 9 min 14 s within 10 min 0 s: 0.92 at a time on average; 1 from the store',
  );
});

it('describes trials of few epochs by dots instead of lines', async () => {
  const short = ['a', 'b'].map((name) => trial(name, { to: 50, epochs: 2 }));
  const text = visibleText(await pageOf(ownRecord([stage('s', short)])));
  expect(text).toContain('From the first epoch (small) to the last (large).');
  expect(text).not.toContain('the mark is at the best epoch');
});

describe('of candidates with several seeds', () => {
  const record = fullRecord({ profile: 'evening' });
  const [dense] = record.stages as [StageRecord];
  let html: string;
  let text: string;
  beforeAll(async () => {
    html = await pageOf(record);
    text = visibleText(html);
  });

  it('is a whole page', () => {
    expect(unbalanced(html)).toEqual([]);
    expect(text).not.toMatch(/\bNaN\b(?! at step)|undefined|\[object|Infinity/);
  });

  it('says what each seed alone would have chosen', () => {
    expect(text).toMatch(
      /One seed alone would have chosen: with seed 1 \w+ \([\d.]+ %, [\d.]+ points ahead of \w+\), with seed 2 .* and with seed 3 /,
    );
  });

  it('ranks candidates by their means, with deviation, every seed and how they are told apart', () => {
    const [winner] = rankCandidates(dense.trials);
    const scores = winner?.runs.map(({ score }) => score?.toFixed(2)).join(', ');
    expect(text).toContain('Leaderboard by the mean, over each candidate’s seeds');
    expect(text).toContain(
      `1 ${winner?.name} winner ${winner?.score?.toFixed(2)} % ${winner?.deviation?.toFixed(2)} ${scores}`,
    );
    const lead = dense.verdict?.leads.at(-1);
    expect(text).toMatch(new RegExp(`${lead?.name}.*? ${lead?.kind}, p [<\\d]`));
  });

  it('answers with the verdict', () => {
    expect(text).toMatch(
      /wins with [\d.]+ % on average over 3 runs, deviation [\d.]+ points\. (Clear|Likely|Not told apart): /,
    );
    expect(text).toMatch(/Only repeats can make a lead clear, with three seeds or more/);
  });

  it('draws the runs of a candidate as one curve with a band, and as marks on one bar', () => {
    expect(text).toContain('Means of each candidate’s runs; the bands reach from the least to the largest');
    expect(text).toContain('Bars are means, the marks on them are single runs.');
    const label = /aria-label="(Accuracy by epoch, dense:[^"]*)"/.exec(html)?.[1];
    expect(label?.match(/ends at/g)).toHaveLength(6);
  });

  it('ends the side experiment in a paired difference with its interval', () => {
    expect(text).toMatch(
      /On average over 3 pairs of runs with the same seed, the change moves the score by [+−]?[\d.]+ points \(95 % interval/,
    );
  });

  it('tests every run of the winner, and says what selecting has added', async () => {
    const test = record.test as TestRecord;
    const interval = { low: 87, high: 89 };
    const runs = [88.42, 88.1, 87.9].map((accuracy, index) => ({
      trial: index === 0 ? test.trial : `${test.trial}@${index + 1}`,
      trialKey: index === 0 ? test.trialKey : hash(String(index)),
      seed: index + 1,
      accuracy,
      loss: 0.5,
      interval,
    }));
    const mean = { accuracy: 88.14, loss: 0.5, deviation: 0.26, interval };
    const optimism = { points: 0.21, candidates: 3, runs: 5, epochs: 250, images: 10_000 };
    const tested = visibleText(await pageOf({ ...record, test: { ...test, runs, mean, optimism } }));
    expect(tested).toContain('88.14 % on average over 3 seeds');
    expect(tested).toContain(`${test.trial}@2 2 88.10 %`);
    expect(tested).toContain('The figures of classes are of the first run');
    expect(tested).toContain('(5 runs, 250 epochs) has added about +0.21 points');
  });
});

it('shows a search over anything, how it ended and what it knew from the start', async () => {
  const record = fullRecord();
  const { opening } = record;
  const stages = opening.study.stages.map((each) =>
    each.kind === 'search'
      ? {
          ...each,
          evaluations: 60,
          note: 'Only as long as an evening.',
          sampler: { kind: 'tpe-multivariate' as const },
          budget: { hours: 6 },
          space: {
            optimizer: {
              kind: 'choice' as const,
              options: [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }],
            },
            'optimizer.momentum': { kind: 'uniform' as const, low: 0.1, high: 0.9 },
            learningRate: { kind: 'uniform' as const, low: 0.001, high: 0.1 },
          },
        }
      : each,
  );
  const search = record.stages.find(({ kind }) => kind === 'search') as StageRecord;
  const trials = search.trials.map((each, index) =>
    index % 2 === 1 && each.config
      ? { ...each, config: { ...each.config, optimizer: { kind: 'sgd' as const, momentum: 0.5 } } }
      : each,
  );
  const seeds = [
    {
      study: 'cifar10-full-1',
      stage: 'search',
      name: 'rn50_search_01',
      trialKey: null,
      score: 71.5,
      suggestion: {},
    },
  ];
  const ended = { end: 'budget' as const, evaluations: 10, stopped: 2, seeds };
  const html = await pageOf({
    ...record,
    opening: { ...opening, study: { ...opening.study, stages } },
    stages: record.stages.map((each) => (each === search ? { ...search, trials, search: ended } : each)),
  });
  const text = visibleText(html);
  expect(unbalanced(html)).toEqual([]);
  expect(text).toContain('Only as long as an evening.');
  expect(text).toContain('How it chose: tpe-multivariate: the first 10 spread over the space');
  expect(text).toMatch(
    /10 of 60 evaluations ended; its budget was used up, and 2 trials that had not ended were stopped \(6 hours\)\./,
  );
  expect(text).toContain('It knew 1 trial of earlier searches from the start');
  expect(text).toContain('rn50_search_01 cifar10-full-1 search 71.50 %');
  const [board = ''] = /aria-label="Leaderboard of search">[\s\S]*?<\/table>/.exec(html) ?? [];
  expect(visibleText(board)).toContain('Optimizer Momentum Learning rate');
  expect(visibleText(board)).toContain('SGD 0.5 0.5');
  expect(visibleText(board)).toContain('Adadelta – 0.');
  // A setting that is no number has its values as marks on its axis.
  expect(html).toMatch(/aria-label="Settings and score, search: [^"]*optimizer SGD 0\.5, momentum 0\.5/);
  expect(html).not.toMatch(/="[^"]*(NaN|undefined|Infinity)[^"]*"/);
});
