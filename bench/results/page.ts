import { SEEDS } from './plan.ts';
import { accuracyTable, lossTable, type RowResults } from './table.ts';

export interface Conditions {
  /** Numbers of images. */
  training: number;
  validation: number;
  /** What each side ran on. */
  ranOn: readonly string[];
  minutes: number;
}

/** The comparison as a page of the docs. */
export function resultsPage(
  rows: readonly RowResults[],
  { training, validation, ...conditions }: Conditions,
): string {
  const count = (images: number) => images.toLocaleString('en');
  const sections = [
    '# Results compared with PyTorch',
    'Do this project’s engine and PyTorch train networks equally well? `npm run compare-pytorch` trains networks of the ' +
      'shipped study with both. Both sides start from the same weights. They see the same images, in the same order and ' +
      'with the same flips, because our engine writes what it draws and PyTorch’s loop (`bench/results/train.py`) reads it.',
    '## Training losses in epoch 1',
    'How far apart the training losses of both sides are, in nats: the largest difference with any seed, in the first step, ' +
      'and in tenths of the epoch. At first, only rounding differs. Training then enlarges the difference from step to step, ' +
      'most of all in networks with batch normalisation. How much rounding alone can do is shown by PyTorch’s loop in double ' +
      'precision beside the same loop in single precision, with one seed. The last column has the largest difference of our ' +
      'own losses with two seeds.',
    lossTable(rows),
    '## Validation accuracies',
    `In percent: the mean and range over ${SEEDS.length} seeds, and the mean difference of both sides with its standard ` +
      'error. `relu_layer_div2` and `simple_cnn_arq_2` stay near chance, which is 10 %, for the first epochs.',
    accuracyTable(rows),
    '## How it was measured',
    `Both sides train on ${count(training)} images of CIFAR-10 and validate on ${count(validation)}, a stratified part of ` +
      'the training images. The settings are the original report’s: batch size 32, learning rate 0.02, SGD with momentum ' +
      '0.9, training images mirrored with probability 0.5, no dropout. A row names what differs. `rn14_reduced` is the ' +
      'small ResNet of the demo profile. Unlike the original report, PyTorch’s loop validates in evaluation mode. Each ' +
      'side uses one thread.',
    `${conditions.ranOn.join('. ')}. ${conditions.minutes.toFixed(0)} minutes.`,
    'The numbers that each step computes are compared one by one elsewhere: see [the engine](../training/README.md).',
    'To measure again, use a Python that has PyTorch and torchvision:',
    '```sh\nnpm run compare-pytorch -- --python /path/to/python --archive cifar-10-binary.tar.gz\n```',
  ];
  return `${sections.join('\n\n')}\n`;
}
