import type { Stage } from '../definition/stage-schema.ts';
import { threadsOf } from '../definition/training-config.ts';
import { trialsAtOnce } from '../search/rounds.ts';
import type { StagePlan } from './course.ts';
import type { PlannedTrial } from './plan.ts';
import { isSideExperiment, readySideExperiments } from './side-experiments.ts';

/** What a trial takes of a machine. */
export interface TrialCost {
  seconds: number;
  memoryBytes: number;
}

/** What a machine gives to trials. */
export interface TrialMachine {
  /** How many threads train at the same time. */
  slots: number;
  memoryBytes: number;
}

/**
 * Seconds until the last trial of a study has ended, on one machine. Stages follow one another. Each starts its longest
 * trials first, as many at a time as cores and memory hold. What they leave goes first to trials of the next stage that
 * don't depend on its winner, and then to side experiments, which start when what they repeat has ended.
 */
export function scheduleSeconds(
  course: readonly StagePlan[],
  costOf: (trial: PlannedTrial) => TrialCost,
  machine: TrialMachine,
): number {
  const stages = course.map((plan) => new StageToRun(plan, costOf, machine));
  const running: Job[] = [];
  let now = 0;
  for (;;) {
    for (const job of startable(stages)) {
      if (!fits(job, running, machine)) break;
      job.stage.waiting.splice(job.stage.waiting.indexOf(job), 1);
      running.push({ ...job, endsAt: now + job.seconds });
    }
    const [first] = running.sort((a, b) => a.endsAt - b.endsAt);
    if (!first) return now;
    now = first.endsAt;
    running.shift();
    first.stage.left--;
  }
}

/** The stages, without side experiments, that have fewer threads to train than a machine has slots. */
export function idleStages(
  course: readonly StagePlan[],
  slots: number,
): { stage: string; trials: number; idle: number }[] {
  const mainLine = course.filter(({ stage }) => !isSideExperiment(stage));
  return mainLine.flatMap(({ stage, trials }, place) => {
    if (stage.kind === 'test') return [];
    const atOnce = stage.kind === 'search' ? trials.slice(0, trialsAtOnce(stage)) : trials;
    const beside = mainLine[place + 1]?.early ?? [];
    const threads = [...atOnce, ...beside].reduce((sum, { config }) => sum + threadsOf(config), 0);
    return threads < slots ? [{ stage: stage.name, trials: atOnce.length, idle: slots - threads }] : [];
  });
}

/** The idle part of a machine's slots, on average over the stages without side experiments: 0 to 1. */
export function idleShare(course: readonly StagePlan[], slots: number): number {
  const stages = course.filter(({ stage }) => stage.kind !== 'test' && !isSideExperiment(stage));
  const idle = idleStages(course, slots).reduce((sum, each) => sum + each.idle, 0);
  return stages.length === 0 ? 0 : idle / (slots * stages.length);
}

// --- helpers ---

interface Job {
  stage: StageToRun;
  isEarly: boolean;
  seconds: number;
  cores: number;
  memoryBytes: number;
  endsAt: number;
}

class StageToRun {
  readonly stage: Stage;
  /** Longest first. */
  readonly waiting: Job[];
  /** How many have not ended. */
  left: number;

  constructor(
    { stage, trials, early }: StagePlan,
    costOf: (trial: PlannedTrial) => TrialCost,
    machine: TrialMachine,
  ) {
    this.stage = stage;
    this.left = trials.length;
    const jobs = trials.map((trial): Job => {
      const { seconds, memoryBytes } = costOf(trial);
      return {
        stage: this,
        isEarly: early.some(({ name }) => name === trial.name),
        seconds,
        cores: Math.min(threadsOf(trial.config), machine.slots),
        memoryBytes: Math.min(memoryBytes, machine.memoryBytes),
        endsAt: 0,
      };
    });
    this.waiting = jobs.sort((a, b) => b.seconds - a.seconds);
  }

  /** Those of its trials that may start, if the stage may. */
  get next(): Job[] {
    if (this.stage.kind !== 'search') return this.waiting;
    const underWay = this.left - this.waiting.length;
    return this.waiting.slice(0, Math.max(0, trialsAtOnce(this.stage) - underWay));
  }
}

/** The main line's trials come first. */
function startable(stages: readonly StageToRun[]): Job[] {
  const main = stages.filter(({ stage }) => !isSideExperiment(stage));
  const place = main.findIndex(({ left }) => left > 0);
  const [current, following] = place < 0 ? [] : main.slice(place, place + 2);
  const ended = new Set(stages.filter(({ left }) => left === 0).map(({ stage }) => stage.name));
  const ready = new Set<Stage>(
    readySideExperiments(
      stages.map(({ stage }) => stage),
      ended,
    ),
  );
  const side = stages.filter(({ stage }) => ready.has(stage));
  const early = following?.waiting.filter(({ isEarly }) => isEarly) ?? [];
  return [...(current?.next ?? []), ...early, ...side.flatMap(({ next }) => next)];
}

function fits(job: Job, running: readonly Job[], { slots, memoryBytes }: TrialMachine): boolean {
  const total = (of: 'cores' | 'memoryBytes') => running.reduce((sum, each) => sum + each[of], job[of]);
  return total('cores') <= slots && total('memoryBytes') <= memoryBytes;
}
