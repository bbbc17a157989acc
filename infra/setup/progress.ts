import { liveScreen } from '../live-screen.ts';
import { isQuiet } from '../quiet.ts';

/** A task that runs beside others and has its own line on the terminal. */
export interface Task {
  title: string;
  run(onProgress: (doing: string) => void): Promise<void>;
}

/** How often a log gets a line about each task that is still under way. */
const REPORT_MS = 15_000;

/**
 * Runs all tasks at the same time and shows them on a terminal: live if it is one. Otherwise writes a line as each task ends,
 * and every 15 s one about each task that has not ended. Shows nothing if the process is quiet.
 *
 * @returns the errors of the tasks that failed. A failure does not stop the others.
 */
export async function runTasks(
  tasks: readonly Task[],
  terminal: NodeJS.WriteStream = process.stderr,
): Promise<unknown[]> {
  const view = viewOf(tasks, terminal);
  const ended = await Promise.allSettled(
    tasks.map(async (task) => {
      const start = performance.now();
      try {
        await task.run((doing) => view.doing(task, doing));
        view.ended(task, `ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
      } catch (error) {
        view.ended(task, 'failed');
        throw error;
      }
    }),
  );
  view.done();
  return ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
}

// --- helpers ---

interface View {
  doing(task: Task, what: string): void;
  ended(task: Task, how: string): void;
  done(): void;
}

function viewOf(tasks: readonly Task[], terminal: NodeJS.WriteStream): View {
  if (isQuiet()) return { doing: () => {}, ended: () => {}, done: () => {} };
  return terminal.isTTY ? liveView(tasks, terminal) : plainView(tasks, terminal);
}

function liveView(tasks: readonly Task[], terminal: NodeJS.WriteStream): View {
  const lines = new Map(tasks.map((task) => [task, '…']));
  const { draw, done } = liveScreen(terminal);
  const show = (task: Task, text: string) => {
    lines.set(task, text);
    draw([...lines].map(([{ title }, line]) => `  ${title}: ${line}`).join('\n'));
  };
  return { doing: show, ended: show, done };
}

function plainView(tasks: readonly Task[], stream: NodeJS.WritableStream): View {
  const start = performance.now();
  const underWay = new Map(tasks.map((task) => [task, 'starting']));
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    for (const [{ title }, doing] of underWay) stream.write(`  ${title}: ${doing}, ${seconds} s so far\n`);
  }, REPORT_MS);
  return {
    doing: (task, what) => underWay.set(task, what),
    ended(task, how) {
      underWay.delete(task);
      stream.write(`  ${task.title}: ${how}\n`);
    },
    done: () => clearInterval(timer),
  };
}
