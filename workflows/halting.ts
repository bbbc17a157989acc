import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Rung, RungScore } from '../study/search/stopping/rung.ts';
import { SIGNALS } from '../temporal/names.ts';

/** Sent by a trial to its stage when its training has halted at a rung where the stage decides. */
export interface RungNotice {
  /** The trial's. */
  name: string;
  /** The last is that of the rung. Rungs that it has passed in an earlier notice may be missing. */
  scores: RungScore[];
}

/** The stage's answer. It is the same however often a trial comes to the rung, as it may after a crash or a reset. */
export interface RungDecision {
  epoch: number;
  goesOn: boolean;
}

export const rungReachedSignal = defineSignal<[RungNotice]>(SIGNALS.rungReached);
export const rungDecidedSignal = defineSignal<[RungDecision]>(SIGNALS.rungDecided);

/** How a trial follows its rungs. */
export interface RungFollower {
  /** The rungs at which it has not halted yet, and that are before its last epoch; undefined if there are none. */
  ahead(epochs: number): Rung[] | undefined;
  /** Whether a trial goes on that has halted at the last of these rungs. Waits until that is decided. */
  goesOn(scores: RungScore[]): Promise<boolean>;
  /** For a trial that begins again, with other settings. */
  restart(): void;
}

/** @param rungs of the trial; none if nothing may stop it. */
export function followRungs(name: string, rungs: readonly Rung[] = []): RungFollower {
  const decisions = new Map<number, boolean>();
  setHandler(rungDecidedSignal, ({ epoch, goesOn }) => {
    decisions.set(epoch, goesOn);
  });
  let passed = 0;

  return {
    ahead(epochs) {
      const ahead = rungs.filter(({ epoch }) => epoch > passed && epoch < epochs);
      return ahead.length > 0 ? ahead : undefined;
    },
    async goesOn(scores) {
      const { epoch } = scores.at(-1) as RungScore;
      const { parent } = workflowInfo();
      const rung = rungs.find((each) => each.epoch === epoch);
      if (rung?.haltBelow !== null || !parent) return false;
      await getExternalWorkflowHandle(parent.workflowId).signal(rungReachedSignal, { name, scores });
      await condition(() => decisions.has(epoch));
      passed = epoch;
      return decisions.get(epoch) === true;
    },
    restart() {
      passed = 0;
    },
  };
}
