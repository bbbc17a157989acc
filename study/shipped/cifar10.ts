/**
 * A comparison of networks on CIFAR-10, from dense networks to a ResNet-50: each stage starts from the winner of an
 * earlier one. It reproduces the original report, whose numbers are in cifar10-published.ts.
 *
 * Where the original gives no detail, the choice is this study's: the hidden layers of `MLP`, `relu_6_layer_divrand`,
 * `relu_4_layer_divrand` and `default_conv`, the 128 units of `simple_cnn`, the gamma of the exponential schedules, and
 * dropout after every activation between dense layers.
 */
import {
  type DenseRule,
  defineStudy,
  type Network,
  type Optimizer,
  type PlannedNetwork,
  type Schedule,
  type StudyInput,
} from 'staged-study';
import { originalReport } from './cifar10-published.ts';

/** Each layer has half of the units of the one before, or a quarter. */
const HALVES: DenseRule = { divide: [2] };
const QUARTERS: DenseRule = { divide: [4] };
const SGD: Optimizer = { kind: 'sgd', momentum: 0.9 };
/** The gamma is this study's choice. */
const EXPONENTIAL: Schedule = { kind: 'exponential', gamma: 0.95 };

export const cifar10: StudyInput = defineStudy({
  name: 'cifar10',
  title: 'Staged comparison of networks on CIFAR-10',
  seed: 1,
  splitSeed: 1,
  validationFraction: 0.2,
  base: { batchSize: 32, learningRate: 0.02, optimizer: SGD, epochs: 50, activation: 'relu' },
  profiles: {
    demo: {
      description:
        'A few minutes: 2,000 images, 2 epochs instead of 50, a small ResNet trained from scratch. Its accuracies mean little.',
      trainImages: 2000,
      testImages: 500,
      epochDivisor: 25,
      generatedImages: true,
      reducedNetworks: true,
    },
    hour: {
      description:
        'About an hour on two cores: all images, 5 epochs instead of 50, a small ResNet trained from scratch. Its accuracies are lower than after all epochs.',
      trainImages: 'all',
      testImages: 'all',
      epochDivisor: 10,
      reducedNetworks: true,
    },
    evening: {
      description:
        'Some hours on two cores: all images, 10 epochs instead of 50, three seeds for each network, a small ResNet trained from scratch.',
      trainImages: 'all',
      testImages: 'all',
      epochDivisor: 5,
      reducedNetworks: true,
      repeats: { dense: 3, cnn: 3 },
    },
    full: {
      description: 'The original report’s own scale: all images, 50 epochs.',
      trainImages: 'all',
      testImages: 'all',
      epochDivisor: 1,
    },
  },
  published: originalReport,
})
  .compare('dense', {
    question: 'How accurate do fully connected networks get?',
    candidates: [
      network('MLP', dense(512, 256), 'The baseline. Its hidden layers are this study’s choice.'),
      network('relu_layer_div2', { kind: 'dense', hidden: HALVES }, 'Each layer is half of the one before.'),
      network(
        'relu_layer_div4',
        { kind: 'dense', hidden: QUARTERS },
        'Each layer is a quarter of the one before.',
      ),
      network(
        'relu_div4_div2',
        { kind: 'dense', hidden: { divide: [4, 2] } },
        'Divided by 4 and by 2 in turn.',
      ),
      network(
        'relu_6_layer_divrand',
        dense(2000, 1000, 500, 200, 50),
        'Six layers, whose sizes are this study’s choice.',
      ),
      network(
        'relu_4_layer_divrand',
        dense(1500, 400, 80),
        'Four layers, whose sizes are this study’s choice.',
      ),
    ],
  })
  .compare('cnn', {
    question: 'Do convolutions raise that ceiling, and does a well-known network raise it further?',
    from: 'dense',
    candidates: [
      network(
        'default_conv',
        { kind: 'conv', convolutions: [conv(6, 5, 0), conv(16, 5, 0)], hidden: [120, 84] },
        'The small network of many tutorials, which the original was given. Its sizes are this study’s choice.',
      ),
      network('simple_cnn', twoConvolutions([128]), 'The 128 hidden units are this study’s choice.'),
      network(
        'simple_cnn_arq_2',
        twoConvolutions(HALVES),
        'The convolutions of simple_cnn, then dense layers, each half of the one before.',
      ),
      network(
        'simple_cnn_arq_4',
        twoConvolutions(QUARTERS),
        'The convolutions of simple_cnn, then dense layers, each a quarter of the one before.',
      ),
      {
        name: 'rn50',
        change: {
          network: {
            kind: 'resnet',
            blocks: [3, 4, 6, 3],
            width: 64,
            hidden: { ruleOf: 'dense', first: 1024 },
            pretrained: true,
          },
        },
        note: 'ResNet-50, all layers trained. Pretrained on ImageNet unless the study runs with --from-scratch.',
        reduced: {
          name: 'rn14_reduced',
          network: {
            kind: 'resnet',
            blocks: [1, 1, 1, 1],
            width: 16,
            hidden: { ruleOf: 'dense', first: 64 },
          },
        },
      },
    ],
  })
  .compare('activation', {
    question: 'Which activation between the dense layers?',
    from: 'cnn',
    ranksStart: true,
    candidates: [
      { name: '_leakyRelu', change: { activation: 'leakyRelu' } },
      { name: '_sigmoid', change: { activation: 'sigmoid' } },
      { name: '_elu', change: { activation: 'elu' } },
      { name: '_silu', change: { activation: 'silu' } },
    ],
  })
  .compare('optimizer', {
    question: 'Which optimizer, with or without a schedule?',
    from: 'activation',
    ranksStart: true,
    candidates: [
      { name: '_adagrad', change: { optimizer: { kind: 'adagrad' } } },
      { name: '_adadelta', change: { optimizer: { kind: 'adadelta' } } },
      { name: '_sgd_expo_scheduler', change: { optimizer: SGD, schedule: EXPONENTIAL } },
      {
        name: '_adadelta_expo_scheduler',
        change: { optimizer: { kind: 'adadelta' }, schedule: EXPONENTIAL },
      },
    ],
  })
  .search('search', {
    question: 'Which learning rate, batch size and number of epochs?',
    from: 'optimizer',
    note: 'The original used TPE of hyperopt, which draws its first 20 configurations at random. With ten evaluations, it is a random search.',
    evaluations: 10,
    sampler: { kind: 'tpe', strict: 'hyperopt' },
    space: {
      learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
      batchSize: { kind: 'choice', options: [32, 64, 128] },
      epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
    },
  })
  .compare('dropout', {
    question: 'Does dropout still help?',
    from: 'search',
    ranksStart: true,
    candidates: [
      { name: '_dropout_0.2', change: { dropout: 0.2 } },
      { name: '_dropout_0.5', change: { dropout: 0.5 } },
    ],
  })
  .variant('leakage', {
    question: 'How does flipping the validation images change the accuracies?',
    of: [
      { stage: 'dense', candidate: 'MLP' },
      { stage: 'dense', candidate: 'relu_layer_div2' },
      { stage: 'cnn', candidate: 'simple_cnn' },
    ],
    change: { validationFlip: true },
  })
  .repeat('reproducibility', {
    question: 'Does training again with the same seed give the same result?',
    from: 'search',
  })
  .test('test', {
    question: 'How accurate is the winner on images that no choice was based on?',
    from: 'dropout',
  })
  .toJSON();

// --- helpers ---

function network(name: string, value: PlannedNetwork, note: string) {
  return { name, change: { network: value }, note };
}

function dense(...hidden: number[]): Network {
  return { kind: 'dense', hidden };
}

function conv(filters: number, kernel: number, padding: number) {
  return { filters, kernel, padding };
}

function twoConvolutions(hidden: PlannedNetwork['hidden']): PlannedNetwork {
  return { kind: 'conv', convolutions: [conv(32, 3, 1), conv(64, 3, 1)], hidden };
}
