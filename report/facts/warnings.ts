import type { StudyRecord } from '../../study/record/record.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { count, plural } from '../../words/numbers.ts';
import { DEFAULT_WEIGHTS, weightsInBrief } from '../../words/weights.ts';
import { allRuns, imagesUsed, missingStages, standsInFor } from './study-facts.ts';

/** All that a reader must know before trusting a number of the page, a sentence each. */
export function warnings(record: StudyRecord): string[] {
  const missing = missingStages(record).map(({ name }) => `\`${name}\``);
  const runs = allRuns(record).map(({ trial }) => trial);
  const changed = runs.filter(({ override }) => override !== null).length;
  const failed = runs.filter(({ score }) => score === null).length;
  const sentences: (string | false)[] = [
    missing.length > 0 &&
      `The study is unfinished: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    ...limitations(record),
    changed > 0 && `${plural(changed, 'run')} went on with settings that were changed by hand.`,
    failed > 0 &&
      `${plural(failed, 'run')} ${failed === 1 ? 'has' : 'have'} no score: diverged, out of memory or skipped.`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}

/** What of data, profile and networks keeps accuracies from meaning what their names say. */
export function limitations(record: StudyRecord): string[] {
  return [...dataLimits(record), ...profileLimits(record), ...networkLimits(record)];
}

// --- helpers ---

function dataLimits({ opening }: StudyRecord): string[] {
  const { origin } = opening.dataset;
  return origin.kind === 'official' ? [] : [`Data set: ${datasetInFull(origin)}.`];
}

function profileLimits(record: StudyRecord): string[] {
  const { study, profile: name, dataset } = record.opening;
  const profile = study.profiles[name];
  if (!profile) return [];
  const { training, validation } = imagesUsed(record);
  const fewer = training + validation < dataset.trainImages || profile.trainImages !== 'all';
  const parts = [
    ...(fewer ? [`uses ${count(training + validation)} images for training and validation`] : []),
    ...(profile.epochDivisor > 1 ? [`divides every run’s epochs by ${profile.epochDivisor}`] : []),
  ];
  if (parts.length === 0) return [];
  return [
    `The profile \`${name}\` ${parts.join(' and ')}: it shows how the study goes, and differences between runs mean less than in a full run.`,
  ];
}

function networkLimits(record: StudyRecord): string[] {
  const networks = allRuns(record).flatMap(({ trial }) => (trial.config ? [trial.config.network] : []));
  const originals = new Set(networks.map((network) => standsInFor(record, network)));
  return [
    ...[...originals].flatMap((original) => (original === undefined ? [] : [standIn(record, original)])),
    ...otherWeights(record),
  ];
}

function standIn({ opening: { study, profile } }: StudyRecord, original: string): string {
  const candidates = study.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  const reduced = candidates.find(({ name }) => name === original)?.reduced?.name;
  return `In the profile \`${profile}\`, \`${reduced}\` stands in for \`${original}\`: its numbers are not \`${original}\`’s.`;
}

function otherWeights({ opening: { weights } }: StudyRecord): string[] {
  if (!weights || weights.origin.kind === 'official') return [];
  return [
    `Pretrained networks start from other weights than ${DEFAULT_WEIGHTS} (${weightsInBrief(weights)}).`,
  ];
}
