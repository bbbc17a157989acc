/**
 * A trainer: a process for one job, which owns TensorFlow. It takes the job from its parent by IPC, reports to it, and
 * ends. Weights and results go to the store; the parent hears that they are there.
 */
import { createMinioStore } from '../storage/minio/minio-store.ts';
import { storeConfigFromEnvironment } from '../storage/minio/store-config.ts';
import { describeFailure } from './describe-failure.ts';
import { watchParent } from './parent-watch.ts';
import type { TrainerCommand, TrainerJob, TrainerReport } from './protocol.ts';
import { setTensorflowEnvironment, threadsOf } from './tensorflow-environment.ts';

// Ctrl-C in a terminal reaches every process of its group: the worker decides when a trainer stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
watchParent();

const stop = new AbortController();
let started = false;
process.on('message', (message: TrainerJob | TrainerCommand) => {
  if (message.kind === 'stop') stop.abort(new StoppedError());
  else if (!started) {
    started = true;
    void perform(message);
  }
});

async function perform(job: TrainerJob): Promise<void> {
  await send(await jobReport(job));
  process.exit(0);
}

async function jobReport(job: TrainerJob): Promise<TrainerReport> {
  try {
    if (job.kind === 'checkWeights') {
      return await (await import('./jobs/check-weights.ts')).checkWeightsJob(job);
    }
    void send({ kind: 'alive', doing: 'loading TensorFlow' });
    setTensorflowEnvironment(job.kind === 'predict' ? job.threads : threadsOf(process.env));
    if (job.kind === 'measure') return await (await import('./jobs/measure.ts')).measureJob(job);
    const store = createMinioStore(storeConfigFromEnvironment(process.env));
    const context = { store, report: (report: TrainerReport) => void send(report), signal: stop.signal };
    // TensorFlow takes a second to load: not before there is something to do, and not before the watch is on.
    if (job.kind === 'train') return await (await import('./jobs/train.ts')).trainJob(job, context);
    if (job.kind === 'predict') return await (await import('./jobs/predict.ts')).predictJob(job, context);
    if (job.kind === 'exportModel')
      return await (await import('./jobs/export-model.ts')).exportJob(job, context);
    return await (await import('./jobs/evaluate-test.ts')).testJob(job, context);
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'stopped' };
    console.error(error);
    return { kind: 'failed', ...describeFailure(error) };
  }
}

/** Resolves when the parent has the report; a parent that is gone ends this process. */
function send(report: TrainerReport): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) throw new Error('a trainer is started by a training worker, with an IPC channel');
    process.send(report, (error: Error | null) => (error ? process.exit(1) : resolve()));
  });
}

class StoppedError extends Error {
  override name = 'StoppedError';
}
