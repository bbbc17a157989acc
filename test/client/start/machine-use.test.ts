import { expect, it } from 'vitest';
import { describeIdle, describeMemory, describeTrialsAtOnce } from '../../../client/start/machine-use.ts';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { planCourse } from '../../../study/plan/course.ts';
import { trialMemoryBytes } from '../../../study/plan/memory.ts';
import type { PlannedTrial } from '../../../study/plan/plan.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';

const study = parseStudy(cifar10, 'cifar10');
const course = planCourse(study, selectProfile(study, 'full'));
const trials = course.flatMap((stage) => stage.trials);
const memoryOf = ({ config }: PlannedTrial) => trialMemoryBytes(config, 50_000, CIFAR10_INPUT);

it('says how many trials train at a time, and that cores limit them', () => {
  const text = describeTrialsAtOnce(trials, memoryOf, { slots: 2, memoryBytes: 30e9 });
  expect(plain(text)).toBe('at a time: 2 trials, one for each core');
});

it('names the networks of which memory holds fewer', () => {
  const rn50 = memoryOf(trials.find(({ name }) => name === 'rn50')!);
  const text = describeTrialsAtOnce(trials, memoryOf, { slots: 16, memoryBytes: 3.5 * rn50 });
  expect(plain(text)).toMatch(/^at a time: 16 trials, one for each core; memory holds .*\b3 of .*rn50/);
  expect(describeMemory(trials, memoryOf)).toMatch(/^memory: up to \d+\.\d GB a trial \(\w+\)$/);
});

it('says which stages leave cores idle, though the next one may start beside them, and what would use them', () => {
  const compared = course.filter(({ stage }) => stage.kind === 'compare').slice(0, 2);
  expect(describeIdle(compared, 2)).toBeNull();
  expect(plain(describeIdle(compared, 16))).toBe(
    'idle: of 16 cores, 6 in dense (6 trials) and 11 in cnn (5 trials); the setting `threads` would use them',
  );
});

// --- helpers ---

function plain(text: string | null): string | undefined {
  return text?.replaceAll('\u00a0', ' ');
}
