import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import type { NpyArray } from '../arrays/npy.ts';
import { arrayNames, readArrays } from '../arrays/npz.ts';
import { DataError } from '../data-error.ts';
import { toTexts } from '../images/image-arrays.ts';
import type { SourceFiles } from '../sources/source-file.ts';

/** A table of texts. */
export interface Table {
  columns: string[];
  rows: TableRow[];
}

export interface TableRow {
  /** Counted from 1, without the header. */
  number: number;
  /** By column; `''` for what is missing. */
  fields: string[];
  /** Of a table in two files: whether it is from the one for the test. */
  isTest?: boolean;
}

/** A table larger than this isn't read: all of it is held in memory. */
const MOST_TABLE_BYTES = 4_000_000_000;
const MOST_ROWS = 20_000_000;

/**
 * Reads a CSV file: UTF-8, comma, semicolon or tab between fields, the first line with the names of the columns. `NA`, `NaN`,
 * `null` and `?` are empty fields.
 *
 * @throws {DataError} that names the line, if a name occurs twice or is empty, or a line has another number of fields.
 */
export async function readCsv(source: string | Buffer, where: string): Promise<Table> {
  if (typeof source === 'string' && (await stat(source)).size > MOST_TABLE_BYTES) {
    throw new DataError(`${where}: expected at most ${MOST_TABLE_BYTES / 1e9} GB, got more; use fewer rows`);
  }
  const start = typeof source === 'string' ? await startOf(source) : source.subarray(0, 65_536);
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(start),
    trim: true,
    skip_empty_lines: true,
    max_record_size: 10_000_000,
  });
  const input = typeof source === 'string' ? createReadStream(source) : undefined;
  if (input) {
    input.on('error', (error) => parser.destroy(error));
    input.pipe(parser);
  } else parser.end(source);
  let columns: string[] | undefined;
  const rows: TableRow[] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (!columns) columns = checkHeader(record, where);
      else
        rows.push({ number: rows.length + 1, fields: record.map((field) => (GAPS.has(field) ? '' : field)) });
      if (rows.length > MOST_ROWS)
        throw new DataError(`${where}: expected at most ${MOST_ROWS} rows, got more; use fewer`);
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${where}: expected a CSV table (${(cause as Error).message}); correct the line`, {
      cause,
    });
  } finally {
    input?.destroy();
  }
  if (!columns || rows.length === 0) {
    throw new DataError(`${where}: expected a line with the columns' names and rows below it, got none`);
  }
  return { columns, rows };
}

/**
 * Reads a table from an `.npz` file: each array with one axis is a column, and the array `x` or `data` with two axes gives
 * the columns `x0`, `x1` and so on, or those that the array `columns` names. Of classes, `y` or `target` is usual.
 *
 * @throws {DataError}
 */
export async function readTableArrays(source: SourceFiles, where: string): Promise<Table> {
  const names = arrayNames(source) ?? [];
  const arrays = await readArrays(source, names, where);
  const named = arrays.get('columns');
  const columns: { name: string; texts: string[] }[] = [];
  for (const [name, array] of arrays) {
    if (name === 'columns') continue;
    if (array.shape.length === 2) columns.push(...columnsOf(name, array, named, where));
    else columns.push({ name, texts: fieldsOf(array, `${where}: ${name}`) });
  }
  const [first] = columns;
  if (!first) throw new DataError(`${where}: expected arrays of columns, got none`);
  const uneven = columns.find(({ texts }) => texts.length !== first.texts.length);
  if (uneven) {
    throw new DataError(
      `${where}: expected ${first.texts.length} values in each column, as ${first.name} has, got ${uneven.texts.length} in ${uneven.name}`,
    );
  }
  return {
    columns: checkHeader(
      columns.map(({ name }) => name),
      where,
    ),
    rows: first.texts.map((_, index) => ({
      number: index + 1,
      fields: columns.map(({ texts }) => texts[index] as string),
    })),
  };
}

/**
 * Puts a table for training and one for the test together.
 *
 * @throws {DataError} if they have other columns.
 */
export function joinTables(train: Table, test: Table, where: string): Table {
  if (train.columns.join('\n') !== test.columns.join('\n')) {
    const missing = train.columns.find((column) => !test.columns.includes(column));
    throw new DataError(
      `${where}: expected the same columns in both tables, in the same order, got ` +
        `${missing === undefined ? 'others for the test' : `none "${missing}" for the test`}`,
    );
  }
  return {
    columns: train.columns,
    rows: [...train.rows, ...test.rows.map((row) => ({ ...row, isTest: true }))],
  };
}

// --- helpers ---

const GAPS = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']);

async function startOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: 65_535 })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The one that occurs most often in the first line. */
function delimiterOf(start: Buffer): string {
  const [line = ''] = start.toString('utf8').split(/\r?\n/);
  const count = (delimiter: string) => line.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function checkHeader(columns: string[], where: string): string[] {
  const empty = columns.indexOf('');
  if (empty >= 0)
    throw new DataError(
      `${where}: expected a name of column ${empty + 1} in the first line, got none; add it`,
    );
  const seen = new Set<string>();
  const twice = columns.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new DataError(
      `${where}: the first line has "${twice}" twice; expected different names: rename one of them`,
    );
  }
  return columns;
}

function columnsOf(name: string, array: NpyArray, named: NpyArray | undefined, where: string) {
  const [rows = 0, width = 0] = array.shape;
  const names = named
    ? toTexts(named, `${where}: columns`)
    : Array.from({ length: width }, (_, index) => `${name}${index}`);
  if (names.length !== width) {
    throw new DataError(
      `${where}: expected ${width} names in "columns", as ${name} has columns, got ${names.length}`,
    );
  }
  return names.map((column, place) => ({
    name: column,
    texts: Array.from({ length: rows }, (_, row) => textOf(array.values[row * width + place])),
  }));
}

function fieldsOf({ shape, values }: NpyArray, where: string): string[] {
  if (shape.length !== 1) {
    throw new DataError(
      `${where}: expected an array with one or two axes, got the shape (${shape.join(', ')})`,
    );
  }
  return Array.from(values as ArrayLike<number | string>, textOf);
}

/** NaN is what is missing in an array of numbers. */
function textOf(value: number | string | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value);
}
