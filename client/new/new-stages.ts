import type { PlannedNetwork } from '../../study/definition/planned-network.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';

type StageInput = StudyInput['stages'][number];

/** The stages of a new study: compares networks, searches a learning rate for the best one, and tests it. */
export function newStages(
  networks: readonly { name: string; note: string; network: PlannedNetwork }[],
): StageInput[] {
  return [
    {
      kind: 'compare',
      name: 'networks',
      question: 'Which network is the best?',
      candidates: networks.map(({ name, note, network }) => ({ name, note, change: { network } })),
    },
    {
      kind: 'search',
      name: 'search',
      question: 'Which learning rate and batch size suit it?',
      from: 'networks',
      evaluations: 6,
      space: {
        learningRate: { kind: 'loguniform', low: 0.002, high: 0.1 },
        batchSize: { kind: 'choice', options: [16, 32, 64] },
      },
    },
    {
      kind: 'test',
      name: 'test',
      question: 'How good is the winner on data that no choice was based on?',
      from: 'search',
    },
  ];
}

export const STAGE_COMMENTS = {
  'stages.0': 'Each stage starts from the winner of an earlier one.',
  'stages.1': 'It starts from the best network, and ranks that one too.',
  'stages.2': 'Nothing else reads the test data.',
};

/** The profiles of a new study: a quick one, and all of it. */
export function newProfiles(training: number): Pick<StudyInput, 'profiles'> {
  const few = Math.max(60, Math.min(training, 2_000));
  return {
    profiles: {
      ...(training > 3_000 && {
        quick: {
          description: 'A part of the data and a quarter of the epochs.',
          trainImages: few,
          testImages: 'all',
          epochDivisor: 4,
        },
      }),
      full: {
        description: 'All data and all epochs.',
        trainImages: 'all',
        testImages: 'all',
        epochDivisor: 1,
      },
    },
  };
}
