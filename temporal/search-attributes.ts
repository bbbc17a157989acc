import { SEARCH_ATTRIBUTES } from './names.ts';

/** Values of `temporal.api.enums.v1.IndexedValueType`, and their names on Temporal's command line. */
const TYPES = {
  KEYWORD: { number: 2, word: 'Keyword' },
  DOUBLE: { number: 4, word: 'Double' },
  BOOL: { number: 5, word: 'Bool' },
} as const;

/**
 * The search attributes that a namespace lacks: for each name the value of its type.
 *
 * @param registered its custom search attributes.
 * @throws if an attribute of the same name has another type.
 */
export function missingSearchAttributes(
  namespace: string,
  registered: Record<string, number> | null | undefined,
): Record<string, number> {
  const missing: Record<string, number> = {};
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    const wanted = TYPES[type].number;
    const found = registered?.[name];
    if (found === undefined) missing[name] = wanted;
    else if (found !== wanted) {
      throw new Error(
        `namespace ${namespace}: expected the search attribute ${name} to be of type ${wanted}, got ${found}; ` +
          'use another namespace, or remove the attribute from this one',
      );
    }
  }
  return missing;
}

/** The commands by which somebody with the rights registers them. */
export function registeringCommands(namespace: string, missing: Record<string, number>): string[] {
  return Object.values(TYPES).flatMap(({ number, word }) => {
    const names = Object.keys(missing).filter((name) => missing[name] === number);
    if (names.length === 0) return [];
    const options = names.map((name) => `--name ${name}`).join(' ');
    return [`temporal operator search-attribute create --namespace ${namespace} ${options} --type ${word}`];
  });
}
