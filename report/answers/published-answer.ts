import type { Counterpart } from '../../study/definition/published-schema.ts';
import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { percent } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { numberInWords } from '../../words/settings.ts';
import { candidateOf } from '../facts/study-facts.ts';
import { limitations } from '../facts/warnings.ts';
import { answer } from './answer.ts';

/** A published result and the study's own; `names in backticks`. */
export interface Comparison {
  stage: string;
  what: string;
  published: string;
  ours: string;
}

/** Every published result that the study names, beside its own. */
export function comparisons(record: StudyRecord): Comparison[] {
  const results = record.opening.study.published?.results ?? [];
  return results.map(({ stage, what, published, ours }) => ({
    stage,
    what,
    published,
    ours: counterpart(record, stage, ours),
  }));
}

/** Why the published results and the study's can't be compared directly, a paragraph each. */
export function limitsOfComparison(record: StudyRecord): string[] {
  return [...limitations(record), ...(record.opening.study.published?.caveats ?? [])];
}

// --- helpers ---

function counterpart(record: StudyRecord, stageName: string, ours: Counterpart): string {
  if (ours.kind === 'test') return record.test ? percent(record.test.accuracy) : 'not tested';
  const stage = record.stages.find(({ name }) => name === stageName);
  if (!stage) return 'not run';
  if (ours.kind === 'answer') return answer(record, stage);
  if (ours.kind === 'trials') return scores(ours.names.flatMap((name) => trialsOf(record, stage, name)));
  const scored = rank(stage.trials).filter(({ score }) => score !== null);
  if (ours.kind === 'ranking') return scores(scored);
  return scores(scored.slice(0, 1), stage.kind === 'search');
}

/** A candidate's trial, or that of its reduced form if the profile trained that instead. */
function trialsOf(record: StudyRecord, stage: StageRecord, candidate: string): TrialRecord[] {
  return stage.trials.filter(
    (trial) => !trial.takenOver && candidateOf(record, stage, trial)?.name === candidate,
  );
}

function scores(trials: readonly TrialRecord[], withSettings = false): string {
  const texts = trials.map((trial) => {
    const score = trial.score === null ? endInWords(trial) : percent(trial.score);
    const inTraining =
      trial.scoreInTrainingMode === null ? '' : ` (in training mode ${percent(trial.scoreInTrainingMode)})`;
    return `\`${trial.name}\`\u00a0${score}${inTraining}${withSettings ? settings(trial) : ''}`;
  });
  return texts.join(', ') || 'no trial with a score';
}

function settings({ config }: TrialRecord): string {
  if (!config) return '';
  const names = ['learningRate', 'batchSize', 'epochs'] as const;
  return ` with ${names.map((name) => numberInWords(name, config[name])).join(', ')}`;
}
