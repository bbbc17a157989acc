import type { StudyInput } from '../../study/definition/study-schema.ts';

/** Seconds for each trial, every kind of stage, and several checkpoints a trial. */
export const smallStudy: StudyInput = {
  name: 'faults',
  title: 'A small study to disturb',
  base: { epochs: 6, dropout: 0.1 },
  stages: [
    {
      kind: 'compare',
      name: 'network',
      question: 'Dense or convolutional?',
      candidates: [
        { name: 'dense', change: { network: { kind: 'dense', hidden: [512, 64] } } },
        {
          name: 'conv',
          change: {
            network: {
              kind: 'conv',
              convolutions: [
                { filters: 32, kernel: 5, padding: 2 },
                { filters: 32, kernel: 5, padding: 2 },
              ],
              hidden: [64],
            },
          },
        },
      ],
    },
    {
      kind: 'search',
      name: 'rate',
      question: 'Which learning rate?',
      from: 'network',
      evaluations: 3,
      space: { learningRate: { kind: 'uniform', low: 0.003, high: 0.03 } },
    },
    { kind: 'repeat', name: 'again', question: 'Is the result the same?', from: 'rate' },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'rate' },
  ],
  profiles: {
    small: { description: 'Half a minute.', trainImages: 2000, testImages: 500, epochDivisor: 1 },
  },
};

/** Its first stage and a test, with fewer epochs. */
export const tinyStudy: StudyInput = {
  ...smallStudy,
  base: { epochs: 3, dropout: 0.1 },
  stages: [
    smallStudy.stages[0]!,
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'network' },
  ],
};
