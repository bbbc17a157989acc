import type { TableData } from '../../../study/definition/data-schema.ts';
import { DataError } from '../data-error.ts';
import { numbered } from '../numbered.ts';
import type { Feature, ReadExamples } from '../read-examples.ts';
import type { Table } from './table.ts';

export type TableRules = Pick<TableData, 'label' | 'categorical' | 'ignored' | 'missing' | 'groups'>;

/**
 * Makes rows of numbers from a table, in the order of its columns: a numeric column gives its value, a categorical one a 1 in
 * the place of its value and 0 in the others. Categories are those of the whole table, in order.
 *
 * @throws {DataError} that names row and column, if the table lacks a column, a number isn't one, or a field is empty against
 *   the rules.
 */
export function readTable(table: Table, where: string, rules: TableRules): ReadExamples {
  const { columns } = table;
  for (const [rule, names] of Object.entries({
    label: [rules.label],
    categorical: rules.categorical,
    ignored: rules.ignored,
    groups: rules.groups === undefined ? [] : [rules.groups],
  })) {
    const unknown = names.find((name) => !columns.includes(name));
    if (unknown !== undefined) {
      throw new DataError(
        `${where}: expected a column "${unknown}", as "${rule}" says, got ${list(columns)}; correct the name`,
      );
    }
  }
  const rows =
    rules.missing === 'drop' ? table.rows.filter((row) => !hasGap(row, columns, rules)) : table.rows;
  if (rows.length === 0) throw new DataError(`${where}: expected rows without empty fields, got none`);
  const at = (row: Table['rows'][number], column: string) => row.fields[columns.indexOf(column)] as string;
  const named = (column: string) =>
    rows.map((row) => at(row, column) || refuseGap(where, row.number, column, rules.missing));

  const used = columns.filter(
    (column) => column !== rules.label && column !== rules.groups && !rules.ignored.includes(column),
  );
  const encoders = used.map((column) => {
    const place = columns.indexOf(column);
    const texts = rows.map(({ fields }) => fields[place] as string);
    return rules.categorical.includes(column)
      ? categories(column, texts, rules, (row) =>
          refuseGap(where, rows[row]?.number ?? 0, column, rules.missing),
        )
      : numbersOf(column, texts, rules, where, rows);
  });
  const features = encoders.flatMap((encoder) => encoder.features);
  const { names: classes, numbers } = numbered(named(rules.label));
  const isTest = rows.some((row) => row.isTest)
    ? Uint8Array.from(rows, (row) => Number(row.isTest ?? false))
    : undefined;
  return {
    classes,
    labels: Uint16Array.from(numbers),
    features,
    ...(isTest && { isTest }),
    ...(rules.groups !== undefined && { groups: Uint32Array.from(numbered(named(rules.groups)).numbers) }),
    async read(take) {
      for (let index = 0; index < rows.length; index++) {
        const values = Float32Array.from(encoders.flatMap(({ encode }) => encode(index)));
        await take({ index, values });
      }
    },
  };
}

/** Whether a text is a number as tables have them: `1`, `-2.5`, `1e-3`. */
export function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Math.fround(Number(text)));
}

// --- helpers ---

interface Encoder {
  features: Feature[];
  encode(row: number): number[];
}

function categories(
  column: string,
  texts: readonly string[],
  { missing }: TableRules,
  refuse: (row: number) => never,
): Encoder {
  const gap = texts.indexOf('');
  if (gap >= 0 && missing === 'refuse') refuse(gap);
  const names: (string | null)[] = [...numbered(texts.filter((text) => text !== '')).names];
  if (gap >= 0) names.push(null);
  return {
    features: names.map((value) => ({ kind: 'is', column, value })),
    encode: (row) => names.map((name) => Number((texts[row] || null) === name)),
  };
}

function numbersOf(
  column: string,
  texts: readonly string[],
  { missing }: TableRules,
  where: string,
  rows: Table['rows'],
): Encoder {
  const values = texts.map((text, index) => {
    const row = rows[index]?.number ?? 0;
    if (text === '') return missing === 'fill' ? Number.NaN : refuseGap(where, row, column, missing);
    if (isNumber(text)) return Number(text);
    throw new DataError(
      `${where}: row ${row}, column "${column}": expected a finite number, got ${JSON.stringify(text.slice(0, 40))}; correct it, or name ` +
        'the column in "categorical" or "ignored"',
    );
  });
  return { features: [{ kind: 'number', column }], encode: (row) => [values[row] as number] };
}

function hasGap(
  { fields }: Table['rows'][number],
  columns: readonly string[],
  { ignored }: TableRules,
): boolean {
  return fields.some((field, index) => field === '' && !ignored.includes(columns[index] as string));
}

function refuseGap(where: string, row: number, column: string, missing: TableRules['missing']): never {
  const advice =
    missing === 'refuse'
      ? 'fill it, or say with "missing" what to do'
      : "classes and groups can't be filled in: add it";
  throw new DataError(
    `${where}: row ${row}, column "${column}": expected a value, got none (an empty field, NA, NaN, null or ?); ${advice}`,
  );
}

function list(columns: readonly string[]): string {
  return columns.slice(0, 30).join(', ') + (columns.length > 30 ? ', …' : '');
}
