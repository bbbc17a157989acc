import { beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../study/trial/random-stream.ts';
import { faults, fullDisk, longFaults } from './faults.ts';
import { mayMount } from './mounted-folder.ts';
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

test.runIf(await mayMount())('a study ends as if nothing had happened: the disk is full', async () => {
  const random = randomStream('faults', fullDisk.name);
  const injected = await survives(smallStudy, expected, [fullDisk], random, 2, 1_500_000_000);
  expect(injected).not.toEqual([]);
});
