import type { StudyRecord } from '../../study/record/record.ts';
import { trainingTime } from '../../study/record/training-time.ts';
import { count, list } from '../../words/numbers.ts';
import { winnersScoreInWords } from '../../words/outcome.ts';
import { trainingTimeInWords } from '../../words/training-time.ts';
import { verdictLabel } from '../../words/verdict.ts';
import { answer, headline } from '../answers/answer.ts';
import { comparisons, limitsOfComparison } from '../answers/published-answer.ts';
import { testAnswer } from '../answers/test-answer.ts';
import { allTrials, bestTrial, imagesUsed, isRanked } from '../facts/study-facts.ts';

/** A study's results as a section of a Markdown document: winners, side experiments, test, published results. */
export function resultsInMarkdown(record: StudyRecord): string {
  const { study, profile } = record.opening;
  const { training, validation } = imagesUsed(record);
  const published = comparisons(record);
  return [
    `${study.profiles[profile]?.description ?? ''} ${count(training)} images for training, ${count(validation)} for validation.`,
    timeAndMachine(record),
    table(
      ['stage', 'winner', 'validation accuracy', 'verdict', 'in words'],
      record.stages.filter(isRanked).map((stage) => {
        const best = bestTrial(stage);
        return [
          stage.name,
          best ? `\`${best.name}\`` : '',
          best ? winnersScoreInWords(best) : '',
          stage.verdict ? verdictLabel(stage.verdict) : '',
          headline(record, stage),
        ];
      }),
    ),
    ...record.stages
      .filter((stage) => !isRanked(stage))
      .map((stage) => `\`${stage.name}\`: ${stage.question} ${answer(record, stage)}`),
    `Test: ${testAnswer(record)}`,
    ...(published.length > 0
      ? [
          `Beside ${study.published?.title.replace(/^The /, 'the ') ?? ''}:`,
          table(
            ['stage', 'what', 'published', 'here'],
            published.map(({ stage, what, published: theirs, ours }) => [stage, what, theirs, ours]),
          ),
          'What keeps the two apart:',
          limitsOfComparison(record)
            .map((limit) => `- ${limit}`)
            .join('\n'),
        ]
      : []),
  ].join('\n\n');
}

// --- helpers ---

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

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
