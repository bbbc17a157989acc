import { ApplicationFailure, Context } from '@temporalio/activity';
import { describe, it } from 'vitest';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { QUERIES, trialWorkflowId, UPDATES } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { countWorkflows, run, type Train, trained, useTemporal } from './run-study.ts';
import { smallStudy } from './small-study.ts';

const temporal = useTemporal();

/** The second stage's networks don't depend on the first one's winner, but its dropout does if a person changes it. */
const study: StudyInput = {
  ...smallStudy,
  name: 'early',
  stages: [
    smallStudy.stages[0]!,
    {
      kind: 'compare',
      name: 'depth',
      question: 'Deep or shallow?',
      from: 'width',
      candidates: [
        { name: 'deep', change: { network: { kind: 'dense', hidden: [32, 8] } } },
        { name: '_same', change: {} },
        { name: 'shallow', change: { network: { kind: 'dense', hidden: [32] } } },
      ],
    },
  ],
};
const request = {
  study: parseStudy(study, 'early'),
  profile: 'tiny',
  source: { archive: null },
  weights: { file: null },
};

describe.concurrent('a stage whose trials no winner changes', () => {
  it('starts beside the stage before, and ranks all of its trials in the order of its candidates', async ({
    expect,
  }) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const train: Train = async ({ spec }) => {
      const [units, second] = spec.config.network.hidden;
      if (units === 8) await held;
      return trained(spec, 40 + (units ?? 0) / 8 + (second ?? 0));
    };
    const { written } = await run('early', { train, request }, async (handle) => {
      const states = async () => {
        const { stages } = await handle.query<StudyStatus>(QUERIES.studyStatus);
        return stages.map(({ name, state, early }) => `${name} ${state}${early ? ', early' : ''}`);
      };
      await expect.poll(() => endedTrials('early')).toEqual(['deep', 'shallow', 'wide']);
      expect(await states()).toEqual(['width running', 'depth running, early']);
      release();
      await handle.result();
      expect(await states()).toEqual(['width done', 'depth done']);
    });
    expect(written[0]?.stages.map(({ winner }) => winner)).toEqual(['wide', 'deep']);
    expect(written[0]?.stages[1]?.standings.map(({ name }) => name)).toEqual([
      'deep',
      'wide_same',
      'shallow',
    ]);
  });

  it('trains other trials if a person changes settings of the winner', async ({ expect }) => {
    const train: Train = async ({ spec }) => {
      const { network, dropout } = spec.config;
      if (network.hidden[0] === 8 && dropout === 0) {
        await expect.poll(() => endedTrials('changed')).toEqual(['deep', 'shallow', 'wide']);
        throw ApplicationFailure.nonRetryable('no such layer', 'BadConfiguration');
      }
      return trained(spec, network.hidden[0] === 8 ? 90 : 50);
    };
    const { written } = await run('changed', { train, request }, async (handle) => {
      const narrow = temporal().client.workflow.getHandle(trialWorkflowId('changed', 'width', 'narrow'));
      const isParked = async () =>
        Object.keys((await handle.query<StudyStatus>(QUERIES.studyStatus)).attention);
      await expect.poll(isParked).toEqual(['changed/width/narrow']);
      await narrow.executeUpdate(UPDATES.retryTrial, { args: [{ dropout: 0.25 }] });
      await handle.result();
    });
    const keys = written[0]?.stages[1]?.standings.map(({ name, trialKey }) => [name, trialKey]);
    expect(keys?.map(([name]) => name)).toEqual(['deep', 'narrow_same', 'shallow']);
    expect(new Set(keys?.map(([, key]) => key)).size).toBe(3);
  });

  it('stops with its study', async ({ expect }) => {
    let started = 0;
    const train: Train = () => {
      started++;
      return Context.current().cancelled;
    };
    await run('stopped', { train, request }, async (handle) => {
      await expect.poll(() => started).toBe(4);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      const query = `StudyId = 'stopped' AND ExecutionStatus = 'Running'`;
      await expect.poll(() => countWorkflows(query)).toBe(0);
    });
  });
});

// --- helpers ---

async function endedTrials(studyId: string): Promise<string[]> {
  const query = `StudyId = '${studyId}' AND TrialName IS NOT NULL AND ExecutionStatus = 'Completed'`;
  const ids: string[] = [];
  for await (const { workflowId } of temporal().client.workflow.list({ query })) ids.push(workflowId);
  return ids.map((id) => id.split('/')[2] as string).sort();
}
