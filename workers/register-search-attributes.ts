import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../study/temporal-names.ts';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, DOUBLE: 4, BOOL: 5 } as const;

/**
 * Adds the search attributes that the namespace lacks, on any server, through its operator API.
 *
 * @throws where an attribute of the same name has another type, or the server refuses.
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wanted = Object.entries(SEARCH_ATTRIBUTES).map(
    ([name, type]) => [name, INDEXED_VALUE_TYPE[type]] as const,
  );
  const missing = wanted.filter(([name]) => customAttributes?.[name] === undefined);
  for (const [name, type] of wanted) {
    const found = customAttributes?.[name];
    if (found !== undefined && found !== type) {
      throw new Error(
        `namespace ${namespace}: expected the search attribute ${name} to be of type ${type}, got ${found}; ` +
          'use another namespace, or remove the attribute there',
      );
    }
  }
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}
