import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A command that could not be started or did not end with exit code 0. Its message ends with the command's last lines. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
  /** The end of what the command printed. */
  readonly output: string;

  constructor(message: string, output: string, options?: ErrorOptions) {
    super(output ? `${message}\n${output}` : message, options);
    this.output = output;
  }
}

interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** Called with each line of standard error. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command to its end.
 *
 * @returns its standard output.
 * @throws CommandFailed
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    let both = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      both = (both + text).slice(-4000);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      both = (both + text).slice(-4000);
      for (const line of text.split('\n')) if (line.trim()) options.onLine?.(line.trim());
    });
    const title = [command, ...args].join(' ').slice(0, 200);
    child.on('error', (cause) => {
      running.delete(child);
      reject(new CommandFailed(`${title}: could not be started`, '', { cause }));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(output);
      else
        reject(
          new CommandFailed(`${title}: ended with ${signal ?? `exit code ${code}`}`, lastLines(both, 15)),
        );
    });
  });
}

/** Ends every command that is running. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** @returns the path of the first executable file of that name on PATH. */
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
  return text.trim().split('\n').slice(-count).join('\n');
}
