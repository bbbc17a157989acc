import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSchema, type StudyData } from '../../../../study/definition/data-schema.ts';
import { DataError } from '../../../../training/data/data-error.ts';
import type { PreparedData } from '../../../../training/data/prepare/prepare-data.ts';
import { encodeRows } from '../../../../training/data/table/encode-rows.ts';
import { readCsv } from '../../../../training/data/table/table.ts';
import { bytesOf, npyOf, writeTree, zipOf } from '../archives.ts';
import { prepareFrom } from '../prepare-from.ts';

let folder: string;
let scratch: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
  scratch = await mkdtemp(join(tmpdir(), 'prepared-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(scratch, { recursive: true });
});

const HEADER = 'age,colour,weight,kind\n';
const ROWS = Array.from(
  { length: 20 },
  (_, index) => `${index},${['red', 'blue'][index % 2]},${index / 4},${index < 10 ? 'no' : 'yes'}`,
);

describe('a table', () => {
  it('becomes rows of numbers, categories as ones and zeros', async () => {
    await writeFile(join(folder, 't.csv'), HEADER + ROWS.join('\n'));
    const { classes, features, train, test, input } = await prepared('t.csv', table());
    expect({ classes, input }).toEqual({ classes: ['no', 'yes'], input: { shape: [4], classes: 2 } });
    expect(features).toEqual([
      { kind: 'number', column: 'age' },
      { kind: 'is', column: 'colour', value: 'blue' },
      { kind: 'is', column: 'colour', value: 'red' },
      { kind: 'number', column: 'weight' },
    ]);
    const rows = [...(await valuesOf(train)), ...(await valuesOf(test))].sort(([a = 0], [b = 0]) => a - b);
    expect(rows[3]).toEqual([3, 1, 0, 0.75]);
    expect([train.examples, test.examples]).toEqual([16, 4]);
  });

  it('may have semicolons, quotes, a mark of its encoding, and two files', async () => {
    const lines = (rows: string[]) =>
      `\ufeff"age";colour;weight;kind\r\n${rows.map((row) => row.replaceAll(',', ';')).join('\r\n')}\r\n`;
    await writeTree(folder, {
      'train.csv': lines(ROWS.filter((_, index) => index % 5 > 0)),
      'test.csv': lines(ROWS.filter((_, index) => index % 5 === 0)),
    });
    const { train, test } = await prepared('.', table());
    expect([train.examples, test.examples]).toEqual([16, 4]);
    expect((await valuesOf(test)).map(([age]) => age)).toEqual([0, 5, 10, 15]);
  });

  it('may be arrays', async () => {
    const x = Float64Array.from({ length: 40 }, (_, index) => index);
    const y = Int32Array.from({ length: 20 }, (_, index) => index % 2);
    await writeFile(
      join(folder, 't.npz'),
      zipOf({ 'x.npy': npyOf('<f8', [20, 2], bytesOf(x)), 'y.npy': npyOf('<i4', [20], bytesOf(y)) }),
    );
    const { features, classes } = await prepared(
      't.npz',
      table({ label: 'y', categorical: [], features: 2 }),
    );
    expect({ features, classes }).toEqual({
      features: [
        { kind: 'number', column: 'x0' },
        { kind: 'number', column: 'x1' },
      ],
      classes: ['0', '1'],
    });
  });

  it('keeps the rows of a group together', async () => {
    await writeFile(join(folder, 't.csv'), HEADER + [...ROWS, ...ROWS].join('\n'));
    const data = table({ groups: 'weight', features: 3 });
    const { train, test } = await prepared('t.csv', data);
    const ages = async (file: PreparedData['train']) =>
      new Set((await valuesOf(file, 3)).map(([age]) => age));
    const training = await ages(train);
    expect([...(await ages(test))].filter((age) => training.has(age))).toEqual([]);
  });

  const gap = [...ROWS.slice(0, 7), '7,,NA,no', ...ROWS.slice(8)];
  it('refuses empty fields unless it says what to do', async () => {
    await writeFile(join(folder, 't.csv'), HEADER + gap.join('\n'));
    await expect(prepared('t.csv', table())).rejects.toThrow(
      /row 8, column "colour": expected a value, got none/,
    );
    const dropped = await prepared('t.csv', table({ missing: 'drop' }));
    expect(dropped.train.examples + dropped.test.examples).toBe(19);
    const filled = await prepared('t.csv', table({ missing: 'fill', features: 5 }));
    const rows = [...(await valuesOf(filled.train)), ...(await valuesOf(filled.test))];
    expect(rows.find(([age]) => age === 7)).toEqual([7, 0, 0, 1, Number.NaN]);
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    [
      'a text in numbers',
      `${HEADER}${ROWS.join('\n').replace('3,blue,0.75', '3,blue,three')}`,
      {},
      /row 4, column "weight": expected a finite number, got "three"/,
    ],
    [
      'an infinite number',
      `${HEADER}${ROWS.join('\n').replace('3,blue,0.75', '3,blue,1e999')}`,
      {},
      /row 4, column "weight": expected a finite number/,
    ],
    [
      'NaN',
      `${HEADER}${ROWS.join('\n').replace('3,blue,0.75', '3,blue,NaN')}`,
      {},
      /row 4, column "weight": expected a value, got none/,
    ],
    ['a name twice', `age,age,weight,kind\n${ROWS.join('\n')}`, {}, /the first line has "age" twice/],
    ['no name', `age,,weight,kind\n${ROWS.join('\n')}`, {}, /a name of column 2 in the first line/],
    [
      'a label that it lacks',
      HEADER + ROWS.join('\n'),
      { label: 'type' },
      /expected a column "type", as "label" says, got age, colour, weight, kind/,
    ],
    [
      'a column that it lacks',
      HEADER + ROWS.join('\n'),
      { ignored: ['size'] },
      /expected a column "size", as "ignored" says/,
    ],
    [
      'another number of features',
      HEADER + ROWS.join('\n'),
      { features: 3 },
      /expected 3 features, as the study says, got 4/,
    ],
    [
      'another number of classes',
      HEADER + ROWS.join('\n'),
      { classes: 3 },
      /expected 3 classes, as the study says, got 2 \(no, yes\)/,
    ],
    ['a line with more fields', `${HEADER}${ROWS.join('\n')}\n1,2,3,4,5`, {}, /expected a CSV table/],
    ['a quote without an end', `${HEADER}${ROWS.join('\n')}\n"1,2,3,4`, {}, /expected a CSV table/],
    ['a header alone', HEADER, {}, /rows below it, got none/],
  ])('is refused in one line with %s', async (_title, text, change, message) => {
    await writeFile(join(folder, 't.csv'), text);
    const refused = prepared('t.csv', table(change));
    await expect(refused).rejects.toBeInstanceOf(DataError);
    await expect(refused).rejects.toThrow(new RegExp(`^[^\\n]*(${message.source})[^\\n]*$`));
  });
});

