import type { SearchSpace } from '../../study/definition/search-schema.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { brief } from '../../words/numbers.ts';
import { numberInWords } from '../../words/settings.ts';
import { stageDefinition } from './study-facts.ts';

/** A setting that a search varies. */
export interface SearchedSetting {
  title: string;
  of: (config: TrainingConfig) => number;
  /** The value in words. */
  text: (config: TrainingConfig) => string;
}

/** The settings that a search stage varies, in a fixed order. */
export function searchedSettings(record: StudyRecord, stage: StageRecord): SearchedSetting[] {
  const definition = stageDefinition(record, stage.name);
  const space: SearchSpace = definition?.kind === 'search' ? definition.space : {};
  return SETTINGS.filter(({ key }) => space[key] !== undefined);
}

// --- helpers ---

const SETTINGS: (SearchedSetting & { key: keyof SearchSpace })[] = [
  {
    key: 'learningRate',
    title: 'learning rate',
    of: ({ learningRate }) => learningRate,
    text: ({ learningRate }) => numberInWords('learningRate', brief(learningRate)),
  },
  {
    key: 'batchSize',
    title: 'batch size',
    of: ({ batchSize }) => batchSize,
    text: ({ batchSize }) => numberInWords('batchSize', batchSize),
  },
  {
    key: 'epochs',
    title: 'epochs',
    of: ({ epochs }) => epochs,
    text: ({ epochs }) => numberInWords('epochs', epochs),
  },
  {
    key: 'dropout',
    title: 'dropout',
    of: ({ dropout }) => dropout,
    text: ({ dropout }) => numberInWords('dropout', brief(dropout)),
  },
];
