import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { trainingTime } from '../../study/record/training-time.ts';
import { measureName } from '../../words/measure.ts';
import { count, list } from '../../words/numbers.ts';
import { trainingTimeInWords } from '../../words/training-time.ts';
import { verdictLabel } from '../../words/verdict.ts';
import { answer } from '../answers/answer.ts';
import { sentences } from '../answers/exceptions.ts';
import { comparisons, limitsOfComparison } from '../answers/published-answer.ts';
import { singleSeedsInWords } from '../answers/single-seeds.ts';
import { testAnswer, tested } from '../answers/test-answer.ts';
import { hasRepeats, scoredCandidates, scoreInBrief } from '../facts/candidates.ts';
import { allTrials, exampleOf, imagesUsed, isRanked, rankedBy } from '../facts/study-facts.ts';
import { table } from './table.ts';

/** The winner of each stage, the test, and what the study took, for a README. */
export function resultsInBrief(record: StudyRecord): string {
  return [
    winners(record),
    record.stages.some(hasRepeats) && DEVIATION,
    `Test: ${record.test ? tested(record, record.test) : 'none.'} ${timeAndMachine(record)}`,
  ]
    .filter((part) => part !== false)
    .join('\n\n');
}

/** A study's results as a section of a Markdown document: winners, side experiments, test, published results. */
export function resultsInMarkdown(record: StudyRecord): string {
  const { study, profile } = record.opening;
  const { training, validation } = imagesUsed(record);
  const published = comparisons(record);
  return [
    `${study.profiles[profile]?.description ?? ''} ${count(training)} ${exampleOf(record)}s for training, ${count(validation)} for validation.`,
    timeAndMachine(record),
    winners(record),
    record.stages.some(hasRepeats) && DEVIATION,
    bullets(
      record.stages.map((stage) =>
        sentences([`\`${stage.name}\`:`, answer(record, stage), singleSeedsInWords(record, stage) ?? false]),
      ),
    ),
    `Test: ${testAnswer(record)}`,
    ...(published.length > 0
      ? [
          `Beside ${study.published?.title.replace(/^The /, 'the ') ?? ''}:`,
          table(
            ['stage', 'what', 'published', 'here'],
            published.map(({ stage, what, published: theirs, ours }) => [stage, what, theirs, ours]),
          ),
          'What keeps the two apart:',
          bullets(limitsOfComparison(record)),
        ]
      : []),
  ]
    .filter((part) => part !== false)
    .join('\n\n');
}

// --- helpers ---

const DEVIATION = 'After ±: the standard deviation over the seeds.';

function winners(record: StudyRecord): string {
  return table(
    ['stage', 'winner', `validation ${measureName(rankedBy(record))}`, 'verdict'],
    record.stages.filter(isRanked).map((stage) => winnerRow(record, stage)),
  );
}

function winnerRow(record: StudyRecord, stage: StageRecord): string[] {
  const winner = scoredCandidates(record, stage).find(({ name }) => name === stage.winner);
  if (!winner) return [stage.name, 'none', '', ''];
  return [
    stage.name,
    `\`${winner.name}\``,
    scoreInBrief(winner),
    stage.verdict ? verdictLabel(stage.verdict) : '',
  ];
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function timeAndMachine(record: StudyRecord): string {
  const time = trainingTime(record);
  const machines = allTrials(record).flatMap(({ trial: { environment } }) =>
    environment?.name ? [[environment.name, environment.instructions].filter(Boolean).join(', ')] : [],
  );
  const trained = time
    ? `${time.trials} trials trained for ${trainingTimeInWords(time)}`
    : 'Nothing was trained';
  return `${trained}. On ${list([...new Set(machines)]) || 'an unknown machine'}.`;
}
