/** One line of the output of `doctor`. */
export interface Finding {
  name: string;
  found: boolean;
  /** Whether the program can't work without it. */
  required: boolean;
  /** What was found: a version, a path, an amount. */
  detail: string;
  /** What to do if it is missing. */
  howToGet: string;
}
