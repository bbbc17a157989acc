import { expect, it } from 'vitest';
import { createSuggest } from '../../activities/suggest.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { type Outcome, run, trained, useTemporal } from './run-study.ts';
import { smallStudy } from './small-study.ts';

const temporal = useTemporal({ slots: 1 });

it('the training queue takes the longest trials of a stage first, and its ranking keeps their own order', async () => {
  const widths = [8, 512, 64, 2048, 128, 1024, 16, 256];
  const stage = compare(
    'width',
    widths.map((width) => [`w${width}`, dense(width)]),
  );
  const { order, names } = await trainInTurn('longest-first', [stage], 'width', widths.length);
  const trainedWidths = order.map((spec) => spec.config.network.hidden[0]);
  expectDescending(trainedWidths);
  expect(names('width')).toEqual(widths.map((width) => `w${width}`));
});

it('a search hands all its trials to the queue at once, the longest first, and draws the same as one by one', async () => {
  const search = {
    kind: 'search' as const,
    name: 'search',
    question: 'How long?',
    from: 'width',
    evaluations: 6,
    space: {
      learningRate: { kind: 'uniform' as const, low: 0.001, high: 0.1 },
      epochs: { kind: 'quniform' as const, low: 10, high: 400, q: 5 },
    },
  };
  const stages = (parallel?: number) => [
    compare('width', [['narrow', dense(8)]]),
    parallel === undefined ? search : { ...search, parallel },
  ];
  const atOnce = await trainInTurn('searches-at-once', stages(), 'search', 6);
  const oneByOne = await trainInTurn('searches-one-by-one', stages(1), 'search', 1);

  const searched = ({ order }: typeof atOnce) => order.slice(1).map(({ config }) => config);
  const epochs = searched(atOnce).map((config) => config.epochs);
  expectDescending(epochs);
  const byRate = (configs: TrialSpec['config'][]) =>
    [...configs].sort((a, b) => a.learningRate - b.learningRate);
  expect(byRate(searched(atOnce))).toEqual(byRate(searched(oneByOne)));
  for (const { names } of [atOnce, oneByOne])
    expect(names('search')).toEqual(['narrow', ...[1, 2, 3, 4, 5, 6].map((n) => `narrow_search_0${n}`)]);
});

it('trials of side experiments are trained after those of other stages that wait with them', async () => {
  const rates = [0.05, 0.04, 0.03, 0.01];
  const stages: StudyInput['stages'] = [
    compare('width', [
      ['narrow', dense(8)],
      ['wide', dense(2048)],
    ]),
    {
      kind: 'compare',
      name: 'rate',
      question: 'How fast?',
      from: 'width',
      candidates: rates.map((learningRate) => ({ name: `_${learningRate}`, change: { learningRate } })),
    },
    {
      kind: 'variant',
      name: 'leakage',
      question: 'What does flipping validation images do?',
      // Longer than the others, and known before them.
      of: [
        { stage: 'width', candidate: 'wide' },
        { stage: 'width', candidate: 'narrow' },
      ],
      change: { validationFlip: true, epochs: 100 },
    },
  ];
  const { order } = await trainInTurn('side-after-main', stages, 'rate', 6);
  // The first one found the queue empty.
  const waited = order.slice(3).map(({ config }) => (config.validationFlip ? 'side' : 'main'));
  expect(waited).toEqual([...waited].sort());
  expect(waited.filter((kind) => kind === 'main').length).toBeGreaterThanOrEqual(3);
});

// --- helpers ---

/** Neighbours may overtake each other on their way into the queue. */
function expectDescending(values: (number | undefined)[]): void {
  const sorted = [...values].sort((a = 0, b = 0) => b - a);
  for (const [place, value] of values.entries()) {
    expect(Math.abs(sorted.indexOf(value) - place), `places off in ${values}`).toBeLessThanOrEqual(2);
  }
}

function dense(units: number): Network {
  return { kind: 'dense', hidden: [units] };
}

function compare(name: string, networks: [string, Network][]): StudyInput['stages'][number] {
  const candidates = networks.map(([candidate, network]) => ({ name: candidate, change: { network } }));
  return { kind: 'compare', name, question: 'Which one?', candidates };
}

/**
 * Runs a study with one slot. The first trial that starts once the trials of `stage` are known is held until `queued`
 * trials, this one among them, are in the training queue.
 */
async function trainInTurn(studyId: string, stages: StudyInput['stages'], stage: string, queued: number) {
  const study = parseStudy({ ...smallStudy, stages }, 'ordered');
  const earlier = study.stages.findIndex(({ name }) => name === stage);
  const trialsBefore = study.stages
    .slice(0, earlier)
    .reduce((sum, each) => sum + (each.kind === 'compare' ? each.candidates.length : 0), 0);
  const order: TrialSpec[] = [];
  const train = async ({ spec }: { spec: TrialSpec }) => {
    order.push(spec);
    if (order.length === trialsBefore + 1) await expect.poll(() => inQueue(studyId)).toBe(queued);
    return trained(spec, 50);
  };
  const request = { study, profile: 'tiny', source: { archive: null }, weights: { file: null } };
  let outcome: Outcome | undefined;
  const suggest = createSuggest({ store: createMemoryStore() });
  const { written } = await run(studyId, { train, request, suggest }, async (handle) => {
    outcome = await handle.result();
  });
  expect(outcome).toBeDefined();
  const names = (of: string) =>
    written[0]?.stages.find(({ name }) => name === of)?.standings.map(({ name }) => name);
  return { order, names };
}

/** How many trials of a study have their training scheduled or started. */
async function inQueue(studyId: string): Promise<number> {
  const { workflow } = temporal().client;
  const query = `StudyId = '${studyId}' AND TrialName IS NOT NULL AND ExecutionStatus = 'Running'`;
  let count = 0;
  for await (const { workflowId } of workflow.list({ query })) {
    const { raw } = await workflow.getHandle(workflowId).describe();
    if ((raw.pendingActivities?.length ?? 0) > 0) count++;
  }
  return count;
}
