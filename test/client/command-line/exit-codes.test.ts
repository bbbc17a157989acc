import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readAddress } from '../../../storage/inputs/addresses.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import { carelessStore } from '../../storage/careless-store.ts';
import { dataset, type Train } from '../../workflows/run-study.ts';
import { smallStudy } from '../../workflows/small-study.ts';
import { exitCode, expectExits, lastPrinted, studyFile, useCommands } from './commands.ts';
import { useFakeWorkers } from './fake-workers.ts';

const thisFile = fileURLToPath(import.meta.url);

useCommands();
let file: string;
beforeAll(async () => {
  file = await studyFile(smallStudy);
});

describe('wrong usage ends with 2 before anything is started:', () => {
  it.each([
    ['runn', /unknown command 'runn'.*Did you mean run/s],
    ['run --profil demo', /unknown option '--profil'.*Did you mean --profile/s],
    ['run cifar10 again', /too many arguments/],
    ['show', /missing required argument 'study'/],
    ['worker gpu', /Allowed choices are control, training/],
    ['run --profile fast', /^profile: expected one of demo, .*, got "fast"/],
    ['start --profile fast', /^profile: expected one of/],
    ['check --profile fast', /^profile: expected one of/],
    ['run imagenet', /^study: expected cifar10, .*, got "imagenet"/],
    ['run cifar', /did you mean "cifar10"\?/],
    ['check /no/such/study.json', /^\/no\/such\/study\.json: expected a study file, got nothing there/],
    ['start /no/such/study.ts', /^\/no\/such\/study\.ts: expected a study file, got nothing there/],
    ['run --dataset /no/such/file', /^--dataset: expected .*, got nothing there/],
    ['run --id a/b', /^--id: expected letters, digits/],
    ['start --id ..', /^--id: expected letters, digits/],
    ['retry mine MLP --set foo', /^--set: expected setting=value, .*got "foo"/],
    ['retry mine MLP --set batchSize=0', /batchSize: expected at least 1, got 0/],
    [
      'retry mine MLP --set bachSize=3',
      /^--set: expected one of .*, got "bachSize" \(did you mean "batchSize"\?\)/,
    ],
    [`report mine --out ${thisFile}`, /^--out: expected a folder, got a file/],
    ['worker training', /^worker: expected a Temporal server and an object store, got none/],
  ])('%s', async (line, message) => {
    expect(await exitCode(line)).toBe(2);
    expect(lastPrinted()).toMatch(message);
    expect(lastPrinted().trim()).not.toMatch(/\n\s+at /);
  });

  it('a time after which a worker counts as dead that is none', async () => {
    vi.stubEnv('STAGED_STUDY_HEARTBEAT_SECONDS', '1 min');
    expect(await exitCode(`run ${file}`)).toBe(2);
    expect(lastPrinted()).toMatch(
      /^STAGED_STUDY_HEARTBEAT_SECONDS: expected a whole number from 2 to 3600, got "1 min"/,
    );
  });

  it('a state folder that is not a folder', async () => {
    vi.stubEnv('STAGED_STUDY_STATE', thisFile);
    for (const line of ['list', 'down', `start ${file}`]) {
      expect(await exitCode(line)).toBe(2);
      expect(lastPrinted()).toMatch(/^STAGED_STUDY_STATE: expected a folder, .*got a file/);
    }
    vi.stubEnv('STAGED_STUDY_STATE', join(thisFile, 'state'));
    expect(await exitCode('down')).toBe(2);
    expect(lastPrinted()).toMatch(/^STAGED_STUDY_STATE: expected a folder, .*got a path inside a file/);
  });

  it('an object store that is configured in part', async () => {
    vi.stubEnv('S3_ENDPOINT', 'http://127.0.0.1:1');
    expect(await exitCode('list')).toBe(2);
    expect(lastPrinted()).toMatch(
      /^The object store is only partly configured: set S3_ACCESS_KEY and S3_SECRET_KEY too/,
    );
  });
});

it('a command that needs a running stack fails without one, and starts none', async () => {
  for (const line of [`start ${file}`, 'retry mine MLP', 'skip mine MLP']) {
    expect(await exitCode(line)).toBe(1);
    expect(lastPrinted()).toMatch(/expected a stack that trains, found none; .*npx staged-study up/);
  }
});

