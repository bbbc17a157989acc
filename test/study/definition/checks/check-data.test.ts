import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../../../study/definition/parse-study.ts';
import type { StudyInput } from '../../../../study/definition/study-schema.ts';
import { planCourse } from '../../../../study/plan/course.ts';
import { trialData } from '../../../../study/plan/plan.ts';

const table = { kind: 'table', classes: 2, features: 6, label: 'kind' } as const;
const images = { kind: 'images', classes: 3, height: 20, width: 14, channels: 1 } as const;

describe('a study about a table', () => {
  it('mirrors nothing, and has dense networks', () => {
    expect(parseStudy(studyOf({ data: table }), 'mine').base.horizontalFlip).toBe(0);
    expect(() => parseStudy(studyOf({ data: table, base: { horizontalFlip: 0.5 } }), 'mine')).toThrow(
      /base\.horizontalFlip: expected 0, since rows of a table can't be mirrored, got 0\.5/,
    );
    const conv = {
      kind: 'conv' as const,
      convolutions: [{ filters: 2, kernel: 3, padding: 1 }],
      hidden: [4],
    };
    expect(() => parseStudy(studyOf({ data: table }, conv), 'mine')).toThrow(
      /a network that fits a table: a network of kind conv takes images, and the data are a table; use kind dense/,
    );
  });
});

describe('a study about other images', () => {
  it('has networks that fit them, with their layers and classes', () => {
    const kernel = {
      kind: 'conv' as const,
      convolutions: [{ filters: 2, kernel: 14, padding: 0 }],
      hidden: [4],
    };
    expect(() => parseStudy(studyOf({ data: images }, kernel), 'mine')).toThrow(
      /a network that fits 20×14 images: network conv\.0: a 14×14 kernel over 20×14 pixels .* has one pixel before its pool/,
    );
    const study = parseStudy(studyOf({ data: images }, { kind: 'dense', hidden: { divide: [5] } }), 'mine');
    const [stage] = planCourse(study, study.profiles.all as never);
    // 280 pixels; 2 would be fewer than the three classes.
    expect(stage?.trials[0]?.config.network.hidden).toEqual([56, 11]);
  });

  it('is normalised with a value for all channels or one for each', () => {
    const given = (mean: number[]) => ({ ...images, normalisation: { mean, deviation: [0.5] } });
    expect(parseStudy(studyOf({ data: given([0.4]) }), 'mine').data).toMatchObject(given([0.4]));
    expect(() => parseStudy(studyOf({ data: given([0.4, 0.5]) }), 'mine')).toThrow(
      /data\.normalisation\.mean: expected one value, or one for each of 1 channels, not 2/,
    );
  });
});

it('what is as for CIFAR-10 is absent from a trial’s data, so that its key stays', () => {
  const dataset = { sha256: 'a'.repeat(64), trainImages: 100 };
  const dataOf = (change: Partial<StudyInput>) => {
    const study = parseStudy(studyOf(change), 'mine');
    return trialData(study, study.profiles.all as never, dataset);
  };
  const plain = { dataset: dataset.sha256, trainImages: 100, validationFraction: 0.2, splitSeed: 1 };
  expect(dataOf({})).toEqual(plain);
  expect(dataOf({ data: images })).toEqual({
    ...plain,
    input: { shape: [20, 14, 1], classes: 3 },
    normalisation: 'training',
  });
  expect(dataOf({ data: { ...images, height: 32, width: 32, channels: 3, classes: 10 } })).toEqual({
    ...plain,
    normalisation: 'training',
  });
});

// --- helpers ---

function studyOf(
  change: Partial<StudyInput>,
  network: NonNullable<
    Extract<StudyInput['stages'][number], { kind: 'compare' }>['candidates'][number]['change']['network']
  > = {
    kind: 'dense',
    hidden: [8],
  },
): StudyInput {
  return {
    name: 'mine',
    title: 'Mine',
    stages: [
      { kind: 'compare', name: 'first', question: '?', candidates: [{ name: 'a', change: { network } }] },
    ],
    profiles: { all: { description: 'All.', trainImages: 'all', testImages: 'all', epochDivisor: 1 } },
    ...change,
  };
}
