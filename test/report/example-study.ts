/** A record of the shipped study: its own plan, with plausible curves. */

import type { Stage } from '../../study/definition/stage-schema.ts';
import type { Profile } from '../../study/definition/study-schema.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import {
  type NamedConfig,
  type PlannedTrial,
  searchTrial,
  stageTrials,
  startOf,
} from '../../study/plan/plan.ts';
import { promotionOf } from '../../study/plan/promotion.ts';
import { candidatesOf, type RankedCandidate, rankCandidates } from '../../study/plan/ranking.ts';
import { runName } from '../../study/plan/runs.ts';
import type { StageRecord, StudyRecord, TrialRecord, WeightsSummary } from '../../study/record/record.ts';
import { asRival, type ComparedCandidate, compareChanges } from '../../study/statistics/compare-runs.ts';
import { verdict } from '../../study/statistics/verdict.ts';
import { failed, hash, noiseOf, ownRecord, shipped, stage, trial } from './example-record.ts';

/** The shipped study in full, tested: seven stages and both side experiments. */
export function fullRecord({
  profile: profileName = 'full',
  generated = false,
}: {
  profile?: 'demo' | 'evening' | 'full';
  generated?: boolean;
} = {}): StudyRecord {
  const profile = shipped.profiles[profileName] as Profile;
  const stages = runStages(profile);
  const record = ownRecord(stages, profileName);
  const final = rankCandidates(stages.find(({ name }) => name === 'dropout')?.trials ?? [])[0]
    ?.counted[0] as TrialRecord;
  return {
    ...record,
    opening: {
      ...record.opening,
      studyId: `cifar10-${profileName}`,
      study: shipped,
      weights: profile.reducedNetworks ? null : torchvisionWeights,
      dataset: { ...record.opening.dataset, ...(generated && { origin: { kind: 'generated' as const } }) },
    },
    test: {
      format: 1,
      trialKey: final.trialKey ?? '',
      ...confusionOf(profileName === 'demo' ? 50 : 1000),
      loss: 0.512345,
      predictions: { sha256: hash('predictions'), sizeBytes: 400_000 },
      stage: 'test',
      trial: final.name,
    },
  };
}

/** What the shipped study's ResNet-50 starts from. */
export const torchvisionWeights: WeightsSummary = {
  sha256: hash('weights'),
  tensors: 267,
  origin: {
    kind: 'official',
    source: 'resnet50.pth',
    fileSha256: hash('resnet50.pth'),
    format: 'torch.save, zip',
  },
};

// --- helpers ---

/** What a candidate's validation accuracy tends to, percent, by the end of its name. */
const TENDENCIES: [end: string, accuracy: number][] = [
  ['MLP', 52.6],
  ['relu_layer_div2', 54.9],
  ['relu_layer_div4', 54.6],
  ['relu_div4_div2', 53.8],
  ['relu_6_layer_divrand', 53.1],
  ['relu_4_layer_divrand', 52.9],
  ['default_conv', 65.2],
  ['simple_cnn', 70.9],
  ['simple_cnn_arq_2', 72.8],
  ['simple_cnn_arq_4', 73.1],
  ['rn50', 80.4],
  ['rn14_reduced', 80.4],
  ['_leakyRelu', 80.5],
  ['_sigmoid', 62.3],
  ['_elu', 81.6],
  ['_silu', 80.8],
  ['_adadelta', 84.9],
  ['_sgd_expo_scheduler', 82.2],
  ['_adadelta_expo_scheduler', 83.7],
  ['_dropout_0.2', 88.3],
  ['_dropout_0.5', 88.2],
  ['MLP_leakage', 52.9],
  ['relu_layer_div2_leakage', 55.2],
  ['simple_cnn_leakage', 70.2],
];

const DRAWN: [learningRate: number, batchSize: number, epochs: number, accuracy: number][] = [
  [0.0312, 64, 40, 85.1],
  [0.0871, 32, 75, 86],
  [0.06801699813974062, 128, 90, 87.2],
  [0.0094, 128, 20, 78.9],
  [0.0553, 64, 100, 86.8],
  [0.0021, 32, 55, 72.4],
  [0.0748, 128, 85, 87],
  [0.0417, 64, 60, 86.1],
  [0.0999, 128, 95, 86.6],
  [0.0633, 32, 90, 86.9],
];

/** Trials that differ from the others, by the end of a name. */
const EXCEPTIONS: [end: string, change: Partial<TrialRecord>][] = [
  ['relu_layer_div2', { attempts: 2, parameters: 6_317_610 }],
  ['default_conv', { reused: true }],
  ['_sgd_expo_scheduler', { override: { batchSize: 16 }, attempts: 4 }],
];

