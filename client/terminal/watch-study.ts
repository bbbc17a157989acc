import { setTimeout as pause } from 'node:timers/promises';
import { type Client, ServiceError } from '@temporalio/client';
import { liveScreen } from '../../infra/live-screen.ts';
import { type StudyView, viewStudy } from '../observe/observe-study.ts';
import { news } from './plain-view.ts';
import { studyView } from './study-view.ts';

const INTERVAL_MS = 500;
/** Servers that don't answer for so long are taken for gone. */
const PATIENCE_MS = 60_000;

/**
 * Shows a study until it has ended, or until its trials wait for a person and nobody is at the terminal: a screen that
 * is drawn anew in a terminal, else a line for every event.
 *
 * @returns the last view; the signal's abort throws its reason.
 */
export async function watchStudy(client: Client, studyId: string, signal: AbortSignal): Promise<StudyView> {
  const show = process.stdout.isTTY ? liveView() : plainLines();
  let lastAnswer = Date.now();
  for (;;) {
    signal.throwIfAborted();
    try {
      const view = await viewStudy(client, studyId);
      lastAnswer = Date.now();
      show(view);
      if (view.workflowStatus !== 'RUNNING') return view;
      if (!process.stdout.isTTY && needsPerson(view)) return view;
    } catch (error) {
      signal.throwIfAborted();
      // Workers and servers may be restarting; the study itself goes on.
      if (!(error instanceof ServiceError) || Date.now() - lastAnswer > PATIENCE_MS) throw error;
    }
    await pause(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** Whether all that is left to do waits for a person. */
export function needsPerson(view: StudyView): boolean {
  const trials = view.stages.flatMap((stage) => stage.trials);
  const open = trials.filter(({ state }) => state === 'queued' || state === 'training');
  return view.attention.length > 0 && open.length === 0;
}

// --- helpers ---

function liveView(): (view: StudyView) => void {
  const screen = liveScreen(process.stdout);
  return (view) => {
    screen.draw(studyView(view, screen.columns, { brief: view.workflowStatus === 'RUNNING' }));
    if (view.workflowStatus !== 'RUNNING') screen.done();
  };
}

function plainLines(): (view: StudyView) => void {
  let before: StudyView | undefined;
  return (view) => {
    for (const line of news(before, view)) console.log(line);
    before = view;
  };
}
