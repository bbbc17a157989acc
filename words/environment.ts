import {
  differentFacts,
  type EarlierEnvironments,
  type Environment,
  environmentsOf,
} from '../study/trial/environment.ts';

/** How output calls a fact about an environment; others go by their own names. */
export function factInWords(name: string): string {
  return WORDS[name] ?? name;
}

/** What differs between environments: `device, driver`; undefined if nothing does. */
export function differencesInWords(environments: readonly Environment[]): string | undefined {
  const names = differentFacts(environments);
  return names.length > 0 ? names.map(factInWords).join(', ') : undefined;
}

/** A trial's environments, one after another: `TensorFlow 2.21.0, on CPU, …`. */
export function environmentsInWords(trial: {
  environment: Environment | null;
  earlierEnvironments?: EarlierEnvironments;
}): string[] {
  const from = [0, ...(trial.earlierEnvironments ?? []).map(({ untilStep }) => untilStep)];
  const all = environmentsOf(trial);
  return all.map((values, index) => {
    const facts = Object.entries(values).map(([name, value]) => `${factInWords(name)} ${value}`);
    const start = all.length > 1 ? `after step ${from[index]}: ` : '';
    return `${start}${facts.join(', ') || 'not recorded'}`;
  });
}

// --- helpers ---

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
