import { expect, it } from 'vitest';
import { studyRecordSchema } from '../../../study/record/record.ts';
import { fullRecord } from '../../report/example-study.ts';

it('reads older records, which lack accuracies in training mode', () => {
  const record = fullRecord();
  const older = structuredClone(record) as { stages: { trials: { scoreInTrainingMode?: unknown }[] }[] };
  for (const { trials } of older.stages) for (const trial of trials) delete trial.scoreInTrainingMode;
  const read = studyRecordSchema.parse(older);
  for (const [index, { trials }] of record.stages.entries()) {
    expect(read.stages[index]?.trials).toEqual(
      trials.map((trial) => ({ ...trial, scoreInTrainingMode: null })),
    );
  }
});
