import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { list, percent, plural, points } from '../../words/numbers.ts';
import { searchedSettings } from '../facts/searched-settings.ts';
import { imagesUsed, type RankedTrial, standardError, startTrial } from '../facts/study-facts.ts';
import { exceptions } from './exceptions.ts';

/**
 * Who wins a stage, by how much, and how that compares with the stage's start; the headline first.
 *
 * A lead below the standard error of an accuracy on the validation images is called a near-tie.
 */
export function rankedAnswer(
  record: StudyRecord,
  stage: StageRecord,
): [headline: string, ...(string | false)[]] {
  const [first, second, ...rest] = rank(stage.trials).filter(
    (trial): trial is RankedTrial => trial.score !== null,
  );
  if (!first) return ['No answer: no trial of this stage has a score.', exceptions(stage)];
  if (stage.winner === null) {
    return [
      `Not decided. So far, \`${first.name}\` is best with ${percent(first.score)}.`,
      exceptions(stage),
    ];
  }
  if (!second) {
    const alone = stage.trials.length === 1 ? 'was the only candidate' : 'is the only one with a score';
    return [
      `\`${first.name}\` ${alone}: ${reached(first)}.`,
      againstStart(record, stage, first),
      exceptions(stage),
    ];
  }
  const last = rest.at(-1);
  return [
    lead(record, stage, first, second),
    // If the start is second, the lead says it.
    !(second.takenOver && first.score > second.score) && againstStart(record, stage, first),
    last !== undefined &&
      !last.takenOver &&
      `From first to last, the scores span ${points(first.score - last.score)}, down to \`${last.name}\` with ${percent(last.score)}.`,
    exceptions(stage),
  ];
}

// --- helpers ---

function lead(record: StudyRecord, stage: StageRecord, first: RankedTrial, second: RankedTrial): string {
  const drawn = first.takenOver ? '' : drawnSettings(record, stage, first);
  const ahead = first.score - second.score;
  if (ahead === 0) {
    const tied = stage.trials.filter(({ score }) => score === first.score);
    const kept = first.takenOver ? 'the start wins ties' : 'the earliest candidate wins ties';
    return `${list(tied.map(({ name }) => `\`${name}\``))} tie at ${percent(first.score)}; ${kept}: \`${first.name}\`${drawn}.`;
  }
  const { validation } = imagesUsed(record);
  const error = standardError(first.score, validation);
  const start = second.takenOver ? 'the start, ' : '';
  const by = `${points(ahead)} ahead of ${start}\`${second.name}\` (${percent(second.score)})`;
  if (ahead < error) {
    return (
      `A near-tie: \`${first.name}\`${drawn} has ${reached(first)}, only ${by}; the standard error of an accuracy on ` +
      `${plural(validation, 'validation image')} is ${points(error)}.`
    );
  }
  return `\`${first.name}\`${drawn} wins with ${reached(first)}, ${by}.`;
}

function againstStart(record: StudyRecord, stage: StageRecord, first: RankedTrial): string | false {
  const start = startTrial(record, stage);
  if (!start || start.score === null) return false;
  if (start.takenOver && first.takenOver) {
    const others = stage.trials.filter(({ takenOver }) => !takenOver).length;
    const what = stage.kind === 'search' ? 'evaluation' : 'candidate';
    const none = others === 1 ? `The only ${what} did not` : `None of the ${plural(others, what)}`;
    return others > 0 && `${none} beat the start, so its configuration stays.`;
  }
  const change = first.score - start.score;
  if (change === 0) return `That equals the start, \`${start.name}\`.`;
  const where = change > 0 ? 'above' : 'below';
  return `That is ${points(change)} ${where} the start, \`${start.name}\` (${percent(start.score)}).`;
}

function drawnSettings(record: StudyRecord, stage: StageRecord, { config }: TrialRecord): string {
  if (!config || stage.kind !== 'search') return '';
  const texts = searchedSettings(record, stage).map(({ text }) => text(config));
  return texts.length > 0 ? ` (${texts.join(', ')})` : '';
}

function reached({ score, bestEpoch }: RankedTrial): string {
  return `${percent(score)}${bestEpoch === null ? '' : ` at epoch ${bestEpoch}`}`;
}
