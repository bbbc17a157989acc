import type { StudyInput } from '../../study/definition/study-schema.ts';

type Stage = StudyInput['stages'][number];
type Data = NonNullable<StudyInput['data']>;
type Base = NonNullable<StudyInput['base']>;
type Compare = Extract<Stage, { kind: 'compare' }>;
type Candidate = Compare['candidates'][number];
type Network = NonNullable<Candidate['change']['network']>;
type Search = Extract<Stage, { kind: 'search' }>;
type Space = Search['space'];
type Published = NonNullable<StudyInput['published']>;

/** A part of a study, and a study that has this part. */
export interface Example {
  part: object;
  study: StudyInput;
}

const WIDTH: Compare = {
  kind: 'compare',
  name: 'width',
  question: 'Wide or narrow?',
  candidates: [
    { name: 'narrow', change: { network: { kind: 'dense', hidden: [64] } } },
    { name: 'wide', change: { network: { kind: 'dense', hidden: [1024] } } },
  ],
};
const TEST: Stage = { kind: 'test', name: 'test', question: 'How good is the winner?', from: 'width' };
const SMALL = { description: 'A minute.', trainImages: 2000, testImages: 500, epochDivisor: 1 };
const WIDTHS: StudyInput = {
  name: 'widths',
  title: 'How wide should a dense network be?',
  base: { epochs: 4, batchSize: 64 },
  profiles: { small: SMALL },
  stages: [WIDTH, TEST],
};
const SGD = { kind: 'sgd', momentum: 0.9 } as const;
const PUBLISHED: Published = {
  title: 'The paper',
  source: 'A. Author, How wide should networks be?, 2020',
  results: [
    {
      stage: 'width',
      what: 'The wide network',
      published: '52 %',
      ours: { kind: 'trials', names: ['wide'] },
    },
  ],
  caveats: ['The paper trains for 100 epochs.'],
};

