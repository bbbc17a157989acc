import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { registerSearchAttributes, searchAttributes } from '../../infra/search-attributes.ts';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
});
afterAll(() => connection.close());

async function registered(): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: 'default',
  });
  return Object.keys(customAttributes);
}

test('registering again changes nothing', async () => {
  const before = await registered();
  expect(before).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
  await registerSearchAttributes(connection, 'default');
  expect((await registered()).sort()).toEqual(before.sort());
});

test('a namespace keeps its closed workflows for a year', async () => {
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  expect(config?.workflowExecutionRetentionTtl?.seconds?.toNumber()).toBe(365 * 24 * 3600);
});
