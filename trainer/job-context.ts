import type { ObjectStore } from '../storage/object-store.ts';
import type { TrainerEvent } from './protocol.ts';

/** What a job may use besides its request. */
export interface JobContext {
  /** Loads the store's client. @throws {Error} if the environment doesn't say where the store is. */
  openStore(): Promise<ObjectStore>;
  onEvent(event: TrainerEvent): void;
  /**
   * Called once by a job that has nothing left to compute, only to store in another thread. The next job may then
   * begin, so from here on the job prints nothing and leaves TensorFlow alone.
   */
  onComputed(): Promise<void>;
  /** Aborts when the parent wants the job stopped. The job then throws the signal's reason. */
  signal: AbortSignal;
}
