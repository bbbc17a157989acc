import type { Complain } from './checks/check-published.ts';
import type { Stage } from './stage-schema.ts';

/** How many runs a profile gives to candidates: of all stages, or of some. */
export interface WithRepeats {
  repeats?: number | Record<string, number> | undefined;
}

interface Checked {
  stages: Stage[];
  profiles: Record<string, WithRepeats>;
}

/** Complains about repeats of stages that have none, and about variants that repeat more often than what they are compared with. */
export function checkRepeats({ stages, profiles }: Checked, complain: Complain): void {
  const repeatable = stages.filter(isRepeatable);
  const names = repeatable.map(({ name }) => name);
  for (const [profile, { repeats }] of Object.entries(profiles)) {
    for (const name of typeof repeats === 'object' ? Object.keys(repeats) : []) {
      if (names.includes(name)) continue;
      complain(
        ['profiles', profile, 'repeats', name],
        name,
        `the name of a stage that compares, searches or varies candidates (${names.join(', ') || 'there is none'})`,
        names,
      );
    }
    for (const stage of repeatable) {
      if (stage.kind === 'variant') checkVariant(stage, profile, { stages, profiles }, complain);
    }
  }
}

/** How many runs each candidate of a stage has in a profile, which decides if it says a number for the stage. */
export function repeatsOf(stage: Stage, { repeats }: WithRepeats): number {
  if (!isRepeatable(stage)) return 1;
  const ofProfile = typeof repeats === 'number' ? repeats : repeats?.[stage.name];
  return ofProfile ?? stage.repeats ?? 1;
}

// --- helpers ---

type Repeatable = Extract<Stage, { kind: 'compare' | 'search' | 'variant' }>;

function isRepeatable(stage: Stage): stage is Repeatable {
  return stage.kind === 'compare' || stage.kind === 'search' || stage.kind === 'variant';
}

function checkVariant(
  variant: Extract<Stage, { kind: 'variant' }>,
  profileName: string,
  { stages, profiles }: Checked,
  complain: Complain,
): void {
  const profile = profiles[profileName] ?? {};
  const repeats = repeatsOf(variant, profile);
  const fewest = stages
    .filter(({ name }) => variant.of.some(({ stage }) => stage === name))
    .map((stage) => ({ stage: stage.name, runs: repeatsOf(stage, profile) }))
    .find(({ runs }) => runs < repeats);
  if (!fewest) return;
  const isOfProfile = typeof profile.repeats === 'object' && variant.name in profile.repeats;
  complain(
    isOfProfile
      ? ['profiles', profileName, 'repeats', variant.name]
      : ['stages', stages.indexOf(variant), 'repeats'],
    repeats,
    `at most ${fewest.runs}, as many runs as the candidates of ${fewest.stage} have in the profile ${profileName}: each is compared ` +
      'with the ordinary run that has its seed',
  );
}
