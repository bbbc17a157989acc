/** Cores and memory: what a machine gives to trainings, or what a training needs. */
export interface Resources {
  cores: number;
  memoryBytes: number;
}

/** An activity's share of a worker's budget, from its start to its end. */
export interface Share {
  /**
   * Waits until the machine has what a training needs. Those that wait get it in the order in which they asked. A training
   * that needs more than the machine has gets all of it.
   *
   * @throws the signal's reason if it aborts.
   */
  take(need: Resources, signal: AbortSignal): Promise<void>;
  /** Needs nothing for now, since another worker or study does the work. `take` may follow. */
  standBy(): void;
  /** Needs no core any more, but keeps its memory until `end`. */
  computed(): void;
  /** Gives everything back. */
  end(): void;
}

/**
 * What a training worker has for trainings. A worker takes a task from the queue only while a core is free, and each
 * training then takes as many cores as it has threads, and its memory.
 */
export class TrainingBudget {
  readonly total: Resources;
  #free: Resources;
  /** Trainings that wait for cores or memory, in order. */
  readonly #waiting: Waiting[] = [];
  /** Requests for a slot, in order. */
  readonly #polls: (() => void)[] = [];
  /** Slots given out: a poll or a task has each. */
  #slots = 0;
  /** Activities that have asked for what they need, or stand by: their slots no longer stand for a core. */
  #asked = 0;

  constructor(total: Resources) {
    this.total = total;
    this.#free = { ...total };
  }

  /** Whether a training needs more than the machine has. */
  exceeds({ cores, memoryBytes }: Resources): boolean {
    return cores > this.total.cores || memoryBytes > this.total.memoryBytes;
  }

  /**
   * Waits for a slot: the right to take one task from the queue.
   *
   * @throws the signal's reason if it aborts.
   */
  async slot(signal: AbortSignal): Promise<void> {
    await queued(
      this.#polls,
      signal,
      (grant) => grant,
      () => this.#grant(),
    );
  }

  /** @returns whether there was a slot. */
  trySlot(): boolean {
    if (!this.#hasSlot()) return false;
    this.#slots++;
    return true;
  }

  /** Gives a slot back: its poll has brought no task, or its task has ended. */
  freeSlot(): void {
    this.#slots--;
    this.#grant();
  }

  /** Called when an activity begins. */
  share(): Share {
    let hasAsked = false;
    let taken: Resources | undefined;
    const asks = () => {
      if (!hasAsked) this.#asked++;
      hasAsked = true;
    };
    const giveBack = (given: Resources) => {
      this.#free.cores += given.cores;
      this.#free.memoryBytes += given.memoryBytes;
    };
    return {
      take: async (need, signal) => {
        asks();
        const capped = {
          cores: Math.min(need.cores, this.total.cores),
          memoryBytes: Math.min(need.memoryBytes, this.total.memoryBytes),
        };
        await queued(
          this.#waiting,
          signal,
          (grant) => ({ need: capped, grant }),
          () => this.#grant(),
        );
        taken = capped;
      },
      standBy: () => {
        asks();
        this.#grant();
      },
      computed: () => {
        if (!taken) return;
        giveBack({ cores: taken.cores, memoryBytes: 0 });
        taken = { ...taken, cores: 0 };
        this.#grant();
      },
      end: () => {
        if (taken) giveBack(taken);
        if (hasAsked) this.#asked--;
        taken = undefined;
        hasAsked = false;
        this.#grant();
      },
    };
  }

  #hasSlot(): boolean {
    const spokenFor = Math.max(0, this.#slots - this.#asked);
    return this.#waiting.length === 0 && spokenFor < this.#free.cores;
  }

  #fits({ cores, memoryBytes }: Resources): boolean {
    return cores <= this.#free.cores && memoryBytes <= this.#free.memoryBytes;
  }

  /** Trainings come before polls, so that none is overtaken by tasks that are still in the queue. */
  #grant(): void {
    for (let [next] = this.#waiting; next && this.#fits(next.need); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free.cores -= next.need.cores;
      this.#free.memoryBytes -= next.need.memoryBytes;
      next.grant();
    }
    while (this.#polls.length > 0 && this.trySlot()) this.#polls.shift()?.();
  }
}

// --- helpers ---

interface Waiting {
  need: Resources;
  grant: () => void;
}

/** Waits in a queue until the entry is granted, or leaves it if the signal aborts. */
function queued<Entry>(
  queue: Entry[],
  signal: AbortSignal,
  entryOf: (grant: () => void) => Entry,
  onChange: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = () => {
      queue.splice(queue.indexOf(entry), 1);
      reject(signal.reason);
      onChange();
    };
    const entry = entryOf(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    signal.addEventListener('abort', leave, { once: true });
    queue.push(entry);
    onChange();
  });
}
