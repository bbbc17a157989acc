import { beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../study/trial/random-stream.ts';
import { faults, longFaults } from './faults.ts';
import { smallStudy } from './small-study.ts';
import { survives, undisturbed } from './survive.ts';

let expected: Awaited<ReturnType<typeof undisturbed>>;
beforeAll(async () => {
  expected = await undisturbed(smallStudy);
});

const each = [
  ...faults.map((fault) => ({ fault, name: fault.name, most: 3 })),
  ...longFaults.map((fault) => ({ fault, name: fault.name, most: 1 })),
];

test.each(each)('a study ends as if nothing had happened: $name', async ({ fault, most }) => {
  const injected = await survives(smallStudy, expected, [fault], randomStream('faults', fault.name), most);
  expect(injected).not.toEqual([]);
});
