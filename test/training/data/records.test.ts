import { describe, expect, it } from 'vitest';
import { checkRecords, parseRecords, RECORD_BYTES, RecordError } from '../../../training/data/records.ts';

describe('parseRecords', () => {
  it('separates labels from pixels, which stay in planes', () => {
    const records = new Uint8Array(2 * RECORD_BYTES);
    records.set([3, 11, 12], 0);
    records[1 + 1024] = 13; // first green
    records[RECORD_BYTES] = 9;
    records[2 * RECORD_BYTES - 1] = 99; // last blue
    const { pixels, labels } = parseRecords(records, 'here');
    expect([...labels]).toEqual([3, 9]);
    expect(pixels).toHaveLength(2 * 3072);
    expect([pixels[0], pixels[1], pixels[1024], pixels[2 * 3072 - 1]]).toEqual([11, 12, 13, 99]);
  });

  it.each([0, 1, RECORD_BYTES - 1, 2 * RECORD_BYTES + 5])('refuses %i bytes', (length) => {
    expect(() => parseRecords(new Uint8Array(length), 'here')).toThrow(RecordError);
    expect(() => parseRecords(new Uint8Array(length), 'here')).toThrow(
      `here: expected one or more records of 3073 bytes, got ${length} bytes`,
    );
  });

  it('names the record whose label is none', () => {
    const records = new Uint8Array(4 * RECORD_BYTES);
    records[2 * RECORD_BYTES] = 10;
    expect(() => checkRecords(records, 'here')).toThrow(
      'here: expected a label from 0 to 9 in record 2 (counted from 0), got 10',
    );
  });
});
