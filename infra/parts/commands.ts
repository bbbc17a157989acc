import { type ChildProcess, type ExecFileException, execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A command could not be started, or its exit code was not 0. The message ends with the last lines it printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  /** The last lines that the command printed. */
  readonly output: string;

  constructor(message: string, output: string, options?: ErrorOptions) {
    super(output ? `${message}\n${output}` : message, options);
    this.output = output;
  }
}

interface RunOptions {
  /** Added to this process's environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Called with each line of standard error. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command until it ends.
 *
 * @returns its standard output.
 * @throws {CommandFailed}
 */
export async function run(
  command: string,
  args: readonly string[],
  { env, cwd, onLine }: RunOptions = {},
): Promise<string> {
  const execution = promisify(execFile)(command, args, {
    env: { ...process.env, ...env },
    cwd,
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const { child } = execution;
  child.stdin?.end();
  if (onLine && child.stderr) {
    createInterface(child.stderr).on('line', (line) => line.trim() && onLine(line.trim()));
  }
  running.add(child);
  try {
    return (await execution).stdout;
  } catch (cause) {
    const { code, signal, stdout = '', stderr = '' } = cause as ExecFileException;
    const title = [command, ...args].join(' ').slice(0, 200);
    const how =
      typeof code === 'string' ? 'could not be started' : `ended with ${signal ?? `exit code ${code}`}`;
    throw new CommandFailed(`${title}: ${how}`, lastLines(stdout + stderr, 15), { cause });
  } finally {
    running.delete(child);
  }
}

/** Ends every command that is running. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** @returns the path of the first executable file with this name on PATH. */
export function findOnPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

// --- helpers ---

const running = new Set<ChildProcess>();

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n').slice(-4000);
}
