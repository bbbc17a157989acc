import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { registerSearchAttributes } from '../../../client/servers/register-search-attributes.ts';
import { startOrResume } from '../../../client/start/start-study.ts';
import { UserError } from '../../../infra/user-error.ts';
import { SEARCH_ATTRIBUTES } from '../../../temporal/names.ts';
import { smallRequest } from '../../workflows/small-study.ts';

// In a namespace to which no worker has connected.
let client: Client;
let namespace: string;
beforeEach(async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  namespace = `fresh-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  client = new Client({ connection, namespace });
});
afterEach(() => client.connection.close());

it('lets a study start and be found before any control worker has connected', async () => {
  const started = await startOrResume(client, smallRequest(), {});
  expect(started).toEqual({ studyId: 'small-tiny-1', resumed: false });
  await expect
    .poll(() => startOrResume(client, smallRequest(), {}))
    .toEqual({ studyId: 'small-tiny-1', resumed: true });
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
  await client.workflow.getHandle('small-tiny-1').terminate();
});

it('prints commands for the owner of the namespace if the server refuses', async () => {
  vi.spyOn(client.connection.operatorService, 'addSearchAttributes').mockRejectedValue(
    Object.assign(new Error('7 PERMISSION_DENIED: not yours'), {
      code: 7,
      details: 'not yours',
      metadata: {},
    }),
  );
  const registering = registerSearchAttributes(client);
  await expect(registering).rejects.toThrow(UserError);
  await expect(registering).rejects.toThrow(
    /lacks the search attributes .* \(not yours\)\. .*npx staged-study worker control/,
  );
  await expect(registering).rejects.toThrow(
    `  temporal operator search-attribute create --namespace ${namespace} --name NeedsAttention --name Paused --type Bool`,
  );
});

it('refuses an attribute of another type', async () => {
  await client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { NeedsAttention: 4 },
  });
  await expect(registerSearchAttributes(client)).rejects.toThrow(
    `namespace ${namespace}: expected the search attribute NeedsAttention to be of type 5, got 4`,
  );
});
