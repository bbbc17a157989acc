import type { Environment } from '../../study/trial/environment.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import type { BestEpoch, Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import { checkpointIntervals } from '../checkpoint-interval.ts';
import type { HandedCheckpoint } from '../storing/stored-trial.ts';
import { store } from '../storing/storing-thread.ts';
import { arraysOf } from '../storing/tasks.ts';

/**
 * Decides when a trial's checkpoints are stored, and hands them to the storing thread, one at a time.
 *
 * @param trial names the attempt for the thread.
 * @param environment of this attempt.
 */
export function createCheckpoints(
  trial: string,
  resumeFrom: Checkpoint | undefined,
  environment: Environment,
  onAlive: () => void,
) {
  const { epochEndMs, withinEpochMs } = checkpointIntervals(process.env);
  const failed = new AbortController();
  let lastTime = performance.now();
  /** Of the last checkpoint. */
  let lastStep = resumeFrom?.step ?? 0;
  /** The best epoch in the last checkpoint. */
  let lastBest = resumeFrom?.best?.epoch;
  let isStoring = false;
  let stored: Promise<void> = Promise.resolve();

  const since = () => performance.now() - lastTime;

  /** Begins to store, once what is on its way is stored: memory would fill up with a slow store. */
  async function begin(storing: () => Promise<unknown>): Promise<void> {
    await stored;
    isStoring = true;
    stored = storing().then(() => {
      isStoring = false;
    });
    stored.catch((error) => failed.abort(error));
  }

  /** A checkpoint as the thread takes it, and its arrays, except those of the best epoch, which the loop keeps. */
  function handOver(state: Checkpoint): { checkpoint: HandedCheckpoint; handedOver: ArrayBuffer[] } {
    const { epoch, step, weights, optimizer, best, within } = state;
    const isBest = best?.epoch === epoch && !within;
    const newBest = best?.epoch === lastBest ? undefined : isBest ? withoutWeights(best) : best;
    lastTime = performance.now();
    lastStep = step;
    lastBest = best?.epoch;
    return {
      checkpoint: {
        epoch,
        step,
        weights,
        optimizer,
        environment,
        ...(within && { within }),
        ...(newBest && { best: newBest }),
      },
      handedOver: arraysOf(isBest ? { optimizer } : { weights, optimizer }),
    };
  }

  const storeCheckpoint = (state: Checkpoint) =>
    begin(() => {
      const { checkpoint, handedOver } = handOver(state);
      return store('storeCheckpoint', { trial, checkpoint }, { handedOver, onAlive });
    });

  return {
    /** Aborts when storing has failed for good. */
    failed: failed.signal,
    stored: () => stored,
    isDueWithinEpoch: () => !isStoring && since() >= withinEpochMs,
    storeWithinEpoch: storeCheckpoint,
    /** @param onStored called once the line and the checkpoint, if there is one, are stored. */
    storeEpoch(state: Checkpoint, hits: Uint8Array, onStored: (line: EpochLine) => void): Promise<void> {
      const line = state.lines.at(-1) as EpochLine;
      return begin(async () => {
        const { checkpoint, handedOver } = since() >= epochEndMs ? handOver(state) : NO_CHECKPOINT;
        const request = { trial, epoch: { line, hits }, ...(checkpoint && { checkpoint }) };
        await store('storeEpoch', request, { handedOver, onAlive });
        onStored(line);
      });
    },
    /** Stores where a stopped job stands, unless the last checkpoint has that. */
    async storeLast(state: Checkpoint): Promise<void> {
      if (failed.signal.aborted) return;
      if (state.step > lastStep) await storeCheckpoint(state);
      await stored;
    },
  };
}

// --- helpers ---

function withoutWeights({ epoch, validationProbabilities }: BestEpoch): Omit<BestEpoch, 'weights'> {
  return { epoch, validationProbabilities };
}

const NO_CHECKPOINT = { checkpoint: undefined, handedOver: [] };
