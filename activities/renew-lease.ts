import { type Lease, LeaseLostError } from '../storage/trials/lease.ts';

/**
 * Renews a lease regularly.
 *
 * @param onFailure takes why a renewal failed. If the store is away, the trainer goes on, and checks the lease's term before it
 *   writes.
 * @returns a signal that aborts with a `LeaseLostError` when the lease is known to be lost, so that nobody trains for nothing.
 */
export function keepRenewing(
  lease: Lease,
  intervalMs: number,
  onFailure: (error: unknown) => void,
): { lost: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  const timer = setInterval(() => {
    lease.renew().catch((error) => {
      if (error instanceof LeaseLostError) lost.abort(error);
      else onFailure(error);
    });
  }, intervalMs);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
