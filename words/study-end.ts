/** Temporal's name of a workflow's status as a word of a sentence: `cancelled`, `timed out`. */
export function statusInWords(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}

/** How to continue with a study that was cancelled, failed or terminated, in two lines. */
export function howToRunAgain(profile: string): string[] {
  return [
    `To run it again: ${runAgainCommand(profile)}`,
    `${STUDY_IS} Trials that have results are not trained again; the others resume from their checkpoints.`,
  ];
}

/** A study doesn't know the file that it was started from, so the command has a placeholder: see `STUDY_IS`. */
export function runAgainCommand(profile: string): string {
  return `npx staged-study run STUDY --profile ${profile}`;
}

/** Explains the placeholder of `runAgainCommand`. */
export const STUDY_IS = 'STUDY is its name, or its file.';
