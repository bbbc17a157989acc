import { fork } from 'node:child_process';
import { compiledProgram } from '../infra/project.ts';
import { UserError } from '../infra/user-error.ts';
import type { TrainerJob, TrainerReport } from '../trainer/protocol.ts';

/** Client code may not load TensorFlow: it asks a trainer. */
const TRAINER = compiledProgram('trainer/main');

/** The end of what it printed. */
const SAID_CHARACTERS = 2000;

/**
 * Gives a trainer process of its own a job, and waits for its last report.
 *
 * @param request.wanted the kind of report that the job ends with.
 * @param request.failure what it means for people if there is none: `the time can't be estimated`.
 * @param request.env beside this process's: of TensorFlow (`trainerEnvironment`) and of the store, for jobs that need them.
 * @throws {UserError} where the trainer fails; the signal's reason once it is aborted.
 */
export async function askTrainer<Kind extends TrainerReport['kind']>(
  job: TrainerJob,
  request: { wanted: Kind; failure: string; signal?: AbortSignal; env?: Record<string, string> },
): Promise<Extract<TrainerReport, { kind: Kind }>> {
  const { wanted, failure, signal, env } = request;
  const child = fork(TRAINER, [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // TensorFlow writes of its ways there: worth reading where the trainer fails, and only there.
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARACTERS);
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const last = await new Promise<TrainerReport | undefined>((resolve) => {
      let report: TrainerReport | undefined;
      child.on('message', (message: TrainerReport) => {
        report = message;
      });
      child.once('close', () => resolve(report));
      child.send(job);
    });
    signal?.throwIfAborted();
    if (last?.kind === wanted) return last as Extract<TrainerReport, { kind: Kind }>;
    // A trainer that reports its failure has said the same, and where in the code, on standard error.
    if (last?.kind === 'failed') throw new UserError(`${failure}: ${last.message}`);
    throw new UserError(
      `${failure}: the trainer ended early (${child.signalCode ?? `exit code ${child.exitCode}`})` +
        `${said && `\nIt printed:\n${said.trimEnd()}`}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
