import { parseStudy } from '../../study/parse-study.ts';
import type { StudyInput } from '../../study/study-schema.ts';
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
  return { study: parseStudy(smallStudy, 'small'), profile: 'tiny', source: { archive: null } };
}
