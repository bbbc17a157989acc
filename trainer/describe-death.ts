import { isOutOfMemory } from '../training/tensorflow/out-of-memory.ts';
import { takeOomKill } from './oom-kills.ts';
import { TrainerError } from './protocol.ts';

/** How a trainer's process ended before its job. */
export interface Death {
  signal: NodeJS.Signals | null;
  exitCode: number | null;
  /** Whether this process has killed it. */
  isKilledHere: boolean;
  /** For how long it had given no sign of life, if it was killed for that. */
  silenceMs: number | undefined;
}

/** @param output what its last output says about the cause; may be empty. */
export function describeDeath(
  { signal, exitCode, isKilledHere, silenceMs }: Death,
  output: string,
): TrainerError {
  const last = `Its last output: ${output || '(nothing)'}`;
  const how = signal ? `was killed by ${signal}` : `exited with code ${exitCode}`;
  if (silenceMs !== undefined) {
    const seconds = Math.round(silenceMs / 1000);
    return new TrainerError(
      'Killed',
      `the trainer gave no sign of life for ${seconds} s and was killed: it hung, or this machine is too busy. ${last}`,
    );
  }
  if (signal === 'SIGKILL' && !isKilledHere && takeOomKill()) {
    return new TrainerError(
      'OutOfMemory',
      `the kernel killed the trainer, because its machine or container had no memory left. ${last}`,
    );
  }
  if (signal !== 'SIGKILL' && isOutOfMemory(output)) {
    return new TrainerError('OutOfMemory', `the trainer had no memory left and ${how}. ${last}`);
  }
  return new TrainerError('Killed', `the trainer ${how} before its job was done. ${last}`);
}