/** An example of every part, by its title in the schema, and its kind if it has kinds. */
export const EXAMPLES: Record<string, Example> = {
  Study: { part: WIDTHS, study: WIDTHS },
  Measure: { part: { rankBy: 'macro F1' }, study: { ...WIDTHS, rankBy: 'macro F1' } },

  'Data images': data({
    kind: 'images',
    source: 'flowers',
    classes: 6,
    height: 64,
    width: 64,
    channels: 3,
    fit: 'pad',
  }),
  'Data table': data({
    kind: 'table',
    source: 'patients.csv',
    classes: 2,
    features: 12,
    label: 'diagnosis',
    categorical: ['ward'],
    ignored: ['name'],
    groups: 'patient',
    missing: 'fill',
  }),
  'Mean and deviation': data({
    kind: 'images',
    source: 'flowers',
    classes: 6,
    height: 64,
    width: 64,
    channels: 3,
    normalisation: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  }),

  Settings: base({ epochs: 20, batchSize: 64, learningRate: 0.05, dropout: 0.2, horizontalFlip: 0 }),
  Activation: base({ activation: 'elu' }),
  'Optimizer sgd': base({ optimizer: { kind: 'sgd', momentum: 0.9 } }),
  'Optimizer adagrad': base({ optimizer: { kind: 'adagrad' }, learningRate: 0.01 }),
  'Optimizer adadelta': base({ optimizer: { kind: 'adadelta' }, learningRate: 1 }),
  'Optimizer adam': base({ optimizer: { kind: 'adam' }, learningRate: 0.001 }),
  'Optimizer adamw': base({ optimizer: { kind: 'adamw', weightDecay: 0.05 }, learningRate: 0.001 }),
  'Schedule constant': base({ schedule: { kind: 'constant' } }),
  'Schedule exponential': base({ schedule: { kind: 'exponential', gamma: 0.95 } }),

  'Schedule cosine': base({ schedule: { kind: 'cosine' }, warmUp: 2 }),
  'Schedule step': base({ schedule: { kind: 'step', every: 30, gamma: 0.1 }, epochs: 90 }),
  'Augmentation crop': base({ augmentations: [{ kind: 'crop', padding: 4 }] }),
  'Augmentation cutout': base({ augmentations: [{ kind: 'cutout', size: 8 }] }),
  'Augmentation brightness': base({ augmentations: [{ kind: 'brightness', amount: 0.2 }] }),
  'Augmentation contrast': base({ augmentations: [{ kind: 'contrast', amount: 0.2 }] }),

  'Network dense': network({ kind: 'dense', hidden: [512, 256] }),
  'Network conv': network({
    kind: 'conv',
    convolutions: [
      { filters: 32, kernel: 3, padding: 1 },
      { filters: 64, kernel: 3, padding: 1 },
    ],
    hidden: [128],
  }),
  'Network resnet': network({
    kind: 'resnet',
    blocks: [3, 4, 6, 3],
    width: 64,
    hidden: [512],
    pretrained: true,
  }),
  'Dense rule': {
    ...network({ kind: 'dense', hidden: { divide: [4, 2], first: 1024 } }),
    part: { hidden: { divide: [4, 2], first: 1024 } },
  },
  'Taken rule': {
    part: { hidden: { ruleOf: 'rule', first: 1024 } },
    study: {
      ...WIDTHS,
      stages: [
        { ...WIDTH, name: 'rule', candidates: [denseBy('halves', 2), denseBy('quarters', 4)] },
        {
          kind: 'compare',
          name: 'deeper',
          question: 'And after convolutions?',
          candidates: [
            {
              name: 'conv',
              change: {
                network: {
                  kind: 'conv',
                  convolutions: [{ filters: 32, kernel: 3, padding: 1 }],
                  hidden: { ruleOf: 'rule', first: 1024 },
                },
              },
            },
          ],
        },
      ],
    },
  },
  Convolution: convolution({ filters: 32, kernel: 5, padding: 2, batchNorm: true }),

  'Stage compare': stage({
    kind: 'compare',
    name: 'rate',
    question: 'Slower or faster?',
    from: 'width',
    ranksStart: true,
    candidates: [
      { name: '_slow', change: { learningRate: 0.005 } },
      { name: '_fast', change: { learningRate: 0.05 } },
    ],
  }),
  'Stage search': stage({
    kind: 'search',
    name: 'search',
    question: 'Which learning rate and batch size?',
    from: 'width',
    evaluations: 10,
    parallel: 2,
    space: {
      learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
      batchSize: { kind: 'choice', options: [32, 64, 128] },
    },
  }),
  'Stage variant': stage({
    kind: 'variant',
    name: 'without_flips',
    question: 'What do mirrored images bring?',
    of: [
      { stage: 'width', candidate: 'narrow' },
      { stage: 'width', candidate: 'wide' },
    ],
    change: { horizontalFlip: 0 },
  }),
  'Stage repeat': stage({ kind: 'repeat', name: 'again', question: 'The same again?', from: 'width' }),
  'Stage test': stage(TEST),

  Candidate: candidate({
    name: 'narrow_elu',
    change: { network: { kind: 'dense', hidden: [64] }, activation: 'elu' },
    note: 'As narrow as the smallest network of the paper.',
  }),
  Reduced: candidate({
    name: 'rn50',
    change: { network: { kind: 'resnet', blocks: [3, 4, 6, 3], width: 64, hidden: [512] } },
    reduced: {
      name: 'rn14_reduced',
      network: { kind: 'resnet', blocks: [1, 1, 1, 1], width: 16, hidden: [64] },
    },
  }),
  Change: candidate({
    name: 'narrow_adadelta',
    change: {
      network: { kind: 'dense', hidden: [64] },
      optimizer: { kind: 'adadelta' },
      learningRate: 1,
    },
  }),
  'Search space': space({
    learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
    epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
  }),
  'Distribution uniform': space({ learningRate: { kind: 'uniform', low: 0.001, high: 0.1 } }),
  'Distribution loguniform': space({ learningRate: { kind: 'loguniform', low: 0.0001, high: 1 } }),
  'Distribution quniform': space({ epochs: { kind: 'quniform', low: 10, high: 100, q: 5 } }),
  'Distribution qloguniform': space({ batchSize: { kind: 'qloguniform', low: 16, high: 512, q: 16 } }),
  'Distribution normal': space({ dropout: { kind: 'normal', mean: 0.3, deviation: 0.1, low: 0, high: 0.8 } }),
  'Distribution qnormal': space({
    epochs: { kind: 'qnormal', mean: 30, deviation: 10, low: 5, high: 60, q: 5 },
  }),
  'Distribution lognormal': space({
    learningRate: { kind: 'lognormal', mean: -4, deviation: 1, low: 0.0001, high: 1 },
  }),
  'Distribution qlognormal': space({
    batchSize: { kind: 'qlognormal', mean: 4, deviation: 0.5, low: 16, high: 256, q: 16 },
  }),
  'Distribution integer': space({ epochs: { kind: 'integer', low: 10, high: 40 } }),
  'Distribution choice': space({
    optimizer: { kind: 'choice', options: [SGD, { kind: 'adagrad' }] },
    'optimizer.momentum': { kind: 'uniform', low: 0.5, high: 0.99, when: { optimizer: SGD } },
  }),
  'Sampler random': search({ sampler: { kind: 'random' } }),
  'Sampler grid': search({ sampler: { kind: 'grid', points: 4 } }),
  'Sampler tpe': search({ sampler: { kind: 'tpe', strict: 'hyperopt' }, parallel: 2 }),
  'Sampler tpe-multivariate': search({ sampler: { kind: 'tpe-multivariate' }, order: 'async' }),
  'Early stopping median': search({ stopping: { kind: 'median', first: 2, every: 1 }, parallel: 4 }),
  'Early stopping halving': search({ stopping: { kind: 'halving', first: 1, factor: 3 } }),
  'Early stopping asha': search({ stopping: { kind: 'asha', first: 1, factor: 3 } }),
  Budget: search({ budget: { hours: 6, epochs: 500 } }),
  Seed: search({
    sampler: { kind: 'tpe' },
    seededBy: [{ study: 'widths-small-1', stage: 'search' }],
  }),
  'Reference to a candidate': reference({ stage: 'width', candidate: 'wide' }),

  Profile: profile({
    description: 'The complete study.',
    trainImages: 'all',
    testImages: 'all',
    epochDivisor: 1,
  }),

  'Published results': published(PUBLISHED),
  'Published result': publishedResult({
    stage: 'width',
    what: 'The best network',
    published: '52 %',
    ours: { kind: 'best' },
  }),
  'Counterpart trials': counterpart('width', { kind: 'trials', names: ['narrow', 'wide'] }),
  'Counterpart best': counterpart('width', { kind: 'best' }),
  'Counterpart ranking': counterpart('width', { kind: 'ranking' }),
  'Counterpart answer': counterpart('width', { kind: 'answer' }),
  'Counterpart test': counterpart('test', { kind: 'test' }),
};

