import { Client } from '@temporalio/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EXIT } from '../../../client/command-line/exit-codes.ts';
import type { StudyView } from '../../../client/observe/observe-study.ts';
import type { TrialView } from '../../../client/observe/view-trial.ts';
import type { Session } from '../../../client/servers/session.ts';
import { printOutcome } from '../../../client/terminal/outcome.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { writeRecord } from '../../../storage/studies.ts';
import type { TrialStanding } from '../../../study/record/record.ts';
import { fullRecord } from '../../report/example-study.ts';
import { ended, parked, stageView, viewOf } from '../views.ts';

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const completed = viewOf(
  [
    stageView([ended('MLP', 48)], {
      state: 'done',
      winner: { ...ended('MLP', 48).standing, score: 48 } as never,
    }),
  ],
  { workflowStatus: 'COMPLETED', test: { images: 500, accuracy: 47.5, loss: 1.5 } },
);

it('prints the winner, its test, and where to look at the study', async () => {
  expect(await outcome(completed, { startedHere: false })).toBe(EXIT.success);
  expect(printed).toEqual([
    '',
    'winner:      MLP, validation accuracy 48.00 % (epoch 2)',
    'test:        47.50 % of 500 test images',
    'report:      npx staged-study report mine',
    'Temporal UI: http://127.0.0.1:8233/namespaces/default/workflows/mine',
    'its trials:  http://127.0.0.1:8233/namespaces/default/workflows?query=StudyId%20%3D%20%22mine%22%20AND%20TrialName%20IS%20NOT%20NULL',
    'objects:     bucket staged-study at http://127.0.0.1:9000, record studies/mine/record.json',
    '             browse them at http://127.0.0.1:9001, login: /state/credentials.json',
  ]);
});

it('says how much of the time was training', async () => {
  const store = createMemoryStore();
  await writeRecord(store, fullRecord());
  const { studyId } = fullRecord().opening;
  await outcome({ ...completed, studyId }, { startedHere: false, store });
  expect(printed.map((text) => text.replaceAll('\u00a0', ' ')).join('\n')).toMatch(
    /\ntraining: {4}\d+ trials, \S.* within \S.*: [\d.]+ at a time on average\n/,
  );
});

it('says which retrained trials differ from their earlier results', async () => {
  const retrained = {
    earlier: 'b'.repeat(64),
    sameWeights: true,
    firstDifferentEpoch: null,
    sameEnvironment: true,
  };
  const trials = [
    withStanding('MLP', { retrained }),
    withStanding('wide', { retrained: { ...retrained, sameWeights: false, firstDifferentEpoch: 2 } }),
    withStanding('deep', {
      retrained: { ...retrained, sameWeights: false, sameEnvironment: false },
    }),
    withStanding('plain', {}),
    // Compared in its own stage.
    withStanding('MLP', { retrained, takenOver: true }),
  ];
  await outcome(viewOf([stageView(trials)], { workflowStatus: 'COMPLETED' }), { startedHere: false });
  expect(printed.map((text) => text.replaceAll('\u00a0', ' '))).toContain(
    'retrained:   2 of 3 trials not bit-identical to earlier results: wide (differs from epoch 2); ' +
      'deep (only the weights differ, on another device, build or number of threads)',
  );
});

it('says how to start servers again that stop with the command', async () => {
  await outcome(completed, { startedHere: true });
  expect(printed.at(-1)).toBe('These servers stop now. To start them again: npx staged-study up');
});

it.each<[string, Partial<StudyView>, string]>([
  [
    'before its data set was prepared',
    { dataset: null },
    'objects:     bucket staged-study at http://127.0.0.1:9000',
  ],
  ['later', {}, 'objects:     bucket staged-study at http://127.0.0.1:9000, study studies/mine/study.json'],
])('names no record of a study that failed %s', async (_when, change, objects) => {
  const failed = viewOf([], { workflowStatus: 'FAILED', failure: 'no archive; name one', ...change });
  expect(await outcome(failed, { startedHere: false })).toBe(EXIT.failure);
  expect(printed[1]).toMatch(
    /^mine: failed: no archive; name one\nTo run it again: npx staged-study run STUDY --profile demo\n/,
  );
  expect(printed).toContain(objects);
});

it('prints the commands for what needs attention', async () => {
  const attention = [{ id: 'mine/dense/MLP', name: 'MLP', kind: 'trial' as const, failure: 'gone' }];
  const waiting = viewOf([stageView([parked('MLP')])], { attention });
  expect(await outcome(waiting, { startedHere: false })).toBe(EXIT.needsAttention);
  expect(printed[1]).toContain('npx staged-study retry mine MLP\n');
});

// --- helpers ---

function withStanding(name: string, change: Partial<TrialStanding>): TrialView {
  const trial = ended(name, 48);
  return { ...trial, standing: { ...(trial.standing as TrialStanding), ...change } };
}

function outcome(
  view: StudyView,
  { startedHere, store = createMemoryStore() }: { startedHere: boolean; store?: ObjectStore },
): Promise<number> {
  const session: Session = {
    client: new Client({ connection: {} as never, namespace: 'default' }),
    store,
    uiUrl: 'http://127.0.0.1:8233',
    bucket: {
      endpoint: 'http://127.0.0.1:9000',
      bucket: 'staged-study',
      region: 'us-east-1',
      accessKey: 'key',
      secretKey: 'secret',
      consoleUrl: 'http://127.0.0.1:9001',
    },
    stack: { startedHere, trains: true, credentialsFile: '/state/credentials.json' },
  };
  return printOutcome(session, view);
}
