import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { ControlActivities } from '../../activities/control-activities.ts';
import type { TrainingActivities } from '../../activities/training-activities.ts';
import { askingAgain } from '../../client/servers/asking-again.ts';
import { NUMERICS } from '../../study/trial/trial.ts';
import { CONTROL_QUEUE, trainingQueue } from '../../temporal/names.ts';
import { registerSearchAttributes } from '../../workers/register-search-attributes.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A new namespace on the suite's Temporal server, so that the task queues belong to one test file alone. */
export async function openNamespace() {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as any },
  });
  await registerSearchAttributes(connection, namespace);
  // Histories are committed, so they must not name a machine.
  const identity = 'test';
  const clientConnection = await Connection.connect({ address: inject('temporalAddress') });
  const interceptors = { workflow: [askingAgain(clientConnection)] };
  const client = new Client({ connection: clientConnection, namespace, identity, interceptors });

  /** Runs a control and a training worker while `use` runs. */
  async function withWorkers<T>(
    activities: {
      control: Partial<ControlActivities>;
      training: Partial<TrainingActivities>;
      slots?: number;
      /** Of the trials that the training worker takes. */
      numerics?: number;
    },
    use: () => Promise<T>,
  ): Promise<T> {
    const common = { connection, namespace, identity };
    const control = await Worker.create({
      ...common,
      taskQueue: CONTROL_QUEUE,
      workflowBundle: { codePath: inject('workflowBundle') },
      activities: activities.control,
    });
    const training = await Worker.create({
      ...common,
      taskQueue: trainingQueue(activities.numerics ?? NUMERICS),
      activities: activities.training,
      maxConcurrentActivityTaskExecutions: activities.slots ?? 2,
      maxHeartbeatThrottleInterval: '200 milliseconds',
    });
    return control.runUntil(training.runUntil(use()));
  }

  async function close(): Promise<void> {
    await clientConnection.close();
    await connection.close();
  }

  return { connection, namespace, client, withWorkers, close };
}
