/** What a study's own file needs: `import { defineStudy } from 'staged-study'`. */
export { defineStudy, type StudyBuilder } from './study/definition/define-study.ts';
export { InvalidStudyError, parseStudy } from './study/definition/parse-study.ts';
export type { DenseRule, PlannedNetwork } from './study/definition/planned-network.ts';
export type { Published } from './study/definition/published-schema.ts';
export type { Profile, Study, StudyInput } from './study/definition/study-schema.ts';
export type { Network, Optimizer, Schedule, Settings } from './study/definition/training-config.ts';
