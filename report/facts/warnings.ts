import type { StudyRecord } from '../../study/record/record.ts';
import { count, plural } from '../../words/numbers.ts';
import { isReduced, type ResNet } from '../../words/settings.ts';
import { allRuns, imagesUsed, missingStages } from './study-facts.ts';

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
  const { kind, source } = opening.dataset.origin;
  if (kind === 'generated') {
    return ['The images are generated patterns, not CIFAR-10: the accuracies say nothing about CIFAR-10.'];
  }
  if (kind === 'other') {
    return [`The images come from another archive than the official one${source ? ` (${source})` : ''}.`];
  }
  return [];
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
  const networks = allRuns(record).flatMap(({ trial }) =>
    trial.config?.network.kind === 'resnet' ? [trial.config.network] : [],
  );
  const reduced = networks.find(isReduced);
  return [
    ...(reduced
      ? [
          `${named(reduced)} is a reduced form of ResNet-50 (blocks 3-4-6-3, width 64): its numbers are not ResNet-50’s.`,
        ]
      : []),
    ...(networks.length > 0 && networks.every(({ pretrained }) => !pretrained)
      ? ['The ResNet is trained from scratch, not from ImageNet weights as in the report.']
      : []),
    ...otherWeights(record),
  ];
}

/** A pretrained network is the report's only where its weights are torchvision's. */
function otherWeights({ opening: { weights } }: StudyRecord): string[] {
  if (!weights || weights.origin.kind === 'official') return [];
  return [
    `Pretrained networks start from other weights than torchvision’s ImageNet ResNet-50 (${weights.origin.source}).`,
  ];
}

function named({ blocks, width }: ResNet): string {
  return `The ResNet with blocks ${blocks.join('-')} and width ${width}`;
}