function runStages(profile: Profile): StageRecord[] {
  const soFar = { winners: new Map<string, NamedConfig>(), candidates: new Map<string, PlannedTrial[]>() };
  const best = new Map<string, TrialRecord[]>();
  const earlier: TrialRecord[] = [];
  return shipped.stages.flatMap((definition) => {
    if (definition.kind === 'test') return [];
    const start = startOf(definition, soFar);
    const planned = stageTrials(shipped, profile, definition, soFar);
    const trials = [
      ...takenOver(definition, start, best),
      ...planned.map((plan) => plannedTrial(plan, plan.config, best)),
      ...(definition.kind === 'search' && start ? drawnTrials(start, profile) : []),
    ];
    const ranked = rankCandidates(trials);
    const side = definition.kind === 'variant' || definition.kind === 'repeat';
    const promotion = promotionOf(ranked, { start, planned, profile });
    if (promotion && !side) {
      soFar.winners.set(definition.name, promotion);
      best.set(definition.name, ranked[0]?.runs ?? []);
    }
    soFar.candidates.set(definition.name, planned);
    earlier.push(...trials.filter((each) => !each.takenOver));
    const { name, kind, question } = definition;
    const compared = profile.repeats !== undefined && {
      ...(side ? {} : { verdict: verdictOf(ranked) }),
      ...(kind === 'variant' && { changes: changesOf(trials, earlier) }),
    };
    return [
      stage(name, trials, {
        kind,
        question,
        start: start?.name ?? null,
        winner: side ? null : (ranked[0]?.name ?? null),
        ...compared,
      }),
    ];
  });
}

/** As candidates with hits that agree with the runs' scores by chance alone. */
function compared({ name, counted }: { name: string; counted: TrialRecord[] }): ComparedCandidate {
  return {
    name,
    runs: counted.map(({ seed, score }) => ({
      seed: seed ?? 1,
      score: score ?? 0,
      hits: hitsOf(name, score ?? 0),
    })),
  };
}

function verdictOf([winner, ...rivals]: RankedCandidate<TrialRecord>[]): StageRecord['verdict'] {
  if (!winner) return null;
  const scored = rivals.filter(({ score }) => score !== null);
  const best = compared(winner);
  return verdict(
    best.runs.map(({ score }) => score),
    scored.map((rival) => asRival(best, compared(rival), 1)),
  );
}

function changesOf(trials: TrialRecord[], earlier: TrialRecord[]): NonNullable<StageRecord['changes']> {
  const ordinary = candidatesOf(earlier);
  const pairs = candidatesOf(trials).map((changed) => ({
    changed: compared(changed),
    ordinary: compared(
      ordinary.find(({ name }) => name === changed.runs[0]?.of) as RankedCandidate<TrialRecord>,
    ),
  }));
  return compareChanges(pairs, 1);
}

/** Images that are classified correctly, as many in a hundred as the score says. */
function hitsOf(name: string, score: number): Uint8Array {
  const noise = noiseOf(name);
  return Uint8Array.from({ length: 10_000 }, (_, image) => {
    const hardness = ((image * 7919) % 10_000) / 100;
    return hardness + 15 * noise() < score ? 1 : 0;
  });
}

function takenOver(
  definition: Stage,
  start: NamedConfig | undefined,
  best: ReadonlyMap<string, TrialRecord[]>,
): TrialRecord[] {
  const ranksStart = definition.kind === 'search' || (definition.kind === 'compare' && definition.ranksStart);
  const earlier = best.get(('from' in definition && definition.from) || '');
  if (!ranksStart || !start || !earlier) return [];
  return earlier.map(({ candidate: _, ...run }, index) => ({
    ...run,
    name: runName(start.name, index),
    ...(index > 0 && { candidate: start.name }),
    takenOver: true,
    reused: true,
  }));
}

function plannedTrial(
  { name, of, repetition, run }: Pick<PlannedTrial, 'name' | 'of' | 'repetition' | 'run'>,
  config: TrainingConfig,
  best: ReadonlyMap<string, TrialRecord[]>,
): TrialRecord {
  if (name.endsWith('_adagrad'))
    return failed(name, 'diverged', 'train_loss became NaN at step 412 of epoch 1');
  if (repetition > 0) {
    return {
      ...(best.get('search')?.[0] as TrialRecord),
      name,
      of,
      repetition,
      trialKey: hash(name),
      takenOver: false,
    };
  }
  const candidate = run?.candidate ?? name;
  const to = TENDENCIES.findLast(([end]) => candidate.endsWith(end))?.[1] ?? 50;
  const change = run ? undefined : EXCEPTIONS.find(([end]) => name.endsWith(end))?.[1];
  return trial(
    name,
    { to, change: config },
    { of, ...(run && { candidate, seed: 1 + run.index }), ...change },
  );
}

function drawnTrials(start: NamedConfig, profile: Profile): TrialRecord[] {
  return DRAWN.map(([learningRate, batchSize, epochs, to], index) => {
    const suggestion = { learningRate, batchSize, epochs };
    const { name, config } = searchTrial(start, suggestion, profile, index);
    return trial(name, { to, change: config }, { suggestion });
  });
}

function confusionOf(imagesPerClass: number): { images: number; accuracy: number; confusion: number[][] } {
  const noise = noiseOf('confusion');
  const confusion = Array.from({ length: 10 }, (_, actual) => {
    const row = Array.from({ length: 10 }, (_, predicted) => {
      const kin = [actual, predicted].sort().join('') === '35' ? 8 : 1;
      return predicted === actual ? 0 : Math.floor(kin * (noise() + 1) * 0.011 * imagesPerClass);
    });
    row[actual] = imagesPerClass - row.reduce((sum, images) => sum + images, 0);
    return row;
  });
  const right = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  return { images: 10 * imagesPerClass, accuracy: (10 * right) / imagesPerClass, confusion };
}
