import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from 'listr2';

/** Something that is done beside other things, with a line of its own on the terminal. */
export interface Task {
  title: string;
  run(report: (doing: string) => void): Promise<void>;
}

/**
 * Runs all tasks at the same time and shows them on standard error: live in a terminal, else a line when one is done.
 *
 * @returns the errors of those that failed; one failure does not end the others.
 */
export async function runTasks(tasks: readonly Task[]): Promise<unknown[]> {
  return process.stderr.isTTY ? runLive(tasks) : runPlain(tasks);
}

// --- helpers ---

async function runLive(tasks: readonly Task[]): Promise<unknown[]> {
  const errors: unknown[] = [];
  const list = new Listr(
    tasks.map((task) => ({
      title: task.title,
      task: async (_context: unknown, line: { output: string }) => {
        try {
          await task.run((doing) => {
            line.output = doing;
          });
        } catch (error) {
          errors.push(error);
          throw new Error(`${task.title}: failed`);
        }
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      rendererOptions: {
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          useIcons: true,
          toStderr: [],
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
    },
  );
  await list.run();
  return errors;
}

async function runPlain(tasks: readonly Task[]): Promise<unknown[]> {
  const ended = await Promise.allSettled(
    tasks.map(async (task) => {
      const start = performance.now();
      await task.run(() => {});
      console.error(`  ${task.title}: ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }),
  );
  return ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
}
