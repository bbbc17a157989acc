/** One line of what `doctor` says. */
export interface Finding {
  name: string;
  found: boolean;
  /** Nothing works without it. */
  required: boolean;
  /** What was found: a version, a path, an amount. */
  detail: string;
  /** What to do where it is missing. */
  howToGet: string;
}
