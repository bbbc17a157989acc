import { expect, test } from 'vitest';
import { randomStream } from '../../study/trial/random-stream.ts';
import { faults } from './faults.ts';
import { smallStudy } from './small-study.ts';
import { survives, undisturbed } from './survive.ts';

const COUNT = Number(process.env.FAULTS ?? 20);
const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);

test(`${COUNT} faults at random, FAULTS_SEED=${SEED}`, async () => {
  console.log(`FAULTS=${COUNT} FAULTS_SEED=${SEED}`);
  const random = randomStream('faults', SEED);
  const expected = await undisturbed(smallStudy);
  const injected = new Map<string, number>();
  let [total, studies] = [0, 0];
  while (total < COUNT) {
    for (const name of await survives(smallStudy, expected, faults, random, COUNT - total)) {
      injected.set(name, (injected.get(name) ?? 0) + 1);
      total++;
    }
    studies++;
    console.log(
      `${total} faults in ${studies} studies, all with the same record:`,
      Object.fromEntries(injected),
    );
  }
  expect(total).toBe(COUNT);
});
