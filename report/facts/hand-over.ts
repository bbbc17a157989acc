import { inputOf } from '../../study/definition/data-schema.ts';
import { type Divisors, ruleOf, takesRuleOf } from '../../study/definition/planned-network.ts';
import type { Settings, TrainingConfig } from '../../study/definition/training-config.ts';
import { candidateOf as nameOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { describeSettings, type Setting } from '../../words/settings.ts';
import { rankedCandidates, representative } from './candidates.ts';
import { baseSettings, bestTrial, candidateOf, startTrial } from './study-facts.ts';

/** A setting that trials have from the winner that their stage starts from. */
export interface KeptSetting extends Setting {
  /** The trials that keep it. */
  by: TrialRecord[];
}

/** The rule of dense layers that a trial took over. */
export interface TakenRule {
  /** The earlier stage, and its best-ranked trial that has a rule. */
  stage: string;
  from: TrialRecord;
  divide: Divisors;
  by: TrialRecord;
}

/** The settings in which a configuration differs from the study's base settings; its network is one of them. */
export function settingsOfItsOwn(record: StudyRecord, config: TrainingConfig): Setting[] {
  return differences(record, config, baseSettings(record));
}

/** What a stage's own trials have from the winner that it starts from, beside the study's base settings. */
export function takenSettings(record: StudyRecord, stage: StageRecord): KeptSetting[] {
  const start = startTrial(record, stage)?.config;
  return start ? kept(record, { handedOn: start, otherwise: baseSettings(record) }, ownTrials(stage)) : [];
}

/** What a stage's winner changed in the configuration that its stage started from, and these later trials still have. */
export function givenSettings(
  record: StudyRecord,
  stage: StageRecord,
  later: readonly TrialRecord[],
): KeptSetting[] {
  const winner = bestTrial(stage)?.config;
  const start = startTrial(record, stage)?.config ?? baseSettings(record);
  return winner ? kept(record, { handedOn: winner, otherwise: start }, later) : [];
}

/** The rules that trials of a stage took over from earlier stages. */
export function takenRules(
  record: StudyRecord,
  stage: StageRecord,
  trials: readonly TrialRecord[] = ownTrials(stage),
): TakenRule[] {
  // All runs of a candidate take over the same.
  const first = trials.filter(({ candidate }) => candidate === undefined);
  return first.flatMap((trial) => {
    const network = candidateOf(record, stage, trial)?.change.network;
    const source = record.stages.find(({ name }) => name === takesRuleOf(network));
    const ranked = source ? rankedCandidates(record, source).map(representative) : [];
    const best = source && ranked.find((each) => ruleIn(record, source, each));
    const divide = best && ruleIn(record, source, best);
    return divide ? [{ stage: source.name, from: best, divide, by: trial }] : [];
  });
}

/** Without the candidate that was taken over, also where the stage has trained further runs of it. */
export function ownTrials({ trials }: StageRecord): TrialRecord[] {
  const start = trials.find(({ takenOver }) => takenOver);
  const name = start && nameOf(start);
  return trials.filter((trial) => nameOf(trial) !== name);
}

// --- helpers ---

function ruleIn(record: StudyRecord, stage: StageRecord, trial: TrialRecord): Divisors | undefined {
  return ruleOf(candidateOf(record, stage, trial)?.change.network);
}

/** What trials have of a configuration that was handed on, beside what they would have had otherwise. */
function kept(
  record: StudyRecord,
  { handedOn, otherwise }: { handedOn: TrainingConfig; otherwise: SomeSettings },
  trials: readonly TrialRecord[],
): KeptSetting[] {
  return differences(record, handedOn, otherwise)
    .map((setting) => ({ ...setting, by: trials.filter((trial) => has(record, trial, setting)) }))
    .filter(({ by }) => by.length > 0);
}

/** A configuration, or settings without a network. */
type SomeSettings = Settings & Pick<Partial<TrainingConfig>, 'network'>;

function differences(record: StudyRecord, config: TrainingConfig, other: SomeSettings): Setting[] {
  const texts = textsOf(record, other);
  return describeSettings(config, inputOf(record.opening.study)).filter(
    ({ name, text }) => text !== texts.get(name),
  );
}

function textsOf({ opening }: StudyRecord, config: SomeSettings): Map<string, string> {
  const settings = describeSettings(config, inputOf(opening.study));
  return new Map(settings.map(({ name, text }) => [name, text]));
}

function has(record: StudyRecord, { config }: TrialRecord, { name, text }: Setting): boolean {
  return config !== null && textsOf(record, config).get(name) === text;
}
