import { readStudy } from '../../../storage/studies.ts';
import { readMetrics, readResult, type TrialResult } from '../../../storage/trials/trials.ts';
import { didYouMean } from '../../../study/definition/did-you-mean.ts';
import { selectProfile } from '../../../study/definition/parse-study.ts';
import { candidateNamed } from '../../../study/plan/candidate-names.ts';
import type { StudyOpening } from '../../../study/record/record.ts';
import { environmentsOf } from '../../../study/trial/environment.ts';
import { type EpochLine, scoreIn, type TrialSpec } from '../../../study/trial/trial.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { QUERIES } from '../../../temporal/names.ts';
import { differencesInWords, environmentsInWords } from '../../../words/environment.ts';
import { measureName, valueInWords } from '../../../words/measure.ts';
import { percent, plural } from '../../../words/numbers.ts';
import { standingInWords } from '../../../words/outcome.ts';
import { drawInWords } from '../../../words/settings.ts';
import { initialWeightsInWords } from '../../../words/weights.ts';
import type { TrialStatus } from '../../../workflows/status.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { findStudy } from '../../observe/find-study.ts';
import { ownTrials, trialsNamed } from '../../observe/named-trials.ts';
import { type StageView, type StudyView, viewStudy } from '../../observe/observe-study.ts';
import { type InStage, onlyOne } from '../../observe/trial-names.ts';
import type { TrialView } from '../../observe/view-trial.ts';
import { type Session, warnIfNothingTrains, withSession } from '../../servers/session.ts';
import { describeProgress } from '../../terminal/format.ts';
import { studyScreen } from '../../terminal/screen.ts';
import { table } from '../../terminal/text.ts';

export async function show(
  studyId: string,
  trial: string | undefined,
  { json }: { json?: boolean },
): Promise<void> {
  await withSession({ level: 'queries' }, async (session) => {
    await findStudy(session, studyId);
    const view = await viewStudy(session.client, studyId);
    if (trial === undefined) showStudy(view, json);
    else await showTrial(session, view, trial, json);
    if (view.workflowStatus === 'RUNNING') warnIfNothingTrains(session, studyId);
  });
}

// --- helpers ---

const MOST_NAMES = 50;

function showStudy(view: StudyView, json = false): void {
  console.log(json ? JSON.stringify(view, null, 2) : studyScreen(view));
}

async function showTrial(
  { client, store }: Session,
  view: StudyView,
  given: string,
  json = false,
): Promise<void> {
  const { studyId, stages } = view;
  const trial = onlyOne(await trialsNamed(client, view, given), given);
  if (!trial) {
    const names = [...new Set(ownTrials(stages).map(({ name }) => name))];
    throw new UsageError(
      `trial: expected the name of a trial of ${studyId}, got "${given}"${didYouMean(given, names)}; ` +
        (names.length > 0 ? `it has ${listed(names)}` : 'it has none yet'),
    );
  }
  const { spec } = await client.workflow.getHandle(trial.id).query<TrialStatus>(QUERIES.trialStatus);
  const key = trialKey(spec);
  const result = await readResult(store, key);
  const lines = result?.lines ?? (await readMetrics(store, key));
  if (json)
    return console.log(
      JSON.stringify(
        { trial: trial.name, stage: trial.stage, trialKey: key, spec, lines, result: result ?? null },
        null,
        2,
      ),
    );
  console.log(`${given} of ${studyId}: ${describe(trial, result)}`);
  const note = noteOf(await readStudy(store, studyId), stages, trial);
  if (note !== undefined) console.log(`note: ${note}`);
  if (trial.drawn) console.log(`drawn by the search: ${drawInWords(trial.drawn)}`);
  console.log(`objects: trials/${key}/`);
  console.log(`starts from: ${initialWeightsInWords(spec.initialWeights)}`);
  if (result) console.log(trainedWith(result));
  console.log(`${JSON.stringify(spec.config, null, 2)}\n`);
  console.log(epochTable(lines, spec));
}

function listed(names: readonly string[]): string {
  const [most, more] = [names.slice(0, MOST_NAMES), names.length - MOST_NAMES];
  return more > 0 ? `${most.join(', ')} and ${more} more` : most.join(', ');
}

/** What the study notes about a trial's candidate; undefined if it notes nothing, or the store has no study yet. */
function noteOf(
  opening: StudyOpening | undefined,
  stages: readonly StageView[],
  trial: InStage,
): string | undefined {
  const holder = stages.find(({ name }) => name === trial.stage);
  const stage = opening?.study.stages.find(({ name }) => name === holder?.name);
  if (!opening || !stage) return undefined;
  const profile = selectProfile(opening.study, opening.profile);
  return candidateNamed(trial.name, stage, profile, holder?.start ?? undefined)?.note;
}

function describe(trial: TrialView, result: TrialResult | undefined): string {
  const { standing } = trial;
  if (!standing) return describeProgress(trial);
  // Earlier versions stored the reason with the result only.
  return standingInWords({ ...standing, message: standing.message ?? result?.message ?? null });
}

/** Its environments, and what differs between them. */
function trainedWith(result: TrialResult): string {
  const [first = '', ...later] = environmentsInWords(result);
  const differences = differencesInWords(environmentsOf(result));
  return [
    `trained with: ${first}`,
    ...later.map((text) => `              ${text}`),
    ...(differences ? [`              different between its attempts: ${differences}`] : []),
  ].join('\n');
}

const HEADER = ['epoch', 'train loss', 'train accuracy', 'val loss', 'val accuracy'];

function epochTable(lines: EpochLine[], { config, rankBy }: TrialSpec): string {
  const ended = `${lines.length} of ${plural(config.epochs, 'epoch')} ended`;
  if (lines.length === 0) return `${ended}, so there are no losses and accuracies to show.`;
  const own = lines.some(({ val_score }) => val_score !== undefined);
  const header = [...HEADER, ...(own ? [`val ${measureName(rankBy)}`] : []), 'seconds'];
  return `${ended}:\n\n${table(
    header,
    lines.map((line) => row(line, own, rankBy)),
  )}`;
}

/** @param own whether there is a column for the trial's own measure. */
function row(line: EpochLine, own: boolean, rankBy: TrialSpec['rankBy']): string[] {
  return [
    String(line.epoch),
    line.train_loss.toFixed(4),
    percent(line.train_accuracy),
    line.val_loss.toFixed(4),
    percent(line.val_accuracy),
    ...(own ? [valueInWords(scoreIn(line, rankBy), rankBy)] : []),
    line.seconds.toFixed(1),
  ];
}
