import { describe, expect, it } from 'vitest';
import * as keys from '../../storage/keys.ts';
import { isValidId } from '../../study/definition/text-schemas.ts';

const hash = 'ab'.repeat(32);
const other = 'cd'.repeat(32);

describe('keys', () => {
  it('match the documented layout', () => {
    expect([
      keys.trainingImagesKey(hash),
      keys.testImagesKey(hash),
      keys.datasetManifestKey(hash),
      keys.datasetRecipeKey(hash, other),
      keys.weightsKey(hash),
      keys.weightsManifestKey(hash),
      keys.blobKey(hash),
      keys.trialConfigKey(hash),
      keys.leaseKey(hash),
      keys.metricsKey(hash, 7),
      keys.checkpointKey(hash, 1250, 2),
      keys.resultKey(hash),
      keys.trialLogKey(hash, 2),
      keys.trialLogKey(hash, 'test'),
      keys.studyKey('my-study'),
      keys.stageRecordKey('my-study', '_dense'),
      keys.studyTestKey('my-study', hash),
      keys.onlyTestKey('my-study'),
      keys.recordKey('my-study'),
      keys.reportKey('my-study', 'index.html'),
    ]).toEqual([
      `datasets/${hash}/train`,
      `datasets/${hash}/test`,
      `datasets/${hash}/manifest.json`,
      `datasets/${hash}/recipes/${other}.json`,
      `weights/${hash}`,
      `weights/${hash}.json`,
      `blobs/${hash}`,
      `trials/${hash}/config.json`,
      `trials/${hash}/lease.json`,
      `trials/${hash}/metrics/000007.json`,
      `trials/${hash}/checkpoints/0000001250-2.json`,
      `trials/${hash}/result.json`,
      `trials/${hash}/log/2.txt`,
      `trials/${hash}/log/test.txt`,
      'studies/my-study/study.json',
      'studies/my-study/stages/_dense.json',
      `studies/my-study/tests/${hash}.json`,
      'studies/my-study/test.json',
      'studies/my-study/record.json',
      'studies/my-study/report/index.html',
    ]);
  });

  it('can be parsed', () => {
    expect(keys.parseCheckpointKey(keys.checkpointKey(hash, 1250, 12))).toEqual({ step: 1250, term: 12 });
    expect(keys.parseCheckpointKey(keys.resultKey(hash))).toBeUndefined();
    expect(keys.parseDatasetManifestKey(keys.datasetManifestKey(hash))).toBe(hash);
    expect(keys.parseDatasetManifestKey(keys.trainingImagesKey(hash))).toBeUndefined();
    const recipe = keys.datasetRecipeKey(hash, other);
    expect(keys.parseDatasetRecipeKey(recipe)).toEqual({ dataset: hash, recipe: other });
    expect(keys.parseDatasetManifestKey(recipe)).toBeUndefined();
    expect(keys.parseDatasetRecipeKey(keys.datasetManifestKey(hash))).toBeUndefined();
    expect(keys.parseStudyKey(keys.studyKey('my-study'))).toBe('my-study');
    expect(keys.parseStudyKey(keys.recordKey('my-study'))).toBeUndefined();
  });

  it.each(['', '..', 'a/b', 'a..b', '/a', '.hidden', 'a b', 'ä', 'x'.repeat(101)])(
    'refuse %j as an id',
    (id) => {
      expect(isValidId(id)).toBe(false);
      expect(() => keys.studyKey(id)).toThrow(/expected an id of .* got/);
      expect(() => keys.reportKey('study', id)).toThrow(/expected a file name of .* got/);
    },
  );

  it.each(['', 'abc', '../../x', hash.toUpperCase(), `${hash}/x`])('refuse %j as a hash', (value) => {
    expect(() => keys.blobKey(value)).toThrow(/expected a SHA-256/);
    expect(() => keys.resultKey(value)).toThrow(/expected a SHA-256/);
  });

  it('refuse numbers that would break the sort order', () => {
    expect(() => keys.checkpointKey(hash, -1, 1)).toThrow(/whole number, got -1/);
    expect(() => keys.checkpointKey(hash, 1.5, 1)).toThrow(/whole number, got 1.5/);
    expect(() => keys.checkpointKey(hash, 1e10, 1)).toThrow(/at most 10 digits/);
  });
});
