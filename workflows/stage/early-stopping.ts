import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import { type Arrived, createReferee, type Ruling } from '../../study/search/stopping/referee.ts';
import type { StoppingRule } from '../../study/search/stopping/rules.ts';
import { UPDATES } from '../../temporal/names.ts';
import { all } from '../children.ts';
import { rungReachedSignal } from '../halting.ts';
import type { TrialEnd } from '../status.ts';
import type { MadeTrial } from './stage-input.ts';

export const continueTrialUpdate = defineUpdate<string, [string]>(UPDATES.continueTrial);

/** Applies a rule of early stopping to a search's trials. */
export interface EarlyStopping {
  /**
   * Begins a round.
   *
   * @returns its trials, which halt at the rule's rungs.
   */
  begin(round: readonly MadeTrial[]): MadeTrial[];
  /** Whether a trial has halted at a rung and waits for what the rule decides. */
  isHalted(name: string): boolean;
  /**
   * Ends the search: waits for trials with which a person has gone on, and takes no more of them.
   *
   * @returns what another run of the workflow needs to continue the search.
   */
  end(): Promise<Arrived>;
}

/**
 * @param rule with epochs as trials count them.
 * @param search.goOn trains a trial to its end that was stopped, for a person.
 * @param search.tell tells a trial what was decided.
 * @param search.before what an earlier run of the workflow has seen.
 */
export function earlyStopping(
  rule: StoppingRule,
  search: { goOn: (trial: MadeTrial) => Promise<void>; tell: (ruling: Ruling) => void; before?: Arrived },
): EarlyStopping {
  const referee = createReferee(rule, search.before);
  const halted = new Set<string>();
  /** As they would be without rungs. */
  const stopped = new Map<string, MadeTrial>();
  const continued: Promise<void>[] = [];
  let isOver = false;

  const tell = (rulings: Ruling[]) => {
    for (const ruling of rulings) {
      halted.delete(ruling.name);
      search.tell(ruling);
    }
  };
  setHandler(rungReachedSignal, ({ name, scores }) => {
    halted.add(name);
    tell(referee.halted(name, scores));
  });
  setHandler(
    continueTrialUpdate,
    (name) => {
      const trial = stopped.get(name) as MadeTrial;
      stopped.delete(name);
      continued.push(search.goOn(trial));
      return `${name}: trained to its end`;
    },
    {
      validator: (name) => {
        if (!isOver && stopped.has(name)) return;
        const why = isOver ? 'the search is over' : 'the search has not stopped it, or long ago';
        throw ApplicationFailure.nonRetryable(`${name}: it can't be gone on with: ${why}`, 'NotStopped');
      },
    },
  );

  function ended(trial: MadeTrial, { status, rungScores = [] }: TrialEnd): number[] {
    const { name } = trial;
    halted.delete(name);
    if (status === 'stopped') stopped.set(name, trial);
    tell(referee.ended(name, rungScores));
    return referee.arrivalsOf(name);
  }

  return {
    begin(round) {
      referee.begin(round.map(({ name, spec }) => ({ name, epochs: spec.config.epochs })));
      return round.map((trial) => {
        const rungs = { ahead: referee.rungsOf(trial.name), ended: (end: TrialEnd) => ended(trial, end) };
        return { ...trial, rungs };
      });
    },
    isHalted: (name) => halted.has(name),
    async end() {
      while (continued.length > 0) await all(continued.splice(0));
      isOver = true;
      return referee.arrived();
    },
  };
}
