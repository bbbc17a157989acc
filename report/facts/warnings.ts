import type { StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { environmentsOf } from '../../study/trial/environment.ts';
import { datasetInFull } from '../../words/dataset.ts';
import { differencesInWords } from '../../words/environment.ts';
import { count, plural } from '../../words/numbers.ts';
import { DEFAULT_WEIGHTS, weightsInBrief } from '../../words/weights.ts';
import { allTrials, exampleOf, imagesUsed, missingStages, standsInFor } from './study-facts.ts';

/** What a reader must know before trusting a number on the page, a sentence each. */
export function warnings(record: StudyRecord): string[] {
  const missing = missingStages(record).map(({ name }) => `\`${name}\``);
  const trials = allTrials(record).map(({ trial }) => trial);
  const changed = trials.filter(({ override }) => override !== null).length;
  const stopped = trials.filter(({ status }) => status === 'stopped').length;
  const failed = trials.filter(({ score }) => score === null).length - stopped;
  const sentences: (string | false)[] = [
    missing.length > 0 &&
      `The study is unfinished: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    ...limitations(record),
    changed > 0 && `${plural(changed, 'trial')} trained with settings that were changed on retry.`,
    environmentWarning(trials),
    stopped > 0 &&
      `${plural(stopped, 'trial')} ${stopped === 1 ? 'was' : 'were'} stopped early: what ${stopped === 1 ? 'it' : 'they'} would have reached is not known.`,
    failed === 1 && '1 trial has no score: it diverged, ran out of memory or was skipped.',
    failed > 1 &&
      `${plural(failed, 'trial')} have no score: they diverged, ran out of memory or were skipped.`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}

/** How the data, the profile and the networks limit what an accuracy means. */
export function limitations(record: StudyRecord): string[] {
  return [...dataLimits(record), ...profileLimits(record), ...networkLimits(record)];
}

// --- helpers ---

/** A trial's threads are a setting of its own. */
const SETTINGS = ['intraOpThreads', 'interOpThreads'];

function environmentWarning(trials: readonly TrialRecord[]): string | false {
  const environments = trials.flatMap(environmentsOf).map((values) => {
    const facts = Object.entries(values).filter(([name]) => !SETTINGS.includes(name));
    return Object.fromEntries(facts);
  });
  const differences = differencesInWords(environments);
  return (
    differences !== undefined &&
    `Not all trials were trained in the same environment (different: ${differences}), so equal trials may differ in their last bits.`
  );
}

function dataLimits({ opening }: StudyRecord): string[] {
  const { origin } = opening.dataset;
  return origin.kind === 'official' || origin.kind === 'own' ? [] : [`Data set: ${datasetInFull(origin)}.`];
}

function profileLimits(record: StudyRecord): string[] {
  const { study, profile: name, dataset } = record.opening;
  const profile = study.profiles[name];
  if (!profile) return [];
  const { training, validation } = imagesUsed(record);
  const used = training + validation;
  const parts = [
    ...(used < dataset.trainImages || profile.trainImages !== 'all'
      ? [`uses ${count(used)} ${exampleOf(record)}s for training and validation`]
      : []),
    ...(profile.epochDivisor > 1 ? [`divides every trial’s epochs by ${profile.epochDivisor}`] : []),
  ];
  if (parts.length === 0) return [];
  return [
    `The profile \`${name}\` ${parts.join(' and ')}: differences between trials mean less than with all ${exampleOf(record)}s and epochs.`,
  ];
}

function networkLimits(record: StudyRecord): string[] {
  const { fromScratch, weights } = record.opening;
  return [
    ...standIns(record),
    ...(fromScratch
      ? ['The study was run with `--from-scratch`: none of its networks started from pretrained weights.']
      : []),
    ...(weights && weights.origin.kind !== 'official'
      ? [`Pretrained networks start from ${weightsInBrief(weights)}, not from ${DEFAULT_WEIGHTS}.`]
      : []),
  ];
}

function standIns(record: StudyRecord): string[] {
  const candidates = allTrials(record).flatMap(({ trial: { config } }) => {
    const original = config && standsInFor(record, config.network);
    return original ? [original] : [];
  });
  return [...new Set(candidates)].map(
    ({ name, reduced }) =>
      `In the profile \`${record.opening.profile}\`, \`${reduced?.name}\` stands in for \`${name}\`: its numbers are not \`${name}\`’s.`,
  );
}
