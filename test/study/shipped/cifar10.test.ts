import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { asNetwork, type PlannedNetwork } from '../../../study/definition/planned-network.ts';
import type { Sampler } from '../../../study/definition/search-schema.ts';
import type { StudyInput } from '../../../study/definition/study-schema.ts';
import { suggestNext } from '../../../study/search/suggest.ts';
import { spaceOf } from '../../../study/search/suggestion.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { canonicalJson } from '../../../study/trial/trial-key.ts';

type Search = Extract<StudyInput['stages'][number], { kind: 'search' }>;

it('trains what it always has, so that trials stored by earlier versions are reused', () => {
  const { seed, splitSeed, validationFraction, base } = cifar10;
  const stages = cifar10.stages.map(({ question: _, ...stage }) => {
    if (stage.kind === 'search') return drawn(stage);
    if (stage.kind !== 'compare') return stage;
    const candidates = stage.candidates.map(({ note: _, change, reduced, ...candidate }) => ({
      ...candidate,
      change: listed(change),
      ...(reduced && { reduced: listed(reduced) }),
    }));
    return { ...stage, candidates };
  });
  const { description: _, ...demo } = cifar10.profiles.demo!;
  const trains = canonicalJson({ seed, splitSeed, validationFraction, base, stages, demo });
  expect(createHash('sha256').update(trains).digest('hex')).toBe(
    '7cd1145e58983dcd3db5ff7dbce409d4d8231f2c04fa3279c38f922d4216a3ed',
  );
});

it('draws what it always has: ten evaluations are within the start-up of its sampler', () => {
  const search = parseStudy(cifar10, 'cifar10').stages.find((stage) => stage.kind === 'search')!;
  const draw = (sampler: Sampler | undefined) =>
    suggestNext(spaceOf(search.space), [], { sampler, seed: 1, count: search.evaluations });
  expect(draw(search.sampler)).toEqual(draw(undefined));
});

// --- helpers ---

/** A search without what came later: it still draws the same. */
function drawn({ note: _, sampler: __, ...search }: Omit<Search, 'question'>) {
  return search;
}

/** Dense layers as trials have them: the rules that give them came later. */
function listed<T extends { network?: PlannedNetwork | undefined }>(holder: T) {
  return { ...holder, ...(holder.network && { network: asNetwork(holder.network, CIFAR10_INPUT, [4]) }) };
}
