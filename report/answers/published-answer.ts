import type { Counterpart } from '../../study/definition/published-schema.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { valueInWords } from '../../words/measure.ts';
import { endInWords } from '../../words/outcome.ts';
import { numberInWords } from '../../words/settings.ts';
import {
  type Candidate,
  isTakenOver,
  meanKnown,
  rankedCandidates,
  representative,
  scoredCandidates,
  scoreInBrief,
} from '../facts/candidates.ts';
import { candidateOf } from '../facts/study-facts.ts';
import { limitations } from '../facts/warnings.ts';
import { answer } from './answer.ts';
import { testedInWords } from './test-answer.ts';

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
  if (ours.kind === 'test') return record.test ? testedInWords(record, record.test) : 'not tested';
  const stage = record.stages.find(({ name }) => name === stageName);
  if (!stage) return 'not run';
  if (ours.kind === 'answer') return answer(record, stage);
  if (ours.kind === 'trials')
    return scores(ours.names.flatMap((name) => candidatesNamed(record, stage, name)));
  const scored = scoredCandidates(record, stage);
  if (ours.kind === 'ranking') return scores(scored);
  return scores(scored.slice(0, 1), stage.kind === 'search');
}

/** A candidate with its runs, or its reduced form if the profile trained that instead. */
function candidatesNamed(record: StudyRecord, stage: StageRecord, name: string): Candidate[] {
  return rankedCandidates(record, stage).filter(
    (each) => !isTakenOver(each) && candidateOf(record, stage, representative(each))?.name === name,
  );
}

function scores(candidates: readonly Candidate[], withSettings = false): string {
  const texts = candidates.map((candidate) => {
    const { name, runs, score, measure } = candidate;
    const ours =
      score === null ? endInWords(representative(candidate)) : scoreInBrief({ ...candidate, score });
    const mean = meanKnown(runs, ({ scoreInTrainingMode }) => scoreInTrainingMode);
    const inTraining = mean === null ? '' : ` (in training mode ${valueInWords(mean, measure)})`;
    return `\`${name}\`\u00a0${ours}${inTraining}${withSettings ? settings(representative(candidate)) : ''}`;
  });
  return texts.join(', ') || 'no trial with a score';
}

function settings({ config }: TrialRecord): string {
  if (!config) return '';
  const names = ['learningRate', 'batchSize', 'epochs'] as const;
  return ` with ${names.map((name) => numberInWords(name, config[name])).join(', ')}`;
}
