import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';

/** Two stages of two candidates and a test. */
export const smallStudy: StudyInput = {
  name: 'small',
  title: 'A small study',
  base: { epochs: 10 },
  stages: [
    {
      kind: 'compare',
      name: 'width',
      question: 'Wide or narrow?',
      candidates: [
        { name: 'narrow', change: { network: { kind: 'dense', hidden: [8] } } },
        { name: 'wide', change: { network: { kind: 'dense', hidden: [16] } } },
      ],
    },
    {
      kind: 'compare',
      name: 'rate',
      question: 'Fast or slow?',
      from: 'width',
      candidates: [
        { name: '_fast', change: { learningRate: 0.05 } },
        { name: '_slow', change: { learningRate: 0.01 } },
      ],
    },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'rate' },
  ],
  profiles: { tiny: { description: 'Seconds.', trainImages: 200, testImages: 100, epochDivisor: 5 } },
};

export function smallRequest(): StudyRequest {
  return {
    study: parseStudy(smallStudy, 'small'),
    profile: 'tiny',
    source: { archive: null },
    weights: { file: null },
  };
}

/** Every kind of stage. */
export const largerStudy: StudyInput = {
  ...smallStudy,
  name: 'larger',
  stages: [
    smallStudy.stages[0]!,
    {
      ...(smallStudy.stages[1] as Extract<StudyInput['stages'][number], { kind: 'compare' }>),
      ranksStart: true,
    },
    {
      kind: 'search',
      name: 'search',
      question: 'Which rate?',
      from: 'rate',
      evaluations: 3,
      space: {
        learningRate: { kind: 'uniform', low: 0.001, high: 0.1 },
        epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
      },
    },
    {
      kind: 'compare',
      name: 'dropout',
      question: 'Does dropout help?',
      from: 'search',
      ranksStart: true,
      candidates: [{ name: '_dropout_0.2', change: { dropout: 0.2 } }],
    },
    {
      kind: 'variant',
      name: 'leakage',
      question: 'What does flipping validation images do?',
      of: [{ stage: 'width', candidate: 'wide' }],
      change: { validationFlip: true },
    },
    { kind: 'repeat', name: 'again', question: 'The same again?', from: 'rate' },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'dropout' },
  ],
};

/** A stage that trains a network from the study's weights, and from scratch. */
export function withAndWithoutWeights(network: Network): StudyInput['stages'][number] {
  return {
    kind: 'compare',
    name: 'start',
    question: 'Do the weights help?',
    candidates: [
      { name: 'scratch', change: { network } },
      { name: 'pretrained', change: { network: { ...network, pretrained: true } } },
    ],
  };
}
