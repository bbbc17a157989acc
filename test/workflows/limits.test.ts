import { it } from 'vitest';
import { createSuggest } from '../../activities/suggest.ts';
import { workflowSignals } from '../../activities/workflow-signals.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { QUERIES, SIGNALS } from '../../temporal/names.ts';
import type { StudyStatus } from '../../workflows/status.ts';
import { exampleLine } from '../storage/examples.ts';
import { run, type Train, trained, useTemporal } from './run-study.ts';
import { smallRequest, smallStudy } from './small-study.ts';

const temporal = useTemporal();

it.concurrent('the history of a search grows with its evaluations, and not with their square', async ({
  expect,
}) => {
  const bytesOf = async (evaluations: number) => {
    const studyId = `search-of-${evaluations}`;
    const search: StudyInput['stages'][number] = {
      kind: 'search',
      name: 'search',
      question: 'Which rate?',
      from: 'width',
      evaluations,
      parallel: 4,
      space: { learningRate: { kind: 'uniform', low: 0.001, high: 0.1 } },
    };
    const study = parseStudy({ ...smallStudy, stages: [smallStudy.stages[0]!, search] }, 'searching');
    const train: Train = async ({ spec }) => trained(spec, 50);
    const request = { ...smallRequest(), study };
    const suggest = createSuggest({ store: createMemoryStore() });
    await run(studyId, { train, request, suggest }, async (handle) => {
      await handle.result();
    });
    return sizeOf(`${studyId}/search`);
  };
  const [few, many] = [await bytesOf(8), await bytesOf(32)];
  expect(many / few).toBeLessThan(4.2);
});

it.concurrent('no message of a study has the trials of several stages', async ({ expect }) => {
  const studyId = 'stage-by-stage';
  const train: Train = async ({ spec }) => trained(spec, 50);
  await run(studyId, { train }, async (handle) => {
    await handle.result();
    const { events } = await handle.fetchHistory();
    const inputs = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      (scheduled?.input?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()),
    );
    const withTrials = inputs.filter((input) => input.includes('"standings"'));
    expect(withTrials).toHaveLength(2);
    for (const input of withTrials)
      expect(input.match(/"name":"(narrow|wide)/g)?.length).toBeLessThanOrEqual(3);
    const status = await handle.query<StudyStatus>(QUERIES.studyStatus);
    expect(JSON.stringify(status)).not.toContain('standings');
  });
});

it.concurrent('a signal carries every epoch since the last one', async ({ expect }) => {
  const studyId = 'many-epochs';
  const train: Train = async ({ spec }) => {
    const signals = workflowSignals();
    signals.started();
    for (let epoch = 1; epoch <= 5_000; epoch++) signals.epochEnded(exampleLine(epoch));
    await signals.sent();
    return trained(spec, 50);
  };
  await run(studyId, { train }, async (handle) => {
    await handle.result();
    const trial = temporal().client.workflow.getHandle(`${studyId}/width/wide`);
    const { events } = await trial.fetchHistory();
    const notices = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === SIGNALS.epochsEnded
        ? [JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString())]
        : [],
    );
    expect(notices.length).toBeLessThan(6);
    const epochs = notices.flatMap((notice) => notice.epochs.map((line: { epoch: number }) => line.epoch));
    expect(epochs).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
    expect(notices.at(-1).summary).toMatch(/^epoch 5000: validation accuracy/);
  });
});

// --- helpers ---

/** Bytes of a workflow's history. */
async function sizeOf(workflowId: string): Promise<number> {
  const { events } = await temporal().client.workflow.getHandle(workflowId).fetchHistory();
  return JSON.stringify(events).length;
}
