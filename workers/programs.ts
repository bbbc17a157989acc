import { compiledProgram } from '../infra/project.ts';

/** The workers of a stack that trains, for whoever starts them. Importing this loads no worker. */
export const WORKER_PROGRAMS = {
  control: { name: 'The control worker', path: compiledProgram('workers/control-main') },
  training: { name: 'The training worker', path: compiledProgram('workers/training-main') },
};

/** For a stack that is only read. */
export const QUERY_WORKER = { name: 'The query worker', path: compiledProgram('workers/query-main') };
