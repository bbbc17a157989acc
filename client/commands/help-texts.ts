/** What several commands say in their help. */

export const STUDY_ID = 'the id of a study (see list)';
export const TRIAL = 'the name of a trial; STAGE/TRIAL if several stages have such a trial';
export const WITHOUT_STACK =
  'If no stack is up, servers start for this command only, without workers that train.';
