/**
 * What Ctrl-C has stopped.
 *
 * @param studyId undefined if the study had not started.
 * @param areServersUp whether Temporal and its workers still run, so that the study continues without the command.
 */
export function describeInterruption(studyId: string | undefined, areServersUp: boolean): string {
  if (studyId === undefined) return 'Stopped before the study started.';
  if (!areServersUp) return 'Stopped. To resume the study, run the same command again.';
  return [
    `Stopped watching. ${studyId} continues, because its servers were up before this command.`,
    `  to watch it:  npx staged-study watch ${studyId}`,
    `  to cancel it: npx staged-study cancel ${studyId}`,
  ].join('\n');
}
