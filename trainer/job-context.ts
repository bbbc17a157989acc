import type { ObjectStore } from '../storage/object-store.ts';
import type { TrainerEvent } from './protocol.ts';

/** What a job may use besides its request. */
export interface JobContext {
  /** @throws {Error} if the environment doesn't say where the store is. */
  openStore(): ObjectStore;
  onEvent(event: TrainerEvent): void;
  /** Aborts when the parent wants the job stopped. The job then throws the signal's reason. */
  signal: AbortSignal;
}
