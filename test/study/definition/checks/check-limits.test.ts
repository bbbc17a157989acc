import { expect, it } from 'vitest';
import { checkLimits } from '../../../../study/definition/checks/check-limits.ts';
import { parseStudy } from '../../../../study/definition/parse-study.ts';
import { largerStudy } from '../../../workflows/small-study.ts';

const study = parseStudy(largerStudy, 'larger');
const complaints = (limits: Parameters<typeof checkLimits>[2]) => {
  const found: unknown[] = [];
  checkLimits(study, (path, _input, message) => found.push([path, message]), limits);
  return found;
};

it('refuses a stage whose trials do not fit into a message', () => {
  expect(complaints({ stageBytes: 2_400 })).toMatchObject([
    [['stages', 0, 'candidates'], expect.stringContaining('at most 2400 bytes')],
    [['stages', 1, 'candidates'], expect.anything()],
  ]);
  expect(complaints({ stageBytes: 3_000 })).toEqual([]);
});

it('refuses a study with more trials, or more bytes, than Temporal takes', () => {
  const bytes = JSON.stringify(study).length;
  // Two, two, three of the search, one, one of each side experiment.
  expect(complaints({ trials: 10, bytes })).toEqual([]);
  expect(complaints({ trials: 9, bytes })).toEqual([
    [['stages'], 'stages with at most 9 trials together, not 10; make several studies of them'],
  ]);
  expect(complaints({ trials: 10, bytes: bytes - 1 })).toEqual([
    [[], `at most ${bytes - 1} bytes as JSON, not ${bytes}; make several studies of it`],
  ]);
});
