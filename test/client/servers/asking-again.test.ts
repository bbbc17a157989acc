import { Metadata, status } from '@grpc/grpc-js';
import { Client, Connection, ServiceError } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { askingAgain } from '../../../client/servers/asking-again.ts';
import { CONTROL_QUEUE, QUERIES } from '../../../temporal/names.ts';
import { openNamespace } from '../../workflows/namespace.ts';

/** A worker must have an activity. */
const WORKERS = { control: {}, training: { train: () => Promise.reject(new Error('expected no training')) } };

let temporal: Awaited<ReturnType<typeof openNamespace>>;
let connection: Connection;
beforeAll(async () => {
  temporal = await openNamespace();
  connection = await Connection.connect({ address: inject('temporalAddress') });
  const { workflow } = temporal.client;
  // Refused, since it is no study; and it answers queries after its end.
  await temporal.withWorkers(WORKERS, async () => {
    const handle = await workflow.start('studyWorkflow', { workflowId: 'refused', taskQueue: CONTROL_QUEUE });
    await expect(handle.result()).rejects.toThrow();
  });
});
afterAll(async () => {
  await connection.close();
  await temporal.close();
});

it('a query that the workers lost is answered when it is asked again', async () => {
  const asked = ask(Array(100).fill(1_000));
  await expect.poll(asked.count).toBe(2);
  await temporal.withWorkers(WORKERS, async () => {
    expect(await asked.answer).toMatchObject({ studyId: 'refused' });
  });
});

it('a query that nobody answers fails after its last try', async () => {
  const asked = ask([500, 500]);
  await expect(asked.answer).rejects.toThrow();
  expect(asked.count()).toBe(2);
});

it('a query that the server cancels at its deadline is asked again', async () => {
  const cause = Object.assign(new Error('1 CANCELLED: Call cancelled'), {
    code: status.CANCELLED,
    details: 'Call cancelled',
    metadata: new Metadata(),
  });
  const answers = [Promise.reject(new ServiceError('Failed to query Workflow', { cause })), 'answer'];
  const answer = askingAgain(connection, [500, 500]).query?.({} as any, async () => answers.shift());
  expect(await answer).toBe('answer');
});

// --- helpers ---

function ask(triesMs: number[]) {
  let count = 0;
  const counting = {
    query: (input: any, next: (input: any) => Promise<unknown>) => {
      count++;
      return next(input);
    },
  };
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    interceptors: { workflow: [askingAgain(connection, triesMs), counting] },
  });
  const answer = client.workflow.getHandle('refused').query(QUERIES.studyStatus);
  return { answer, count: () => count };
}
