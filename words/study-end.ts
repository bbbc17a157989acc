/** Temporal's name of a workflow's status as a word of a sentence: `cancelled`, `timed out`. */
export function statusInWords(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}

/** How to continue with a study that was cancelled, failed or terminated, in two lines. */
export function howToRunAgain(profile: string): string[] {
  return [
    `To run it again: ${runAgainCommand(profile)}`,
    'Trials that have results are not trained again; the others resume from their checkpoints.',
  ];
}

/** The name of its study, or of the file, is not known here. */
export function runAgainCommand(profile: string): string {
  return `npx staged-study run … --profile ${profile}`;
}
