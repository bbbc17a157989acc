let quiet = false;

/** Whether this process prints only results and errors: the commands' `--quiet`. */
export function setQuiet(value: boolean): void {
  quiet = value;
}

export function isQuiet(): boolean {
  return quiet;
}

/** Prints what is being done to standard error, unless the process is quiet. */
export function notice(line: string): void {
  if (!quiet) console.error(line);
}
