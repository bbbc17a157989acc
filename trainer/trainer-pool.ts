import { trainerProcessEnvironment } from './environment.ts';
import type { StartTrainer } from './start-trainer.ts';
import { TrainerProcess } from './trainer-process.ts';

/** When a pool ends a trainer that works. */
export interface PoolLimits {
  /** Bounds what a leak can cost; a trainer grows by about 1 MB a job. Among fifty jobs, a start of a second is little. */
  jobs: number;
  /** An idle trainer keeps the memory of its largest job. The next trial of a study comes within seconds. */
  idleMs: number;
}

export interface TrainerPool {
  /**
   * Has an idle trainer do a job, or starts one. A job may begin while the one before is still being stored. A trainer
   * ends after a failed or stopped job.
   */
  startTrainer: StartTrainer;
  /** Ends all trainers, and waits until their processes have ended. */
  close(): Promise<void>;
}

/** Creates a pool of trainers. It has as many as ever had jobs at the same time. */
export function createTrainerPool(limits: PoolLimits = { jobs: 50, idleMs: 30_000 }): TrainerPool {
  const pooled = new Set<Pooled>();

  function start(environment: NodeJS.ProcessEnv, key: string): Pooled {
    // It has had the slot that the new one needs.
    const unneeded = [...pooled].find(({ trainer }) => trainer.isIdle);
    if (unneeded) end(unneeded);
    const started: Pooled = { key, trainer: new TrainerProcess(environment), idle: undefined };
    pooled.add(started);
    void started.trainer.closed.then(() => {
      clearTimeout(started.idle);
      pooled.delete(started);
    });
    return started;
  }

  function end({ trainer, idle }: Pooled): void {
    clearTimeout(idle);
    trainer.end();
  }

  async function endIdle(): Promise<void> {
    const idle = [...pooled].filter(({ trainer }) => trainer.isIdle);
    for (const one of idle) end(one);
    await Promise.all(idle.map(({ trainer }) => trainer.closed));
  }

  return {
    async startTrainer(job, { threads = 1, alone = false, env, ...options } = {}) {
      options.signal?.throwIfAborted();
      if (alone) await endIdle();
      const environment = trainerProcessEnvironment(threads, env);
      const key = JSON.stringify(environment);
      const isSuitable = (one: Pooled) =>
        one.key === key && one.trainer.isFree && one.trainer.jobsTaken < limits.jobs;
      const chosen = [...pooled].find(isSuitable) ?? start(environment, key);
      clearTimeout(chosen.idle);
      try {
        return await chosen.trainer.run(job, options);
      } finally {
        const { trainer } = chosen;
        if (trainer.isIdle && trainer.jobsTaken >= limits.jobs) end(chosen);
        else if (trainer.isIdle && trainer.isFree) {
          clearTimeout(chosen.idle);
          chosen.idle = setTimeout(() => end(chosen), limits.idleMs);
        }
      }
    },
    async close() {
      const closing = [...pooled];
      for (const one of closing) end(one);
      await Promise.all(closing.map(({ trainer }) => trainer.closed));
    },
  };
}

// --- helpers ---

interface Pooled {
  /** Its environment. */
  key: string;
  trainer: TrainerProcess;
  /** Ends it after some time. */
  idle: NodeJS.Timeout | undefined;
}
