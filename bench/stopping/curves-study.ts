import type { StudyInput } from '../../study/definition/study-schema.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';

/** Trials of each search. */
export const CONFIGURATIONS = 12;

/**
 * A random search that stops nothing, on `simple_cnn` with the shipped study's space and base settings: 8,000 images, epochs ÷ 5.
 *
 * @param seed of the draws and of the trials.
 */
export function curvesStudy(seed: number): StudyInput {
  const stages = cifar10.stages.flatMap((stage): StudyInput['stages'] => {
    if (stage.kind === 'search') return [{ ...stage, from: 'cnn', evaluations: CONFIGURATIONS }];
    if (stage.kind !== 'compare' || stage.name !== 'cnn') return [];
    const { from: _, ...compare } = stage;
    const simple = stage.candidates.filter(({ name }) => name === 'simple_cnn');
    // It is trained only because a search starts from a winner.
    return [
      { ...compare, candidates: simple.map((each) => ({ ...each, change: { ...each.change, epochs: 5 } })) },
    ];
  });
  return {
    name: `bench-stopping-${seed}`,
    title: 'Curves to apply rules of early stopping to',
    seed,
    base: { ...cifar10.base },
    stages,
    profiles: {
      curves: {
        description: 'An hour or less on two cores.',
        trainImages: 8_000,
        testImages: 100,
        epochDivisor: 5,
      },
    },
  };
}
