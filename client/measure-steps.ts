import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureNativeParts, trainerEnvironment } from '../infra/setup/native-parts.ts';
import { UserError } from '../infra/user-error.ts';
import type { StepCost } from '../study/estimate.ts';
import type { TrainingConfig } from '../study/training-config.ts';
import type { TrainerJob, TrainerReport } from '../training/messages.ts';

/** Client code may not load TensorFlow: it asks a trainer. */
const TRAINER = fileURLToPath(new URL('../workers/trainer/trainer-main.ts', import.meta.url));

/** The end of what it printed. */
const SAID_CHARACTERS = 2000;

/** Measures a training step of each configuration on this machine, in a trainer. */
export async function measureSteps(configs: TrainingConfig[], signal: AbortSignal): Promise<StepCost[]> {
  const env = { ...process.env, ...trainerEnvironment(await ensureNativeParts()) };
  const child = fork(TRAINER, [], {
    env,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // TensorFlow writes of its ways there: worth reading where the trainer fails, and only there.
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARACTERS);
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const last = await new Promise<TrainerReport | undefined>((resolve) => {
      let report: TrainerReport | undefined;
      child.on('message', (message: TrainerReport) => {
        report = message;
      });
      child.once('close', () => resolve(report));
      child.send({ kind: 'measure', configs } satisfies TrainerJob);
    });
    signal.throwIfAborted();
    if (last?.kind === 'measured') return last.costs;
    const why =
      last?.kind === 'failed'
        ? last.message
        : `the trainer ended early (${child.signalCode ?? `exit code ${child.exitCode}`})`;
    throw new UserError(`the time can't be estimated: ${why}${said && `\nIt printed:\n${said.trimEnd()}`}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
