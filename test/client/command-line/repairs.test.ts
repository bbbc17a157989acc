import { ApplicationFailure } from '@temporalio/activity';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StudyInput } from '../../../study/definition/study-schema.ts';
import { dataset, type Train, trained } from '../../workflows/run-study.ts';
import { smallStudy } from '../../workflows/small-study.ts';
import { exitCode, expectExits, lastPrinted, studyFile, useCommands } from './commands.ts';
import { useFakeWorkers } from './fake-workers.ts';

useCommands();
const workers = useFakeWorkers();
let file: string;
beforeAll(async () => {
  file = await studyFile(smallStudy);
});

it('a study that waits for a person: 3, until it is cancelled', async () => {
  const train: Train = async ({ spec }) => {
    if (spec.config.network.hidden[0] === 16)
      throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
    return trained(spec, 50);
  };
  workers.use({ train });
  expect(await exitCode(`run ${file} --id waits`)).toBe(3);
  expect(lastPrinted()).toContain('npx staged-study retry waits wide\n');
  await expectExits([
    ['status waits', 3, /waits\/width\/wide needs attention: no such layer/],
    ['watch waits', 3, /needs attention/],
    ['retry waits narrow', 1, /"narrow" does not need attention \(what does: wide\)/],
    ['retry waits wid', 2, /did you mean "wide"\?/],
    ['skip waits wid', 2, /did you mean "wide"\?/],
    ['retry waits', 2, /expected the name of what needs attention, or --all/],
    ['retry waits wide --all', 2, /--all: expected no name beside it, got "wide"/],
    ['cancel waits', 0, /waits: cancelled/],
    ['status waits', 1, /waits: cancelled\nTo run it again: .* --profile tiny\n/],
    ['show waits', 0, /cancelled\nTo run it again: .*· {2}wide +cancelled before its first epoch/s],
    ['show waits wide', 0, /^wide of waits: cancelled before its first epoch had ended\n/],
    ['list', 0, /waits +cancelled +tiny.*To run a study again/s],
  ]);
});

it('retry --all retries everything that one cause broke', async () => {
  let isBroken = true;
  const train: Train = async ({ spec }) => {
    if (isBroken) throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
    return trained(spec, 50);
  };
  workers.use({ train });
  expect(await exitCode(`run ${file} --id broken`)).toBe(3);
  expect(lastPrinted()).toContain('To retry all of them: npx staged-study retry broken --all\n');
  isBroken = false;
  await expectExits([
    ['retry broken --all', 0, /^(narrow|wide): retried\n(narrow|wide): retried\n$/],
    ['watch broken', 0, /winner: +narrow_fast/],
    ['retry broken --all', 1, /nothing needs attention: the study is completed/],
  ]);
});

it('a study that is paused: 3, until it is resumed', async () => {
  let trainings = 0;
  const train: Train = async ({ spec }) => {
    trainings++;
    return trained(spec, 50);
  };
  let prepare = () => {};
  const prepared = new Promise<void>((resolve) => {
    prepare = resolve;
  });
  const prepareDataset = () => prepared.then(() => dataset);
  workers.use({ train, prepareDataset });
  await expectExits([
    [`start ${file} --id rests`, 0, /has started/],
    ['pause rests', 0, /^rests: paused\nTo continue: npx staged-study resume rests\n$/],
    ['pause rests', 1, /^rests: it is already paused\n$/],
  ]);
  prepare();
  await expect.poll(() => exitCode('list').then(lastPrinted)).toMatch(/rests +paused/);
  await expectExits([
    ['watch rests', 3, /paused: nothing trains; to continue: npx staged-study resume rests\n/],
    [`run ${file} --id rests`, 3, /paused: nothing trains/],
  ]);
  expect(trainings).toBe(0);
  await expectExits([
    ['resume rests', 0, /^rests: resumed\n$/],
    ['watch rests', 0, /winner: +narrow_fast/],
    ['resume rests', 1, /expected a running study, got one that is completed/],
  ]);
});

describe('trials of several stages that have the same name', () => {
  // Both stages train from the base settings, so that the second starts early.
  const twins: StudyInput = {
    ...smallStudy,
    name: 'twins',
    stages: [
      compare('width', [
        ['small', [8]],
        ['wide', [16]],
      ]),
      compare('depth', [
        ['small', [8, 8]],
        ['deep', [8, 8, 8]],
      ]),
    ],
  };

  it('are told apart by their stages', async () => {
    let isBroken = true;
    const train: Train = async ({ spec }) => {
      const { hidden } = spec.config.network;
      if (isBroken && hidden[0] === 8 && hidden.length < 3)
        throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
      return trained(spec, 50);
    };
    workers.use({ train });
    expect(await exitCode(`start ${await studyFile(twins)} --id twins --quiet`)).toBe(0);
    await expect
      .poll(() => exitCode('status twins').then(lastPrinted))
      .toMatch(
        /retry twins width\/small\n.*skip twins width\/small\n.*retry twins depth\/small\n.*skip twins depth\/small\n/s,
      );
    isBroken = false;
    const several =
      /^trial: expected a name that one trial has, got "small", which trials of several stages have; add the stage: width\/small or depth\/small\n$/;
    await expectExits([
      ['retry twins small', 2, several],
      ['skip twins small', 2, several],
      ['show twins small', 2, several],
      ['show twins depth/small', 0, /^depth\/small of twins: needs attention: no such layer\n/],
      ['retry twins depht/small', 2, /expected the name of what needs attention .*got "depht\/small"/],
      ['retry twins width/wide', 1, /"width\/wide" does not need attention/],
      ['skip twins width/small', 0, /^small: skipped\n$/],
      // The other one is the only one that waits.
      ['retry twins small', 0, /^small: retried\n$/],
      ['watch twins', 0, /winner: +small/],
      ['show twins small', 2, several],
      ['show twins width/small', 0, /^width\/small of twins: skipped/],
      ['show twins depth/small --json', 0, /"trial": "small",\n {2}"stage": "depth"/],
      ['show twins wide', 0, /^wide of twins: 50\.00 %/],
    ]);
  });

  it('are told apart from a stage, which is meant by the name alone', async () => {
    let isBroken = true;
    const train: Train = async ({ spec }) => {
      if (isBroken && spec.config.network.hidden[0] === 16) return trained(spec, null);
      if (isBroken) throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
      return trained(spec, 50);
    };
    workers.use({ train });
    const stages = [compare('small', [['wide', [16]]]), compare('next', [['small', [8]]])];
    const file = await studyFile({ ...twins, name: 'namesakes', stages });
    expect(await exitCode(`start ${file} --id namesakes --quiet`)).toBe(0);
    await expect
      .poll(() => exitCode('status namesakes').then(lastPrinted))
      .toMatch(/retry namesakes small\n.*retry namesakes next\/small\n/s);
    isBroken = false;
    await expectExits([
      ['skip namesakes small', 2, /^skip: expected the name of a trial, got the stage "small"/],
      ['retry namesakes small', 0, /^stage small: retried\n$/],
      ['retry namesakes next/small', 0, /^small: retried\n$/],
      ['watch namesakes', 0, /winner: +small/],
    ]);
  });
});

// --- helpers ---

function compare(name: string, candidates: [name: string, hidden: number[]][]): StudyInput['stages'][number] {
  return {
    kind: 'compare',
    name,
    question: 'Which one?',
    candidates: candidates.map(([candidate, hidden]) => ({
      name: candidate,
      change: { network: { kind: 'dense', hidden } },
    })),
  };
}
