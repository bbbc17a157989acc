import { activityInfo, CancelledFailure, Context, log } from '@temporalio/activity';
import { checkpointsPrefix, parseCheckpointKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { acquireLease, type Lease, type SeenLease } from '../storage/trials/lease.ts';
import { readResult, type TrialResult, writeTrialConfig, writeTrialLog } from '../storage/trials/trials.ts';
import { inputOfTrial } from '../study/definition/input-form.ts';
import { threadsOf } from '../study/definition/training-config.ts';
import type { TrialStanding } from '../study/record/record.ts';
import { type Rung, type RungScore, scoresAtRungs } from '../study/search/stopping/rung.ts';
import { meritOf } from '../study/trial/measure.ts';
import { scoreIn, type TrialSpec } from '../study/trial/trial.ts';
import { trialKey } from '../study/trial/trial-key.ts';
import type { HaltedTraining } from '../trainer/protocol.ts';
import type { StartTrainer } from '../trainer/start-trainer.ts';
import { jobFailure } from './failures.ts';
import { heartbeatTimeoutMs, startHeartbeats } from './heartbeats.ts';
import { keepRenewing } from './renew-lease.ts';
import { runJob } from './run-job.ts';
import { isReadAhead, takeShare } from './take-share.ts';
import type { Share, TrainingBudget } from './training-budget.ts';
import { workflowSignals } from './workflow-signals.ts';

/** How the activity ended. */
export type TrainEnd =
  | {
      status: 'trained';
      result: Pick<
        TrialStanding,
        | 'trialKey'
        | 'outcome'
        | 'score'
        | 'bestEpoch'
        | 'reused'
        | 'message'
        | 'parameters'
        | 'trainingSeconds'
      >;
      /** Of all rungs that it came to; absent without rungs. */
      rungScores?: RungScore[];
    }
  /** At the last of these rungs. The trial has a checkpoint and no result. */
  | { status: 'halted'; trialKey: string; rungScores: RungScore[] }
  /** The worker was shut down. If the activity is scheduled again, it resumes from the newest checkpoint. */
  | { status: 'interrupted' };

/** TensorFlow's messages can fill pages; the store has them in full. */
const MAX_MESSAGE_LENGTH = 300;

/**
 * Trains one trial, or finds its result in the store: no trial is trained twice. While another study's attempt holds
 * the trial's lease, it waits for that attempt's result.
 *
 * With `alone`, it gets the machine alone: the trial has run out of memory beside others. With `rungs`, the training may halt; a
 * result that the store has counts, even if it would have halted.
 */
export function createTrain(dependencies: {
  store: ObjectStore;
  startTrainer: StartTrainer;
  budget: TrainingBudget;
}) {
  const { store, startTrainer, budget } = dependencies;
  return async (request: {
    spec: TrialSpec;
    alone?: boolean;
    rungs?: readonly Rung[];
  }): Promise<TrainEnd> => {
    const { spec, alone = false, rungs } = request;
    const key = trialKey(spec);
    const holder = holderName();
    const share = budget.share();
    const heartbeats = startHeartbeats();
    try {
      const turn = await waitForTurn(store, key, holder, share);
      if (turn.kind === 'done') return trained(key, turn.result, turn.result.holder !== holder, rungs);
      return await trainUnderLease(turn.lease);
    } catch (error) {
      if (error instanceof CancelledFailure && Context.current().cancellationDetails?.workerShutdown) {
        return { status: 'interrupted' };
      }
      throw await jobFailure(error, async () => ({ step: await newestStep(store, key) }));
    } finally {
      heartbeats.stop();
      share.end();
    }

    async function trainUnderLease(lease: Lease): Promise<TrainEnd> {
      const { term } = lease;
      let halted: HaltedTraining | undefined;
      const signals = workflowSignals();
      const renewals = keepRenewing(lease, heartbeatTimeoutMs() / 4, (error) =>
        log.warn('lease not renewed', { error }),
      );
      try {
        await writeTrialConfig(store, spec);
        const held = { count: spec.data.trainImages, input: inputOfTrial(spec.data) };
        const images = { ...held, isReadAhead: isReadAhead(spec.config, held, budget) };
        await takeShare(budget, share, spec.config, images, alone);
        halted = await runJob(
          startTrainer,
          {
            kind: 'train',
            spec,
            holder,
            term,
            ...(rungs && { rungs }),
            ...(images.isReadAhead && { readAhead: true }),
          },
          {
            threads: threadsOf(spec.config),
            heartbeats,
            signal: renewals.lost,
            alone,
            storeLog: (text) => writeTrialLog(store, key, term, text),
            onEvent: (event) => {
              if (event.kind === 'alive') signals.started();
              if (event.kind === 'epoch') signals.epochEnded(event.line);
              if (event.kind === 'computed') share.computed();
            },
          },
        );
      } finally {
        renewals.stop();
        await signals.sent();
        // How the attempt ended matters more: without a release, the lease expires.
        await lease.release().catch((error) => log.warn('lease not released', { error }));
      }
      if (halted) {
        const { epoch, scores } = halted;
        const reached = rungs?.filter((rung) => rung.epoch <= epoch) ?? [];
        return { status: 'halted', trialKey: key, rungScores: scoresAtRungs(reached, scores) };
      }
      const result = await readResult(store, key);
      if (!result)
        throw new Error(`trial ${key}: expected its result in the store after training, found none`);
      return trained(key, result, false, rungs);
    }
  };
}

// --- helpers ---

/**
 * The trial in its study, which trains it in one attempt after another. So the lease of an attempt that died passes to the next
 * at once, even after a reset, and a result that a worker stored while it shut down is the trial's own.
 */
function holderName(): string {
  const { workflowNamespace, workflowExecution } = activityInfo();
  return [workflowNamespace, workflowExecution?.workflowId].join(' ');
}

type Turn = { kind: 'done'; result: TrialResult } | { kind: 'ours'; lease: Lease };

/** Waits until the trial has a result or this attempt holds its lease. */
async function waitForTurn(store: ObjectStore, key: string, holder: string, share: Share): Promise<Turn> {
  const { attempt } = activityInfo();
  const ttlMs = heartbeatTimeoutMs();
  let seen: SeenLease | undefined;
  for (;;) {
    const result = await readResult(store, key);
    if (result) return { kind: 'done', result };
    const turn = await acquireLease(store, key, { holder, attempt, ttlMs }, seen);
    if ('lease' in turn) {
      // The holder before may have stored it since, and deleted its checkpoints.
      const stored = await readResult(store, key);
      if (!stored) return { kind: 'ours', lease: turn.lease };
      await turn.lease.release();
      return { kind: 'done', result: stored };
    }
    ({ seen } = turn.heldBy);
    share.standBy();
    await Context.current().sleep(Math.min(2_000, ttlMs / 4));
  }
}

/** Of the trial's checkpoints; 0 without one. */
async function newestStep(store: ObjectStore, key: string): Promise<number> {
  const checkpoints = await store.list(checkpointsPrefix(key));
  return Math.max(0, ...checkpoints.map((each) => parseCheckpointKey(each.key)?.step ?? 0));
}

function trained(
  key: string,
  result: TrialResult,
  reused: boolean,
  rungs: readonly Rung[] | undefined,
): TrainEnd {
  const { spec, outcome, score, bestEpoch, message, lines, parameters, trainingSeconds } = result;
  const ended = { outcome, score, bestEpoch, reused, message: message ? brief(message) : null };
  const scores = lines.map((line) => meritOf(scoreIn(line, spec.rankBy), spec.rankBy));
  return {
    status: 'trained',
    result: { trialKey: key, ...ended, parameters, trainingSeconds },
    ...(rungs && { rungScores: scoresAtRungs(rungs, scores) }),
  };
}

/** A message's first line, shortened. */
function brief(message: string): string {
  const [line = ''] = message.trim().split('\n');
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}
