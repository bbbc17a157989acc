import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { viewStudy } from '../../client/observe/observe-study.ts';
import { CONTROL_QUEUE } from '../../temporal/names.ts';
import { currentDetails, innermost, useTemporal } from './run-study.ts';
import { smallRequest } from './small-study.ts';

const temporal = useTemporal();

describe.concurrent('a study that is started in the Temporal UI with a wrong input', () => {
  it.each<[string, string, unknown, RegExp]>([
    [
      'no-input',
      'no input',
      undefined,
      /the input is not a study that can be run:\n {2}the study: expected object/,
    ],
    [
      'bad-setting',
      'a setting that is misspelt',
      { ...smallRequest(), study: { ...smallRequest().study, base: { learnigRate: 1 } } },
      /study\.base: unknown key "learnigRate" \(did you mean "learningRate"\?\)/,
    ],
    [
      'bad-profile',
      'a profile that it does not have',
      { ...smallRequest(), profile: 'tyni' },
      /^profile: expected one of tiny \(study "small"\), got "tyni" \(did you mean "tiny"\?\)$/,
    ],
    [
      'bad..id',
      'an id that is no id',
      smallRequest(),
      /^workflow id: expected letters, .*, got "bad\.\.id"; start/,
    ],
  ])('fails at once and says why: %s', async (id, _what, input, message) => {
    const { client } = temporal();
    const handle = await client.workflow.start('studyWorkflow', {
      workflowId: id,
      taskQueue: CONTROL_QUEUE,
      args: input === undefined ? [] : [input],
    });
    const error = await handle.result().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(innermost(error).message).toMatch(message);
    expect(await viewStudy(client, id)).toMatchObject({ workflowStatus: 'FAILED', stages: [] });
    expect(await currentDetails(client, id)).toContain('**Failed**: ');
  });

  it('has its defaults filled in', async () => {
    const { client } = temporal();
    const { base: _, ...study } = smallRequest().study;
    const handle = await client.workflow.start('studyWorkflow', {
      workflowId: 'without-base',
      taskQueue: CONTROL_QUEUE,
      args: [{ ...smallRequest(), study }],
    });
    const view = async () => (await viewStudy(client, 'without-base')).stages.map(({ name }) => name);
    await expect.poll(view).toEqual(['width', 'rate', 'test']);
    await handle.terminate();
  });

  it('an error of a workflow’s own code ends it, too', async () => {
    const { client } = temporal();
    const handle = await client.workflow.start('stageWorkflow', {
      workflowId: 'broken/stage',
      taskQueue: CONTROL_QUEUE,
      args: [{ studyId: 'broken', stage: 'stage', kind: 'compare', question: '?', start: [], search: null }],
    });
    const error = await handle.result().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(innermost(error).message).toMatch(/forEach/);
  });
});
