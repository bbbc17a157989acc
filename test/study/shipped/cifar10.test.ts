import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { asNetwork, type PlannedNetwork } from '../../../study/definition/planned-network.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { canonicalJson } from '../../../study/trial/trial-key.ts';

it('trains what it always has, so that trials stored by earlier versions are reused', () => {
  const { seed, splitSeed, validationFraction, base } = cifar10;
  const stages = cifar10.stages.map(({ question: _, ...stage }) =>
    stage.kind === 'compare'
      ? {
          ...stage,
          candidates: stage.candidates.map(({ note: _, change, reduced, ...candidate }) => ({
            ...candidate,
            change: listed(change),
            ...(reduced && { reduced: listed(reduced) }),
          })),
        }
      : stage,
  );
  const { description: _, ...demo } = cifar10.profiles.demo!;
  const trains = canonicalJson({ seed, splitSeed, validationFraction, base, stages, demo });
  expect(createHash('sha256').update(trains).digest('hex')).toBe(
    '7cd1145e58983dcd3db5ff7dbce409d4d8231f2c04fa3279c38f922d4216a3ed',
  );
});

// --- helpers ---

/** Dense layers as trials have them: the rules that give them came later. */
function listed<T extends { network?: PlannedNetwork | undefined }>(holder: T) {
  return { ...holder, ...(holder.network && { network: asNetwork(holder.network, CIFAR10_INPUT, [4]) }) };
}
