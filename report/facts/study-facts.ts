import { inputOf } from '../../study/definition/data-schema.ts';
import { CIFAR10_INPUT, type InputForm } from '../../study/definition/input-form.ts';
import { possibleNetworks } from '../../study/definition/planned-network.ts';
import { architecture } from '../../study/definition/pretrained.ts';
import type { Candidate, Stage } from '../../study/definition/stage-schema.ts';
import type { Network, TrainedSettings } from '../../study/definition/training-config.ts';
import { candidateNamed } from '../../study/plan/candidate-names.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { limitImages } from '../../study/plan/plan.ts';
import { candidatesOf, type Winning, winnerOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { asStored, type OtherMeasure } from '../../study/trial/measure.ts';
import { heldOutImages } from '../../study/trial/trial.ts';
import { type ExampleWord, exampleWord } from '../../words/examples.ts';
import { networkInFull } from '../../words/network.ts';
import { describeSettings } from '../../words/settings.ts';

export type RankedTrial = Winning<TrialRecord>;

/** Images that the study's trials train on, and those that they are scored on. */
export function imagesUsed({ opening }: StudyRecord): { training: number; validation: number } {
  const { study, profile, dataset } = opening;
  const used = limitImages(study.profiles[profile]?.trainImages ?? 'all', dataset.trainImages);
  const validation = heldOutImages(used, study.validationFraction);
  return { training: used - validation, validation };
}

/** By what the study ranks; undefined for accuracy. */
export function rankedBy({ opening }: StudyRecord): OtherMeasure | undefined {
  return asStored(opening.study.rankBy);
}

/** What an example of the study's data is called. */
export function exampleOf({ opening }: StudyRecord): ExampleWord {
  return exampleWord(inputOf(opening.study));
}

/** Standard error of an accuracy measured on `images` images, in points: `100·√(p(1−p)/n)`. */
export function standardError(accuracy: number, images: number): number {
  return Math.sqrt((accuracy * (100 - accuracy)) / images);
}

/** Whether the stage ranks its trials and has a winner. */
export function isRanked({ kind }: StageRecord): boolean {
  return kind === 'compare' || kind === 'search';
}

/**
 * The winning candidate of a stage that ranks, or the best if it has none yet: its first run that has a score, under the
 * candidate's name and with its mean score. Undefined if no run has one.
 */
export function bestTrial(stage: StageRecord): RankedTrial | undefined {
  if (!isRanked(stage)) return undefined;
  const winner = candidatesOf(stage.trials).find(({ name }) => name === stage.winner);
  return winnerOf(winner?.runs ?? stage.trials);
}

/**
 * The trial that a stage started from: taken over into its ranking, or the winner of an earlier stage. Over several runs it has
 * their mean score.
 */
export function startTrial(record: StudyRecord, stage: StageRecord): TrialRecord | undefined {
  const takenOver = candidatesOf(stage.trials).find(({ runs }) => runs.some((run) => run.takenOver));
  if (takenOver) return winnerOf(takenOver.runs) ?? takenOver.runs[0];
  const earlier = startStage(record, stage);
  return earlier && bestTrial(earlier);
}

/** A stage as the study defines it. */
export function stageDefinition({ opening }: StudyRecord, stage: string): Stage | undefined {
  return opening.study.stages.find(({ name }) => name === stage);
}

/** The candidate that a stage's trial trained; undefined for a trial of a search or of a side experiment. */
export function candidateOf(
  record: StudyRecord,
  stage: StageRecord,
  trial: Pick<TrialRecord, 'name' | 'candidate'>,
): Candidate | undefined {
  const { study, profile } = record.opening;
  const reducedNetworks = study.profiles[profile]?.reducedNetworks ?? false;
  const definition = stageDefinition(record, stage.name);
  const name = trial.candidate ?? trial.name;
  return candidateNamed(name, definition, { reducedNetworks }, stage.start ?? undefined);
}

/** The earlier stage whose winner a stage started from. */
export function startStage(record: StudyRecord, stage: StageRecord): StageRecord | undefined {
  const definition = stageDefinition(record, stage.name);
  const from = definition && 'from' in definition ? definition.from : undefined;
  return record.stages.find(({ name }) => name === from);
}

/**
 * The trial that a variant or a repeat is compared with. For a repeat it has the same configuration, not only the same
 * name: the winner of a search has the name of what the search started from.
 */
export function ordinaryTrial(record: StudyRecord, trial: TrialRecord): TrialRecord | undefined {
  const ordinary = record.stages.flatMap(({ trials }) => trials).filter(({ of }) => of === null);
  const candidates = [
    ...(trial.repetition ? ordinary.filter((other) => sameTraining(other, trial)) : []),
    ...ordinary.filter(({ name }) => name === trial.of),
  ];
  return candidates.find(({ lines }) => lines.length > 0) ?? candidates[0];
}

/** The stage whose winner is the study's: the last one that ranks and has a winner. */
export function lastDecided(record: StudyRecord): { stage: StageRecord; trial: RankedTrial } | undefined {
  for (const stage of [...record.stages].reverse()) {
    const trial = stage.winner === null ? undefined : bestTrial(stage);
    if (trial) return { stage, trial };
  }
  return undefined;
}

/** What a trial's settings are compared with: its ordinary trial, its stage's start, or the study's base. */
export function referenceConfig(
  record: StudyRecord,
  stage: StageRecord,
  trial: TrialRecord,
): TrainedSettings & { network?: Network } {
  const beside = trial.of === null ? startTrial(record, stage) : ordinaryTrial(record, trial);
  return beside?.config ?? baseSettings(record);
}

/** The study's base settings as its profile trains them. */
export function baseSettings({ opening: { study, profile } }: StudyRecord): TrainedSettings {
  return asTrained(study.base, study.profiles[profile] ?? { epochDivisor: 1 });
}

/** The stages that the record lacks, since they have not been run. */
export function missingStages(record: StudyRecord): StudyRecord['opening']['study']['stages'] {
  const there = new Set(record.stages.map(({ name }) => name));
  return record.opening.study.stages.filter(({ kind, name }) =>
    kind === 'test' ? record.test === null : !there.has(name),
  );
}

/** The candidate whose reduced network this is, if the profile trains reduced networks. */
export function standsInFor({ opening }: StudyRecord, network: Network): Candidate | undefined {
  const { study, profile } = opening;
  if (!study.profiles[profile]?.reducedNetworks) return undefined;
  const input = inputOf(study);
  const candidates = study.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  return candidates.find(
    ({ reduced }) =>
      reduced &&
      possibleNetworks(reduced.network, input, study.stages).some((possible) =>
        sameLayers(possible, network, input),
      ),
  );
}

/** Every trial once: those that a stage takes over belong to an earlier stage. */
export function allTrials(record: StudyRecord): { stage: StageRecord; trial: TrialRecord }[] {
  return record.stages.flatMap((stage) =>
    stage.trials.filter(({ takenOver }) => !takenOver).map((trial) => ({ stage, trial })),
  );
}

// --- helpers ---

function sameLayers(a: Network, b: Network, input: InputForm): boolean {
  return networkInFull(architecture(a), input) === networkInFull(architecture(b), input);
}

function sameTraining(a: TrialRecord, b: TrialRecord): boolean {
  if (!a.config || !b.config || a.seed !== b.seed) return false;
  // Whatever their input is, they have it in common.
  const others = describeSettings(b.config, CIFAR10_INPUT);
  return describeSettings(a.config, CIFAR10_INPUT).every(({ text }, index) => text === others[index]?.text);
}