it('whatever a file has, it is a table or refused in one line', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-c",;\n\r 1.-]{0,60}$/)),
      async (text) => {
        try {
          const { columns, rows } = await readCsv(Buffer.from(text), 't.csv');
          expect(rows.every(({ fields }) => fields.length === columns.length)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as Error).message).not.toContain('\n');
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('rows of another table are encoded by the same features, or say what is wrong', async () => {
  const features = [
    { kind: 'number' as const, column: 'age' },
    { kind: 'is' as const, column: 'colour', value: 'red' },
  ];
  const rows = await readCsv(Buffer.from('colour,age,more\nred,1,x\nblue,2,y\nred,old,z\nred,,z\n'), 't.csv');
  expect(encodeRows(rows, features, 't.csv')).toEqual([
    { values: Float32Array.of(1, 1) },
    { problem: 'row 2, column "colour": expected a value that the training data have, got "blue"' },
    { problem: 'row 3, column "age": expected a number, got "old"' },
    { values: Float32Array.of(Number.NaN, 1) },
  ]);
});

// --- helpers ---

function table(change: Record<string, unknown> = {}): StudyData {
  const rules = { label: 'kind', categorical: ['colour'], features: 4, ...change };
  return dataSchema.parse({ kind: 'table', classes: 2, ...rules });
}

function prepared(name: string, data: StudyData): Promise<PreparedData> {
  return prepareFrom(join(folder, name), name, data, scratch);
}

async function valuesOf(
  { path, examples, sizeBytes }: PreparedData['train'],
  perRow = (sizeBytes / examples - 2) / 4,
): Promise<number[][]> {
  const bytes = Uint8Array.from(await readFile(path));
  const values = new Float32Array(bytes.buffer, 0, examples * perRow);
  return Array.from({ length: examples }, (_, row) => [...values.subarray(row * perRow, (row + 1) * perRow)]);
}
