import type { Connection } from '@temporalio/client';

/** The search attributes of this project's workflows, with Temporal's names of their types. */
export const searchAttributes = {
  StudyId: 'Keyword',
  StudyDefinition: 'Keyword',
  StageName: 'Keyword',
  TrialName: 'Keyword',
  TrialStatus: 'Keyword',
  BestValAccuracy: 'Double',
  NeedsAttention: 'Bool',
} as const;

/**
 * Registers the search attributes that a namespace lacks, on any server.
 *
 * @throws Error where one of them is there with another type
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing: Record<string, number> = {};
  for (const [name, type] of Object.entries(searchAttributes)) {
    const registered = customAttributes[name];
    if (registered === undefined) missing[name] = typeNumbers[type];
    else if (registered !== typeNumbers[type]) {
      throw new Error(
        `Search attribute ${name} of namespace ${namespace} should be of type ${type} (${typeNumbers[type]}), but it is ` +
          `registered with type number ${registered}; remove it, or use another namespace`,
      );
    }
  }
  if (Object.keys(missing).length === 0) return;
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}

// --- helpers ---

/** Values of temporal.api.enums.v1.IndexedValueType. */
const typeNumbers = { Keyword: 2, Double: 4, Bool: 5 };
