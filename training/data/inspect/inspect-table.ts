import { DataError } from '../data-error.ts';
import { isNumber } from '../table/read-table.ts';
import type { Table } from '../table/table.ts';

export interface FoundTable {
  kind: 'table';
  rows: number;
  /** Whether some rows are for the test. */
  hasTest: boolean;
  columns: FoundColumn[];
  /** The column that is probably the label. */
  label: string;
}

export interface FoundColumn {
  name: string;
  /** `text` has so many different values that it is no category: a name, a remark. */
  kind: 'number' | 'category' | 'text';
  /** How many different values it has. */
  different: number;
  /** How many of its fields are empty. */
  empty: number;
}

/** @throws {DataError} if no column can be the label. */
export function inspectTable({ columns, rows }: Table, where: string): FoundTable {
  const found = columns.map((name, place): FoundColumn => {
    const texts = rows.map(({ fields }) => fields[place] as string);
    const values = new Set(texts.filter((text) => text !== ''));
    const empty = texts.reduce((sum, text) => sum + Number(text === ''), 0);
    const isNumeric = [...values].every(isNumber);
    const isCategory = values.size <= MOST_CATEGORIES && values.size < rows.length / 2;
    return {
      name,
      different: values.size,
      empty,
      kind: isNumeric ? 'number' : isCategory ? 'category' : 'text',
    };
  });
  const possible = found.filter(
    ({ different }) => different >= 2 && different <= MOST_LABELS && different < rows.length / 3,
  );
  const label =
    possible.find(({ name }) => /^(label|class|target|y|diagnosis|species|category|outcome)$/i.test(name)) ??
    possible.findLast(({ kind }) => kind === 'category') ??
    possible.findLast(({ name }) => name === columns.at(-1) || name === columns[0]);
  if (!label) {
    throw new DataError(
      `${where}: expected a column of classes, such as "label", with 2 to ${MOST_LABELS} different values, got none; add one`,
    );
  }
  return {
    kind: 'table',
    rows: rows.length,
    hasTest: rows.some(({ isTest }) => isTest === true),
    columns: found,
    label: label.name,
  };
}

// --- helpers ---

const MOST_CATEGORIES = 50;
const MOST_LABELS = 1_000;
