import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { candidateOf } from '../facts/study-facts.ts';
import { code, type Html, html, prose } from '../html/html.ts';

/** What the study notes about a stage's candidates, by the names of their trials; nothing if it notes nothing. */
export function candidateNotes(record: StudyRecord, stage: StageRecord): Html | false {
  const items = stage.trials.flatMap((trial) => {
    const isLater = trial.takenOver || trial.candidate !== undefined;
    const candidate = isLater ? undefined : candidateOf(record, stage, trial);
    if (candidate?.note === undefined) return [];
    const isReduced = trial.name !== candidate.name && trial.name === candidate.reduced?.name;
    return [
      html`<li>${code(trial.name)}${isReduced && html`, in place of ${code(candidate.name)}`}: ${prose(candidate.note)}</li>
`,
    ];
  });
  return items.length > 0 && html`<h3>The candidates</h3><ul class="notes">${items}</ul>`;
}
