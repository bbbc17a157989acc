/** Records to report on: a whole study with plausible curves, and what its trials are made of. */

import type { StageRecord, StudyRecord, TrialRecord } from '../../report/record-type.ts';
import { cifar10 } from '../../study/cifar10.ts';
import { parseStudy } from '../../study/parse-study.ts';
import type { TrainingConfig } from '../../study/training-config.ts';
import { bestEpoch, type EpochLine } from '../../study/trial.ts';
import { rank } from '../../study/winner.ts';

const parsed = parseStudy(cifar10, 'cifar10');

export interface Shape {
  /** Best validation accuracy that the curve tends to, percent. */
  to: number;
  epochs?: number;
  change?: Partial<TrainingConfig>;
}

/** Lines of a run that learns: accuracies rise to `to` and past it in training, losses fall and rise again. */
export function learningLines(name: string, to: number, epochs: number, learningRate = 0.02): EpochLine[] {
  const noise = noiseOf(name);
  return Array.from({ length: epochs }, (_, index) => {
    const progress = 1 - Math.exp((-4.5 * (index + 1)) / Math.max(epochs, 6));
    const val = 10 + (to - 10) * progress + noise() * 0.9;
    const train = 10 + (Math.min(99, to + 12) - 10) * progress + noise() * 0.4;
    return {
      epoch: index + 1,
      train_loss: round(2.31 * (1 - train / 108), 6),
      train_accuracy: round(train, 4),
      val_loss: round(2.31 * (1 - val / 104) + 0.5 * (index / epochs) ** 2, 6),
      val_accuracy: round(val, 2),
      learning_rate: learningRate,
      seconds: round(11 + noise(), 3),
    };
  });
}

/** A trained run; `change` replaces whatever of it. */
export function trial(
  name: string,
  { to, epochs = 50, change = {} }: Shape,
  with_: Partial<TrialRecord> = {},
): TrialRecord {
  const config: TrainingConfig = {
    ...parsed.base,
    network: { kind: 'dense', hidden: [512, 256] },
    epochs,
    ...change,
  };
  const lines = learningLines(name, to, config.epochs, config.learningRate);
  const best = bestEpoch(lines);
  return {
    name,
    trialKey: hash(name),
    status: 'trained',
    outcome: 'completed',
    message: null,
    score: best?.val_accuracy ?? null,
    bestEpoch: best?.epoch ?? null,
    reused: false,
    takenOver: false,
    override: null,
    of: null,
    config,
    seed: 1,
    repetition: 0,
    parameters: 1_707_274,
    attempts: 1,
    trainingSeconds: lines.reduce((sum, { seconds }) => sum + seconds, 0),
    startedAt: '2026-03-01T08:00:00.000Z',
    finishedAt: '2026-03-01T08:10:00.000Z',
    tensorsSha256: hash(`${name} tensors`),
    lines,
    environment: ENVIRONMENT,
    ...with_,
  };
}

/** A run without a result: skipped, diverged before its first epoch, or out of memory. */
export function failed(
  name: string,
  outcome: TrialRecord['outcome'],
  message: string | null = null,
): TrialRecord {
  return trial(
    name,
    { to: 10 },
    {
      status: outcome ? 'trained' : 'skipped',
      outcome,
      message,
      score: null,
      bestEpoch: null,
      lines: [],
      tensorsSha256: null,
      trainingSeconds: outcome ? 0 : null,
      ...(outcome
        ? {}
        : {
            config: null,
            trialKey: null,
            seed: null,
            repetition: null,
            parameters: null,
            attempts: null,
            startedAt: null,
            finishedAt: null,
            environment: null,
          }),
    },
  );
}

/** A stage whose winner is the one that ranks first. */
export function stage(name: string, trials: TrialRecord[], with_: Partial<StageRecord> = {}): StageRecord {
  const [first] = rank(trials);
  const winner = first && first.score !== null ? first.name : null;
  return {
    name,
    kind: 'compare',
    question: `What does ${name} give?`,
    start: null,
    trials,
    winner,
    ...with_,
  };
}

/** A record of these stages, of a study of the user's own. */
export function ownRecord(stages: StageRecord[], profile: 'demo' | 'report' = 'report'): StudyRecord {
  const { base, profiles } = parsed;
  return {
    format: 1,
    opening: {
      format: 1,
      studyId: 'mine-1',
      study: {
        name: 'mine',
        title: 'A study of my own',
        seed: 1,
        splitSeed: 1,
        validationFraction: 0.2,
        base,
        profiles,
        stages: stages.map(({ name, kind, question }, index) => ({
          kind,
          name,
          question,
          ...(stages[index]?.start && index > 0 && { from: stages[index - 1]?.name }),
        })),
      },
      profile,
      dataset: {
        sha256: hash('dataset'),
        trainImages: 50_000,
        testImages: 10_000,
        origin: { kind: 'official', archiveSha256: hash('archive'), source: 'cifar-10-binary.tar.gz' },
      },
      numerics: 1,
      startedAt: '2026-03-01T08:00:00.000Z',
    },
    finishedAt: '2026-03-02T19:25:00.000Z',
    stages,
    test: null,
  };
}

