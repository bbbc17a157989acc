import { expect, it } from 'vitest';
import { type Asked, createSuggest } from '../../activities/suggest.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { readSearchLog } from '../../storage/searches.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { portionSizes } from '../../study/search/rounds.ts';
import { QUERIES } from '../../temporal/names.ts';
import type { StageStatus } from '../../workflows/status.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { endOfTraining } from './halting-training.ts';
import { run, type Train, useTemporal } from './run-study.ts';
import { smallRequest, smallStudy } from './small-study.ts';

/** `SEARCH_EVALUATIONS=2000` for the search that docs/search.md tells of. */
const EVALUATIONS = Number(process.env.SEARCH_EVALUATIONS ?? 60);
/** As the study counts them; the profile divides them by five. */
const EPOCHS = 100;
const FIRST = 15;
/** Of Temporal: it warns from here on, and ends a workflow at five times as much. */
const WARNING = { events: 10_240, bytes: 10 * 1024 * 1024 };

const SPACE: SearchInput['space'] = {
  learningRate: { kind: 'loguniform', low: 0.001, high: 1 },
  batchSize: { kind: 'choice', options: [32, 64, 128] },
  dropout: { kind: 'uniform', low: 0, high: 0.5 },
};

const temporal = useTemporal();

it.each<[string, Partial<SearchInput>, number]>([
  [
    'that learns',
    { sampler: { kind: 'tpe' }, space: { ...SPACE, epochs: { kind: 'integer', low: 5, high: 50 } } },
    0,
  ],
  ['with halving', { stopping: { kind: 'halving', first: FIRST, factor: 3 } }, stoppedByHalving()],
])(
  'a long search %s of trials that do nothing stays below all limits, and suggests fast',
  {
    timeout: 30 * 60_000,
  },
  async (what, change, stopped) => {
    const studyId = `long-search-${what.replaceAll(' ', '-')}`;
    const store = createMinioStore(await freshBucket());
    const suggest = createSuggest({ store });
    const times: number[] = [];
    const timed = async (asked: Asked) => {
      const before = performance.now();
      const suggested = await suggest(asked);
      if (suggested.values.length > 0) times.push((performance.now() - before) / suggested.values.length);
      return suggested;
    };
    const train: Train = async (job) => {
      const score = scoreOf(job.spec.config.learningRate);
      return endOfTraining(job, Array(job.spec.config.epochs).fill(score));
    };
    await run(
      studyId,
      { train, request: { ...smallRequest(), study: study(change) }, suggest: timed },
      async (handle) => {
        await handle.result();
        const sizes = await historySizes(studyId);
        const stage = temporal().client.workflow.getHandle(`${studyId}/search`);
        const status = await stage.query<StageStatus>(QUERIES.stageStatus);
        const log = (await readSearchLog(store, studyId, 'search'))?.value;
        const slowest = Math.max(...times);
        console.log(
          `${EVALUATIONS} evaluations ${what}: ${JSON.stringify(sizes)}; status ${JSON.stringify(status).length} bytes; ` +
            `slowest suggestion ${slowest.toFixed(1)} ms, median ${times.sort((a, b) => a - b)[times.length >> 1]?.toFixed(1)} ms`,
        );
        expect(log?.arrivals).toHaveLength(EVALUATIONS);
        const ends = log?.arrivals.flatMap(({ standings }) => standings) ?? [];
        expect(ends.filter(({ status }) => status === 'stopped')).toHaveLength(stopped);
        expect(status.search?.end).toEqual({ end: 'completed', evaluations: EVALUATIONS });
        expect(JSON.stringify(status).length).toBeLessThan(500_000);
        for (const { events, bytes } of sizes) {
          expect(events).toBeLessThan(WARNING.events);
          expect(bytes).toBeLessThan(WARNING.bytes);
        }
      },
    );
  },
);

// --- helpers ---

type SearchInput = Extract<StudyInput['stages'][number], { kind: 'search' }>;

function study(change: Partial<SearchInput>) {
  const search: SearchInput = {
    kind: 'search',
    name: 'search',
    question: 'Which settings?',
    from: 'width',
    evaluations: EVALUATIONS,
    space: SPACE,
    ...change,
  };
  const stages = [smallStudy.stages[0]!, search];
  return parseStudy({ ...smallStudy, base: { epochs: EPOCHS }, stages }, 'searching');
}

/** Each round stops all but a third at its first rung, and of those all but a third at its second. */
function stoppedByHalving(): number {
  const rounds = portionSizes({
    evaluations: EVALUATIONS,
    stopping: { kind: 'halving', first: FIRST, factor: 3 },
  });
  return rounds.reduce((sum, trials) => sum + trials - Math.floor(Math.floor(trials / 3) / 3), 0);
}

function scoreOf(learningRate: number): number {
  return 90 - 10 * Math.abs(Math.log10(learningRate / 0.1));
}

/** Of each run of the study's workflow and its search's. */
async function historySizes(studyId: string): Promise<{ events: number; bytes: number }[]> {
  const { client } = temporal();
  const sizes: { events: number; bytes: number }[] = [];
  for (const id of [studyId, `${studyId}/search`]) {
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${id}'` })) {
      const { raw } = await client.workflow.getHandle(id, runId).describe();
      const info = raw.workflowExecutionInfo;
      sizes.push({ events: Number(info?.historyLength), bytes: Number(info?.historySizeBytes) });
    }
  }
  return sizes;
}
