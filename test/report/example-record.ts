/** Trials with plausible curves, and records of their stages. */

import { parseStudy } from '../../study/definition/parse-study.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { bestEpoch, type EpochLine } from '../../study/trial/trial.ts';

/** The study that ships. */
export const shipped = parseStudy(cifar10, 'cifar10');

export interface Shape {
  /** Best validation accuracy that the curve tends to, percent. */
  to: number;
  epochs?: number;
  change?: Partial<TrainingConfig>;
}

/** Lines of a trial that learns: accuracies rise to `to`, and past it in training; losses fall and rise again. */
export function learningLines(name: string, to: number, epochs: number, learningRate = 0.02): EpochLine[] {
  const noise = noiseOf(name);
  return Array.from({ length: epochs }, (_, index) => {
    const progress = 1 - Math.exp((-4.5 * (index + 1)) / Math.max(epochs, 6));
    const val = 10 + (to - 10) * progress + noise() * 0.9;
    const train = 10 + (Math.min(99, to + 12) - 10) * progress + noise() * 0.4;
    return {
      epoch: index + 1,
      train_loss: round(2.31 * (1 - train / 108), 6),
      train_accuracy: round(train, 4),
      val_loss: round(2.31 * (1 - val / 104) + 0.5 * (index / epochs) ** 2, 6),
      val_accuracy: round(val, 2),
      learning_rate: learningRate,
      seconds: round(11 + noise(), 3),
    };
  });
}

/** A trained trial; `with_` replaces any part of it. */
export function trial(
  name: string,
  { to, epochs = 50, change = {} }: Shape,
  with_: Partial<TrialRecord> = {},
): TrialRecord {
  const config: TrainingConfig = {
    ...asTrained({ ...shipped.base, epochs }, { epochDivisor: 1 }),
    network: { kind: 'dense', hidden: [512, 256] },
    ...change,
  };
  const lines = learningLines(name, to, config.epochs, config.learningRate);
  const best = bestEpoch(lines);
  return {
    name,
    trialKey: hash(name),
    status: 'trained',
    outcome: 'completed',
    message: null,
    score: best?.val_accuracy ?? null,
    scoreInTrainingMode: best && differsInTraining(config) ? round(best.val_accuracy - 0.37, 2) : null,
    bestEpoch: best?.epoch ?? null,
    reused: false,
    takenOver: false,
    suggestion: null,
    override: null,
    of: null,
    config,
    seed: 1,
    repetition: 0,
    initialWeights: config.network.pretrained ? hash('weights') : 'scratch',
    parameters: 1_707_274,
    attempts: 1,
    trainingSeconds: lines.reduce((sum, { seconds }) => sum + seconds, 0),
    startedAt: '2026-03-01T08:00:00.000Z',
    finishedAt: '2026-03-01T08:10:00.000Z',
    tensorsSha256: hash(`${name} tensors`),
    lines,
    environment: ENVIRONMENT,
    ...with_,
  };
}

/** A trial without a result: skipped, diverged before its first epoch, or out of memory. */
export function failed(
  name: string,
  outcome: TrialRecord['outcome'],
  message: string | null = null,
): TrialRecord {
  return trial(
    name,
    { to: 10 },
    {
      status: outcome ? 'trained' : 'skipped',
      outcome,
      message,
      score: null,
      scoreInTrainingMode: null,
      bestEpoch: null,
      lines: [],
      tensorsSha256: null,
      trainingSeconds: outcome ? 0 : null,
      ...(outcome
        ? {}
        : {
            config: null,
            trialKey: null,
            seed: null,
            repetition: null,
            initialWeights: null,
            parameters: null,
            attempts: null,
            startedAt: null,
            finishedAt: null,
            environment: null,
          }),
    },
  );
}

/** A stage whose winner is the one that ranks first. */
export function stage(name: string, trials: TrialRecord[], with_: Partial<StageRecord> = {}): StageRecord {
  const [first] = rank(trials);
  const winner = first && first.score !== null ? first.name : null;
  return {
    name,
    kind: 'compare',
    question: `What does ${name} give?`,
    start: null,
    trials,
    winner,
    ...with_,
  };
}

/** A record of these stages, of a study that a user wrote. */
export function ownRecord(stages: StageRecord[], profile: 'demo' | 'evening' | 'full' = 'full'): StudyRecord {
  const { base, profiles } = shipped;
  return {
    format: 1,
    opening: {
      format: 1,
      studyId: 'mine-1',
      study: {
        name: 'mine',
        title: 'A study of my own',
        seed: 1,
        splitSeed: 1,
        validationFraction: 0.2,
        base,
        profiles,
        stages: stages.map(({ name, question, start }, index) => ({
          kind: 'compare',
          name,
          question,
          ...(start !== null && index > 0 && { from: (stages[index - 1] as StageRecord).name }),
          ranksStart: false,
          candidates: [{ name: 'unused', change: {} }],
        })),
      },
      profile,
      dataset: {
        sha256: hash('dataset'),
        trainImages: 50_000,
        testImages: 10_000,
        classes: [...CIFAR10_CLASSES],
        origin: { kind: 'official', archiveSha256: hash('archive'), source: 'cifar-10-binary.tar.gz' },
      },
      weights: null,
      fromScratch: false,
      numerics: 1,
      startedAt: '2026-03-01T08:00:00.000Z',
    },
    finishedAt: '2026-03-02T19:25:00.000Z',
    stages,
    test: null,
  };
}

/** Sixty-four digits that depend only on the text. */
export function hash(text: string): string {
  const noise = noiseOf(text);
  return Array.from({ length: 64 }, () => Math.floor((noise() + 1) * 8).toString(16)).join('');
}

// --- helpers ---

function differsInTraining({ network, dropout }: TrainingConfig): boolean {
  return network.kind === 'resnet' || dropout > 0;
}

const ENVIRONMENT = {
  tensorflow: '2.21.0',
  kind: 'CPU',
  name: 'Example Processor 9000 @ 2.40GHz',
  instructions: 'AVX2',
  intraOpThreads: '2',
  interOpThreads: '2',
  node: '20.20.2',
};

/** Numbers in [-1, 1) that depend only on the text. */
export function noiseOf(text: string): () => number {
  let state = [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
}

function round(value: number, digits: number): number {
  return Number(Math.min(value, 100).toFixed(digits));
}
