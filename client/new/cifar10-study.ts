import { newProfiles, newStages, STAGE_COMMENTS } from './new-stages.ts';
import type { NewStudy } from './study-text.ts';

/** A small study about CIFAR-10, to begin with. */
export function cifar10Study(name: string): NewStudy {
  const conv = (filters: number) => ({ filters, kernel: 3, padding: 1 });
  return {
    study: {
      name,
      title: 'Which network tells the classes of CIFAR-10 apart?',
      base: { epochs: 20, batchSize: 32, learningRate: 0.02 },
      ...newProfiles(50_000),
      stages: newStages([
        { name: 'dense', note: 'The baseline.', network: { kind: 'dense', hidden: [256, 64] } },
        {
          name: 'small_cnn',
          note: 'Few filters: fast.',
          network: { kind: 'conv', convolutions: [16, 32].map(conv), hidden: [64] },
        },
        {
          name: 'cnn',
          note: 'More filters and one convolution more.',
          network: { kind: 'conv', convolutions: [32, 64, 64].map(conv), hidden: [128] },
        },
      ]),
    },
    found: ['CIFAR-10: 32×32 images in colour, ten classes. For data of your own: --data.'],
    comments: STAGE_COMMENTS,
  };
}
