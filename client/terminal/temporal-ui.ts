/** Prints where the Temporal UI shows a study, and the list of its trials. */
export function printTemporalUi(uiUrl: string, namespace: string, studyId: string): void {
  console.log(`Temporal UI: ${uiUrl}/namespaces/${namespace}/workflows/${studyId}`);
  console.log(
    `its trials:  ${listUrl(uiUrl, namespace, `StudyId = "${studyId}" AND TrialName IS NOT NULL`)}`,
  );
}

/** The page of the Temporal UI that lists what a filter finds. The browser, not the URL, keeps the list's columns. */
export function listUrl(uiUrl: string, namespace: string, filter: string): string {
  return `${uiUrl}/namespaces/${namespace}/workflows?query=${encodeURIComponent(filter)}`;
}
