import {
  differentFacts,
  type EarlierEnvironments,
  type Environment,
  environmentsOf,
} from '../study/trial/environment.ts';

/** What differs between environments: `device, driver`; undefined if nothing does. */
export function differencesInWords(environments: readonly Environment[]): string | undefined {
  const names = differentFacts(environments);
  const words = names.map((name) => (name === 'kind' ? 'CPU or GPU' : inWords(name)));
  return words.length > 0 ? words.join(', ') : undefined;
}

/** A trial's environments, one after another: `TensorFlow 2.21.0, on CPU, …`. */
export function environmentsInWords(trial: {
  environment: Environment | null;
  earlierEnvironments?: EarlierEnvironments;
}): string[] {
  const from = [0, ...(trial.earlierEnvironments ?? []).map(({ untilStep }) => untilStep)];
  const all = environmentsOf(trial);
  return all.map((values, index) => {
    const facts = Object.entries(values).map(([name, value]) => `${inWords(name)} ${value}`);
    const start = all.length > 1 ? `after step ${from[index]}: ` : '';
    return `${start}${facts.join(', ') || 'not recorded'}`;
  });
}

// --- helpers ---

/** How output calls a fact about an environment; others go by their own names. */
function inWords(name: string): string {
  return WORDS[name] ?? name;
}

const WORDS: Record<string, string> = {
  tensorflow: 'TensorFlow',
  kind: 'on',
  name: 'device',
  instructions: 'instructions',
  processor: 'processor',
  driver: 'driver',
  tf32: 'TF32',
  intraOpThreads: 'threads per operation',
  interOpThreads: 'operations in parallel',
  deterministicOps: 'deterministic operations',
  node: 'Node.js',
};
