import type { ObjectStore } from '../../storage/object-store.ts';
import { readStudyTest, readStudyTests } from '../../storage/studies.ts';
import { readResult } from '../../storage/trials/trials.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import { ranksStart } from '../../study/plan/plan.ts';
import { candidateOf } from '../../study/plan/ranking.ts';
import type { OptimismRecord, TestMean, TestRun } from '../../study/record/comparison-record.ts';
import { confusionOf } from '../../study/record/confusion.ts';
import {
  type StageRecord,
  type StudyOpening,
  type StudyTest,
  type TestRecord,
  type TrialRecord,
  testInBrief,
} from '../../study/record/record.ts';
import { wilson } from '../../study/statistics/accuracy-interval.ts';
import { bootstrapFigure } from '../../study/statistics/bootstrap-tally.ts';
import { balancedAccuracy, macroF1 } from '../../study/statistics/class-figures.ts';
import type { Interval } from '../../study/statistics/interval.ts';
import { deviation, mean } from '../../study/statistics/moments.ts';
import { type OptimismRun, optimism } from '../../study/statistics/optimism.ts';
import { asStored } from '../../study/trial/measure.ts';
import { readHits } from './stored-hits.ts';

/** Candidates that optimism is estimated among: whoever is behind a hundred would not have been chosen. */
const MOST_CANDIDATES = 100;

/**
 * A study's final test for its record: of the winner's first run, and of all its runs.
 *
 * @param tested keys of the winner's runs, in order.
 * @throws if the store lacks the test of one.
 */
export async function testRecord(
  store: ObjectStore,
  { studyId, study }: StudyOpening,
  stages: StageRecord[],
  tested: readonly [string, ...string[]],
): Promise<TestRecord> {
  const tests = await Promise.all(tested.map((key) => testOf(store, studyId, key)));
  const [first] = tests as [StudyTest];
  const others = (await readStudyTests(store, studyId)).filter(({ trialKey }) => !tested.includes(trialKey));
  const supersedes = others.map((test) => ({ trialKey: test.trialKey, ...testInBrief(test) }));
  const trials = stages.flatMap((stage) => stage.trials);
  const runs = tests.map((test) => testRun(test, trials, study.seed));
  const stage = study.stages.find(({ kind }) => kind === 'test');
  return {
    ...first,
    stage: stage?.name ?? '',
    trial: (runs[0] as TestRun).trial,
    runs,
    mean: meanOf(runs, first.images),
    optimism:
      stage?.kind === 'test' && !asStored(study.rankBy)
        ? await estimateOptimism(store, study, stages, stage.from)
        : null,
    ...(supersedes.length > 0 && { supersedes }),
  };
}

// --- helpers ---

async function testOf(store: ObjectStore, studyId: string, trialKey: string): Promise<StudyTest> {
  const test = await readStudyTest(store, studyId, trialKey);
  if (test) return test;
  throw new Error(`study ${studyId}: expected the test of trial ${trialKey} in the store, found none`);
}

function testRun(test: StudyTest, trials: readonly TrialRecord[], seed: number): TestRun {
  const { trialKey, accuracy, loss, images, score } = test;
  const trial = trials.find((each) => each.trialKey === trialKey);
  const scoreInterval = intervalOfScore(test, seed);
  return {
    trial: trial?.name ?? '',
    trialKey,
    seed: trial?.seed ?? 0,
    accuracy,
    loss,
    interval: intervalOf(accuracy, images),
    ...(score !== undefined && { score }),
    ...(scoreInterval && { scoreInterval }),
  };
}

/**
 * Of a test's score in another measure than accuracy, percent; undefined for a loss.
 *
 * @param seed of the bootstrap.
 */
function intervalOfScore(test: StudyTest, seed: number): Interval | undefined {
  const { measure, score, images } = test;
  if (measure === 'top-5' && score !== undefined) return intervalOf(score, images);
  if (measure === 'balanced accuracy') return bootstrapFigure(confusionOf(test), balancedAccuracy, { seed });
  if (measure === 'macro F1') return bootstrapFigure(confusionOf(test), macroF1, { seed });
  return undefined;
}

function meanOf(runs: readonly TestRun[], images: number): TestMean {
  const accuracies = runs.map((run) => run.accuracy);
  const accuracy = mean(accuracies);
  const scores = runs.flatMap(({ score }) => score ?? []);
  return {
    accuracy,
    loss: mean(runs.map(({ loss }) => loss)),
    deviation: runs.length < 2 ? null : deviation(accuracies),
    interval: intervalOf(accuracy, images),
    ...(scores.length > 0 && {
      score: mean(scores),
      scoreDeviation: scores.length < 2 ? null : deviation(scores),
    }),
  };
}

/** Wilson's interval of a share of the images, percent. */
function intervalOf(percentage: number, images: number): Interval {
  const { low, high } = wilson((percentage / 100) * images, images);
  return { low: 100 * low, high: 100 * high };
}

/** Among the candidates that the tested stage ranks, and those that the winner was ranked with before. */
async function estimateOptimism(
  store: ObjectStore,
  study: Study,
  stages: readonly StageRecord[],
  from: string,
): Promise<OptimismRecord | null> {
  const candidates = rankedTogether(study, stages, from);
  const read: (OptimismRun & { images: number })[][] = [];
  for (const keys of candidates) {
    const runs = await Promise.all(keys.map((key) => hitsOf(store, key)));
    const known = runs.filter((run) => run !== null);
    if (known.length < runs.length) return null;
    read.push(known);
  }
  const images = read[0]?.[0]?.images;
  if (images === undefined || images < 10) return null;
  const all = read.flat();
  return {
    points: 100 * optimism(read, { images, seed: study.seed }),
    candidates: read.length,
    runs: all.length,
    epochs: all.reduce((sum, { right }) => sum + right.length, 0),
    images,
  };
}

async function hitsOf(store: ObjectStore, trialKey: string): Promise<Awaited<ReturnType<typeof readHits>>> {
  const result = await readResult(store, trialKey);
  return result ? readHits(store, result) : null;
}

/** Keys of the runs that have a score, by candidate: the same configuration is one candidate, whichever stage trained it. */
function rankedTogether(study: Study, stages: readonly StageRecord[], from: string): string[][] {
  const chain = stagesRankedTogether(study.stages, from);
  const byConfig = new Map<string, { score: number; keys: Set<string> }>();
  for (const trial of stages.filter(({ name }) => chain.includes(name)).flatMap(({ trials }) => trials)) {
    if (trial.score === null || trial.trialKey === null) continue;
    const id = trial.config ? JSON.stringify(trial.config) : candidateOf(trial);
    const { score, keys } = byConfig.get(id) ?? { score: 0, keys: new Set<string>() };
    byConfig.set(id, { score: Math.max(score, trial.score), keys: keys.add(trial.trialKey) });
  }
  const best = [...byConfig.values()].sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES);
  return best.map(({ keys }) => [...keys]);
}

/** A stage, and before it those whose winners are ranked in the next. */
function stagesRankedTogether(stages: Study['stages'], name: string): string[] {
  const stage = stages.find((each) => each.name === name);
  const earlier = stage && 'from' in stage && ranksStart(stage) ? stage.from : undefined;
  return earlier === undefined ? [name] : [...stagesRankedTogether(stages, earlier), name];
}
