import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../../infra/user-error.ts';
import { didYouMean } from '../../../study/definition/did-you-mean.ts';
import { type Overrides, parseOverrides } from '../../../study/definition/overrides.ts';
import { settingsSchema } from '../../../study/definition/training-config.ts';
import { QUERIES, stageWorkflowId, UPDATES } from '../../../temporal/names.ts';
import { statusInWords } from '../../../words/study-end.ts';
import type { StudyStatus } from '../../../workflows/status.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { findStudy } from '../../observe/find-study.ts';
import { ownTrials, trialsNamed } from '../../observe/named-trials.ts';
import { type Attention, type StudyView, viewStudy } from '../../observe/observe-study.ts';
import { type InStage, isNamed, onlyOne } from '../../observe/trial-names.ts';
import { sendUpdate } from '../../servers/send-update.ts';
import { type Session, withSession } from '../../servers/session.ts';

const SETTINGS = Object.keys(settingsSchema.shape);

interface RetryOptions {
  set?: string[];
  all?: boolean;
}

export async function retry(
  studyId: string,
  name: string | undefined,
  { set, all = false }: RetryOptions,
): Promise<void> {
  if (all && name !== undefined) throw new UsageError(`--all: expected no name beside it, got "${name}"`);
  if (!all && name === undefined)
    throw new UsageError('retry: expected the name of what needs attention, or --all, got neither');
  const overrides = set && parseSettings(set);
  await withSession({ level: 'training', needsRunningStack: 'retry' }, async (session) => {
    const view = await viewRunning(session, studyId);
    const found = name === undefined ? allWaiting(view) : await named(session, view, name);
    if ('stoppedBy' in found) {
      if (overrides)
        throw new UsageError(
          '--set: a trial that was stopped early goes on with its settings; leave --set out',
        );
      console.log(await sendUpdate(session, found.stoppedBy, UPDATES.continueTrial, found.name));
      return;
    }
    const chosen = Array.isArray(found) ? found : [found];
    if (overrides && chosen.some(({ kind }) => kind === 'test'))
      throw new UsageError('--set: the final test has no settings; leave --set out');
    for (const { id, kind } of chosen) {
      const update = { trial: UPDATES.retryTrial, stage: UPDATES.retryStage, test: UPDATES.retryTest }[kind];
      console.log(await sendUpdate(session, id, update, overrides));
    }
    await untilKnown(session, studyId, chosen);
  });
}

export async function skip(studyId: string, name: string): Promise<void> {
  await withSession({ level: 'training', needsRunningStack: 'skip' }, async (session) => {
    const view = await viewRunning(session, studyId);
    const found = onlyWaiting(view, name, waitingTrials(view, name)) ?? refuse(view, name);
    const { id, kind } = found;
    if (kind !== 'trial')
      throw new UsageError(`skip: expected the name of a trial, got the ${kind} "${name}"; retry it instead`);
    console.log(await sendUpdate(session, id, UPDATES.skipTrial));
    await untilKnown(session, studyId, [found]);
  });
}

// --- helpers ---

const PATIENCE_MS = 5_000;
const INTERVAL_MS = 100;

/** A study learns by a signal what was decided. Until then, `watch` and `status` would still ask for a decision. */
async function untilKnown(
  { client }: Session,
  studyId: string,
  decided: readonly Attention[],
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const { attention } = await client.workflow.getHandle(studyId).query<StudyStatus>(QUERIES.studyStatus);
    if (!decided.some(({ id, failure }) => attention[id] === failure)) return;
    await pause(INTERVAL_MS);
  }
}

/** A trial that a search has stopped early. */
interface StoppedTrial extends InStage {
  /** The stage's workflow. */
  stoppedBy: string;
}

/** What waits under this name, or a stopped trial with which its search can go on. */
async function named({ client }: Session, view: StudyView, given: string): Promise<Attention | StoppedTrial> {
  const { studyId, stages } = view;
  const trials = await trialsNamed(client, view, given);
  const stopped = trials.filter(({ standing }) => standing?.status === 'stopped');
  const open = stopped
    .filter(({ stage }) => stages.some(({ name, state }) => name === stage && state === 'running'))
    .map(({ stage, name }) => ({ stage, name, stoppedBy: stageWorkflowId(studyId, stage) }));
  const found = onlyWaiting(view, given, [...waitingTrials(view, given), ...open]);
  if (found) return found;
  const [first] = stopped;
  if (!first) return refuse(view, given);
  throw new UserError(
    `${studyId}: expected a trial of a stage that runs, got "${given}", which ${first.stage} has stopped early; a study that ` +
      'wants the whole trial trains the rest of it',
  );
}

/** A stage or the final test, if that is what waits under this name; otherwise the only one of the trials. */
function onlyWaiting<T extends InStage>(
  { attention }: StudyView,
  given: string,
  trials: readonly T[],
): Attention | T | undefined {
  return attention.find(({ kind, name }) => kind !== 'trial' && name === given) ?? onlyOne(trials, given);
}

function waitingTrials({ attention }: StudyView, given: string): (Attention & InStage)[] {
  return attention
    .filter(({ kind }) => kind === 'trial')
    .map((each) => {
      const [, stage = '', name = ''] = each.id.split('/');
      return { ...each, stage, name };
    })
    .filter((trial) => isNamed(trial, given));
}

function allWaiting({ studyId, attention }: StudyView): Attention[] {
  if (attention.length > 0) return attention;
  throw new UserError(`${studyId}: nothing needs attention`);
}

async function viewRunning(session: Session, studyId: string): Promise<StudyView> {
  const { status } = await findStudy(session, studyId);
  if (status.name === 'RUNNING') return viewStudy(session.client, studyId);
  throw new UserError(`${studyId}: nothing needs attention: the study is ${statusInWords(status.name)}`);
}

/** Says why nothing of this name can be decided about. */
function refuse({ studyId, attention, stages }: StudyView, name: string): never {
  const waiting = attention.map((each) => each.name);
  const others = stages.flatMap((stage) => [stage.name, ...stage.trials.map((trial) => trial.name)]);
  const isKnown = others.includes(name) || ownTrials(stages).some((trial) => isNamed(trial, name));
  if (isKnown) {
    const rest = waiting.length > 0 ? `what does: ${waiting.join(', ')}` : 'nothing does';
    throw new UserError(`${studyId}: "${name}" does not need attention (${rest})`);
  }
  const expected =
    waiting.length > 0
      ? `the name of what needs attention (${waiting.join(', ')})`
      : 'the name of a trial or stage that needs attention, and none does';
  const hint = didYouMean(name, waiting.length > 0 ? waiting : others);
  throw new UsageError(`${studyId}: expected ${expected}; got "${name}"${hint}`);
}

function parseSettings(settings: string[]): Overrides {
  const entries = settings.map((setting) => {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || text === undefined) {
      throw new UsageError(`--set: expected setting=value, such as batchSize=64, got "${setting}"`);
    }
    if (!SETTINGS.includes(name)) {
      throw new UsageError(
        `--set: expected one of ${SETTINGS.join(', ')}, got "${name}"${didYouMean(name, SETTINGS)}`,
      );
    }
    return [name, parseValue(text)];
  });
  return parseOverrides(Object.fromEntries(entries));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
