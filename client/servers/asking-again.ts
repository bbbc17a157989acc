import type { Connection, WorkflowClientInterceptor } from '@temporalio/client';
import { grpcStatusOf, isOutOfTime } from './grpc-status.ts';

/** A machine with other work to do may need more than the first. */
const TRIES_MS = [10_000, 30_000, 60_000];

/**
 * Asks a workflow again if a query got no answer in time: a worker that evicts the workflow from its cache at that moment loses the
 * query, so that Temporal waits for an answer in vain. Queries change nothing.
 *
 * @param triesMs how long to wait for an answer each time.
 */
export function askingAgain(connection: Connection, triesMs = TRIES_MS): WorkflowClientInterceptor {
  return {
    query(input, next) {
      const ask = async ([tryMs = 0, ...later]: number[]): Promise<unknown> => {
        try {
          return await connection.withDeadline(Date.now() + tryMs, () => next(input));
        } catch (error) {
          if (later.length === 0 || !isOutOfTime(grpcStatusOf(error))) throw error;
          return ask(later);
        }
      };
      return ask(triesMs);
    },
  };
}
