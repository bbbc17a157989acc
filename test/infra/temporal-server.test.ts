import { Connection } from '@temporalio/client';
import { expect, inject, test } from 'vitest';

test('the namespace keeps its closed workflows for a year', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  expect(config?.workflowExecutionRetentionTtl?.seconds?.toNumber()).toBe(365 * 24 * 3600);
  await connection.close();
});
