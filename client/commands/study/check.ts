import { availableStore } from '../../../infra/stack/open-stack.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import { StoreAccessError, StoreUnavailableError } from '../../../storage/object-store.ts';
import { inputOf } from '../../../study/definition/data-schema.ts';
import { selectProfile } from '../../../study/definition/parse-study.ts';
import { takesRuleOf } from '../../../study/definition/planned-network.ts';
import { pretrainedNetworks } from '../../../study/definition/pretrained.ts';
import { repeatsOf } from '../../../study/definition/repeats.ts';
import type { SearchStage, Stage, Ties } from '../../../study/definition/stage-schema.ts';
import type { Profile, Study } from '../../../study/definition/study-schema.ts';
import { planCourse } from '../../../study/plan/course.ts';
import type { PlannedTrial } from '../../../study/plan/plan.ts';
import { isShare } from '../../../study/plan/ranking.ts';
import { plannedStopping } from '../../../study/plan/stopping.ts';
import { sourceName } from '../../../study/record/source-name.ts';
import { gridSize } from '../../../study/search/samplers/grid.ts';
import { spaceOf } from '../../../study/search/suggestion.ts';
import type { Measure } from '../../../study/trial/measure.ts';
import { type ExampleWord, exampleWord } from '../../../words/examples.ts';
import { measureName } from '../../../words/measure.ts';
import { list } from '../../../words/numbers.ts';
import {
  budgetInWords,
  evaluationsAtOnceInWords,
  samplerInWords,
  spaceInWords,
} from '../../../words/search-space.ts';
import { stoppingInWords } from '../../../words/stopping.ts';
import { DEFAULT_WEIGHTS } from '../../../words/weights.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { configuration } from '../../servers/configuration.ts';
import { datasetSource } from '../../start/dataset-source.ts';
import { describeEstimate, estimateStudy, exampleCounts } from '../../start/estimate.ts';
import { describeStopping } from '../../start/stopping-time.ts';
import { countStoredResults, describeStoredResults } from '../../start/stored-results.ts';
import { loadStudy } from '../../start/study-source.ts';
import { type WeightsOptions, withWeights } from '../../start/weights-source.ts';

export async function check(
  name: string,
  options: { profile?: string; json?: boolean; dataset?: string } & WeightsOptions,
): Promise<void> {
  const loaded = await loadStudy(name);
  const profiles = options.profile ? [options.profile] : Object.keys(loaded.profiles);
  const selected = profiles.map((profile) => selectProfile(loaded, profile));
  const { study, weights, fits } = await withWeights(loaded, selected, options);
  if (options.json) {
    console.log(JSON.stringify(study, null, 2));
    return;
  }
  printStages(study, selectProfile(study, profiles[0] as string));
  for (const fit of fits) console.log(`  weights: ${fit}`);

  const signal = interruption();
  const { archive } = await datasetSource(options.dataset, study, name);
  const counts = await exampleCounts(study, archive, signal);
  if (!counts) console.log('  data: not counted, since they must be downloaded first');
  for (const profile of profiles) {
    if (!counts) continue;
    const estimate = await estimateStudy(study, profile, counts, signal);
    const { training, validation, test } = estimate.images;
    console.log(`\nprofile ${profile}: ${selectProfile(study, profile).description}`);
    for (const line of repeatsInWords(study, profile)) console.log(`  ${line}`);
    const example = exampleWord(inputOf(study));
    console.log(
      `  ${example}s: ${training} for training, ${validation} for validation, ${test} for the test`,
    );
    console.log(`  ${describeWeights(study, profile, weights)}`);
    for (const line of estimate.use) console.log(`  ${line}`);
    for (const search of estimate.stopping) console.log(`  ${describeStopping(search)}`);
    console.log(`  ${describeEstimate(estimate)}`);
    console.log(`  ${await resultsInStore({ study, profile, weights }, archive)}`);
  }
}

// --- helpers ---

const WITHIN = 'of those within one standard error of the best,';
const TIES: Record<Ties, string> = {
  earlier: `${WITHIN} the earliest wins`,
  parameters: `${WITHIN} the one with the fewest parameters wins`,
  time: `${WITHIN} the one that trained for the shortest time wins`,
};

const NOT_KNOWN = 'how many results the store has is not known';

/** How many results the store has, if it can be read without starting anything. */
async function resultsInStore(
  request: Omit<StudyRequest, 'source'>,
  archive: string | null,
): Promise<string> {
  const servers = configuration();
  const config = servers.kind === 'deployment' ? servers.store : availableStore(servers);
  if (!config) return `${NOT_KNOWN}: no stack is up`;
  try {
    const found = await countStoredResults(createMinioStore(config), {
      ...request,
      source: { archive },
    });
    return found ? describeStoredResults(found) : `${NOT_KNOWN}: it has a damaged object`;
  } catch (error) {
    const expected = [StoreAccessError, StoreUnavailableError, UsageError];
    if (!expected.some((kind) => error instanceof kind)) throw error;
    return `${NOT_KNOWN}: ${(error as Error).message}`;
  }
}

