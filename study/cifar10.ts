/**
 * The report's study: CIFAR-10, from dense networks to convolutions, each stage from the winner of the last.
 *
 * Where the report is silent the choice is ours and marked so: the hidden layers of `MLP`,
 * `relu_6_layer_divrand`, `relu_4_layer_divrand` and `default_conv`, and the 128 units of `simple_cnn`.
 */
import type { StudyInput } from './study-schema.ts';
import type { Network } from './training-config.ts';

export const cifar10: StudyInput = {
  name: 'cifar10',
  title: 'Staged comparison of networks on CIFAR-10',
  seed: 1,
  splitSeed: 1,
  validationFraction: 0.2,
  base: { batchSize: 32, learningRate: 0.02, optimizer: { kind: 'sgd', momentum: 0.9 }, epochs: 50 },
  stages: [
    {
      kind: 'compare',
      name: 'dense',
      question: 'How far do fully connected networks go?',
      candidates: [
        network('MLP', dense(512, 256), 'The baseline. Its hidden layers are our choice.'),
        network(
          'relu_layer_div2',
          dense(1536, 768, 384, 192, 96, 48, 24, 12),
          'Each layer half of the last.',
        ),
        network('relu_layer_div4', dense(768, 192, 48, 12), 'Each layer a quarter of the last.'),
        network('relu_div4_div2', dense(768, 384, 96, 48, 12), 'Divided by 4 and by 2 in turn.'),
        network(
          'relu_6_layer_divrand',
          dense(2000, 1000, 500, 200, 50),
          'Six layers; their sizes are our choice.',
        ),
        network('relu_4_layer_divrand', dense(1500, 400, 80), 'Four layers; their sizes are our choice.'),
      ],
    },
    {
      kind: 'compare',
      name: 'cnn',
      question: 'Do convolutions lift that ceiling?',
      from: 'dense',
      candidates: [
        network(
          'default_conv',
          { kind: 'conv', convolutions: [conv(6, 5, 0), conv(16, 5, 0)], hidden: [120, 84] },
          'The classic small network of tutorials; its sizes are our choice.',
        ),
        network('simple_cnn', twoConvolutions(128), 'The 128 hidden units are our choice.'),
        network(
          'simple_cnn_arq_2',
          twoConvolutions(2048, 1024, 512, 256, 128, 64, 32, 16),
          'The convolutions of simple_cnn, then dense layers each half of the last.',
        ),
        network(
          'simple_cnn_arq_4',
          twoConvolutions(1024, 256, 64, 16),
          'The convolutions of simple_cnn, then dense layers each a quarter of the last.',
        ),
      ],
    },
    {
      kind: 'test',
      name: 'test',
      question: 'How good is the winner on images that nobody chose by?',
      from: 'cnn',
    },
  ],
  profiles: {
    demo: {
      description: 'Minutes: 2,000 images, two epochs. Shows the machinery; its accuracies mean little.',
      trainImages: 2000,
      testImages: 500,
      epochDivisor: 25,
      generatedImages: true,
    },
    quick: {
      description: 'Hours on two cores: all images, a tenth of the epochs.',
      trainImages: 'all',
      testImages: 'all',
      epochDivisor: 10,
    },
    report: {
      description: "The report's own numbers: all images, 50 epochs.",
      trainImages: 'all',
      testImages: 'all',
      epochDivisor: 1,
    },
  },
};

// --- helpers ---

function network(name: string, value: Network, note: string) {
  return { name, change: { network: value }, note };
}

function dense(...hidden: number[]): Network {
  return { kind: 'dense', hidden };
}

function conv(filters: number, kernel: number, padding: number) {
  return { filters, kernel, padding };
}

function twoConvolutions(...hidden: number[]): Network {
  return { kind: 'conv', convolutions: [conv(32, 3, 1), conv(64, 3, 1)], hidden };
}
