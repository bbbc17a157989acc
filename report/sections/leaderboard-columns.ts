import type { LeadRecord } from '../../study/record/comparison-record.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import {
  digitsInWords,
  measureName,
  signedDifference,
  unitOfDifferences,
  valueInWords,
} from '../../words/measure.ts';
import { count, duration, plural } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { evidenceInWords } from '../../words/verdict.ts';
import {
  type Candidate,
  hasRepeats,
  meanKnown,
  rankedCandidates,
  representative,
} from '../facts/candidates.ts';
import { searchedSettings } from '../facts/searched-settings.ts';
import { rankedBy } from '../facts/study-facts.ts';

export const IN_TRAINING_MODE = 'In training mode';

/** A column of a leaderboard. */
export interface Column {
  title: string;
  cell: (candidate: Candidate) => string;
  /** Its cells are words, which may break. */
  isText?: true;
  /** A phrase for the caption if all candidates have the same, which this one has. */
  inCommon?: (candidate: Candidate) => string;
}

/** The columns in which a stage's candidates differ, and phrases for what all of them have in common. */
export function columnsOf(
  record: StudyRecord,
  stage: StageRecord,
): { columns: Column[]; inCommon: string[] } {
  const candidates = rankedCandidates(record, stage);
  const columns: Column[] = [];
  const inCommon: string[] = [];
  for (const column of allColumns(record, stage, candidates)) {
    const cells = candidates.map(column.cell);
    const [any] = candidates;
    if (cells.every((cell) => cell === NOTHING)) continue;
    const same = cells.every((cell) => cell === cells[0]);
    if (same && any && candidates.length > 1 && column.inCommon) inCommon.push(column.inCommon(any));
    else columns.push(column);
  }
  return { columns, inCommon };
}

/** Wall time of a trial's epochs; a dash if it has none. */
export function trainingTime({ trainingSeconds, lines }: TrialRecord): string {
  return trainingSeconds === null || lines.length === 0 ? NOTHING : duration(trainingSeconds);
}

// --- helpers ---

const NOTHING = '–';

function allColumns(record: StudyRecord, stage: StageRecord, candidates: readonly Candidate[]): Column[] {
  const repeated = hasRepeats(stage);
  const [first] = candidates;
  const measure = rankedBy(record);
  const name = measureName(measure);
  const unit = unitOfDifferences(measure);
  const value = (score: number) => valueInWords(score, measure);
  return [
    {
      title: `${repeated ? 'Mean' : 'Best'} val ${name}`,
      cell: ({ score }) => optional(score, value),
    },
    ...(repeated ? runColumns(measure) : []),
    {
      title: IN_TRAINING_MODE,
      cell: ({ runs }) =>
        optional(
          meanKnown(runs, ({ scoreInTrainingMode }) => scoreInTrainingMode),
          value,
        ),
    },
    {
      title: `Behind, ${unit}`,
      cell: (candidate) =>
        candidate.score !== null && first?.score != null && candidate.name !== first.name
          ? signedDifference(candidate.score - first.score, measure)
          : NOTHING,
    },
    {
      title: 'Told apart from the winner',
      cell: ({ name }) => leadInBrief(leadOver(stage, name), measure),
      isText: true,
    },
    ...searchedSettings(record, stage)
      .filter(({ title }) => title !== 'epochs')
      .map(({ title, of }) => ({
        title: `${title[0]?.toUpperCase()}${title.slice(1)}`,
        cell: (candidate: Candidate) => String(of(representative(candidate)) ?? NOTHING),
      })),
    {
      title: 'Best epoch',
      cell: ({ runs }) => runs.map(({ bestEpoch }) => optional(bestEpoch, String)).join(', '),
    },
    {
      title: 'Epochs',
      cell: (candidate) => epochs(representative(candidate)),
      inCommon: (candidate) => `${plural(representative(candidate).lines.length, 'epoch')} each`,
    },
    {
      title: 'Parameters',
      cell: (candidate) => optional(representative(candidate).parameters, count),
      inCommon: (candidate) => `${optional(representative(candidate).parameters, count)} parameters each`,
    },
    {
      title: repeated ? 'Training time of a run' : 'Training time',
      cell: ({ runs }) => {
        const trained = runs.filter(({ lines }) => lines.length > 0);
        return optional(
          meanKnown(trained, ({ trainingSeconds }) => trainingSeconds),
          duration,
        );
      },
    },
  ];
}

function runColumns(measure: OtherMeasure | undefined): Column[] {
  const digits = (value: number) => digitsInWords(value, measure);
  return [
    {
      title: `Deviation, ${unitOfDifferences(measure)}`,
      cell: ({ deviation }) => optional(deviation, digits),
    },
    {
      title: 'Each seed',
      cell: ({ runs }) =>
        runs.map((run) => (run.score === null ? endInWords(run) : digits(run.score))).join(', '),
    },
  ];
}

function leadOver({ verdict }: StageRecord, name: string): LeadRecord | undefined {
  return verdict?.leads.find((lead) => lead.name === name);
}

function leadInBrief(lead: LeadRecord | undefined, measure: OtherMeasure | undefined): string {
  return lead ? `${lead.kind}, ${evidenceInWords(lead, measure).replaceAll(' ', '\u00a0')}` : NOTHING;
}

function optional(value: number | null, text: (value: number) => string): string {
  return value === null ? NOTHING : text(value);
}

function epochs({ lines, config }: TrialRecord): string {
  const planned = config?.epochs;
  if (planned === undefined) return NOTHING;
  return lines.length === planned ? String(planned) : `${lines.length} of ${planned}`;
}