function printStages(study: Study, profile: Profile): void {
  const course = planCourse(study, profile);
  console.log(`${study.name}: ${study.title}`);
  if (study.rankBy && study.rankBy !== 'accuracy')
    console.log(`  ranks by: ${rankedByInWords(study.rankBy)}`);
  for (const { stage, trials } of course) {
    console.log(`  ${stage.name}: ${stage.question}`);
    console.log(`    ${describeStage(stage, exampleWord(inputOf(study)))}`);
    if (stage.kind === 'search')
      for (const line of describeSearch(stage, profile, trials)) console.log(`      ${line}`);
    if (stage.kind === 'test') continue;
    if ('ties' in stage && stage.ties)
      console.log(`    ${TIES[stage.ties]}${withOneRun(study, repeatsOf(stage, profile))}`);
    const names = candidateNames(stage, profile);
    console.log(`    ${countTrials(trials.length)}${runsInWords(stage, profile)}${names && `: ${names}`}`);
    for (const line of rulesTaken(stage, profile)) console.log(`      ${line}`);
  }
  const total = course.reduce((sum, { trials }) => sum + trials.length, 0);
  console.log(`  ${countTrials(total)} in all`);
}

/** `validation loss, the lowest first` */
function rankedByInWords(measure: Measure): string {
  return `validation ${measureName(measure)}${measure === 'loss' ? ', the lowest first' : ''}`;
}

/** Where a rule for ties has nothing to go by. */
function withOneRun({ rankBy }: Study, repeats: number): string {
  if (repeats > 1 || isShare(rankBy)) return '';
  return `; but one run tells no standard error of ${measureName(rankBy)}, so only equal scores are ties`;
}

function describeWeights(study: Study, profile: string, { file }: StudyRequest['weights']): string {
  const networks = pretrainedNetworks(study, selectProfile(study, profile));
  if (networks.length === 0) return 'weights: none; all networks start from scratch';
  return `weights: ${file === null ? `${DEFAULT_WEIGHTS}, which a worker downloads and checks` : sourceName(file)}`;
}

function describeStage(stage: Stage, example: ExampleWord): string {
  switch (stage.kind) {
    case 'compare': {
      const start = stage.from ? `from the winner of ${stage.from}` : 'from the base settings';
      return `compares candidates, ${start}${stage.ranksStart ? ', which is ranked with them' : ''}`;
    }
    case 'search':
      return `searches settings, from the winner of ${stage.from}, which is ranked too`;
    case 'variant':
      return `side experiment: earlier candidates with the change ${JSON.stringify(stage.change)}`;
    case 'repeat':
      return `side experiment: the winner of ${stage.from} again, with the same seed`;
    case 'test':
      return `tests the winner of ${stage.from} on the test ${example}s`;
  }
}

/** In which stages a profile trains each candidate several times; none if in no stage. */
function repeatsInWords(study: Study, profileName: string): string[] {
  const profile = selectProfile(study, profileName);
  const stages = new Map<number, string[]>();
  for (const stage of study.stages) {
    const repeats = repeatsOf(stage, profile);
    if (repeats > 1) stages.set(repeats, [...(stages.get(repeats) ?? []), stage.name]);
  }
  if (stages.size === 0) return [];
  const trials = planCourse(study, profile).reduce((sum, stage) => sum + stage.trials.length, 0);
  const parts = [...stages].map(([repeats, names]) => `${repeats} runs of each candidate in ${list(names)}`);
  return [`trials: ${trials}, with ${parts.join('; ')}`];
}

/** How often each candidate is trained, if more than once. */
function runsInWords(stage: Stage, profile: Profile): string {
  const repeats = repeatsOf(stage, profile);
  return repeats === 1 ? '' : `, ${repeats} of each candidate with one seed after another`;
}

function describeSearch(stage: SearchStage, profile: Profile, [first]: readonly PlannedTrial[]): string[] {
  const { budget, note, seededBy = [] } = stage;
  const stopping = first && plannedStopping(stage, profile, first.config);
  const space = spaceOf(stage.space);
  const combinations = stage.sampler?.kind === 'grid' ? gridSize(space, stage.sampler.points) : undefined;
  return [
    ...spaceInWords(stage.space),
    `sampler: ${samplerInWords(stage.sampler)}`,
    ...(combinations === undefined ? [] : [`combinations: ${combinations}`]),
    `at a time: ${evaluationsAtOnceInWords(stage)}`,
    ...(stopping ? stoppingInWords(stopping) : []),
    ...(budget ? [`budget: ${budgetInWords(budget)}`] : []),
    ...seededBy.map(({ study, stage: name }) => `learns from: ${name} of ${study}`),
    ...(note === undefined ? [] : [`note: ${note}`]),
  ];
}

function countTrials(count: number): string {
  return `${count} trial${count === 1 ? '' : 's'}`;
}

/** The names known before the study runs. `…` stands for the name of a winner; a search's trials have no names yet. */
function candidateNames(stage: Stage, { reducedNetworks }: Profile): string {
  if (stage.kind === 'variant')
    return stage.of.map(({ candidate }) => `${candidate}_${stage.name}`).join(', ');
  if (stage.kind !== 'compare') return '';
  return stage.candidates
    .map(({ name, reduced }) => (reducedNetworks && reduced ? reduced.name : name))
    .map((name) => (name.startsWith('_') ? `…${name}` : name))
    .join(', ');
}

/** Which candidates' dense layers depend on an earlier stage. */
function rulesTaken(stage: Stage, { reducedNetworks }: Profile): string[] {
  if (stage.kind !== 'compare') return [];
  return stage.candidates.flatMap(({ name, change, reduced }) => {
    const planned = reducedNetworks && reduced ? reduced : { name, network: change.network };
    const from = takesRuleOf(planned.network);
    return from ? [`${planned.name}: dense layers by the rule of ${from}'s best candidate that has one`] : [];
  });
}
