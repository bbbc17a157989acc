import { DataError } from '../data-error.ts';
import type { Feature } from '../read-examples.ts';
import { isNumber } from './read-table.ts';
import type { Table } from './table.ts';

/**
 * Rows of another table as those of the table that features were made from. Its other columns don't matter.
 *
 * @returns each row's values, or what is wrong with it.
 * @throws {DataError} if the table lacks a column.
 */
export function encodeRows(
  { columns, rows }: Table,
  features: readonly Feature[],
  where: string,
): ({ values: Float32Array } | { problem: string })[] {
  const missing = features.find(({ column }) => !columns.includes(column));
  if (missing) throw new DataError(`${where}: expected a column "${missing.column}", got none; add it`);
  const places = features.map(({ column }) => columns.indexOf(column));
  return rows.map(({ fields, number }) => {
    const texts = places.map((place) => fields[place] as string);
    const bad = features.findIndex((feature, index) => !isUsable(feature, features, texts[index] as string));
    if (bad >= 0) {
      const { column, kind } = features[bad] as Feature;
      const wanted = kind === 'number' ? 'a number' : 'a value that the training data have';
      return {
        problem: `row ${number}, column "${column}": expected ${wanted}, got ${JSON.stringify(texts[bad])}`,
      };
    }
    return {
      values: Float32Array.from(features, (feature, index) => {
        const text = texts[index] as string;
        if (feature.kind === 'number') return text === '' ? Number.NaN : Number(text);
        return Number((text || null) === feature.value);
      }),
    };
  });
}

// --- helpers ---

/** An empty number becomes the training rows' mean, as it would have in training. */
function isUsable(feature: Feature, features: readonly Feature[], text: string): boolean {
  if (feature.kind === 'number') return text === '' || isNumber(text);
  return features.some(
    (each) => each.kind === 'is' && each.column === feature.column && each.value === (text || null),
  );
}
