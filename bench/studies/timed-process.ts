import { type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ProgramFailed } from '../timing/measure.ts';

export interface TimedProcess extends Pick<SpawnOptions, 'cwd' | 'env' | 'signal'> {
  command: string;
  args: readonly string[];
  /** Called with each line of standard output, and the seconds since the start. */
  onLine?: (line: string, seconds: number) => void;
}

/**
 * Runs a process to its end.
 *
 * @returns seconds from its start to its end, and the lines of its standard output.
 * @throws {ProgramFailed} with the end of its output, if it can't be started or its exit code isn't 0.
 * @throws the signal's reason once it is aborted.
 */
export async function runTimed({
  command,
  args,
  onLine,
  ...options
}: TimedProcess): Promise<{ seconds: number; lines: string[] }> {
  options.signal?.throwIfAborted();
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    onLine?.(line, elapsed());
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const how = await new Promise<string>((resolve) => {
    child.once('close', (code, killedBy) =>
      resolve(killedBy ? `killed by ${killedBy}` : `exit code ${code}`),
    );
  });
  options.signal?.throwIfAborted();
  if (!failure && how === 'exit code 0') return { seconds: elapsed(), lines };
  const output = `${lines.slice(-5).join('\n')}\n${errors}`.trim();
  throw new ProgramFailed(`${[command, ...args].join(' ')}: ${failure?.message ?? how}\n${output}`, {
    cause: failure,
  });
}