/** The shipped study in full, tested: seven stages and both side experiments. */
export function fullRecord({
  profile = 'report',
  generated = false,
}: {
  profile?: 'demo' | 'report';
  generated?: boolean;
} = {}): StudyRecord {
  const demo = profile === 'demo';
  const epochs = demo ? 2 : 50;
  const resnet = (
    demo
      ? { kind: 'resnet', blocks: [1, 1, 1, 1], width: 8, hidden: [32, 16] }
      : { kind: 'resnet', blocks: [3, 4, 6, 3], width: 64, hidden: [1024, 256, 64, 16] }
  ) as TrainingConfig['network'];
  const dense = (...hidden: number[]): TrainingConfig['network'] => ({ kind: 'dense', hidden });
  const cnn = (...hidden: number[]): TrainingConfig['network'] => ({
    kind: 'conv',
    convolutions: [
      { filters: 32, kernel: 3, padding: 1 },
      { filters: 64, kernel: 3, padding: 1 },
    ],
    hidden,
  });
  const run = (name: string, to: number, change: Partial<TrainingConfig>, with_: Partial<TrialRecord> = {}) =>
    trial(name, { to, epochs, change }, with_);
  const takeOver = (trials: TrialRecord[], name: string): TrialRecord => ({
    ...(trials.find((candidate) => candidate.name === name) as TrialRecord),
    takenOver: true,
    reused: true,
  });

  const denseTrials = [
    run('MLP', 52.6, { network: dense(512, 256) }),
    run(
      'relu_layer_div2',
      54.9,
      { network: dense(1536, 768, 384, 192, 96, 48, 24, 12) },
      { attempts: 2, parameters: 6_317_610 },
    ),
    run('relu_layer_div4', 54.6, { network: dense(768, 192, 48, 12) }, { parameters: 2_517_778 }),
    run('relu_div4_div2', 53.8, { network: dense(768, 384, 96, 48, 12) }),
    run('relu_6_layer_divrand', 53.1, { network: dense(2000, 1000, 500, 200, 50) }),
    run('relu_4_layer_divrand', 52.9, { network: dense(1500, 400, 80) }),
  ];
  const cnnTrials = [
    run('default_conv', 65.2, { network: cnn(120, 84) }, { reused: true }),
    run('simple_cnn', 70.9, { network: cnn(128) }),
    run('simple_cnn_arq_2', 72.8, { network: cnn(2048, 1024, 512, 256, 128, 64, 32, 16) }),
    run('simple_cnn_arq_4', 73.1, { network: cnn(1024, 256, 64, 16) }),
    run('rn50', 80.4, { network: resnet }, { parameters: 25_900_000, trainingSeconds: 41_250 }),
  ];
  const activationTrials = [
    takeOver(cnnTrials, 'rn50'),
    run('rn50_leakyRelu', 80.5, { network: resnet, activation: 'leakyRelu' }),
    run('rn50_sigmoid', 62.3, { network: resnet, activation: 'sigmoid' }),
    run('rn50_elu', 81.6, { network: resnet, activation: 'elu' }),
    run('rn50_silu', 80.8, { network: resnet, activation: 'silu' }),
  ];
  const elu = { network: resnet, activation: 'elu' } as const;
  const optimizerTrials = [
    takeOver(activationTrials, 'rn50_elu'),
    failed('rn50_elu_adagrad', 'diverged', 'train_loss became NaN at step 412 of epoch 1'),
    run('rn50_elu_adadelta', 84.9, { ...elu, optimizer: { kind: 'adadelta' } }),
    run(
      'rn50_elu_sgd_expo_scheduler',
      82.2,
      { ...elu, schedule: { kind: 'exponential', gamma: 0.95 } },
      { override: { batchSize: 16 }, attempts: 4 },
    ),
    run('rn50_elu_adadelta_expo_scheduler', 83.7, {
      ...elu,
      optimizer: { kind: 'adadelta' },
      schedule: { kind: 'exponential', gamma: 0.95 },
    }),
  ];
  const adadelta = { ...elu, optimizer: { kind: 'adadelta' } } as const;
  const tried: [number, number, number, number][] = [
    [0.0312, 64, 40, 85.1],
    [0.0871, 32, 75, 86.0],
    [0.068016998, 128, 90, 87.2],
    [0.0094, 128, 20, 78.9],
    [0.0553, 64, 100, 86.8],
    [0.0021, 32, 55, 72.4],
    [0.0748, 128, 85, 87.0],
    [0.0417, 64, 60, 86.1],
    [0.0999, 128, 95, 86.6],
    [0.0633, 32, 90, 86.9],
  ];
  const searchTrials = [
    takeOver(optimizerTrials, 'rn50_elu_adadelta'),
    ...tried.map(([learningRate, batchSize, planned, to], index) =>
      run(`rn50_elu_adadelta_search_${String(index + 1).padStart(2, '0')}`, to, {
        ...adadelta,
        learningRate,
        batchSize,
        epochs: demo ? Math.max(1, Math.round(planned / 25)) : planned,
      }),
    ),
  ];
  const searched = rank(searchTrials)[0] as TrialRecord;
  const promoted = { ...searched, name: 'rn50_elu_adadelta', takenOver: true, reused: true };
  const dropoutTrials = [
    promoted,
    run('rn50_elu_adadelta_dropout_0.2', 88.3, { ...searched.config, dropout: 0.2 }),
    run('rn50_elu_adadelta_dropout_0.5', 88.2, { ...searched.config, dropout: 0.5 }),
  ];
  const leakageTrials = [
    run('MLP_leakage', 52.9, { network: dense(512, 256), validationFlip: true }, { of: 'MLP' }),
    run(
      'relu_layer_div2_leakage',
      55.2,
      { network: dense(1536, 768, 384, 192, 96, 48, 24, 12), validationFlip: true },
      { of: 'relu_layer_div2' },
    ),
    run('simple_cnn_leakage', 70.2, { network: cnn(128), validationFlip: true }, { of: 'simple_cnn' }),
  ];
  const again = {
    ...searched,
    name: `${searched.name}_again`,
    of: searched.name,
    repetition: 1,
    trialKey: hash('again'),
  };

  const record = ownRecord(
    [
      stage('dense', denseTrials, { question: 'How far do fully connected networks go?' }),
      stage('cnn', cnnTrials, {
        question: 'Do convolutions lift that ceiling, and does a famous network lift it further?',
        start: 'relu_layer_div2',
      }),
      stage('activation', activationTrials, {
        question: 'Which activation between the dense layers?',
        start: 'rn50',
      }),
      stage('optimizer', optimizerTrials, {
        question: 'Which optimizer, with or without a schedule?',
        start: 'rn50_elu',
      }),
      stage('search', searchTrials, {
        kind: 'search',
        question: 'Which learning rate, batch size and number of epochs?',
        start: 'rn50_elu_adadelta',
      }),
      stage('dropout', dropoutTrials, { question: 'Does dropout still help?', start: 'rn50_elu_adadelta' }),
      stage('leakage', leakageTrials, {
        kind: 'variant',
        question: 'What does mirroring validation images too do to the score?',
        winner: null,
      }),
      stage('reproducibility', [again], {
        kind: 'repeat',
        question: 'Does the same run with the same seed come out the same?',
        winner: null,
      }),
    ],
    profile,
  );
  const { opening } = record;
  const final = rank(dropoutTrials)[0] as TrialRecord;
  const images = demo ? 50 : 1000;
  return {
    ...record,
    opening: {
      ...opening,
      studyId: `cifar10-${profile}`,
      study: {
        ...opening.study,
        name: 'cifar10',
        title: parsed.title,
        stages: [
          ...opening.study.stages,
          {
            kind: 'test',
            name: 'test',
            question: 'How good is the winner on images that nobody chose by?',
            from: 'dropout',
          },
        ],
      },
      dataset: { ...opening.dataset, ...(generated && { origin: { kind: 'generated' as const } }) },
    },
    test: {
      format: 1,
      trialKey: final.trialKey ?? '',
      ...confusionOf(images),
      loss: 0.512345,
      predictions: { sha256: hash('predictions'), sizeBytes: 400_000 },
      stage: 'test',
      trial: final.name,
    },
  };
}

