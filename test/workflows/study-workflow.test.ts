import { activityInfo, Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { TrainEnd } from '../../activities/train.ts';
import { workflowSignals } from '../../activities/workflow-signals.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { QUERIES, UPDATES } from '../../temporal/names.ts';
import type { TrialStatus } from '../../workflows/status.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { exampleLine } from '../storage/examples.ts';
import {
  currentDetails,
  dataset,
  innermost,
  run,
  runToEnd,
  trained,
  useTemporal,
  weights,
} from './run-study.ts';
import { largerStudy, smallRequest } from './small-study.ts';

const temporal = useTemporal();
const details = (id: string) => currentDetails(temporal().client, id);
const widthOf = (spec: TrialSpec) => spec.config.network.hidden[0];

describe.concurrent('a study', () => {
  it('runs each stage from the winner of the one before, and tests the last winner', async () => {
    const { specs, written, tested, outcome } = await runToEnd('promotes', (spec) =>
      // The wide network wins, then the slow rate.
      trained(spec, widthOf(spec) === 16 ? 60 - spec.config.learningRate : 50),
    );
    const seen = specs.map((spec) => [widthOf(spec), spec.config.learningRate]);
    expect(seen.sort()).toEqual(
      [
        [8, 0.02],
        [16, 0.02],
        [16, 0.05],
        [16, 0.01],
      ].sort(),
    );
    expect(outcome.winner).toMatchObject({ name: 'wide_slow', score: 59.99 });
    expect(tested).toEqual([{ studyId: 'promotes', testImages: 50, trialKey: outcome.winner?.trialKey }]);
    expect(written[0]?.stages.map(({ name, start, winner }) => [name, start, winner])).toEqual([
      ['width', null, 'wide'],
      ['rate', 'wide', 'wide_slow'],
    ]);
  });

  it('scales epochs and images by the profile, and gives every trial the same seed and split', async () => {
    const { specs } = await runToEnd('scales', (spec) => trained(spec, 50));
    for (const spec of specs) {
      expect(spec.config.epochs).toBe(2);
      expect(spec).toMatchObject({ seed: 1, repetition: 0, initialWeights: 'scratch', numerics: 7 });
      expect(spec.data).toEqual({
        dataset: dataset.sha256,
        trainImages: 200,
        validationFraction: 0.2,
        splitSeed: 1,
      });
    }
  });

  it('has a worker count as dead after the time that it was started with', async () => {
    const timeouts: (number | undefined)[] = [];
    const train = (spec: TrialSpec) => {
      timeouts.push(activityInfo().heartbeatTimeoutMs);
      return trained(spec, 50);
    };
    await runToEnd('usual-heartbeat', train);
    await runToEnd('quick-heartbeat', train, { ...smallRequest(), heartbeatSeconds: 5 });
    expect(timeouts).toEqual([60, 60, 60, 60, 5, 5, 5, 5].map((seconds) => 1000 * seconds));
  });

  it('lets a tie go to the earlier candidate', async () => {
    const { outcome } = await runToEnd('ties', (spec) => trained(spec, 50));
    expect(outcome.winner?.name).toBe('narrow_fast');
  });

  it('ranks a diverged trial last, says why it diverged, and continues', async ({ expect }) => {
    const why = 'train_loss became NaN in epoch 1';
    const train = async ({ spec }: { spec: TrialSpec }) =>
      widthOf(spec) === 8 ? trained(spec, null, why) : trained(spec, 10);
    const { written } = await run('diverges', { train }, async (handle) => {
      expect((await handle.result()).winner?.name).toBe('wide_fast');
    });
    expect(written[0]?.stages[0]?.standings[0]).toMatchObject({ outcome: 'diverged', message: why });
    expect(await details('diverges/width/narrow')).toContain(`**narrow**: diverged: ${why}`);
    const stage = await details('diverges/width');
    expect(stage).toContain('1. **wide** 10.00 % (epoch 1)\n\n– **narrow** diverged: train_loss');
    expect(await details('diverges')).toContain('Report: `npx staged-study report diverges`');
  });

  it('trains the next repetition of each trial, and compares it with the one before, if it is to retrain', async () => {
    const { specs, compared, outcome, written } = await runToEnd(
      'retrains',
      (spec) => trained(spec, widthOf(spec) === 16 ? 60 : 50),
      { ...smallRequest(), retrain: true },
    );
    expect(specs.map(({ repetition }) => repetition)).toEqual([2, 2, 2, 2]);
    expect(compared).toHaveLength(4);
    expect(compared).toContainEqual({ trialKey: outcome.winner?.trialKey, earlier: 'c'.repeat(64) });
    for (const { standings } of written[0]?.stages ?? [])
      for (const { retrained } of standings) expect(retrained).toMatchObject({ sameWeights: true });
  });

  it('shows the last and the best of the epochs that its trials signal', async ({ expect }) => {
    const train = async ({ spec }: { spec: TrialSpec }) => {
      const signals = workflowSignals();
      signals.started();
      for (const [epoch, accuracy] of [
        [1, 30],
        [2, 60],
        [3, 45],
      ] as const)
        signals.epochEnded({ ...exampleLine(epoch), val_accuracy: accuracy });
      await signals.sent();
      return trained(spec, 60);
    };
    await run('signals', { train }, async (handle) => {
      await handle.result();
      const trial = temporal().client.workflow.getHandle('signals/width/wide');
      expect(await trial.query<TrialStatus>(QUERIES.trialStatus)).toMatchObject({
        lastLine: { epoch: 3, val_accuracy: 45 },
        bestLine: { epoch: 2, val_accuracy: 60 },
      });
    });
  });

  it('reschedules a trial if its worker was shut down', async () => {
    let interruptions = 0;
    const { outcome } = await runToEnd('interrupted', (spec) =>
      interruptions++ < 10 ? { status: 'interrupted' } : trained(spec, 50),
    );
    expect(outcome.winner?.score).toBe(50);
  });

  it('cancels its trials when it is cancelled, and all their pages say so', async ({ expect }) => {
    const started: string[] = [];
    const cancelled: string[] = [];
    const train = async ({ spec }: { spec: TrialSpec }): Promise<TrainEnd> => {
      started.push(trialKey(spec));
      try {
        return await Context.current().cancelled;
      } finally {
        cancelled.push(trialKey(spec));
      }
    };
    await run('cancelled', { train }, async (handle) => {
      const trial = temporal().client.workflow.getHandle('cancelled/width/wide');
      await expect.poll(() => started.length).toBe(2);
      await handle.cancel();
      await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      const status = () => trial.describe().then((description) => description.status.name);
      await expect.poll(status).toBe('CANCELLED');
      expect(cancelled.length).toBe(2);

      const page = await details('cancelled');
      expect(page).toContain('**Cancelled**\n\nTo run it again: `npx staged-study run STUDY --profile tiny`');
      expect(page).toContain('1. **width** (cancelled before it had ended)');
      expect(page).toContain('2. **rate** (not started)');
      expect(await details('cancelled/width')).toMatch(/\*\*Cancelled\*\*.*Not finished: narrow, wide/s);
      expect(await details('cancelled/width/wide')).toContain('**wide**: cancelled before it had a result');
    });
  });
});

describe.concurrent('a study of every kind of stage', () => {
  const request = {
    study: parseStudy(largerStudy, 'larger'),
    profile: 'tiny',
    source: { archive: null },
    weights: { file: null },
  };

  it('takes the earlier winner over and ranks it first, without training it again', async () => {
    const { specs, written } = await runToEnd('takes-over', (spec) => trained(spec, 50), request);
    const rate = written[0]?.stages.find(({ name }) => name === 'rate');
    expect(rate?.standings.map(({ name, takenOver }) => [name, takenOver])).toEqual([
      ['narrow', true],
      ['narrow_fast', false],
      ['narrow_slow', false],
    ]);
    expect(rate?.winner).toBe('narrow');
    const keys = specs.map(trialKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('promotes the best of a search under the name it started from, and its trial to the next stage', async () => {
    const { specs, written, outcome } = await runToEnd(
      'searches',
      // The third suggestion wins the search, and dropout does not help.
      (spec) => trained(spec, spec.config.learningRate === 0.003 && spec.config.dropout === 0 ? 70 : 50),
      request,
    );
    const stages = new Map(written[0]?.stages.map((stage) => [stage.name, stage]));
    const searched = stages.get('search')?.standings ?? [];
    expect(searched.map(({ name }) => name)).toEqual([
      'narrow',
      'narrow_search_01',
      'narrow_search_02',
      'narrow_search_03',
    ]);
    expect(stages.get('search')?.winner).toBe('narrow_search_03');
    const page = (await details('searches/search')).replaceAll('\u00a0', ' ');
    expect(page).toContain('3 of 3 evaluations ended');
    expect(page).toContain(
      '1. **narrow_search_03** (lr 0.003, 4 epochs) 70.00 % (epoch 1)\n2. **narrow** 50',
    );
    // Twenty epochs were suggested, and the profile divides by five.
    const drawn = specs.filter(({ config }) => config.learningRate === 0.002);
    expect(drawn.map(({ config }) => config.epochs)).toEqual([4]);
    expect(stages.get('dropout')?.standings.map(({ name }) => name)).toEqual([
      'narrow_search_03',
      'narrow_dropout_0.2',
    ]);
    expect(specs.find(({ config }) => config.dropout === 0.2)?.config.learningRate).toBe(0.003);
    expect(outcome.winner?.name).toBe('narrow_search_03');
  });

  it('continues from its start if a search finds nothing better', async () => {
    const { written } = await runToEnd(
      'in-vain',
      (spec) => trained(spec, spec.config.learningRate * 1000),
      request,
    );
    const stages = new Map(written[0]?.stages.map((stage) => [stage.name, stage]));
    expect(stages.get('search')).toMatchObject({ start: 'narrow_fast', winner: 'narrow_fast' });
    expect(stages.get('dropout')?.standings[0]).toMatchObject({ name: 'narrow_fast', takenOver: true });
  });

  it('runs side experiments beside the ranking', async () => {
    const { specs, written } = await runToEnd('experiments', (spec) => trained(spec, 50), request);
    const stages = new Map(written[0]?.stages.map((stage) => [stage.name, stage]));
    expect(stages.get('leakage')).toMatchObject({
      winner: null,
      standings: [{ name: 'wide_leakage', of: 'wide' }],
    });
    const flipped = specs.filter(({ config }) => config.validationFlip);
    expect(flipped.map(widthOf)).toEqual([16]);
    expect(stages.get('again')).toMatchObject({
      winner: null,
      standings: [{ name: 'narrow_again', of: 'narrow' }],
    });
    const [again] = specs.filter(({ repetition }) => repetition === 1);
    expect(specs.filter(({ repetition }) => repetition === 0)).toContainEqual({ ...again, repetition: 0 });
  });
});

describe.concurrent('a study with pretrained networks', () => {
  const study = parseStudy(
    {
      ...largerStudy,
      stages: largerStudy.stages.map((stage) =>
        stage.name === 'width' && stage.kind === 'compare'
          ? {
              ...stage,
              candidates: [
                stage.candidates[0]!,
                { name: 'wide', change: { network: { kind: 'dense', hidden: [16], pretrained: true } } },
              ],
            }
          : stage,
      ),
    },
    'pretrained',
  );
  const request: StudyRequest = {
    study,
    profile: 'tiny',
    source: { archive: null },
    weights: { file: '/weights.pth' },
  };

  it('prepares their weights, and starts each of their trials from them, in every stage', async () => {
    const specs: TrialSpec[] = [];
    const pages: Record<string, string> = {};
    const train = async ({ spec }: { spec: TrialSpec }) => {
      specs.push(spec);
      return trained(spec, widthOf(spec) === 16 ? 60 : 50);
    };
    const { prepared, opened } = await run('fine-tunes', { train, request }, async (handle) => {
      await handle.result();
      for (const id of ['fine-tunes', 'fine-tunes/width/wide', 'fine-tunes/width/narrow']) {
        pages[id] = await details(id);
      }
    });
    expect(prepared).toEqual([
      {
        source: { file: '/weights.pth' },
        networks: [{ kind: 'dense', hidden: [16], pretrained: true }],
      },
    ]);
    expect(opened).toMatchObject([{ weights }]);
    const wide = specs.filter((spec) => widthOf(spec) === 16);
    // The candidate, two rates, three draws of the search, dropout, the leaking one, the repeated one.
    expect(wide).toHaveLength(9);
    for (const { initialWeights } of wide) expect(initialWeights).toBe(weights.sha256);
    expect(specs.filter((spec) => widthOf(spec) === 8).map((spec) => spec.initialWeights)).toEqual([
      'scratch',
    ]);
    const from = `\`weights/${weights.sha256}\``;
    expect(pages['fine-tunes']).toContain(`pretrained networks start from: /weights.pth (${from})`);
    expect(pages['fine-tunes/width/wide']).toContain(`network: dense 16, from weights/${weights.sha256}`);
    expect(pages['fine-tunes/width/narrow']).toContain('network: dense 8, from scratch');
  });

  it('asks for no weights if no network starts from them', async () => {
    const { prepared, opened } = await runToEnd('unweighted', (spec) => trained(spec, 50));
    expect(prepared).toEqual([]);
    expect(opened).toMatchObject([{ weights: null }]);
  });
});

describe('updates', () => {
  it('are refused by a trial that does not need attention', async ({ expect }) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const train = async ({ spec }: { spec: TrialSpec }) => {
      await held;
      return trained(spec, 50);
    };
    await run('refuses', { train }, async (handle) => {
      const trial = temporal().client.workflow.getHandle('refuses/width/wide');
      const refusal = () =>
        trial.executeUpdate(UPDATES.retryTrial, { args: [] }).catch((error) => innermost(error).message);
      await expect.poll(refusal).toMatch(/it does not need attention/);
      release();
      await handle.result();
    });
  });
});
