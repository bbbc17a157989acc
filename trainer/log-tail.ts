const LIMIT_CHARACTERS = 256 * 1024;
/** It becomes part of a failure, of which Temporal keeps 4 kB. */
const EXPLANATION_CHARACTERS = 1000;
/**
 * Lines that TensorFlow prints although nothing is wrong, which are information, warnings, and oneDNN's notes; and the frames that
 * Node prints after the reason for which it aborts.
 */
const NOTICE =
  /^(WARNING: All log messages before absl|[IW]\d{4} |\d{4}-\d\d-\d\d [\d:.]+: [IW] )|\boneDNN\b|^ *\d+: 0x[0-9a-f]+ |^----- /;

/** The end of what a trainer writes during a job, in order of arrival. */
export class LogTail {
  #text = '';

  add(text: string): void {
    this.#text = (this.#text + text).slice(-LIMIT_CHARACTERS);
  }

  text(): string {
    return this.#text;
  }

  /** Why the process died: up to three lines from the last one that mentions an error, without TensorFlow's notices. */
  explanation(): string {
    const lines = this.#text.split('\n').filter((line) => line.trim() !== '' && !NOTICE.test(line));
    const error = lines.findLastIndex((line) => /error|fatal|abort/i.test(line));
    return (error === -1 ? lines.slice(-3) : lines.slice(error, error + 3))
      .join(' | ')
      .slice(0, EXPLANATION_CHARACTERS);
  }
}
