import type { Divisors } from '../../study/definition/planned-network.ts';
import { candidateOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { scoreInWords } from '../../words/measure.ts';
import { list } from '../../words/numbers.ts';
import {
  givenSettings,
  type KeptSetting,
  ownTrials,
  settingsOfItsOwn,
  type TakenRule,
  takenRules,
  takenSettings,
} from '../facts/hand-over.ts';
import { bestTrial, startStage, startTrial } from '../facts/study-facts.ts';
import { sentences } from './exceptions.ts';

/** What a stage took over from earlier winners: settings, and rules of dense layers. */
export function takenOverInWords(record: StudyRecord, stage: StageRecord): string {
  return sentences([startInWords(record, stage), ...takenRules(record, stage).map(ruleSentence)]);
}

/** A stage with a winner, and what later stages have from it. */
export interface HandOver {
  stage: StageRecord;
  winner: TrialRecord;
  /** Each later stage that builds on it, and what it has from the winner. */
  gave: { to: string; what: string }[];
}

/** What each stage's winner gave to the stages that build on it. */
export function handOvers(record: StudyRecord): HandOver[] {
  return record.stages.flatMap((stage) => {
    const winner = bestTrial(stage);
    if (!winner || stage.winner === null) return [];
    const later = record.stages.filter((each) => buildsOn(record, each, stage));
    const gave = later.map((each) => ({
      to: each.name,
      what: givenInWords(record, { stage, winner }, each, ownTrials(each)),
    }));
    if (isTested(record, stage)) gave.push({ to: record.test?.stage || 'test', what: 'its weights' });
    return [{ stage, winner, gave }];
  });
}

/** What trials of a later stage have from a stage's winner: settings that it changed, and rules. */
export function givenInWords(
  record: StudyRecord,
  { stage, winner }: { stage: StageRecord; winner: TrialRecord },
  later: StageRecord,
  trials: readonly TrialRecord[],
): string {
  const settings = givenSettings(record, stage, trials).map((setting) => settingInWords(setting, trials));
  const rules = takenRules(record, later, trials).filter((rule) => rule.stage === stage.name);
  const parts = [...settings, ...rules.map(ruleInWords)];
  if (parts.length > 0) return list(parts);
  return winner.takenOver ? 'nothing new: its start won' : 'nothing';
}

// --- helpers ---

function startInWords(record: StudyRecord, stage: StageRecord): string {
  if (stage.start === null) return 'It starts from the study’s base settings.';
  const start = startTrial(record, stage);
  const score = start?.score == null ? '' : ` (${scoreInWords(start.score, start.measure)})`;
  const named = `\`${stage.start}\`${score}`;
  if (start?.takenOver) return `It starts from the configuration of ${named}, whose trial is ranked too.`;
  const known = start?.config && ownTrials(stage).some(({ config }) => config);
  if (!known || takenSettings(record, stage).length > 0)
    return `It starts from the configuration of ${named}.`;
  const from = startStage(record, stage)?.name ?? '';
  const changed = start.config ? settingsOfItsOwn(record, start.config).map(({ name }) => name) : [];
  return `It takes no setting from the winner of \`${from}\`, ${named}: every candidate here replaces its ${list(changed)}.`;
}

function ruleSentence(rule: TakenRule): string {
  const { stage, from, divide, by } = rule;
  return (
    `\`${by.name}\` takes over the rule of dense layers of \`${from.name}\`, the best-ranked network of \`${stage}\` that has ` +
    `one: ${divisorsInWords(divide)}, which gives ${layersOf(by)}.`
  );
}

function ruleInWords({ from, divide, by }: TakenRule): string {
  return `the rule ${divisorsInWords(divide)} of \`${from.name}\`, by which \`${by.name}\` has dense layers ${layersOf(by)}`;
}

/** `÷4`, `÷4 and ÷2 in turn`. */
function divisorsInWords(divide: Divisors): string {
  return `${list(divide.map((divisor) => `÷${divisor}`))}${divide.length > 1 ? ' in turn' : ''}`;
}

function layersOf({ config }: TrialRecord): string {
  return config?.network.hidden.join('-') ?? '';
}

function settingInWords({ text, by }: KeptSetting, trials: readonly TrialRecord[]): string {
  const isKeptByAll = trials.every((trial) => trial.config === null || by.includes(trial));
  return isKeptByAll
    ? text
    : `${text} (kept by ${list([...new Set(by.map(candidateOf))].map((name) => `\`${name}\``))})`;
}

/** Whether a stage starts from another's winner, or takes a rule from it. */
function buildsOn(record: StudyRecord, later: StageRecord, stage: StageRecord): boolean {
  if (later.kind !== 'compare' && later.kind !== 'search') return false;
  const fromIt = startStage(record, later)?.name === stage.name;
  return fromIt || takenRules(record, later).some((rule) => rule.stage === stage.name);
}

function isTested({ opening, test }: StudyRecord, { name }: StageRecord): boolean {
  const tests = opening.study.stages.find(({ kind }) => kind === 'test');
  return test !== null && tests?.kind === 'test' && tests.from === name;
}
