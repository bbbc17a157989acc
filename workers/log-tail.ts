import type { ChildProcess } from 'node:child_process';

const LIMIT_CHARACTERS = 256 * 1024;

/** The end of what a process writes to its two outputs, in the order it came. */
export class LogTail {
  #text = '';

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text = (this.#text + text).slice(-LIMIT_CHARACTERS);
      });
    }
  }

  text(): string {
    return this.#text;
  }

  /** The last three lines, for an error's message. */
  lastLines(): string {
    return this.#text.trimEnd().split('\n').slice(-3).join(' | ');
  }
}
