import { describe, expect, it } from 'vitest';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import type { StudyInput } from '../../../study/definition/study-schema.ts';
import { earlyTrials } from '../../../study/plan/early-trials.ts';
import { stageTrials } from '../../../study/plan/plan.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { smallStudy } from '../../workflows/small-study.ts';

const dense = (units: number) => ({ kind: 'dense' as const, hidden: [units] });
const [width] = smallStudy.stages;

/** What can be trained beside the first stage of a study. */
function besideFirst(input: StudyInput, profileName: string): string[] | undefined {
  const study = parseStudy(input, input.name);
  const profile = selectProfile(study, profileName);
  const nothing = { winners: new Map(), candidates: new Map() };
  const stage = study.stages[0]!;
  const trials = stageTrials(study, profile, stage, nothing);
  const found = earlyTrials(study, profile, nothing, { stage, start: undefined, trials });
  return found && [found.stage.name, ...found.trials.map(({ name }) => name)];
}

describe('earlyTrials', () => {
  it('are those of the shipped study that no dense network changes: rn50 takes over a rule', () => {
    expect(besideFirst(cifar10, 'full')).toEqual([
      'cnn',
      'default_conv',
      'simple_cnn',
      'simple_cnn_arq_2',
      'simple_cnn_arq_4',
    ]);
  });

  it('are none if every candidate changes what won', () => {
    expect(besideFirst(smallStudy, 'tiny')).toBeUndefined();
  });

  it('are without those that take over what the candidates before differ in', () => {
    const first = {
      kind: 'compare' as const,
      name: 'first',
      question: 'Which?',
      candidates: [
        { name: 'a', change: { network: dense(8), dropout: 0.1 } },
        { name: 'b', change: { network: dense(16), dropout: 0.2 } },
      ],
    };
    const second = (from?: string): StudyInput['stages'][number] => ({
      kind: 'compare',
      name: 'second',
      question: 'And now?',
      ...(from && { from }),
      candidates: [
        { name: 'same_dropout', change: { network: dense(4) } },
        { name: 'own_dropout', change: { network: dense(4), dropout: 0.3 } },
      ],
    });
    const study = (...stages: StudyInput['stages']): StudyInput => ({ ...smallStudy, stages });
    expect(besideFirst(study(first, second('first')), 'tiny')).toEqual(['second', 'own_dropout']);
    expect(besideFirst(study(width!, second()), 'tiny')).toEqual(['second', 'same_dropout', 'own_dropout']);
  });
});
