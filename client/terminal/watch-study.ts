import { setTimeout as pause } from 'node:timers/promises';
import { type Client, ServiceError, WorkflowFailedError } from '@temporalio/client';
import { liveScreen } from '../../infra/live-screen.ts';
import { isQuiet } from '../../infra/quiet.ts';
import { isSideExperiment } from '../../study/plan/side-experiments.ts';
import {
  type Attention,
  nothingSeen,
  type StageView,
  type StudyView,
  viewStudy,
} from '../observe/observe-study.ts';
import { eventLines } from './event-lines.ts';
import { studyScreen } from './screen.ts';

/** Workers report progress every 2 s. */
const INTERVAL_MS = { screen: 1_000, log: 2_000 };
/**
 * A pause is at least so many times as long as the look before it. The more trials have not ended, the more processor time a look
 * takes of this process, the server and a worker, and trainings need it too.
 */
const LOOKS_IN_PAUSE = { screen: 20, log: 50 };
const LONGEST_PAUSE_MS = 10_000;
/** How long servers may not answer: they may be restarting. */
const PATIENCE_MS = 60_000;

/**
 * Shows a study until it ends: in a terminal as a screen that is redrawn, otherwise as a line for every event. Without a
 * terminal, or if the process is quiet, it also returns once everything that is left waits for a person.
 *
 * @returns the last view.
 * @throws the signal's reason if it aborts.
 */
export async function watchStudy(client: Client, studyId: string, signal: AbortSignal): Promise<StudyView> {
  const isLive = process.stdout.isTTY && !isQuiet();
  const show = viewer(isLive);
  const seen = nothingSeen();
  let lastAnswer = Date.now();
  const ended = untilEnd(client, studyId);
  const kind = isLive ? 'screen' : 'log';
  let lookMs = 0;
  const interval = () => {
    const ms = Math.max(INTERVAL_MS[kind], LOOKS_IN_PAUSE[kind] * lookMs);
    return pause(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {});
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      const began = Date.now();
      const view = await viewStudy(client, studyId, seen);
      lastAnswer = Date.now();
      lookMs = lastAnswer - began;
      show(view);
      if (view.workflowStatus !== 'RUNNING') return view;
      if (!isLive && waitsForPerson(view)) return view;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ServiceError) || Date.now() - lastAnswer > PATIENCE_MS) throw error;
      // The study may have ended, so that `ended` no longer waits.
      await interval();
    }
    await Promise.race([interval(), ended]);
  }
}

/** Whether everything that is left to do waits for a person: for a decision, or for the end of a pause. */
export function waitsForPerson(view: StudyView): boolean {
  if (view.isPaused)
    return !view.stages.some(({ trials }) => trials.some(({ state }) => state === 'training'));
  const running = view.stages.filter(({ state }) => state === 'running');
  const mainLine = view.stages.filter((stage) => !isSideExperiment(stage));
  const isBetweenStages =
    mainLine.some(({ state }) => state === 'waiting') && !running.some((stage) => mainLine.includes(stage));
  return running.length > 0 && !isBetweenStages && running.every((stage) => waits(stage, view));
}

// --- helpers ---

/** Resolves when the study has ended, whatever its end is. If servers don't answer, never. */
function untilEnd(client: Client, studyId: string): Promise<void> {
  return new Promise((resolve) => {
    client.workflow
      .getHandle(studyId)
      .result()
      .then(() => resolve())
      .catch((error) => error instanceof WorkflowFailedError && resolve());
  });
}

function waits(
  { name, kind, trials, evaluations, search, early }: StageView,
  { attention }: StudyView,
): boolean {
  const drawn = trials.filter((trial) => trial.drawn).length;
  const isOpen =
    trials.some(({ state }) => state === 'queued' || state === 'training') ||
    // Between two evaluations, the next one is about to start.
    (evaluations !== null && drawn < evaluations && !search?.waitsForAll);
  // A final test waits as its study, whose id has no stage in it.
  const isNamed = ({ id, kind: what }: Attention) =>
    kind === 'test' ? what === 'test' : id.split('/')[1] === name;
  return !isOpen && (early || attention.some(isNamed));
}

function viewer(isLive: boolean): (view: StudyView) => void {
  if (isQuiet()) return () => {};
  return isLive ? liveView() : plainLines();
}

function liveView(): (view: StudyView) => void {
  const screen = liveScreen(process.stdout);
  return (view) => {
    if (view.workflowStatus === 'RUNNING') {
      screen.draw(studyScreen(view, screen.columns, { brief: true }));
    } else {
      // Not drawn: a redrawn text is cut to the terminal's height.
      screen.clear();
      console.log(studyScreen(view));
    }
  };
}

function plainLines(): (view: StudyView) => void {
  let before: StudyView | undefined;
  return (view) => {
    for (const line of eventLines(before, view)) console.log(line);
    before = view;
  };
}
