import { expect, test } from 'vitest';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { randomStream } from '../../study/trial/random-stream.ts';
import { QUERIES, stageWorkflowId } from '../../temporal/names.ts';
import type { StageStatus } from '../../workflows/status.ts';
import { killEverything, type Target } from './faults.ts';
import { survives, undisturbed } from './survive.ts';

const EVALUATIONS = 60;

test('a search of 60 evaluations has the same trials, to the bit, if everything is killed twice', async () => {
  const expected = await undisturbed(study());
  expect(expected.stages[1]?.trials).toHaveLength(EVALUATIONS + 1);
  let kills = 0;
  const power = killEverything('in a search', async (target) => {
    // In the start-up, whose evaluations don't depend on results, and among those that do.
    const isMoment = (await endedEvaluations(target)) >= [8, 35][kills]!;
    if (isMoment) kills++;
    return isMoment;
  });
  const injected = await survives(study(), expected, [power], randomStream('faults', power.name), 2);
  expect(injected).toHaveLength(2);
});

// --- helpers ---

/** `default_conv` of the shipped study, and a search that learns: two trials at a time. */
function study(): StudyInput {
  const compared = cifar10.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  const conv = compared.find(({ name }) => name === 'default_conv');
  if (!conv) throw new Error('expected a candidate default_conv in the shipped study, found none');
  return {
    name: 'faults',
    title: 'A search to disturb',
    base: { epochs: 3 },
    stages: [
      { kind: 'compare', name: 'network', question: 'How good is it?', candidates: [conv] },
      {
        kind: 'search',
        name: 'search',
        question: 'Which settings?',
        from: 'network',
        evaluations: EVALUATIONS,
        parallel: 2,
        sampler: { kind: 'tpe' },
        space: {
          learningRate: { kind: 'loguniform', low: 0.001, high: 0.2 },
          batchSize: { kind: 'choice', options: [32, 64, 128] },
          epochs: { kind: 'integer', low: 2, high: 5 },
          optimizer: { kind: 'choice', options: [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }] },
          'optimizer.momentum': {
            kind: 'uniform',
            low: 0.5,
            high: 0.99,
            when: { optimizer: { kind: 'sgd', momentum: 0.9 } },
          },
        },
      },
      { kind: 'test', name: 'test', question: 'How good is the best?', from: 'search' },
    ],
    profiles: { small: { description: 'Minutes.', trainImages: 4000, testImages: 500, epochDivisor: 1 } },
  };
}

async function endedEvaluations({ client, studyId }: Target): Promise<number> {
  const stage = client.workflow.getHandle(stageWorkflowId(studyId, 'search'));
  const status = await stage.query<StageStatus>(QUERIES.stageStatus).catch(() => undefined);
  return status?.search?.ended ?? 0;
}
