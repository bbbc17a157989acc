import { describe, expect, it } from 'vitest';
import type { ExportedModel } from '../../../report/model-card/exported-model.ts';
import { modelCard } from '../../../report/model-card/model-card.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../../study/record/record.ts';
import { CIFAR10_CLASSES } from '../../../study/shipped/class-names.ts';
import { hash, ownRecord, stage, trial } from '../example-record.ts';
import { fullRecord } from '../example-study.ts';

describe('the card of the winner', () => {
  const record = fullRecord();
  const last = record.stages.find(({ name }) => name === 'dropout') as StageRecord;
  const winner = last.trials.find(({ name }) => name === last.winner) as TrialRecord;
  const card = modelCard(exported(record, last, winner));

  it('says what it is, and how well it did', () => {
    expect(card).toMatch(
      new RegExp(`^# ${winner.name}\\n\\nThe winner, as evaluated in the final test, of the study`),
    );
    expect(card).toContain(`| test | 10,000 | ${record.test?.accuracy.toFixed(2)} % | 0.5123 |`);
    expect(card).toContain(`| validation | 10,000 | ${winner.score?.toFixed(2)} % |`);
    for (const name of CIFAR10_CLASSES) expect(card).toMatch(new RegExp(`\\| ${name} \\| [\\d.]+ % \\|`));
  });

  it('lists the stages that led to it, each with its winner and what that gave', () => {
    const rows = [...card.matchAll(/^\| `(\w+)` \| .*\? \| `([\w.]+)` \| [\d.]+ % \| (.*) \|$/gm)];
    const stages = record.stages.filter(({ name }) =>
      ['dense', 'cnn', 'activation', 'optimizer', 'search', 'dropout'].includes(name),
    );
    expect(rows.map(([, name, trial]) => [name, trial])).toEqual(
      stages.map(({ name, winner: won }) => [name, won]),
    );
    expect(rows.map(([, , , gave]) => gave?.replaceAll('\u00a0', ' '))).toEqual([
      'the rule ÷2 of `relu_layer_div2`, by which `rn50` has dense layers 1024-512-256-128-64-32-16',
      'ResNet-50 (blocks 3-4-6-3, width 64); dense 2048-1024-512-256-128-64-32-16-10; pretrained',
      'ELU',
      'Adadelta',
      'lr 0.06801699813974062, batch 128 and 90 epochs',
      '',
    ]);
    expect(card).toContain('This trial started from `scratch`.');
  });

  it('identifies the files, the data and the program', () => {
    const { files, spec } = exported(record, last, winner);
    for (const { path, sha256 } of files)
      expect(card).toContain(`\`${path}\` | what it is | 1,234 | \`${sha256}\``);
    expect(card).toContain(`| trial key | \`${winner.trialKey}\` |`);
    expect(card).toContain('| seed of the split | 5 |');
    expect(card).toContain(`Data set \`${spec.data.dataset}\`, archive with SHA-256 \`${hash('archive')}\``);
    expect(card).toContain('| staged-study | 9.8.7, numerics 2 |');
    expect(card).toContain('| tensorflow | 2.21.0 |');
  });

  it('explains its use, its limits and where the images are from', () => {
    for (const part of ['## Use', '## Intended use and limits', '## Licence', 'Tiny Images']) {
      expect(card).toContain(part);
    }
  });
});

it.each([
  { shape: [96, 64, 1] as [number, number, number], takes: '`images` are uint8, [n, 96, 64, 1], 0 to 255' },
  { shape: [30] as [number], takes: '`rows` are float32, [n, 30]' },
])('says what the model takes: $takes', ({ shape, takes }) => {
  const record = ownRecord([stage('width', [trial('narrow', { to: 40 })])]);
  const [width] = record.stages as [StageRecord];
  const [narrow] = width.trials as [TrialRecord];
  const model = exported(record, width, narrow);
  const data = { ...model.spec.data, input: { shape, classes: 10 } };
  const card = modelCard({ ...model, spec: { ...model.spec, data } });
  expect(card).toContain(takes);
  expect(card).toContain(
    takes.startsWith('`rows`') ? 'model.predict({ rows })' : 'model.predict({ images })',
  );
});

it('says that a trial was not tested, and which weights it started from', () => {
  const record = ownRecord([stage('width', [trial('narrow', { to: 40 }), trial('wide', { to: 50 })])]);
  const [width] = record.stages as [StageRecord];
  const [narrow] = width.trials as [TrialRecord];
  const model = exported(record, width, narrow);
  const card = modelCard({ ...model, spec: { ...model.spec, initialWeights: hash('weights') } });
  expect(card).toMatch(/^# narrow\n\nA trial of the study `mine-1`/);
  expect(card).toContain('It was not evaluated on the test images.');
  expect(card).toContain(`started from \`weights/${hash('weights')}\``);
});

it('hides where the archive was, and says that images are generated', () => {
  const record = ownRecord([stage('width', [trial('wide', { to: 50 })])]);
  const [width] = record.stages as [StageRecord];
  const from = (origin: StudyRecord['opening']['dataset']['origin']) => {
    const { opening } = record;
    const other = { ...record, opening: { ...opening, dataset: { ...opening.dataset, origin } } };
    return modelCard(exported(other, width, width.trials[0] as TrialRecord));
  };
  const card = from({ kind: 'other', archiveSha256: hash('mine'), source: '/home/me/mine.tar.gz' });
  expect(card).toContain('from an archive other than the official one');
  expect(card).not.toContain('/home/me');
  expect(from({ kind: 'generated' })).toContain('say nothing about CIFAR-10');
});

// --- helpers ---

function exported(record: StudyRecord, at: StageRecord, found: TrialRecord): ExportedModel {
  return {
    record,
    stage: at,
    trial: found,
    classes: [...CIFAR10_CLASSES],
    version: '9.8.7',
    spec: {
      seed: 1,
      repetition: 0,
      initialWeights: 'scratch',
      numerics: 2,
      config: found.config as NonNullable<TrialRecord['config']>,
      data: { dataset: hash('dataset'), trainImages: 50_000, validationFraction: 0.2, splitSeed: 5 },
    },
    files: ['saved_model/saved_model.pb', 'model.safetensors'].map((path) => ({
      path,
      what: 'what it is',
      sizeBytes: 1234,
      sha256: hash(path),
    })),
  };
}
