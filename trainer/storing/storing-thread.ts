import { Worker } from 'node:worker_threads';
import { compiledProgram } from '../../infra/project.ts';
import { TrainerError } from '../protocol.ts';
import type { StoringReply, StoringRequest, StoringTask, StoringTasks } from './tasks.ts';

/**
 * Has the storing thread do a task. TensorFlow's calls block this thread, so it can't store by itself meanwhile.
 *
 * @param options.handedOver memory that the thread takes instead of a copy. Its arrays are empty here from then on.
 * @param options.onAlive called about once a second while the task is being done.
 * @throws {TrainerError} of the kind that the error in the thread is.
 */
export function store<Task extends StoringTask>(
  task: Task,
  request: StoringTasks[Task]['request'],
  options: { handedOver?: ArrayBuffer[]; onAlive?: () => void } = {},
): Promise<StoringTasks[Task]['answer']> {
  thread ??= startThread();
  return thread.ask(task, request, options) as Promise<StoringTasks[Task]['answer']>;
}

// --- helpers ---

type Thread = ReturnType<typeof startThread>;

let thread: Thread | undefined;

function startThread() {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  const worker = new Worker(compiledProgram('trainer/storing/thread-main'), { execArgv: [] });
  worker.on('message', (reply: StoringReply) => {
    const request = waiting.get(reply.id);
    if ('alive' in reply) return request?.onAlive?.();
    waiting.delete(reply.id);
    if ('answer' in reply) request?.resolve(reply.answer);
    else request?.reject(failed(reply));
  });
  worker.on('error', (error) => {
    thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
  });
  // The parent's messages keep the process alive.
  worker.unref();
  return {
    ask(
      task: StoringTask,
      request: StoringRequest['request'],
      { handedOver = [], onAlive }: { handedOver?: ArrayBuffer[]; onAlive?: () => void },
    ): Promise<unknown> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, onAlive });
        worker.postMessage({ id, task, request } satisfies StoringRequest, handedOver);
      });
    },
  };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  onAlive: (() => void) | undefined;
}

function failed({ failure, message, details }: Extract<StoringReply, { failure: unknown }>): TrainerError {
  const error = new TrainerError(failure, message);
  error.stack = details;
  return error;
}
