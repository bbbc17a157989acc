import type { NativeConnection } from '@temporalio/worker';
import { missingSearchAttributes } from '../temporal/search-attributes.ts';

/**
 * Adds the search attributes that the namespace lacks, through the server's operator API.
 *
 * @throws {Error} if an attribute of the same name has another type, or the server refuses.
 */
export async function registerSearchAttributes(
  { operatorService }: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const searchAttributes = missingSearchAttributes(namespace, customAttributes);
  if (Object.keys(searchAttributes).length === 0) return;
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
}
