import type { ChildProcess } from 'node:child_process';
import { LogTail } from './log-tail.ts';
import { endOfOutput } from './protocol.ts';

/** Divides a trainer's stdout and stderr into the logs of its jobs, at the marks that the trainer writes. */
export class JobLogs {
  #outputs: Output[];

  constructor(child: ChildProcess) {
    this.#outputs = [child.stdout, child.stderr].flatMap((stream) => (stream ? [new Output(stream)] : []));
  }

  /** Begins the log of a job. What the trainer writes after the job before it belongs to this one. */
  begin(id: string): { log: LogTail; complete: Promise<unknown> } {
    const log = new LogTail();
    const complete = Promise.all(this.#outputs.map((output) => output.until(endOfOutput(id), log)));
    return { log, complete };
  }
}

// --- helpers ---

/** One of the two streams. It may be behind the other, so each has its own current job. */
class Output {
  #jobs: { mark: string; log: LogTail; ended: () => void }[] = [];
  /** The beginning of what may become a mark. */
  #held = '';
  #closed = false;

  constructor(stream: NodeJS.ReadableStream) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#take(text));
    stream.once('close', () => {
      this.#closed = true;
      this.#jobs[0]?.log.add(this.#held);
      for (const { ended } of this.#jobs) ended();
    });
  }

  /** Resolves when the stream has the mark, or has closed. */
  until(mark: string, log: LogTail): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) resolve();
      else this.#jobs.push({ mark, log, ended: resolve });
    });
  }

  #take(text: string): void {
    let rest = this.#held + text;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      const end = rest.indexOf(job.mark);
      if (end === -1) {
        const partial = rest.lastIndexOf('\0');
        const complete = partial === -1 || !job.mark.startsWith(rest.slice(partial)) ? rest.length : partial;
        job.log.add(rest.slice(0, complete));
        rest = rest.slice(complete);
        break;
      }
      job.log.add(rest.slice(0, end));
      rest = rest.slice(end + job.mark.length);
      this.#jobs.shift();
      job.ended();
    }
    // Between jobs, nothing is of interest.
    this.#held = this.#jobs.length > 0 ? rest : '';
  }
}
