import { beforeEach, describe, expect, it } from 'vitest';
import { type Resources, type Share, TrainingBudget } from '../../activities/training-budget.ts';

const GIGABYTE = 1e9;
const never = new AbortController().signal;

let budget: TrainingBudget;
/** What was granted so far, in order. */
let granted: string[];
beforeEach(() => {
  budget = new TrainingBudget({ cores: 4, memoryBytes: 8 * GIGABYTE });
  granted = [];
});

describe('trainings', () => {
  it('train side by side as long as cores and memory last', async () => {
    await take('a', { cores: 2 });
    await take('b', { cores: 1, gigabytes: 7 });
    await take('memory', { gigabytes: 2 });
    expect(granted).toEqual(['a', 'b']);
  });

  it('are served in the order in which they asked, so that a large one is not overtaken for ever', async () => {
    const [first] = await Promise.all([take('a', { cores: 3 }), take('all', { cores: 4 }), take('c', {})]);
    expect(granted).toEqual(['a']);
    first.end();
    await settled();
    expect(granted).toEqual(['a', 'all']);
  });

  it('give their cores back once only storing is left, and their memory at their end', async () => {
    const first = await take('a', { cores: 4, gigabytes: 6 });
    await take('small', {});
    await take('large', { gigabytes: 6 });
    first.computed();
    await settled();
    expect(granted).toEqual(['a', 'small']);
    first.end();
    first.end();
    await settled();
    expect(granted).toEqual(['a', 'small', 'large']);
  });

  it('that need more than the machine has get the machine alone', async () => {
    const need = { cores: 64, memoryBytes: 100 * GIGABYTE };
    expect(budget.exceeds(need)).toBe(true);
    const small = await take('small', {});
    const huge = await take('huge', { cores: need.cores, gigabytes: 100 });
    await take('next', {});
    expect(granted).toEqual(['small']);
    small.end();
    await settled();
    expect(granted).toEqual(['small', 'huge']);
    huge.end();
    await settled();
    expect(granted).toEqual(['small', 'huge', 'next']);
  });

  it('leave the queue if they are cancelled while they wait', async () => {
    const all = await take('all', { cores: 4 });
    const stop = new AbortController();
    const cancelled = budget.share().take({ cores: 4, memoryBytes: 0 }, stop.signal);
    await take('next', {});
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    all.end();
    await settled();
    expect(granted).toEqual(['all', 'next']);
    await expect(budget.share().take({ cores: 1, memoryBytes: 0 }, stop.signal)).rejects.toBe(reason);
  });
});

describe('slots', () => {
  it('are as many as there are free cores, and one comes back when its task has ended', async () => {
    const slots = await pollsOf(5);
    expect(granted).toEqual(slots.slice(0, 4));
    budget.freeSlot();
    await settled();
    expect(granted).toEqual(slots);
    expect(budget.trySlot()).toBe(false);
  });

  it('count a training’s threads instead, once it has started', async () => {
    await pollsOf(1);
    await take('a', { cores: 3 });
    await pollsOf(2);
    expect(granted).toEqual(['poll 0', 'a', 'poll 0']);
  });

  it('come back as soon as only storing is left', async () => {
    await pollsOf(4);
    const trainings = await Promise.all([0, 1, 2, 3].map((each) => take(`t${each}`, {})));
    await pollsOf(1);
    expect(granted).toHaveLength(8);
    trainings[2]?.computed();
    await settled();
    expect(granted).toHaveLength(9);
    // The end of an activity and that of its slot don't count twice.
    trainings[2]?.end();
    budget.freeSlot();
    expect(budget.trySlot()).toBe(false);
  });

  it('are not given out while a training waits, which would only queue up behind it', async () => {
    await pollsOf(1);
    const first = await take('a', { gigabytes: 8 });
    await pollsOf(1);
    await take('b', { gigabytes: 1 });
    await pollsOf(1);
    expect(granted).toEqual(['poll 0', 'a', 'poll 0']);
    first.end();
    budget.freeSlot();
    await settled();
    expect(granted).toEqual(['poll 0', 'a', 'poll 0', 'b', 'poll 0']);
  });

  it('don’t stand for a core while another study trains the trial', async () => {
    await pollsOf(4);
    budget.share().standBy();
    expect(budget.trySlot()).toBe(true);
    expect(budget.trySlot()).toBe(false);
  });

  it('are not kept for a poll that the worker has given up', async () => {
    await pollsOf(4);
    const stop = new AbortController();
    const given = budget.slot(stop.signal);
    stop.abort(new Error('shutting down'));
    await expect(given).rejects.toThrow('shutting down');
    budget.freeSlot();
    expect(budget.trySlot()).toBe(true);
  });
});

// --- helpers ---

/** Asks for what a training needs, without waiting until it is there. */
async function take(
  name: string,
  { cores = 1, gigabytes = 0 }: { cores?: number; gigabytes?: number },
): Promise<Share> {
  const share = budget.share();
  const need: Resources = { cores, memoryBytes: gigabytes * GIGABYTE };
  void share.take(need, never).then(() => granted.push(name));
  await settled();
  return share;
}

async function pollsOf(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `poll ${index}`);
  for (const name of names) void budget.slot(never).then(() => granted.push(name));
  await settled();
  return names;
}

/** After all promises that can resolve. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
