import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributeUpdatePair,
  TypedSearchAttributes,
} from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../temporal/names.ts';

type Names = typeof SEARCH_ATTRIBUTES;
type ValueOf = { KEYWORD: string; DOUBLE: number; BOOL: boolean };
type Values = { [Name in keyof Names]?: ValueOf[Names[Name]] | null };

/** Search attributes in the SDK's typed form; null removes one. */
export function searchAttributes(values: Values): SearchAttributeUpdatePair[] {
  return Object.entries(values).map(
    ([name, value]) =>
      ({
        key: defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name as keyof Names]),
        value,
      }) as SearchAttributeUpdatePair,
  );
}

/** Search attributes that a workflow starts with. */
export function typedSearchAttributes(values: Values): TypedSearchAttributes {
  return new TypedSearchAttributes(searchAttributes(values) as SearchAttributePair[]);
}
