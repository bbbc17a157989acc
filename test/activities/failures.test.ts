import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { describe, expect, it, vi } from 'vitest';
import { jobFailure, retried } from '../../activities/failures.ts';
import { DamagedObjectError, StoreAccessError, StoreUnavailableError } from '../../storage/object-store.ts';
import { TrainerError } from '../../trainer/protocol.ts';

/** Of the attempt under way: outside a worker, an activity has none. */
let attempt = 1;
vi.mock('@temporalio/activity', async (original) => ({
  ...(await original<object>()),
  activityInfo: () => ({ attempt }),
}));

const step = async () => ({ step: 40 });

describe('a job of a trainer', () => {
  it.each([
    new TrainerError('Killed', 'killed by SIGKILL'),
    new TrainerError('LeaseLost', 'lost'),
    new TrainerError('StoreUnavailable', 'away'),
    new StoreUnavailableError('away'),
    new StoreAccessError('refused'),
  ])('is retried by Temporal without end if its surroundings failed: %s', async (error) => {
    attempt = 1000;
    const failure = await jobFailure(error, step);
    expect(failure).toMatchObject({ nonRetryable: false, message: error.message });
    expect((failure as ApplicationFailure).nextRetryDelay).toBeUndefined();
  });

  it('is retried at once if its trainer was killed, but not time and again', async () => {
    const killed = new TrainerError('Killed', 'killed by SIGKILL');
    attempt = 3;
    expect(await jobFailure(killed, step)).toMatchObject({ nextRetryDelay: '1 second' });
    attempt = 4;
    expect((await jobFailure(killed, step)) as object).not.toMatchObject({ nextRetryDelay: '1 second' });
  });

  it.each([
    [new TrainerError('TrainerFailed', 'crashed'), 'TrainerFailed'],
    [new TrainerError('OutOfMemory', 'no memory'), 'OutOfMemory'],
    [new DamagedObjectError('key', 'a', 'b'), 'DamagedData'],
    [new TypeError('x is undefined'), 'TypeError'],
  ])('is left to the workflow, with its progress, after another failure: %s', async (error, type) => {
    expect(await jobFailure(error, step)).toMatchObject({
      type,
      nonRetryable: true,
      details: [{ step: 40 }],
    });
  });

  it('is retried by Temporal if the store is away when the progress is read', async () => {
    const away = async () => {
      throw new StoreUnavailableError('away');
    };
    const failure = await jobFailure(new TrainerError('TrainerFailed', 'crashed'), away);
    expect(failure).toMatchObject({ type: 'StoreUnavailable', nonRetryable: false });
  });

  it('is cancelled if it was cancelled', async () => {
    const cancelled = new CancelledFailure('enough');
    expect(await jobFailure(cancelled, step)).toBe(cancelled);
  });
});

describe('a short activity', () => {
  const failing = (error: unknown, most?: number) =>
    retried(async () => {
      throw error;
    }, most)().catch((thrown) => thrown);

  it('is retried without end while the store is away', async () => {
    attempt = 1000;
    expect(await failing(new StoreUnavailableError('away'))).toMatchObject({ nonRetryable: false });
  });

  it('is not retried after what a retry can not help', async () => {
    attempt = 1;
    expect(await failing(new DamagedObjectError('key', 'a', 'b'))).toMatchObject({ nonRetryable: true });
    const final = ApplicationFailure.nonRetryable('no');
    expect(await failing(final)).toBe(final);
  });

  it('is retried a few times after an unforeseen error', async () => {
    attempt = 2;
    expect(await failing(new TypeError('x is undefined'))).toMatchObject({ nonRetryable: false });
    attempt = 3;
    expect(await failing(new TypeError('x is undefined'))).toMatchObject({
      type: 'TypeError',
      nonRetryable: true,
    });
    const unreachable = ApplicationFailure.create({ message: 'no answer', type: 'ArchiveUnreachable' });
    expect(await failing(unreachable, 5)).toBe(unreachable);
    attempt = 5;
    expect(await failing(unreachable, 5)).toMatchObject({ type: 'ArchiveUnreachable', nonRetryable: true });
  });
});