// --- helpers ---

function data(part: Data): Example {
  const base = part.kind === 'table' ? { ...WIDTHS.base, horizontalFlip: 0 } : (WIDTHS.base ?? {});
  return { part, study: { ...WIDTHS, data: part, base } };
}

function denseBy(name: string, divisor: number): Candidate {
  return { name, change: { network: { kind: 'dense', hidden: { divide: [divisor] } } } };
}

function base(settings: Base): Example {
  return { part: { base: settings }, study: { ...WIDTHS, base: settings } };
}

function candidate(part: Candidate): Example {
  return { part, study: { ...WIDTHS, stages: [{ ...WIDTH, candidates: [part] }] } };
}

function network(value: Network): Example {
  return { ...candidate({ name: 'net', change: { network: value } }), part: { network: value } };
}

function convolution(part: Extract<Network, { kind: 'conv' }>['convolutions'][number]): Example {
  return { ...network({ kind: 'conv', convolutions: [part], hidden: [64] }), part };
}

function stage(part: Stage): Example {
  return { part, study: { ...WIDTHS, stages: [WIDTH, part] } };
}

function space(value: Space): Example {
  return { ...search({ space: value }), part: { space: value } };
}

function search(part: Partial<Search>): Example {
  return {
    ...stage({
      kind: 'search',
      name: 'search',
      question: 'Which settings?',
      from: 'width',
      evaluations: 5,
      space: { learningRate: { kind: 'uniform', low: 0.001, high: 0.1 } },
      ...part,
    }),
    part,
  };
}

function reference(part: Extract<Stage, { kind: 'variant' }>['of'][number]): Example {
  const variant: Stage = { kind: 'variant', name: 'v', question: '?', of: [part], change: { dropout: 0.5 } };
  return { ...stage(variant), part };
}

function profile(value: StudyInput['profiles'][string]): Example {
  const profiles = { small: SMALL, full: value };
  return { part: { profiles: { full: value } }, study: { ...WIDTHS, profiles } };
}

function published(value: Published): Example {
  return { part: { published: value }, study: { ...WIDTHS, published: value } };
}

function publishedResult(part: Published['results'][number]): Example {
  return { ...published({ title: 'The paper', results: [part] }), part };
}

function counterpart(stageName: string, ours: Published['results'][number]['ours']): Example {
  return {
    ...publishedResult({ stage: stageName, what: 'The result', published: '52 %', ours }),
    part: { ours },
  };
}
