import type { FailureKind, Job } from '../protocol.ts';
import type { EndedEpoch, EndedTrial, HandedCheckpoint, OpenedTrial } from './stored-trial.ts';
import type { StoredExamples } from './training-images.ts';

/** What the storing thread does: requests and answers, by task. `trial` names an attempt from its first task to its last. */
export interface StoringTasks {
  openExamples: { request: { dataset: string }; answer: StoredExamples };
  openTrial: { request: { trial: string; job: Job<'train'> }; answer: OpenedTrial };
  /** The end of an epoch, with a checkpoint or without. */
  storeEpoch: {
    request: { trial: string; epoch: EndedEpoch; checkpoint?: HandedCheckpoint };
    answer: undefined;
  };
  /** A checkpoint within an epoch. */
  storeCheckpoint: { request: { trial: string; checkpoint: HandedCheckpoint }; answer: undefined };
  storeResult: { request: { trial: string; result: EndedTrial }; answer: undefined };
  /** Forgets a trial. */
  closeTrial: { request: { trial: string }; answer: undefined };
}

export type StoringTask = keyof StoringTasks;

export interface StoringRequest {
  id: number;
  task: StoringTask;
  request: StoringTasks[StoringTask]['request'];
}

/** `alive` while the task is being done, then one of the others. */
export type StoringReply = { id: number } & (
  | { alive: true }
  | { answer: StoringTasks[StoringTask]['answer'] }
  | { failure: FailureKind; message: string; details: string }
);

/** The memory of all arrays in a value, for handing them over to another thread, after which this one has lost them. */
export function arraysOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(value, found);
  return [...found];
}

// --- helpers ---

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    // Of memory that is shared with other arrays, only a copy can be sent.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
  } else
    for (const part of value instanceof Map ? value.values() : Object.values(value)) collect(part, found);
}
