import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { QUERIES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { currentDetails, run, runToEnd, trained, useTemporal } from './run-study.ts';
import { largerStudy, smallRequest } from './small-study.ts';

const temporal = useTemporal();
const widthOf = (spec: TrialSpec) => spec.config.network.hidden[0];

describe.concurrent('a study with repeats', () => {
  it('ranks candidates by the mean of their runs, and tests all runs of the winner', async ({ expect }) => {
    const { specs, outcome, written, tested } = await runToEnd(
      'repeats',
      // Narrow is lucky with the first seed alone. Only the first stage repeats.
      (spec) => trained(spec, scoreOf(spec)),
      repeated({ width: 3, rate: 3 }),
    );
    const [width, rate] = written[0]?.stages ?? [];
    expect(width?.standings.map(({ name, candidate }) => [name, candidate])).toEqual([
      ['narrow', undefined],
      ['narrow@2', 'narrow'],
      ['narrow@3', 'narrow'],
      ['wide', undefined],
      ['wide@2', 'wide'],
      ['wide@3', 'wide'],
    ]);
    expect(width?.winner).toBe('wide');
    expect(outcome.winner).toMatchObject({ name: 'wide_fast', score: 62, runs: 3, deviation: 1 });
    const seeds = specs.filter((spec) => widthOf(spec) === 8).map(({ seed }) => seed);
    expect(seeds.sort()).toEqual([1, 2, 3]);
    const fast = specs.filter((spec) => spec.config.learningRate === 0.05).sort((a, b) => a.seed - b.seed);
    expect(tested).toEqual(
      fast.map((spec) => ({ studyId: 'repeats', testImages: 50, trialKey: trialKey(spec) })),
    );
    expect(written[0]?.tested).toEqual(fast.map(trialKey));
    expect(outcome.test).toMatchObject({ accuracy: 55, runs: [{ trial: 'wide_fast' }, {}, {}] });
    expect(rate?.start).toBe('wide');
    const details = (await currentDetails(temporal().client, 'repeats/width')).replaceAll('\u00a0', ' ');
    expect(details).toContain(
      '1. **wide** 62.00 % on average over 3 runs, deviation 1.00 points: **wide** 61.00 % (epoch 1); **wide@2**',
    );
  });

  it('takes over all runs of a winner, and trains those that it lacks', async () => {
    const { specs, written } = await runToEnd(
      'lacks',
      (spec) => trained(spec, spec.config.learningRate === 0.02 ? 60 + spec.seed : 50),
      repeated({ rate: 3, dropout: 1 }, largerStudy),
    );
    const stages = new Map(written[0]?.stages.map((stage) => [stage.name, stage]));
    const names = (stage: string) =>
      stages.get(stage)?.standings.map(({ name, takenOver }) => (takenOver ? `(${name})` : name));
    expect(names('rate')).toEqual([
      '(narrow)',
      'narrow@2',
      'narrow@3',
      'narrow_fast',
      'narrow_fast@2',
      'narrow_fast@3',
      'narrow_slow',
      'narrow_slow@2',
      'narrow_slow@3',
    ]);
    expect(stages.get('rate')?.winner).toBe('narrow');
    expect(names('search')?.slice(0, 4)).toEqual([
      '(narrow)',
      '(narrow@2)',
      '(narrow@3)',
      'narrow_search_01',
    ]);
    expect(names('dropout')?.slice(0, 3)).toEqual(['(narrow)', '(narrow@2)', '(narrow@3)']);
    // The second and third runs of the start have its configuration.
    const starts = specs.filter(
      (spec) => widthOf(spec) === 8 && spec.config.learningRate === 0.02 && spec.config.dropout === 0,
    );
    expect(
      starts
        .filter(({ repetition }) => repetition === 0)
        .map(({ seed }) => seed)
        .sort(),
    ).toEqual([1, 2, 3]);
  });

  it('repeats what a search draws and what a variant changes, but not a repetition', async () => {
    const { written } = await runToEnd('everywhere', (spec) => trained(spec, 50), repeated(2, largerStudy));
    const stages = new Map(written[0]?.stages.map((stage) => [stage.name, stage]));
    const own = (stage: string) =>
      stages.get(stage)?.standings.flatMap(({ name, takenOver }) => (takenOver ? [] : [name]));
    expect(own('search')?.slice(0, 3)).toEqual([
      'narrow_search_01',
      'narrow_search_01@2',
      'narrow_search_02',
    ]);
    expect(stages.get('leakage')?.standings.map(({ name, of }) => [name, of])).toEqual([
      ['wide_leakage', 'wide'],
      ['wide_leakage@2', 'wide@2'],
    ]);
    expect(stages.get('leakage')?.ordinary?.map(({ name }) => name)).toEqual([
      'narrow',
      'narrow@2',
      'wide',
      'wide@2',
    ]);
    expect(own('again')).toEqual(['narrow_again']);
  });

  it('decides ties by its rule', async () => {
    const request = smallRequest();
    Object.assign(request.study.stages[0]!, { ties: 'parameters' });
    const { outcome, written } = await runToEnd(
      'by-rule',
      (spec) => {
        const end = trained(spec, widthOf(spec) === 16 ? 52 : 50);
        const parameters = widthOf(spec) as number;
        return end.status === 'trained' ? { ...end, result: { ...end.result, parameters } } : end;
      },
      request,
    );
    expect(written[0]?.stages[0]).toMatchObject({
      winner: 'narrow',
      standings: [{}, { score: 52, parameters: 16 }],
    });
    expect(outcome.winner?.name).toBe('narrow_fast');
  });
});

it('shows a verdict when its stage has ended, and does not wait for it', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const closest = {
    name: 'narrow',
    kind: 'runs differ' as const,
    seeds: 1,
    difference: 10,
    paired: null,
    p: 0.001,
    onImages: null,
  };
  const verdict = { kind: 'runs differ' as const, seedsToTell: null, rivals: 1, closest };
  const train = async ({ spec }: { spec: TrialSpec }) => {
    // The second stage trains until the first has its verdict.
    if (spec.config.learningRate !== 0.02) await released;
    return trained(spec, widthOf(spec) === 16 ? 60 : 50);
  };
  const compare = async ({ name }: { name: string }) => (name === 'width' ? verdict : null);
  await run('verdict', { train, compare }, async (handle) => {
    for (;;) {
      const { stages } = await handle.query<StudyStatus>(QUERIES.studyStatus);
      if (stages[0]?.verdict) {
        expect(stages[1]).toMatchObject({ state: 'running', verdict: null });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await currentDetails(temporal().client, 'verdict')).toContain(
      'These two runs differ: wide is ahead of narrow',
    );
    release();
    await handle.result();
  });
});

// --- helpers ---

/** @param repeats of the profile. */
function repeated(repeats: number | Record<string, number>, input?: typeof largerStudy): StudyRequest {
  const request = smallRequest();
  const study = input ? parseStudy(input, 'larger') : request.study;
  Object.assign(study.profiles.tiny!, { repeats });
  return { ...request, study };
}

/** Wide: 61, 62 and 63. Narrow: 70, 40 and 40. */
function scoreOf(spec: TrialSpec): number {
  if (widthOf(spec) === 16) return spec.config.learningRate === 0.01 ? 20 : 60 + spec.seed;
  return spec.seed === 1 ? 70 : 40;
}