/** Sixty-four digits that depend on the text alone. */
export function hash(text: string): string {
  const noise = noiseOf(text);
  return Array.from({ length: 64 }, () => Math.floor((noise() + 1) * 8).toString(16)).join('');
}

// --- helpers ---

const ENVIRONMENT = {
  tensorflow: '2.21.0',
  kind: 'CPU',
  name: 'Example Processor 9000 @ 2.40GHz',
  instructions: 'AVX2',
  intraOpThreads: '2',
  interOpThreads: '2',
  node: '20.20.2',
};

/** Numbers in [-1, 1) that depend on the text alone. */
function noiseOf(text: string): () => number {
  let state = [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
}

function round(value: number, digits: number): number {
  return Number(Math.min(value, 100).toFixed(digits));
}

function confusionOf(imagesPerClass: number): { images: number; accuracy: number; confusion: number[][] } {
  const noise = noiseOf('confusion');
  const confusion = Array.from({ length: 10 }, (_, actual) => {
    const row = Array.from({ length: 10 }, (_, predicted) => {
      const kin = [actual, predicted].sort().join('') === '35' ? 8 : 1;
      return predicted === actual ? 0 : Math.floor(kin * (noise() + 1) * 0.011 * imagesPerClass);
    });
    row[actual] = imagesPerClass - row.reduce((sum, images) => sum + images, 0);
    return row;
  });
  const right = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  return { images: 10 * imagesPerClass, accuracy: (10 * right) / imagesPerClass, confusion };
}
