import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const PROGRAM = fileURLToPath(new URL('terminal.py', import.meta.url));

/** A command in a terminal of 120 columns. */
export class Terminal {
  readonly #child: ChildProcess;
  #printed = '';
  /** Its exit code as in a shell: 128 plus the signal if one ended it. */
  readonly ended: Promise<number>;

  constructor(command: string[], env: NodeJS.ProcessEnv, rows = 40) {
    this.#child = spawn('python3', [PROGRAM, '120', String(rows), ...command], {
      env: { ...process.env, ...env, TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text;
    });
    this.ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code ?? -1)));
  }

  /** Everything printed so far, without colours and cursor movements. */
  get printed(): string {
    return stripVTControlCharacters(this.#printed).replaceAll('\r\n', '\n');
  }

  /** @throws {Error} if the command ends before it has printed this. */
  async until(pattern: RegExp): Promise<void> {
    let code: number | undefined;
    void this.ended.then((ended) => {
      code = ended;
    });
    while (!pattern.test(this.printed)) {
      if (code !== undefined)
        throw new Error(
          `expected ${pattern}, but the command ended with ${code} and printed:\n${this.printed}`,
        );
      await Promise.race([this.ended, new Promise((resolve) => this.#child.stdout?.once('data', resolve))]);
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }
}
