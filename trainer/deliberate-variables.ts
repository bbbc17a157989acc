import { usesGpu } from './capacity.ts';

/**
 * The variables by which a training worker deliberately changes how its trainers compute. A trainer inherits no other variable
 * of this kind (see environment.ts), and its results say which it had.
 *
 * - `STAGED_STUDY_TRAINER_ENV` names variables of the worker that its trainers get: `TF_XLA_FLAGS,ONEDNN_MAX_CPU_ISA`.
 * - `STAGED_STUDY_TF32=1` lets a GPU round factors to TF32. By default it computes with float32, as a CPU does.
 * - A GPU's number in `CUDA_VISIBLE_DEVICES` is the one that `nvidia-smi` shows.
 *
 * @throws {Error} if a name or value is wrong, if a named variable isn't set, or if trainers set it themselves.
 */
export function deliberateVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const { STAGED_STUDY_TF32: tf32 = '0', [LIST]: list } = env;
  if (tf32 !== '0' && tf32 !== '1') throw new Error(`STAGED_STUDY_TF32: expected 0 or 1, got "${tf32}"`);
  for (const name of namesIn(list)) check(name, env);
  return {
    ...(usesGpu(env) && { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' }),
    ...(usesGpu(env) && tf32 === '0' && { NVIDIA_TF32_OVERRIDE: '0' }),
    ...namedVariables(env),
    ...(list && { [LIST]: list }),
  };
}

/** The variables that `STAGED_STUDY_TRAINER_ENV` names, in a worker or in its trainer. */
export function namedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(namesIn(env[LIST]).map((name) => [name, env[name] ?? '']));
}

// --- helpers ---

const LIST = 'STAGED_STUDY_TRAINER_ENV';

/** What trainers need with values of their own. */
const OWN = /^(TF_ENABLE_ONEDNN_OPTS|TF_NUM_INT(RA|ER)OP_THREADS|GLIBC_TUNABLES|S3_.*|STAGED_STUDY_.*|PATH)$/;

function namesIn(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function check(name: string, env: NodeJS.ProcessEnv): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new Error(
      `${LIST}: expected names of variables with commas between them, got ${JSON.stringify(name)}`,
    );
  }
  if (OWN.test(name)) throw new Error(`${LIST}: trainers set ${name} themselves; remove it from the list`);
  if (env[name] === undefined) {
    throw new Error(
      `${LIST}: expected ${name} to be set, since the list names it; set it, or remove it from the list`,
    );
  }
}
