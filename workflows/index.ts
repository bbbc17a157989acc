export { interceptors } from './current-details.ts';
export { stageWorkflow } from './stage/stage-workflow.ts';
export { studyWorkflow } from './study-workflow.ts';
export { trialWorkflow } from './trial-workflow.ts';
