/** The shipped study as it might come out: every stage with plausible curves. */
import type { StudyRecord, TrialRecord } from '../../study/record.ts';
import type { Network, TrainingConfig } from '../../study/training-config.ts';
import { rank } from '../../study/winner.ts';
import { failed, hash, noiseOf, ownRecord, shipped, stage, trial } from './example-record.ts';

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
        title: shipped.title,
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

// --- helpers ---

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
