import { expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../temporal/names.ts';
import { registerSearchAttributes } from '../../workers/register-search-attributes.ts';
import { openNamespace } from '../workflows/namespace.ts';

it('adds the attributes that a namespace lacks, once, and refuses an attribute of the wrong type', async () => {
  const { connection, namespace, close } = await openNamespace();
  const { operatorService } = connection;
  const registered = async () => (await operatorService.listSearchAttributes({ namespace })).customAttributes;
  expect(Object.keys(await registered())).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));

  const before = await registered();
  await registerSearchAttributes(connection, namespace);
  expect(await registered()).toEqual(before);

  await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['NeedsAttention'] });
  await operatorService.addSearchAttributes({ namespace, searchAttributes: { NeedsAttention: 4 } });
  await expect(registerSearchAttributes(connection, namespace)).rejects.toThrow(
    `namespace ${namespace}: expected the search attribute NeedsAttention to be of type 5, got 4`,
  );
  await close();
});
