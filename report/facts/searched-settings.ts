import { inputOf } from '../../study/definition/data-schema.ts';
import type { InputForm } from '../../study/definition/input-form.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { brief } from '../../words/numbers.ts';
import { describeSettings, numberInWords } from '../../words/settings.ts';
import { stageDefinition } from './study-facts.ts';

/** A setting that a search varies. */
export interface SearchedSetting {
  title: string;
  /** The trial's value: a number, or what isn't one in words. Undefined if the trial has no such setting. */
  of: (trial: TrialRecord) => number | string | undefined;
  /** The value in a list of settings. */
  text: (trial: TrialRecord) => string | undefined;
}

/** The settings that a search stage varies, in the order of its space. */
export function searchedSettings(record: StudyRecord, stage: StageRecord): SearchedSetting[] {
  const definition = stageDefinition(record, stage.name);
  const space: object = definition?.kind === 'search' ? definition.space : {};
  return Object.entries(space)
    .filter(([, parameter]) => parameter !== undefined)
    .map(([key]) => settingOf(key, inputOf(record.opening.study)));
}

// --- helpers ---

/** Those that have a word of their own in a list of settings. */
const NUMBERS = ['learningRate', 'batchSize', 'epochs', 'dropout'] as const;

function settingOf(key: string, input: InputForm): SearchedSetting {
  const title = titleOf(key);
  const of = (trial: TrialRecord) => settingIn(key, title, trial, input);
  return {
    title,
    of,
    text: (trial) => {
      const value = of(trial);
      if (typeof value !== 'number') return value;
      const named = NUMBERS.find((name) => name === key);
      return named ? numberInWords(named, brief(value)) : `${title} ${brief(value)}`;
    },
  };
}

/** `learning rate`; `momentum` for `optimizer.momentum`. */
function titleOf(key: string): string {
  const [last = ''] = key.split('.').slice(-1);
  return last.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function settingIn(
  key: string,
  title: string,
  trial: TrialRecord,
  input: InputForm,
): number | string | undefined {
  const { config, suggestion } = trial;
  if (!config) return undefined;
  const drawn: Record<string, unknown> = suggestion ?? {};
  // A network is drawn by its name.
  if (key === 'network' && typeof drawn.network === 'string') return drawn.network;
  const value = key
    .split('.')
    .reduce<unknown>((object, part) => (object as Record<string, unknown> | undefined)?.[part], config);
  if (value === undefined) return undefined;
  if (typeof value === 'number') return value;
  return describeSettings(config, input).find(({ name }) => name === title)?.text ?? JSON.stringify(value);
}