describe('against servers', () => {
  const workers = useFakeWorkers();

  it.each(['status', 'show', 'watch', 'cancel', 'report', 'retry %s MLP', 'skip %s MLP'])(
    '%s treats an unknown study as wrong usage, and suggests a similar one',
    async (command) => {
      await workers
        .temporal()
        .client.workflow.start('studyWorkflow', { workflowId: 'written', taskQueue: 'nobody' });
      await expect.poll(() => listed('written')).toBe(true);
      const line = command.includes('%s') ? command.replace('%s', 'writen') : `${command} writen`;
      expect(await exitCode(line)).toBe(2);
      expect(lastPrinted()).toMatch(
        /study: expected the id of a study, got "writen" \(did you mean "written"\?\)/,
      );
      await workers.temporal().client.workflow.getHandle('written').terminate();
    },
  );

  it('a study that completes: 0, also for commands that look at it, and 1 for those that would change it', async () => {
    expect(await exitCode(`run ${file} --id done`)).toBe(0);
    expect(lastPrinted()).toMatch(/winner: +narrow_fast/);
    await expectExits([
      ['status done', 0, /done: completed/],
      ['watch done', 0, /winner/],
      ['show done', 0, /width/],
      ['list', 0, /done +completed +tiny/],
      ['show done narrow', 0, /narrow of done: 50\.00 % .*0 of 2.epochs ended, so there are no losses/s],
      ['show done narow', 2, /got "narow" \(did you mean "narrow"\?\)/],
      ['cancel done', 1, /expected a running study, got one that is completed/],
      ['retry done narrow', 1, /nothing needs attention: the study is completed/],
      [`run ${file} --id done`, 2, /"done", which is taken/],
      // The activities of this test write no record.
      ['report done', 1, /^done: its record is not in this object store/],
    ]);
  });

  it('doctor says whether the servers can be used', async () => {
    expect(await exitCode('doctor')).toBe(0);
    expect(lastPrinted()).toMatch(
      /found {4}Object store: http.*, bucket test-.*: of many writers at the same time one/,
    );
    expect(lastPrinted()).toMatch(
      new RegExp(`found {4}Temporal server: 127.*, namespace ${workers.temporal().namespace}\n`),
    );
    const careless = await carelessStore(workers.store());
    vi.stubEnv('S3_ENDPOINT', careless.config.endpoint);
    vi.stubEnv('TEMPORAL_NAMESPACE', 'nobodys');
    expect(await exitCode('doctor')).toBe(1);
    expect(lastPrinted()).toMatch(
      /missing {2}Object store: .*: can't be used\n +the object store ignores conditional writes/,
    );
    expect(lastPrinted()).toMatch(
      /missing {2}Temporal server: .*\n.* has no namespace "nobodys"; check TEMPORAL_NAMESPACE/,
    );
    careless.close();
  });

  it('--quiet leaves only results and errors', async () => {
    expect(await exitCode(`run ${file} --id silent --quiet`)).toBe(0);
    expect(lastPrinted()).toMatch(/^\nwinner: +narrow_fast/);
    await expectExits([
      ['watch silent --quiet', 0, /^\nwinner: +narrow_fast/],
      ['watch silnt -q', 2, /^study: expected the id of a study, got "silnt"/],
      [`start ${file} --id started --quiet`, 0, /^started\n$/],
      ['watch started', 0, /^A small study: started, /],
    ]);
  });

  it('a study is cancelled when the last of its trainers has stopped', async () => {
    const started: unknown[] = [];
    const order: string[] = [];
    const train: Train = async ({ spec }) => {
      started.push(spec);
      const beat = setInterval(() => heartbeat(), 100);
      try {
        return await Context.current().cancelled;
      } finally {
        clearInterval(beat);
        if (spec.config.network.hidden[0] === 16) {
          // The study must not end before, or if it does, the command must not.
          const study = workers.temporal().client.workflow.getHandle('stops').result();
          await Promise.race([study.catch(() => pause(500)), pause(3_000)]);
          order.push('the trainer has stopped');
        }
      }
    };
    workers.use({ train });
    expect(await exitCode(`start ${file} --id stops --quiet`)).toBe(0);
    await expect.poll(() => started.length).toBe(2);
    expect(await exitCode('cancel stops')).toBe(0);
    order.push('the command has ended');
    expect(lastPrinted()).toContain('stops: cancelled');
    expect(order).toEqual(['the trainer has stopped', 'the command has ended']);
  });

  it('gc removes an unwanted study, and none that runs or is unknown', async () => {
    const minio = createMinioStore(workers.store());
    expect(await exitCode(`run ${file} --id wanted --quiet`)).toBe(0);
    await minio.put('studies/wanted/study.json', Buffer.from('{}'));
    await minio.put('studies/wanted/report/index.html', Buffer.from('<html>'));
    await workers
      .temporal()
      .client.workflow.start('studyWorkflow', { workflowId: 'running', taskQueue: 'nobody' });
    await expect.poll(() => listed('running')).toBe(true);
    await expectExits([
      ['gc', 0, /^There is nothing to remove\.\n$/],
      ['gc --older-than soon', 2, /^--older-than: expected a whole number of days from 1, got "soon"/],
      [
        'gc --study wantd',
        2,
        /^--study: expected the id of a study, got "wantd" \(did you mean "wanted"\?\)/,
      ],
      [
        'gc --study running',
        1,
        /^running: expected a study that has ended, got one that is running; cancel it/,
      ],
      [
        'gc --study wanted --dry-run',
        0,
        / 2.B {2}studies\/wanted\/study\.json\nWould remove 1.study \(8.B\)/,
      ],
      ['gc --study wanted', 0, /^Removed 1.study \(8.B\): 8.B in all\.\n$/],
    ]);
    await workers.temporal().client.workflow.getHandle('running').terminate();
    expect(await minio.list('studies/')).toEqual([]);
    await expect.poll(() => listed('wanted')).toBe(false);
    await expect.poll(() => listed('wanted/width/wide')).toBe(false);
  });

  it('a presigned URL is a secret, which no history has', async () => {
    const given: (string | null)[] = [];
    workers.use({
      prepareDataset: async ({ source }) => {
        given.push(source.archive);
        return dataset;
      },
    });
    const url = 'https://data.example/cifar.tar.gz?X-Amz-Signature=secret';
    expect(await exitCode(`run ${file} --id presigned --dataset ${url}`)).toBe(0);
    const history = await workers.temporal().client.workflow.getHandle('presigned').fetchHistory();
    const text = historyToJSON(history);
    const payloads = [...text.matchAll(/"data":\s*"([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64'),
    );
    expect(payloads.join('')).toContain('https://data.example/cifar.tar.gz');
    for (const shown of [text, payloads.join(''), lastPrinted()]) expect(shown).not.toContain('secret');
    expect(given).toEqual([expect.stringMatching(/^https:\/\/data\.example\/cifar\.tar\.gz#/)]);
    expect(await readAddress(createMinioStore(workers.store()), given[0] ?? '')).toBe(url);
  });

  it('a study that fails before its data set is prepared: 1; it is still listed and shown', async () => {
    const prepareDataset = async () => {
      throw ApplicationFailure.nonRetryable('no archive: name one');
    };
    workers.use({ prepareDataset });
    expect(await exitCode(`run ${file} --id fails`)).toBe(1);
    expect(lastPrinted()).toMatch(/fails: failed: no archive: name one\n/);
    expect(lastPrinted()).not.toContain('record');
    await expectExits([
      ['status fails', 1, /fails: failed: no archive: name one\nTo run it again: .* --profile tiny\n/],
      ['watch fails', 1, /no archive: name one/],
      ['show fails', 0, /failed: no archive: name one/],
      ['list', 0, /fails +failed +tiny/],
      ['report fails', 1, /expected a completed study, got one that is failed; to run it again: /],
    ]);
  });

  async function listed(studyId: string): Promise<boolean> {
    return (await workers.temporal().client.workflow.count(`WorkflowId = '${studyId}'`)).count > 0;
  }
});
