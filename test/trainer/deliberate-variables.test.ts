import { expect, it } from 'vitest';
import { deliberateVariables, namedVariables } from '../../trainer/deliberate-variables.ts';

const cpu = { CUDA_VISIBLE_DEVICES: '-1' };
const gpu = { CUDA_VISIBLE_DEVICES: '0' };

it('a trainer gets the named variables, and their list, by which it records them', () => {
  const env = { ...cpu, TF_XLA_FLAGS: '--a', OTHER: 'b', STAGED_STUDY_TRAINER_ENV: 'TF_XLA_FLAGS, OTHER' };
  const given = deliberateVariables(env);
  expect(given).toEqual({ TF_XLA_FLAGS: '--a', OTHER: 'b', STAGED_STUDY_TRAINER_ENV: 'TF_XLA_FLAGS, OTHER' });
  expect(namedVariables(given)).toEqual({ TF_XLA_FLAGS: '--a', OTHER: 'b' });
  expect(deliberateVariables({ ...cpu, TF_XLA_FLAGS: '--a' })).toEqual({});
});

it('a GPU computes with float32, unless TF32 is asked for', () => {
  expect(deliberateVariables(gpu)).toEqual({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID', NVIDIA_TF32_OVERRIDE: '0' });
  expect(deliberateVariables({ ...gpu, STAGED_STUDY_TF32: '1' })).toEqual({
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  });
});

it.each([
  [{ STAGED_STUDY_TRAINER_ENV: 'TF_XLA_FLAGS' }, 'expected TF_XLA_FLAGS to be set, since the list names it'],
  [
    { STAGED_STUDY_TRAINER_ENV: 'A B', 'A B': '1' },
    'expected names of variables with commas between them, got "A B"',
  ],
  [
    { STAGED_STUDY_TRAINER_ENV: 'S3_SECRET_KEY', S3_SECRET_KEY: 's' },
    'trainers set S3_SECRET_KEY themselves',
  ],
  [{ STAGED_STUDY_TF32: 'yes' }, 'STAGED_STUDY_TF32: expected 0 or 1, got "yes"'],
])('refuses %o', (env, message) => {
  expect(() => deliberateVariables({ ...cpu, ...env })).toThrow(message);
});
